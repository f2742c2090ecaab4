# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Misbehaviour on demand: what a network, a proxy or a broken server may do to a request."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any

from ..gate import Gate, Held
from .answers import Answer
from .settings import InvalidSetting

KINDS = (
    "error_html",
    "not_json",
    "empty_body",
    "reset_before",
    "reset_after",
    "slow",
    "hold",
    "hold_after",
    "redirect",
    "cut_off",
    "wrong_types",
)
SHAPES = ("fields", "list", "null", "token")
_REDIRECT_CODES = (301, 302, 303, 307, 308)
_KEYS = {"path", "kind", "after", "times", "seconds", "location", "code", "shape"}


def canonical(path: str) -> str:
    """Return a path as counters and faults name it: no empty parts, no slash at the end."""
    return "/" + "/".join(part for part in path.split("/") if part)


@dataclass
class Fault:
    """One order: the next `times` requests (None: all) for `path` after the first `after` ones fail this way.

    `seen` counts the requests that it could have hit, `hits` those that it did.
    """

    id: int
    kind: str
    path: str = "*"
    after: int = 0
    times: int | None = 1
    seconds: float = 0.0
    location: str = ""
    code: int = 307
    shape: str = "fields"
    seen: int = 0
    hits: int = 0
    gate: Gate = field(default_factory=Gate)

    def content(self) -> dict[str, Any]:
        """Return the fault as the control interface lists it; `held` are the requests that it holds back."""
        shown = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "gate"}
        return {**shown, "held": self.gate.held}

    def strikes(self, path: str) -> bool:
        """Count a request for the canonical `path`; returns whether the fault befalls it."""
        if self.path not in ("*", path) or (self.times is not None and self.hits >= self.times):
            return False
        self.seen += 1
        if self.seen <= self.after:
            return False
        self.hits += 1
        return True


def _whole(order: dict[str, Any], key: str, default: int, least: int) -> int:
    value = order.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidSetting(f"{key} must be a whole number from {least}")
    return value


def _choice(order: dict[str, Any], key: str, default: Any, choices: tuple[Any, ...]) -> Any:
    value = order.get(key, default)
    if value not in choices:
        raise InvalidSetting(f"{key} must be one of {', '.join(map(str, choices))}")
    return value


def _path(order: dict[str, Any]) -> str:
    path = order.get("path", "*")
    if not isinstance(path, str) or not path:
        raise InvalidSetting("path must be a path such as /api/login or login, or *")
    if path == "*":
        return path
    return canonical(path if path.startswith("/") else f"/api/{path}")


def _seconds(order: dict[str, Any]) -> float:
    value = order.get("seconds")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 3600:
        raise InvalidSetting("slow needs seconds, more than 0 and at most 3600")
    return float(value)


def _location(order: dict[str, Any]) -> str:
    value = order.get("location")
    if not isinstance(value, str) or not value or not value.isprintable():
        raise InvalidSetting("redirect needs a location")
    return value


def _parse(number: int, order: dict[str, Any]) -> Fault:
    if unknown := sorted(order.keys() - _KEYS):
        raise InvalidSetting(f"a fault has no {', '.join(unknown)}")
    fault = Fault(
        id=number,
        kind=_choice(order, "kind", None, KINDS),
        path=_path(order),
        after=_whole(order, "after", 0, 0),
        times=None if order.get("times", 1) is None else _whole(order, "times", 1, 1),
        code=_choice(order, "code", 307, _REDIRECT_CODES),
        shape=_choice(order, "shape", "fields", SHAPES),
    )
    if fault.kind == "slow":
        fault.seconds = _seconds(order)
    if fault.kind == "redirect":
        fault.location = _location(order)
    return fault


class Faults(Held[Fault]):
    """The faults that were ordered, oldest first."""

    def add(self, order: dict[str, Any]) -> Fault:
        """Take an order in the form of the control interface; raises InvalidSetting if it makes no sense."""
        fault = _parse(next(self.numbers), order)
        self.active.append(fault)
        return fault

    def take(self, path: str) -> Fault | None:
        """Return the first fault that befalls a request for the canonical `path`; those behind it do not see it."""
        return next((fault for fault in self.active if fault.strikes(path)), None)


def distorted(answer: Answer, shape: str) -> bytes:
    """Return an answer as valid JSON that is not what a client may expect."""
    if shape == "null":
        return b"null"
    if shape == "list":
        return b"[" + answer.body() + b"]"
    if shape == "token":
        return Answer({"access_token": 42}, answer.status, answer.error).body()
    return json.dumps({"msg": "", "status": 1, "error": None}, indent=1).encode()
