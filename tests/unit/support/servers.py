# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small HTTP servers for what the simulated cloud cannot do: redirects elsewhere, TLS, proxies, echoes."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """What a server was asked; ``target`` is as it stood in the request line."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What to answer. ``missing`` bytes are promised by the length and not sent."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0


#: Decides the answer; None resets the connection instead.
Respond = Callable[[Request], Reply | None]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer goes out in one piece: a client that gets its head alone makes the network wait for the rest.
    wbufsize = -1
    server: _Listener

    def setup(self) -> None:
        super().setup()
        with self.server.owner.lock:
            self.server.owner.connections += 1

    def _asked(self) -> Reply | None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, dict(self.headers.items()), body)
        with self.server.owner.lock:
            self.server.owner.requests.append(request)
        reply = self.server.owner.respond(request)
        if reply is None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return reply

    def _answer(self) -> None:
        reply = self._asked()
        if reply is None:
            return
        self.send_response_only(reply.status)
        for name, value in {"Date": self.date_time_string(), **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) + reply.missing))
        self.end_headers()
        self.wfile.write(reply.body)
        if reply.missing:
            self.close_connection = True

    do_GET = do_PUT = do_POST = _answer

    def do_CONNECT(self) -> None:
        """As a proxy: connect through, or refuse with what ``respond`` says."""
        reply = self._asked()
        self.close_connection = True
        if reply is None:
            return
        if reply.status != 200:
            self.send_response(reply.status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        host, _colon, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=20) as upstream:
            self.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            there = threading.Thread(target=_copy, args=(self.connection, upstream), daemon=True)
            there.start()
            _copy(upstream, self.connection)
            there.join(20)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


def _copy(source: socket.socket, sink: socket.socket) -> None:
    """Pass on what comes until it ends."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    owner: Server
    context: ssl.SSLContext | None

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.context is not None:
            # The handshake waits for the connection's own thread.
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, *_args: Any) -> None:
        """A client that breaks off is what some tests are about."""


class Server:
    """A server on a free port of 127.0.0.1, also usable as a proxy.

    ``requests`` and ``connections`` are what it has seen.
    """

    def __init__(self, respond: Respond, context: ssl.SSLContext | None = None) -> None:
        self.respond = respond
        self.lock = threading.Lock()
        self.requests: list[Request] = []
        self.connections = 0
        self._listener = _Listener(("127.0.0.1", 0), _Handler)
        self._listener.owner = self
        self._listener.context = context
        self.port = int(self._listener.server_address[1])
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._listener.shutdown()
        self._listener.server_close()


Serve = Callable[..., Server]


def closed_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
