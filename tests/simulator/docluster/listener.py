# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sockets of the simulated server: on several addresses with the same port, and able to go down and come back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from .server import Frontend

# What a request in work gets when the server goes down; nothing at all would mean no limit to aiohttp.
_GRACE_SECONDS = 0.01


class Listener:
    """Listens on every address given; `port` 0 takes a free one, kept from then on."""

    def __init__(self, frontend: Frontend, hosts: Sequence[str], port: int) -> None:
        self._server = web.Server(frontend.handle)
        self._hosts = hosts
        self._sockets: list[asyncio.Server] = []
        self._reopening: asyncio.Task[None] | None = None
        self._reopens_at = 0.0
        self.port = port

    async def open(self) -> None:
        """Start to accept connections; raises OSError if an address or the port is not to be had."""
        loop = asyncio.get_running_loop()
        for host in self._hosts:
            accepting = await loop.create_server(self._server, host, self.port, reuse_address=True)
            self._sockets.append(accepting)
            self.port = accepting.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse new connections and end those that are open, whatever they are doing."""
        if self._reopening is not None:
            self._reopening.cancel()
            self._reopening = None
        for accepting in self._sockets:
            accepting.close()
        self._sockets = []
        await self._server.shutdown(_GRACE_SECONDS)

    async def restart(self, down_seconds: float) -> None:
        """Go down at once and come back after `down_seconds`; returns as soon as the server is down."""
        await self.close()
        if down_seconds:
            self._pause(down_seconds)
        else:
            await self.open()

    def _pause(self, seconds: float) -> None:
        self._reopens_at = asyncio.get_running_loop().time() + seconds
        self._reopening = asyncio.create_task(self._reopen(seconds))

    async def advance(self, seconds: float) -> None:
        """Let so much of a pause be over."""
        if self._reopening is None:
            return
        left = self._reopens_at - asyncio.get_running_loop().time() - seconds
        if left <= 0:
            await self.come_back()
        else:
            self._reopening.cancel()
            self._pause(left)

    async def come_back(self) -> None:
        """End a pause at once."""
        if self._reopening is not None:
            await self.close()
            await self.open()

    async def _reopen(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        # From here on the coming back must not be interrupted by a further restart, which would cancel this task.
        self._reopening = None
        await self.open()
