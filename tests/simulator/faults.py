# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: which requests they hit, and what then happens to the answer."""

from __future__ import annotations

import json
import random
from typing import Any

from .clock import Clock
from .errors import REASONS, ApiError
from .gate import Gate, Held
from .wire import JSON_TYPE, Call, Reply, dumps

# Kinds by their arguments; a value is the argument's default, and ... stands for a required one.
KINDS: dict[str, dict[str, Any]] = {
    # Instead of handling the request:
    "rate_limited": {"status": 429, "retry_after": "1"},
    "error_text": {"status": 500},
    "error_html": {"status": 502},
    "unavailable": {"retry_after": None},
    "platform_error": {"status": ..., "code": ..., "message": None},
    "reset_before": {},
    "redirect": {"location": ..., "status": 302},
    "expired_token": {},
    # Before and after handling it:
    "slow": {"seconds": ...},
    "slow_after": {"seconds": ...},
    "hold": {},
    "hold_after": {},
    # After handling it, to the answer:
    "reset_after": {},
    "error_after": {"status": 500},
    "cut_off": {},
    "cut_off_clean": {},
    "wrong_types": {"fields": ...},
    "drop_fields": {"names": ...},
    "not_json": {"body": "<html><body>Please sign in</body></html>", "content_type": JSON_TYPE},
    "empty_body": {},
    "drop_page": {"count": 1},
    "duplicate_items": {"count": 1},
    "loop_cursor": {},
}
COMMON: dict[str, Any] = {
    "method": None,
    "route": "*",
    "path": None,
    "after": 0,
    "times": 1,
    "probability": 1.0,
    "seed": 0,
}
# What a test may give for an argument; None is for those that have None as their default.
TYPES: dict[str, type | tuple[type, ...]] = {
    "after": int,
    "times": int,
    "count": int,
    "status": int,
    "code": int,
    "seed": int,
    "probability": (int, float),
    "seconds": (int, float),
    "fields": dict,
    "names": list,
    "location": str,
    "content_type": str,
}


class Dropped(Exception):
    """The connection is to be reset instead of answering."""


