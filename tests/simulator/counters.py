# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the simulator counted and remembers of the requests to the API."""

from __future__ import annotations

import json
from collections import Counter, deque
from typing import Any
from urllib.parse import parse_qsl, urlencode

JOURNAL_LENGTH = 20000
SECRET_KEYS = frozenset({"client_secret", "ott", "password", "access_token", "token", "refresh_token"})
MASK = "********"


class Entry:
    """One request in the journal."""

    __slots__ = ("body", "client", "fault", "method", "number", "path", "query", "route", "status", "time")

    def __init__(self, number: int, when: float, method: str, route: str, path: str, query: str, body: bytes) -> None:
        self.number = number
        self.time = when
        self.method = method
        self.route = route
        self.path = path
        self.query = query
        self.status = 0
        self.fault: str | None = None
        self.client: str | None = None
        self.body = body

    def content(self) -> dict[str, Any]:
        """The entry without secrets; ``body`` only if it is JSON, ``status`` 0 if the connection was dropped."""
        pairs = parse_qsl(self.query, keep_blank_values=True)
        query = urlencode([(key, MASK if key in SECRET_KEYS else value) for key, value in pairs])
        return {
            "n": self.number,
            "time": self.time,
            "method": self.method,
            "route": self.route,
            "path": self.path,
            "query": query,
            "status": self.status,
            "fault": self.fault,
            "client": self.client,
            "body": masked(self.body),
        }


def masked(body: bytes) -> Any:
    """The JSON of a body with secrets masked, or None if it is no JSON."""
    try:
        content = json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
    if isinstance(content, dict):
        return {key: MASK if key in SECRET_KEYS else value for key, value in content.items()}
    return content


class Counters:
    """Counts since the start or the last reset, and the journal, which a reset does not shorten."""

    def __init__(self) -> None:
        self.journal: deque[Entry] = deque(maxlen=JOURNAL_LENGTH)
        self.number = 0
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        """Start counting anew."""
        self.requests: Counter[str] = Counter()
        self.mfa_puts: Counter[str] = Counter()
        self.mfa_toggles: Counter[str] = Counter()
        self.tokens_issued = 0
        self.otts_issued = 0
        self.otts_used = 0
        self.connections = 0
        self.in_flight_max = self.in_flight

    def next_number(self) -> int:
        """The number of the next request, from 1."""
        self.number += 1
        return self.number

    def started(self, entry: Entry) -> None:
        """Count a request that has arrived."""
        self.journal.append(entry)
        self.requests[entry.route] += 1
        self.in_flight += 1
        self.in_flight_max = max(self.in_flight_max, self.in_flight)

    def content(self) -> dict[str, Any]:
        """All counts."""
        return {
            "requests": dict(self.requests),
            "total": self.requests.total(),
            "mfa_puts": dict(self.mfa_puts),
            "mfa_toggles": dict(self.mfa_toggles),
            "tokens_issued": self.tokens_issued,
            "otts_issued": self.otts_issued,
            "otts_used": self.otts_used,
            "connections": self.connections,
            "in_flight": self.in_flight,
            "in_flight_max": self.in_flight_max,
        }
