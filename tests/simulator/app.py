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
from collections.abc import Callable
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
    """Answers the requests of one simulated cloud; ``make_world`` returns it as it is at the start."""

    def __init__(self, make_world: Callable[[], World]) -> None:
        self._make_world = make_world
        self.world = make_world()
        self.connections: set[int] = set()

    def reset(self) -> None:
        """Begin anew. Requests that are under way are finished in the world that was."""
        former, self.world = self.world, self._make_world()
        self.connections.clear()
        former.faults.clear()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, to the API or to the control interface."""
        target = request.raw_path
        if not target.startswith("/"):
            # The absolute form, which a client sends to what it takes for a proxy.
            target = ABSOLUTE.sub("", target)
        path, _unused, query = target.partition("?")
        try:
            body = await request.read() if request.can_read_body else b""
        except ConnectionResetError:
            # The client has gone in the middle of it.
            return web.Response()
        if path == CONTROL or path.startswith(CONTROL + "/"):
            reply = control.answer(self.world, self.reset, request.method, path[len(CONTROL) :], query, body)
            return sent(reply, self.world)
        world = self.world
        if id(request.protocol) not in self.connections:
            self.connections.add(id(request.protocol))
            world.counters.connections += 1
        template, ids = router.find(path, world.switches["trailing_slash"] == "ignored")
        call = Call(world, request.method, path, query, request.headers, body, template)
        call.ids = ids
        counters = world.counters
        entry = Entry(counters.next_number(), world.now(), call.method, f"{call.method} {template}", path, query, body)
        counters.started(entry)
        try:
            return await self.respond(request, call, entry)
        finally:
            counters.in_flight -= 1

    async def respond(self, request: web.BaseRequest, call: Call, entry: Entry) -> web.StreamResponse:
        """Answer one request to the API, with everything that was ordered to go wrong."""
        world = call.world
        if call.method == "PUT" and call.template == "/tenants/{id}/mfa/status":
            world.counters.mfa_puts[call.ids[0]] += 1
        if world.latency_ms:
            await asyncio.sleep(world.latency_ms / 1000)
        limited = world.rate_limit.refusal() if world.rate_limit else None
        if limited is not None:
            entry.fault, entry.status = "rate_limit", limited.status
            return sent(limited, world)
        fault = world.faults.strike(call.method, call.template, call.path)
        if fault:
            entry.fault = fault.kind
        try:
            if fault:
                await pause(fault, "slow", "hold")
            reply = self.reply(call, fault)
            if fault:
                await pause(fault, "slow_after", "hold_after")
        except Dropped:
            self.drop(request)
            return web.Response()
        entry.status = reply.status
        if call.principal is not None and call.principal.client is not None:
            entry.client = call.principal.client.id
        if fault and fault.kind == "cut_off":
            return await self.cut_off(request, reply, world)
        return sent(reply, world)

    def reply(self, call: Call, fault: Fault | None) -> Reply:
        """The answer to a request, faults included; raises Dropped."""
        if fault is None:
            return self.perform(call)
        try:
            return fault.instead(call.world.clock) or fault.changed(self.perform(call), call)
        except ApiError as error:
            return refused(error, call.world)

    def perform(self, call: Call) -> Reply:
        """The undisturbed answer to a request."""
        try:
            return router.perform(call)
        except ApiError as error:
            return refused(error, call.world)
        except TokenError as error:
            return Reply.json(error.content, error.status)
        except Exception:
            # A mistake in the simulator itself: visible on stderr, and to the client as what a server would send.
            traceback.print_exc()
            return refused(ApiError(500, 1000, "the simulator is broken, see its stderr"), call.world)

    @staticmethod
    def drop(request: web.BaseRequest) -> None:
        """Reset the connection of a request."""
        transport = request.transport
        if transport is not None:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            transport.abort()

    @staticmethod
    async def cut_off(request: web.BaseRequest, reply: Reply, world: World) -> web.StreamResponse:
        """Promise the whole body by its length, send half of it and close the connection."""
        response = web.StreamResponse(status=reply.status, headers=dated(reply, world))
        response.content_length = len(reply.body)
        response.force_close()
        await response.prepare(request)
        await response.write(reply.body[: len(reply.body) // 2])
        if request.transport is not None:
            request.transport.close()
        return response


def refused(error: ApiError, world: World) -> Reply:
    """The answer for an error."""
    reply = Reply.json(error.body(world.switches["error_shape"] == "short"), error.status)
    reply.headers.update(error.headers)
    return reply


async def pause(fault: Fault, slow: str, hold: str) -> None:
    """Wait as long as a fault of one of these kinds wants."""
    if fault.kind == slow:
        await asyncio.sleep(fault.args["seconds"])
    elif fault.kind == hold:
        await fault.gate.wait()


def dated(reply: Reply, world: World) -> dict[str, str]:
    """The headers of an answer, with the date as the simulated server sees it."""
    return {"Date": world.clock.http_date(), **reply.headers}


def sent(reply: Reply, world: World) -> web.Response:
    """The answer in the words of aiohttp."""
    return web.Response(status=reply.status, body=reply.body, headers=dated(reply, world))