class Fault:
    """One fault: a filter on requests, how often it strikes, its kind and the kind's arguments."""

    def __init__(self, number: int, wanted: dict[str, Any]) -> None:
        """Check and take over what the control interface was asked for; raises ValueError."""
        kind = wanted.get("kind")
        if kind not in KINDS:
            raise ValueError(f"unknown kind of fault {kind!r}; there are: {', '.join(KINDS)}")
        unknown = set(wanted) - set(COMMON) - set(KINDS[kind]) - {"kind"}
        if unknown:
            raise ValueError(f"fault {kind} does not know: {', '.join(sorted(unknown))}")
        missing = [name for name, default in KINDS[kind].items() if default is ... and name not in wanted]
        if missing:
            raise ValueError(f"fault {kind} needs: {', '.join(missing)}")
        self.id = number
        self.kind: str = kind
        self.filter = {name: wanted.get(name, default) for name, default in COMMON.items()}
        self.args = {name: wanted.get(name, default) for name, default in KINDS[kind].items()}
        for name, value in {**self.filter, **self.args}.items():
            if value is not None and not isinstance(value, TYPES.get(name, object)):
                raise ValueError(f"fault {kind}: {name} has the wrong type")
        self.dice = random.Random(self.filter["seed"])
        self.seen = 0
        self.hits = 0
        self.gate = Gate()

    def content(self) -> dict[str, Any]:
        """The fault as the control interface lists it."""
        counts = {"seen": self.seen, "hits": self.hits, "held": self.gate.held}
        return {"id": self.id, "kind": self.kind, **self.filter, **self.args, **counts}

    def strikes(self, method: str, template: str, path: str) -> bool:
        """Count a request that fits; whether the fault hits it."""
        wanted = self.filter
        if wanted["method"] not in (None, method) or wanted["route"] not in ("*", template):
            return False
        if wanted["path"] not in (None, path):
            return False
        if wanted["times"] is not None and self.hits >= wanted["times"]:
            return False
        self.seen += 1
        if self.seen <= wanted["after"] or self.dice.random() >= wanted["probability"]:
            return False
        self.hits += 1
        return True

    def instead(self, clock: Clock) -> Reply | None:
        """The answer that replaces handling the request; None to handle it. Raises Dropped and ApiError."""
        args = self.args
        match self.kind:
            case "rate_limited" | "unavailable":
                return limited(args.get("status", 503), args["retry_after"], clock)
            case "error_text":
                return Reply(args["status"], b"Internal Server Error", "text/plain")
            case "error_html":
                title = f"{args['status']} {REASONS.get(args['status'], 'Bad Gateway')}"
                page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
                return Reply(args["status"], page.encode(), "text/html")
            case "platform_error":
                raise ApiError(args["status"], args["code"], message=args["message"])
            case "redirect":
                reply = Reply(args["status"], b"", "")
                reply.headers["Location"] = args["location"]
                return reply
            case "expired_token":
                raise ApiError(401, None, "the access token has expired")
            case "reset_before":
                raise Dropped
        return None

    def changed(self, reply: Reply, call: Call) -> Reply:
        """The answer after the request was handled; raises Dropped."""
        match self.kind:
            case "reset_after":
                raise Dropped
            case "error_after":
                return Reply(self.args["status"], b"Internal Server Error", "text/plain")
            case "not_json":
                return Reply(reply.status, str(self.args["body"]).encode(), self.args["content_type"])
            case "empty_body":
                return Reply(reply.status, b"")
            case "cut_off_clean":
                return Reply(reply.status, reply.body[: len(reply.body) // 2], JSON_TYPE)
        if reply.body and reply.headers.get("Content-Type") == JSON_TYPE:
            content = json.loads(reply.body)
            if self._rewrite(content, call):
                reply.body = dumps(content)
        return reply

    def _rewrite(self, content: Any, call: Call) -> bool:
        """Change the decoded answer in place; whether this kind does so."""
        items = content.get("items") if isinstance(content, dict) else None
        match self.kind:
            case "wrong_types":
                _everywhere(content, lambda found: found.update({k: v for k, v in self._fields() if k in found}))
            case "drop_fields":
                _everywhere(content, lambda found: [found.pop(name, None) for name in self.args["names"]])
            case "drop_page" if items:
                del items[-self.args["count"] :]
            case "duplicate_items" if items:
                items.extend(items[-self.args["count"] :])
            case "loop_cursor" if items is not None and call.query.get("after"):
                content["paging"] = {"cursors": {"after": call.query["after"]}}
            case _:
                return False
        return True

    def _fields(self) -> Any:
        return self.args["fields"].items()


def _everywhere(content: Any, change: Any) -> None:
    """Apply ``change`` to every object inside of a JSON value."""
    if isinstance(content, dict):
        change(content)
        content = list(content.values())
    if isinstance(content, list):
        for value in content:
            _everywhere(value, change)


def limited(status: int, retry_after: str | None, clock: Clock) -> Reply:
    """A 429 or 503; ``date:+N`` becomes the HTTP date N seconds from now, any other text is sent as it is."""
    content = ApiError(status).body(short=False)
    reply = Reply.json(content, status)
    if retry_after is not None:
        text = str(retry_after)
        if text.startswith("date:"):
            text = clock.http_date(float(text.removeprefix("date:")))
        reply.headers["Retry-After"] = text
    return reply


class Faults(Held[Fault]):
    """The faults that were asked for, oldest first."""

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Register a fault; raises ValueError."""
        fault = Fault(next(self.numbers), wanted)
        self.active.append(fault)
        return fault

    def strike(self, method: str, template: str, path: str) -> Fault | None:
        """The first fault that hits this request; those behind it do not even see it."""
        for fault in self.active:
            if fault.strikes(method, template, path):
                return fault
        return None


class RateLimit:
    """A bucket of one second's worth of requests that fills continuously."""

    def __init__(self, per_second: float, retry_after: str | None, clock: Clock) -> None:
        """``retry_after`` is "seconds", "date" or None; raises ValueError."""
        if not per_second > 0 or retry_after not in ("seconds", "date", None):
            raise ValueError("rate_limit wants requests_per_second > 0 and retry_after seconds, date or null")
        self.per_second = per_second
        self.retry_after = retry_after
        self.filled = max(1.0, per_second)
        self._clock = clock
        self.time = clock.elapsed()

    def content(self) -> dict[str, Any]:
        """The limit as the control interface shows it."""
        return {"requests_per_second": self.per_second, "retry_after": self.retry_after}

    def refusal(self) -> Reply | None:
        """None if one more request may pass now, else the 429."""
        now = self._clock.elapsed()
        self.filled = min(max(1.0, self.per_second), self.filled + (now - self.time) * self.per_second)
        self.time = now
        if self.filled >= 1.0:
            self.filled -= 1.0
            return None
        header = {"seconds": "1", "date": "date:+1", None: None}[self.retry_after]
        return limited(429, header, self._clock)
