# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line of the simulator, and the life of its process."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from typing import Any

from aiohttp import web

from ..clock import Clock, add_now
from ..lifecycle import wait_for_end, write_ready_file
from .control import Control
from .listener import Listener
from .node import Node
from .server import Frontend
from .settings import CLUSTER_STATES, MOST_NODES, PROFILES, TOKEN_TIMEOUTS, InvalidSetting, Settings

USERNAME = "admin"
# Known to everybody who reads this: it opens nothing but a simulator.
PASSWORD = "Sim-Harbour-7261-Lantern"
_CONTROL_HOST = "127.0.0.1"


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise argparse.ArgumentTypeError("must be true or false")
    return text == "true"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this simulator to the parser of its subcommand."""
    parser.add_argument("--profile", choices=PROFILES, default="head", help="dialect of the server (default: head)")
    parser.add_argument(
        "--host", action="append", metavar="ADDRESS", help="listen here; may be repeated (default: 127.0.0.1)"
    )
    parser.add_argument("--port", type=int, default=0, help="the same on every address; 0 takes a free one (default)")
    timeouts = ", ".join(f"{profile} {seconds}" for profile, seconds in TOKEN_TIMEOUTS.items())
    parser.add_argument(
        "--token-timeout", type=int, metavar="SECONDS", help=f"life of an unused token (default: {timeouts})"
    )
    parser.add_argument("--username", default=USERNAME, help="the account (default: %(default)s)")
    parser.add_argument("--password", default=PASSWORD, help="its password (default: %(default)s)")
    parser.add_argument(
        "--cluster", choices=CLUSTER_STATES, default="created", help="state of the cluster at the start"
    )
    parser.add_argument("--nodes", type=int, default=1, help=f"hosts of the cluster, at most {MOST_NODES} (default: 1)")
    parser.add_argument(
        "--master", type=_truth, default=True, metavar="true|false", help="whether this host leads (default: true)"
    )
    parser.add_argument(
        "--election-seconds", type=float, default=4.0, metavar="SECONDS", help="length of an election (default: 4)"
    )
    parser.add_argument(
        "--status-seconds", type=float, default=4.0, metavar="SECONDS", help="from its end to the first status (4)"
    )
    parser.add_argument("--latency-ms", type=int, default=0, metavar="MS", help="wait before each answer (default: 0)")
    add_now(parser)
    parser.add_argument("--ready-file", metavar="PATH", help="written when the server is ready")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the starting process ends")


def _node(args: argparse.Namespace) -> Node:
    """Return the node that the options describe; raises InvalidSetting."""
    timeout = TOKEN_TIMEOUTS[args.profile] if args.token_timeout is None else args.token_timeout
    node = Node(args.profile, Settings(token_timeout=timeout), args.username, args.password, Clock(args.now))
    names = ("latency_ms", "election_seconds", "status_seconds", "master", "nodes", "cluster")
    node.change({"token_timeout": timeout, **{name: getattr(args, name) for name in names}})
    return node


async def _serve(args: argparse.Namespace, parent: int) -> None:
    frontend = Frontend(lambda: _node(args))
    hosts = args.host or ["127.0.0.1"]
    listener = Listener(frontend, hosts, args.port)
    control = web.AppRunner(Control(frontend, listener).application(), access_log=None)
    # Signals count from here on: whoever reads the ready file may send one at once.
    end = asyncio.create_task(wait_for_end(parent if args.exit_with_parent else None))
    await asyncio.sleep(0)
    try:
        await listener.open()
        await control.setup()
        site = web.TCPSite(control, _CONTROL_HOST, 0)
        await site.start()
        url = f"http://{f'[{hosts[0]}]' if ':' in hosts[0] else hosts[0]}:{listener.port}"
        ready: dict[str, Any] = {
            "url": url,
            "control_url": f"http://{_CONTROL_HOST}:{control.addresses[0][1]}",
            "username": args.username,
            "password": args.password,
            "profile": args.profile,
            "pid": os.getpid(),
        }
        if args.ready_file:
            write_ready_file(args.ready_file, ready)
        print(f"DoCluster ({args.profile}) at {url}, control at {ready['control_url']}", flush=True)
        await end
    finally:
        end.cancel()
        await listener.close()
        await control.cleanup()


def serve(args: argparse.Namespace) -> int:
    """Run the simulator until it is told to stop; returns the exit code."""
    # Taken before anything else: a parent that ends during the start is noticed too.
    parent = os.getppid()
    try:
        asyncio.run(_serve(args, parent))
    except (InvalidSetting, OSError) as problem:
        print(f"docluster simulator: {problem}", file=sys.stderr)
        return 1
    return 0
