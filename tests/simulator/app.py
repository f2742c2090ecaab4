# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP server: takes requests apart, applies latency, limits and faults, counts, and sends the answers."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import traceback
from typing import Any

from aiohttp import web

from . import control, router
from .counters import Entry
from .errors import ApiError, TokenError
from .faults import Dropped, Fault
from .wire import Call, Reply
from .world import World

CONTROL = "/_control"
ABSOLUTE = re.compile(r"^https?://[^/?]*", re.IGNORECASE)
# SO_LINGER switched on with no time to linger: closing the socket sends RST.
LINGER_NOT = struct.pack("ii", 1, 0)


class Server(web.Server):
    """An aiohttp server that forgets about connections which were counted."""

    def __init__(self, app: App) -> None:
        super().__init__(app.handle, access_log=None)
        self.app = app

    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        """A connection ended."""
        self.app.connections.discard(id(handler))
        super().connection_lost(handler, exc)


class App:
    """Answers the requests of one simulated cloud."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.connections: set[int] = set()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, to the API or to the control interface."""
        target = request.raw_path
        if not target.startswith("/"):
            # The absolute form, which a client sends to what it takes for a proxy.
            target = ABSOLUTE.sub("", target)
        path, _unused, query = target.partition("?")
        body = await request.read() if request.can_read_body else b""
        if path == CONTROL or path.startswith(CONTROL + "/"):
            reply = control.answer(self.world, request.method, path[len(CONTROL) :], query, body)
            return sent(reply)
        if id(request.protocol) not in self.connections:
            self.connections.add(id(request.protocol))
            self.world.counters.connections += 1
        template, ids = router.find(path, self.world.switches["trailing_slash"] == "ignored")
        call = Call(self.world, request.method, path, query, request.headers, body, template)
        call.ids = ids
        counters = self.world.counters
        entry = Entry(
            counters.next_number(), self.world.now(), call.method, f"{call.method} {template}", path, query, body
        )
        counters.started(entry)
        try:
            return await self.respond(request, call, entry)
        finally:
            counters.in_flight -= 1

    async def respond(self, request: web.BaseRequest, call: Call, entry: Entry) -> web.StreamResponse:
        """Answer one request to the API, with everything that was ordered to go wrong."""
        world = self.world
        if call.method == "PUT" and call.template == "/tenants/{id}/mfa/status":
            world.counters.mfa_puts[call.ids[0]] += 1
        if world.latency_ms:
            await asyncio.sleep(world.latency_ms / 1000)
        limited = world.rate_limit.refusal() if world.rate_limit else None
        if limited is not None:
            entry.fault, entry.status = "rate_limit", limited.status
            return sent(limited)
        fault = world.faults.strike(call.method, call.template, call.path)
        if fault:
            entry.fault = fault.kind
        try:
            if fault and fault.kind == "slow":
                await asyncio.sleep(fault.args["seconds"])
            reply = self.reply(call, fault)
            if fault and fault.kind == "slow_after":
                await asyncio.sleep(fault.args["seconds"])
        except Dropped:
            self.drop(request)
            return web.Response()
        entry.status = reply.status
        if call.principal is not None and call.principal.client is not None:
            entry.client = call.principal.client.id
        if fault and fault.kind == "cut_off":
            return await self.cut_off(request, reply)
        return sent(reply)

    def reply(self, call: Call, fault: Fault | None) -> Reply:
        """The answer to a request, faults included; raises Dropped."""
        if fault is None:
            return self.perform(call)
        try:
            return fault.instead() or fault.changed(self.perform(call), call)
        except ApiError as error:
            return self.refused(error)

    def perform(self, call: Call) -> Reply:
        """The undisturbed answer to a request."""
        try:
            return router.perform(call)
        except ApiError as error:
            return self.refused(error)
        except TokenError as error:
            return Reply.json(error.content, error.status)
        except Exception:
            # A mistake in the simulator itself: visible on stderr, and to the client as what a server would send.
            traceback.print_exc()
            return self.refused(ApiError(500, 1000, "the simulator is broken, see its stderr"))

    def refused(self, error: ApiError) -> Reply:
        """The answer for an error."""
        reply = Reply.json(error.body(self.world.switches["error_shape"] == "short"), error.status)
        reply.headers.update(error.headers)
        return reply

    @staticmethod
    def drop(request: web.BaseRequest) -> None:
        """Reset the connection of a request."""
        transport = request.transport
        if transport is not None:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            transport.abort()

    @staticmethod
    async def cut_off(request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
        """Promise the whole body by its length, send half of it and close the connection."""
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        response.content_length = len(reply.body)
        response.force_close()
        await response.prepare(request)
        await response.write(reply.body[: len(reply.body) // 2])
        if request.transport is not None:
            request.transport.close()
        return response


def sent(reply: Reply) -> web.Response:
    """The answer in the words of aiohttp."""
    return web.Response(status=reply.status, body=reply.body, headers=reply.headers)
