# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The peer that a task is held against: the same requests from asyncio and bytes on sockets, with nothing in between.

``python raw.py audit`` reads all tenants of the API client and the MFA state of every organization, as a task that
verifies all does. ``python raw.py enforce FILE`` does so too, then lists the tenants again, reads the states of those
whose ids the file has as a list in JSON, and switches them on, as the two tasks do that plan and enforce.
``python raw.py load NUMBER`` sends that many simple GETs. All print what they did as JSON.
The connection comes from the variables that the modules use, ``ACRONIS_CONCURRENCY`` included.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

BASE = "/api/2"
PAGE = 5000
ORGANIZATIONS = ("root", "partner", "customer")


class Connection(asyncio.Protocol):
    """One kept connection with one request at a time. It understands answers that announce their length, no others."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.received = bytearray()
        self.expected = -1
        self.answer: asyncio.Future[bytes]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """A piece of an answer has come."""
        self.received += data
        if self.expected < 0:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.received[:end]).lower()
            if not head.startswith(b"http/1.1 200 "):
                self.answer.set_exception(ConnectionError(head.decode("latin-1")))
                return
            _before, _name, rest = head.partition(b"\r\ncontent-length:")
            del self.received[: end + 4]
            self.expected = int(rest.split(b"\r\n", 1)[0])
        if len(self.received) >= self.expected:
            body = bytes(self.received)
            self.received.clear()
            self.expected = -1
            self.answer.set_result(body)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; nothing is repeated here."""
        if hasattr(self, "answer") and not self.answer.done():
            self.answer.set_exception(exc or ConnectionError("closed"))

    async def send(self, request: bytes) -> Any:
        """Send a request and return the JSON of its answer.

        Raises:
            ConnectionError: the answer is no success, or did not come.
        """
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return json.loads(await self.answer)


class Client:
    """An API client on a fixed number of connections."""

    def __init__(self) -> None:
        parts = urlsplit(os.environ["ACRONIS_DATACENTER_URL"])
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.id, self.secret = os.environ["ACRONIS_CLIENT_ID"], os.environ["ACRONIS_CLIENT_SECRET"]
        self.concurrency = int(os.environ["ACRONIS_CONCURRENCY"])
        self.end = b""

    async def connection(self) -> Connection:
        """A new connection."""
        _transport, made = await asyncio.get_running_loop().create_connection(Connection, self.host, self.port)
        return made

    def request(self, path: str) -> bytes:
        """The bytes of a GET."""
        return b"GET " + f"{BASE}{path}".encode() + self.end

    def switching(self, tenant_id: str) -> bytes:
        """The bytes of the PUT that switches a tenant's MFA on."""
        body = b'{"enabled": true}'
        head = f" HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}".encode()
        return (
            b"PUT " + f"{BASE}/tenants/{tenant_id}/mfa/status".encode() + self.end.replace(b" HTTP/1.1", head, 1) + body
        )

    async def authenticate(self, connection: Connection) -> None:
        """Get an access token."""
        pair = base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()
        form = "grant_type=client_credentials"
        answer = await connection.send(
            f"POST {BASE}/idp/token HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Basic {pair}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n{form}".encode()
        )
        self.end = (
            f" HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {answer['access_token']}\r\n"
            "Accept: application/json\r\n\r\n"
        ).encode()

    async def tenants(self, connection: Connection) -> list[dict[str, Any]]:
        """All tenants of the API client, and once more those that changed meanwhile."""
        own = (await connection.send(self.request(f"/clients/{self.id}")))["tenant_id"]
        query = f"/tenants?lod=full&limit={PAGE}&subtree_root_id={own}"
        found: dict[str, dict[str, Any]] = {}
        since = ""
        for changes in (False, True):
            path = f"{query}&updated_since={quote(since)}&allow_deleted=true" if changes else query
            while path:
                page = await connection.send(self.request(path))
                since = since or page["timestamp"]
                found.update((item["id"], item) for item in page["items"])
                cursor = page.get("paging", {}).get("cursors", {}).get("after")
                path = f"/tenants?limit={PAGE}&after={quote(cursor, safe='')}" if cursor else ""
        return list(found.values())

    async def connections(self, first: Connection) -> list[Connection]:
        """As many connections as there may be, with one that is there already."""
        others = await asyncio.gather(*(self.connection() for _number in range(self.concurrency - 1)))
        return [first, *others]

    async def states(self, connections: list[Connection], requests: Iterator[bytes]) -> Counter[str]:
        """The MFA states of tenants that requests are answered with, counted; the connections share the requests."""
        states: Counter[str] = Counter()

        async def work(connection: Connection) -> None:
            for request in requests:
                answer = await connection.send(request)
                states[answer["mfa_status"]] += 1

        await asyncio.gather(*map(work, connections))
        return states

    def reading(self, ids: Iterable[str]) -> Iterator[bytes]:
        """The GETs of tenants' states."""
        return (self.request(f"/tenants/{tenant_id}/mfa/status") for tenant_id in ids)


async def main(arguments: list[str]) -> dict[str, Any]:
    """Do what the command line says and return what was done."""
    client = Client()
    connection = await client.connection()
    await client.authenticate(connection)
    tenants = await client.tenants(connection)
    ids = [item["id"] for item in tenants if item["kind"] in ORGANIZATIONS and item["owner_id"] is None]
    wanted = itertools.islice(itertools.cycle(ids), int(arguments[1])) if arguments[0] == "load" else ids
    began = time.perf_counter()
    connections = await client.connections(connection)
    states = await client.states(connections, client.reading(wanted))
    done = {"tenants": len(tenants), "states": states, "seconds": time.perf_counter() - began}
    if arguments[0] == "enforce":
        astray = json.loads(Path(arguments[1]).read_bytes())
        await client.tenants(connection)
        await client.states(connections, client.reading(astray))
        done["changed"] = await client.states(connections, map(client.switching, astray))
    return done


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1:]))))
