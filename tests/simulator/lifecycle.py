# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting and stopping of a simulator process: ready file, signals, and the parent that must not be outlived."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

PARENT_POLL_SECONDS = 0.5


def write_ready_file(path: str, content: dict[str, Any]) -> None:
    """Write JSON to a file that appears complete and with mode 0600, or not at all; raises OSError."""
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=2)
        stream.write("\n")
    part.replace(target)


async def wait_for_end(parent: int | None) -> None:
    """Return on SIGTERM or SIGINT, or when ``parent`` (a process id, if given) is not the parent any more."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    while not stopped.is_set() and parent in (None, os.getppid()):
        try:
            await asyncio.wait_for(stopped.wait(), PARENT_POLL_SECONDS)
        except TimeoutError:
            continue
