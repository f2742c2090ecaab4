# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command "acronis": builds an estate and serves it until stopped."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import ssl
from typing import Any

from aiohttp import web

from .app import CONTROL, App, Server
from .clock import Clock, add_now
from .estate.demo import demo_estate
from .estate.model import Estate
from .estate.seeded import random_estate
from .lifecycle import wait_for_end, write_ready_file
from .router import BASE
from .switches import SwitchError, Switches
from .world import World


def tenant_count(text: str) -> int:
    """The value of --tenants."""
    if not text.isdecimal() or not 10 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError("must be a number from 10 to 100000")
    return int(text)


def user_range(text: str) -> tuple[int, int]:
    """The value of --users-per-tenant: N or N-M."""
    match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", text)
    least, most = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if least > most:
        raise argparse.ArgumentTypeError("must be a number or a range such as 3-8")
    return least, most


def switch(text: str) -> tuple[str, str]:
    """The value of --switch: name=value."""
    name, separator, value = text.partition("=")
    try:
        Switches({name: value})
    except SwitchError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not separator:
        raise argparse.ArgumentTypeError("must be name=value")
    return name, value


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--estate", choices=("random", "demo"), default="random", help="which tenants there are")
    parser.add_argument("--tenants", type=tenant_count, default=100, metavar="N", help="size of a random estate")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="seed of a random estate")
    parser.add_argument(
        "--users-per-tenant", type=user_range, default=(3, 8), metavar="N[-M]", help="users per customer (default 3-8)"
    )
    parser.add_argument("--token-lifetime", type=float, default=7200, metavar="SECONDS", help="of access tokens")
    parser.add_argument("--latency-ms", type=float, default=0, metavar="MS", help="delay of every answer")
    parser.add_argument(
        "--switch", type=switch, action="append", default=[], metavar="NAME=VALUE", help="see the README; repeatable"
    )
    add_now(parser)
    parser.add_argument("--tls-cert", metavar="PATH", help="certificate (PEM) to serve https with")
    parser.add_argument("--tls-key", metavar="PATH", help="its private key (PEM)")
    parser.add_argument("--ready-file", metavar="PATH", help="JSON with address and credentials, written when ready")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when the parent process has gone")


def build_estate(args: argparse.Namespace) -> Estate:
    """The estate that the options ask for."""
    if args.estate == "demo":
        return demo_estate()
    return random_estate(args.tenants, args.seed, args.users_per_tenant)


def build_world(args: argparse.Namespace) -> World:
    """The cloud that the options ask for, the same each time."""
    switches = Switches(dict(args.switch))
    return World(build_estate(args), switches, args.token_lifetime, args.latency_ms, Clock(args.now))


def announcement(world: World, url: str) -> dict[str, Any]:
    """The content of the ready file."""
    admin = world.clients["admin"]
    return {
        "url": url,
        "base_url": url + BASE,
        "control_url": url + CONTROL,
        "client_id": admin.id,
        "client_secret": admin.secret,
        "tenant_id": admin.tenant.id,
        "pid": os.getpid(),
        "clients": {name: client.announced() for name, client in world.clients.items()},
    }


async def run(args: argparse.Namespace, parent: int) -> None:
    """Serve until told to stop."""
    context = None
    if args.tls_cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(args.tls_cert, args.tls_key)
    app = App(lambda: build_world(args))
    runner = web.ServerRunner(Server(app))
    await runner.setup()
    # Signals count from here on: whoever reads the ready file may send one at once.
    end = asyncio.create_task(wait_for_end(parent if args.exit_with_parent else None))
    await asyncio.sleep(0)
    site = web.TCPSite(runner, args.host, args.port, ssl_context=context, shutdown_timeout=0.5, backlog=1024)
    await site.start()
    try:
        host = f"[{args.host}]" if ":" in args.host else args.host
        url = f"{'https' if context else 'http'}://{host}:{runner.addresses[0][1]}"
        if args.ready_file:
            write_ready_file(args.ready_file, announcement(app.world, url))
        print(f"acronis simulator on {url}{BASE}, tenant {app.world.estate.home.id}", flush=True)
        await end
    finally:
        end.cancel()
        await runner.cleanup()


def serve(args: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    parent = os.getppid()
    asyncio.run(run(args, parent))
    return 0
