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

from .faults import Faults
from .journal import Journal
from .listener import Listener
from .node import Counters, Node
from .settings import InvalidSetting

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn an order that makes no sense into a 400 that says why."""
    try:
        return await handler(request)
    except InvalidSetting as problem:
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


async def _duration(request: web.Request, key: str, default: float | None) -> float:
    """Return the one number of seconds that a request's document holds."""
    document = await _document(request)
    value = document.pop(key, default)
    if document:
        raise InvalidSetting(f"there is no {', '.join(sorted(document))}")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 86_400_000:
        raise InvalidSetting(f"{key} must be a number of seconds, not negative")
    return float(value)


class Control:
    """Handlers of the control interface."""

    def __init__(self, node: Node, faults: Faults, journal: Journal, listener: Listener) -> None:
        self._node = node
        self._faults = faults
        self._journal = journal
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
                web.get("/tokens", self._show_tokens),
                web.post("/restart", self._restart),
                web.post("/advance", self._advance),
            ]
        )
        return app

    async def _counters(self, _request: web.Request) -> web.Response:
        return web.json_response(self._node.counters.summary())

    async def _reset_counters(self, _request: web.Request) -> web.Response:
        self._node.counters = Counters()
        return web.json_response(self._node.counters.summary())

    async def _show_journal(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not since.isdecimal():
            raise InvalidSetting("since must be the number of an entry")
        return web.json_response({"items": self._journal.since(int(since))})

    def _settings(self) -> dict[str, Any]:
        cluster = self._node.cluster
        state = "none" if cluster is None else "created" if cluster.master() else "electing"
        return {"profile": self._node.profile, "cluster": state, **dataclasses.asdict(self._node.settings)}

    async def _show_settings(self, _request: web.Request) -> web.Response:
        return web.json_response(self._settings())

    async def _change_settings(self, request: web.Request) -> web.Response:
        self._node.change(await _document(request))
        return web.json_response(self._settings())

    async def _show_faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"items": [dataclasses.asdict(fault) for fault in self._faults.ordered]})

    async def _order_fault(self, request: web.Request) -> web.Response:
        return web.json_response(dataclasses.asdict(self._faults.add(await _document(request))))

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._faults.ordered.clear()
        return await self._show_faults(request)

    async def _show_tokens(self, _request: web.Request) -> web.Response:
        sessions = self._node.tokens.census()
        return web.json_response({"live": sum(int(session["live"]) for session in sessions), "items": sessions})

    async def _restart(self, request: web.Request) -> web.Response:
        down = await _duration(request, "down_seconds", 0)
        self._node.restart()
        await self._listener.restart(down)
        return web.json_response({"down_seconds": down})

    async def _advance(self, request: web.Request) -> web.Response:
        seconds = await _duration(request, "seconds", None)
        self._node.clock.advance(seconds)
        return web.json_response({"advanced": seconds})
