# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the tests speak to the simulator: with requests, and with bare sockets where bytes matter."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter

from ...process import Simulator

FORM = "application/x-www-form-urlencoded"
HERE = "127.0.0.1"
ELSEWHERE = "127.0.0.2"
# Seconds: so long that none of it comes to its end because a machine is slow.
LIFE, ELECTION, FIRST_STATUS = 10_000, 3_000, 2_000
# What a test may change, as it is at the start, and the options that make it so.
SETTINGS: dict[str, Any] = {
    "cluster": "created",
    "master": True,
    "nodes": 1,
    "offline_nodes": [],
    "latency_ms": 0,
    "election_seconds": ELECTION,
    "status_seconds": FIRST_STATUS,
    "token_timeout": LIFE,
    "client_ip": None,
    "join": "offline",
}
OPTIONS = (f"--election-seconds={ELECTION}", f"--status-seconds={FIRST_STATUS}", f"--token-timeout={LIFE}")


class _From(HTTPAdapter):
    """Makes connections from one address of this host."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Add the address to the options of the pool."""
        super().init_poolmanager(*args, **kwargs, source_address=(self._address, 0))


@dataclass(frozen=True)
class Raw:
    """A response as it came over the wire; header names as sent."""

    line: str
    headers: dict[str, str]
    body: bytes


class Talk:
    """A simulator, and clients of it on two addresses."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.username = str(simulator.ready["username"])
        self.password = str(simulator.ready["password"])
        self._sessions: dict[str, requests.Session] = {}
        for address in (HERE, ELSEWHERE):
            session = requests.Session()
            session.trust_env = False
            session.mount("http://", _From(address))
            self._sessions[address] = session

    def close(self) -> None:
        """End all connections."""
        for session in self._sessions.values():
            session.close()

    def reset(self) -> None:
        """Bring the simulator back to where it started."""
        self.simulator.reset()

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request to the control interface, which must be granted."""
        return self.simulator.control(method, path, body)

    def order(self, method: str, path: str, body: Any) -> requests.Response:
        """One request to the control interface, which may be refused."""
        url = self.simulator.ready["control_url"] + path
        return self.simulator.session.request(method, url, json=body, timeout=60)

    def advance(self, seconds: float) -> None:
        """Let time pass for the simulator."""
        self.simulator.advance(seconds)

    def send(self, method: str, path: str, source: str = HERE, **options: Any) -> requests.Response:
        """One request to the API, redirects not followed."""
        options = {"timeout": 60, "allow_redirects": False, **options}
        return self._sessions[source].request(method, self.simulator.url + path, **options)

    def call(self, path: str, source: str = HERE, **fields: str) -> dict[str, Any]:
        """Post a form to /api/`path` and return the answer."""
        answer = self.send("POST", f"/api/{path}", source, data=fields)
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = json.loads(answer.text)
        return content

    def login(self, source: str = HERE) -> str:
        """Log in with the right credentials and return the token."""
        answer = self.call("login", source, username=self.username, password=self.password)
        assert answer["status"] == "success", answer
        return str(answer["msg"]["access_token"])

    def raw(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Raw:
        """One request with exactly these headers and a Host; the connection is closed after the response."""
        with self.connection() as connection:
            return self.exchange(connection, method, path, body, headers)

    def form(self, path: str, **fields: str) -> Raw:
        """Post a form over a bare socket."""
        return self.raw("POST", path, urlencode(fields).encode(), {"Content-Type": FORM})

    def connection(self) -> socket.socket:
        """Open a connection to the API."""
        return socket.create_connection((HERE, self.port), timeout=60)

    @property
    def port(self) -> int:
        """The port of the API."""
        return urlsplit(self.simulator.url).port or 0

    def exchange(
        self,
        connection: socket.socket,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> Raw:
        """Send one request over an open connection and read one response by its Content-Length."""
        lines = {"Host": f"{HERE}:{self.port}", **(headers or {})}
        if body:
            lines.setdefault("Content-Length", str(len(body)))
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more(connection)
        first, _unused, rest = received.partition(b"\r\n\r\n")
        line, *fields = first.decode().split("\r\n")
        found = dict(field.split(": ", 1) for field in fields)
        expected = 0 if method == "HEAD" else int(found["Content-Length"])
        while len(rest) < expected:
            rest += self._more(connection)
        return Raw(line, found, rest)

    @staticmethod
    def _more(connection: socket.socket) -> bytes:
        received = connection.recv(65536)
        assert received, "the connection ended early"
        return received
