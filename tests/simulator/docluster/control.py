# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control interface, on a port of its own so that the simulated API stays exact."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .listener import Listener
from .node import Counters
from .server import Frontend
from .settings import InvalidSetting

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn an order that makes no sense into a 400 that says why."""
    try:
        return await handler(request)
    except ValueError as problem:
        return web.json_response({"error": str(problem)}, status=400)


async def _document(request: web.Request) -> dict[str, Any]:
    """Return the JSON object of a request, an empty one if there is no body."""
    text = await request.text()
    try:
        document = json.loads(text) if text else {}
    except ValueError:
        raise InvalidSetting("the body is not JSON") from None
    if not isinstance(document, dict):
        raise InvalidSetting("the body is not an object")
    return document


def _down_seconds(document: dict[str, Any]) -> float:
    """Return how long a restart is to take."""
    value = document.get("down_seconds", 0)
    if unknown := sorted(document.keys() - {"down_seconds"}):
        raise InvalidSetting(f"there is no {', '.join(unknown)}")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 86_400_000:
        raise InvalidSetting("down_seconds must be a number of seconds, not negative")
    return float(value)


class Control:
    """Handlers of the control interface."""

    def __init__(self, frontend: Frontend, listener: Listener) -> None:
        self._frontend = frontend
        self._listener = listener

    def application(self) -> web.Application:
        """Return the application that serves the interface."""
        app = web.Application(middlewares=[_explain])
        app.add_routes(
            [
                web.get("/counters", self._counters),
                web.post("/counters/reset", self._reset_counters),
                web.get("/journal", self._show_journal),
                web.get("/settings", self._show_settings),
                web.patch("/settings", self._change_settings),
                web.get("/faults", self._show_faults),
                web.post("/faults", self._order_fault),
                web.delete("/faults", self._clear_faults),
                web.post("/release", self._release),
                web.get("/tokens", self._show_tokens),
                web.post("/restart", self._restart),
                web.post("/reset", self._reset),
                web.get("/clock", self._show_clock),
                web.post("/clock", self._set_clock),
                web.post("/advance", self._advance),
            ]
        )
        return app

    async def _counters(self, _request: web.Request) -> web.Response:
        return web.json_response(self._frontend.node.counters.summary())

    async def _reset_counters(self, _request: web.Request) -> web.Response:
        self._frontend.node.counters = Counters()
        return web.json_response(self._frontend.node.counters.summary())

    async def _show_journal(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not since.isdecimal():
            raise InvalidSetting("since must be the number of an entry")
        return web.json_response({"items": self._frontend.journal.since(int(since))})

    def _settings(self) -> dict[str, Any]:
        cluster = self._frontend.node.cluster
        state = "none" if cluster is None else "created" if cluster.master() else "electing"
        return {
            "profile": self._frontend.node.profile,
            "cluster": state,
            **dataclasses.asdict(self._frontend.node.settings),
        }

    async def _show_settings(self, _request: web.Request) -> web.Response:
        return web.json_response(self._settings())

    async def _change_settings(self, request: web.Request) -> web.Response:
        self._frontend.node.change(await _document(request))
        return web.json_response(self._settings())

    async def _show_faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"items": [fault.content() for fault in self._frontend.faults.active]})

    async def _order_fault(self, request: web.Request) -> web.Response:
        return web.json_response(self._frontend.faults.add(await _document(request)).content())

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._frontend.faults.clear()
        return await self._show_faults(request)

    async def _show_tokens(self, _request: web.Request) -> web.Response:
        sessions = self._frontend.node.tokens.census()
        return web.json_response({"live": sum(int(session["live"]) for session in sessions), "items": sessions})

    async def _restart(self, request: web.Request) -> web.Response:
        down = _down_seconds(await _document(request))
        self._frontend.node.restart()
        await self._listener.restart(down)
        return web.json_response({"down_seconds": down})

    async def _advance(self, request: web.Request) -> web.Response:
        document = await _document(request)
        shown = self._frontend.node.clock.advance_as_ordered(document)
        await self._listener.advance(document["seconds"])
        return web.json_response(shown)

    async def _show_clock(self, _request: web.Request) -> web.Response:
        return web.json_response(self._frontend.node.clock.content())

    async def _set_clock(self, request: web.Request) -> web.Response:
        return web.json_response(self._frontend.node.clock.set_as_ordered(await _document(request)))

    async def _release(self, request: web.Request) -> web.Response:
        return web.json_response({"released": self._frontend.faults.release(await _document(request))})

    async def _reset(self, _request: web.Request) -> web.Response:
        self._frontend.reset()
        await self._listener.come_back()
        return web.json_response({})
