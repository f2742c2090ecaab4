# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP as the real server speaks it: its paths, methods, redirects and headers, and the faults that a test ordered."""

from __future__ import annotations

import asyncio
import http
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from aiohttp import web

from . import dialects, pages
from .answers import Answer, ServerCrash
from .faults import Fault, Faults, canonical, distorted
from .forms import read_form
from .journal import Journal, masked
from .node import Call, Node

_SERVER = "Werkzeug/2.1.1 Python/3.11.7"
_METHODS = ("GET", "POST", "OPTIONS", "HEAD")
_ALLOW = ("Allow", ", ".join(_METHODS))
_PATH_CHARACTERS = "/:!$&'()*+,;=@"


@dataclass(frozen=True)
class Reply:
    """One HTTP response; `answer` is what the application said, if it was asked."""

    code: int
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list)
    answer: Answer | None = None


@dataclass(frozen=True)
class _Target:
    """Where a request goes: its decoded path and its query as sent."""

    path: str
    query: str

    @classmethod
    def of(cls, raw: str) -> _Target:
        path, _unused, query = raw.partition("#")[0].partition("?")
        if not path.startswith("/"):
            path = "/" + path.partition("://")[2].partition("/")[2]
        return cls(unquote("/" + path.lstrip("/"), errors="replace"), query)


def _page(code: int, text: str, *headers: tuple[str, str]) -> Reply:
    return Reply(code, text.encode(), list(headers))


def _redirect(target: _Target, path: str, host: str) -> Reply:
    location = f"http://{host}{quote(path, safe=_PATH_CHARACTERS)}{'?' if target.query else ''}{target.query}"
    return _page(308, pages.redirecting(location), ("Location", location))


def _crashed(crash: ServerCrash) -> Reply:
    return _page(500, pages.crash(crash.kind, str(crash)))


class Frontend:
    """Receives requests for one node; `make_node` returns it as it is at the start."""

    def __init__(self, make_node: Callable[[], Node]) -> None:
        self._make_node = make_node
        self.node = make_node()
        self.faults = Faults()
        self.journal = Journal()

    def reset(self) -> None:
        """Begin anew. Requests that are under way are finished by the node that was."""
        former = self.faults
        self.node, self.faults, self.journal = self._make_node(), Faults(), Journal()
        former.clear()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, or end its connection if a fault says so."""
        target = _Target.of(request.raw_path)
        path = canonical(target.path)
        form = await read_form(request)
        node = self.node
        address = node.settings.client_ip or request.remote or ""
        node.counters.requests[path] += 1
        fault = self.faults.take(path)
        entry = self.journal.open(
            {
                "method": request.method,
                "path": path,
                "query": sorted({pair.partition("=")[0] for pair in target.query.split("&") if pair}),
                "content_type": request.headers.get("Content-Type", "").partition(";")[0],
                "fields": masked(form),
                "from": address,
                "fault": fault.kind if fault else None,
            }
        )
        await asyncio.sleep(node.settings.latency_ms / 1000 + (fault.seconds if fault else 0))
        if fault is not None:
            if fault.kind == "hold":
                await fault.gate.wait()
            reply = self._instead(fault)
            if reply is not None:
                return self._respond(node, reply, entry)
            if fault.kind == "reset_before":
                return self._reset(request, entry)
        host = request.headers.get("Host", "localhost")
        reply = self._route(node, request.method, target, host, form, address)
        if fault is not None and fault.kind == "hold_after":
            await fault.gate.wait()
        if fault is not None and fault.kind == "reset_after":
            return self._reset(request, entry)
        if fault is not None and fault.kind == "wrong_types" and reply.answer is not None:
            reply = Reply(200, distorted(reply.answer, fault.shape))
        if fault is not None and fault.kind == "cut_off":
            return await self._cut_off(node, request, reply, entry)
        return self._respond(node, reply, entry)

    def _route(self, node: Node, method: str, target: _Target, host: str, form: dict[str, str], address: str) -> Reply:
        """Do what the routes of the real server do."""
        path = target.path
        if path.startswith("/api//"):
            # Doubled slashes are only merged here; further on they are empty parts, which do not count.
            return _redirect(target, "/api/" + path[len("/api//") :].lstrip("/"), host)
        if path != "/api" and not path.startswith("/api/"):
            return _page(404, pages.NOT_FOUND)
        if method not in _METHODS:
            return _page(405, pages.METHOD_NOT_ALLOWED, _ALLOW)
        if path == "/api":
            return _redirect(target, "/api/", host)
        if method == "OPTIONS":
            return Reply(200, b"", [_ALLOW])
        parts = [part for part in path.removeprefix("/api/").split("/") if part]
        try:
            answer = dialects.answer(node, Call(parts, form, address, host.partition(":")[0]))
        except ServerCrash as crash:
            return _crashed(crash)
        return Reply(200, answer.body(), answer=answer)

    def _instead(self, fault: Fault) -> Reply | None:
        """Return what a fault puts in the place of an answer, or None if the request is to be processed."""
        if fault.kind == "error_html":
            return _crashed(ServerCrash("RuntimeError", "simulated failure"))
        if fault.kind == "not_json":
            return _page(200, pages.SIGN_IN_PORTAL)
        if fault.kind == "empty_body":
            return Reply(200, b"")
        if fault.kind == "redirect":
            return _page(fault.code, pages.redirecting(fault.location), ("Location", fault.location))
        return None

    def _headers(self, node: Node, reply: Reply, entry: dict[str, Any]) -> list[tuple[str, str]]:
        """Return the header lines in the order of the real server, and write the journal."""
        entry["code"] = reply.code
        if reply.answer is not None:
            entry["status"], entry["error"] = reply.answer.status, reply.answer.error
        length = ("Content-Length", str(len(reply.body)))
        location = [line for line in reply.headers if line[0] == "Location"]
        others = [line for line in reply.headers if line[0] != "Location"]
        return [
            ("Server", _SERVER),
            ("Date", node.clock.http_date()),
            ("Content-Type", "text/html; charset=utf-8"),
            *others,
            length,
            *location,
        ]

    def _respond(self, node: Node, reply: Reply, entry: dict[str, Any]) -> web.Response:
        return web.Response(
            status=reply.code,
            reason=http.HTTPStatus(reply.code).phrase.upper(),
            headers=self._headers(node, reply, entry),
            body=reply.body,
        )

    async def _cut_off(
        self, node: Node, request: web.BaseRequest, reply: Reply, entry: dict[str, Any]
    ) -> web.StreamResponse:
        """Announce the whole body, send half of it and hang up."""
        response = web.StreamResponse(status=reply.code, headers=self._headers(node, reply, entry))
        await response.prepare(request)
        await response.write(reply.body[: len(reply.body) // 2])
        if request.transport is not None:
            request.transport.close()
        return response

    def _reset(self, request: web.BaseRequest, entry: dict[str, Any]) -> web.Response:
        """End the connection without an answer."""
        entry["code"] = None
        if request.transport is not None:
            # Lingering for no time makes the end of the connection a reset.
            request.transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            request.transport.abort()
        return web.Response()
