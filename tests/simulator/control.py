# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# The control interface under /_control: what tests order and ask. No authentication, JSON, never faulty or slow.

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from . import control_estate
from .control_estate import Refused
from .faults import RateLimit
from .switches import SwitchError
from .wire import Reply
from .world import World

Body = dict[str, Any]


def answer(world: World, method: str, path: str, query: str, body: bytes) -> Reply:
    """Do what a control request asks; 400 with a reason when it is wrong, 404 when there is no such thing."""
    try:
        content = json.loads(body) if body else {}
        if not isinstance(content, dict):
            raise ValueError("the body must be a JSON object")
        segments = path.strip("/").split("/")
        fixed = FIXED.get((method, "/".join(segments)))
        if fixed:
            return Reply.json(fixed(world, dict(parse_qsl(query)), content))
        by_id = BY_ID.get((method, segments[0])) if len(segments) == 2 else None
        if by_id:
            return Reply.json(by_id(world, segments[1], content))
    except Refused as refused:
        return Reply.json({"error": str(refused)}, refused.status)
    except (ValueError, SwitchError, TypeError) as error:
        return Reply.json({"error": str(error)}, 400)
    return Reply.json({"error": f"there is no {method} {path}"}, 404)


def _counters(world: World, query: dict[str, str], body: Body) -> Body:
    return world.counters.content()


def _reset(world: World, query: dict[str, str], body: Body) -> Body:
    world.counters.reset()
    return {}


def _journal(world: World, query: dict[str, str], body: Body) -> Body:
    since = int(query.get("since", 0))
    return {"items": [entry.content() for entry in world.counters.journal if entry.number > since]}


def _settings(world: World, query: dict[str, str], body: Body) -> Body:
    return {
        "latency_ms": world.latency_ms,
        "token_lifetime": world.token_lifetime,
        "ott_lifetime": world.ott_lifetime,
        "rate_limit": world.rate_limit.content() if world.rate_limit else None,
        "switches": dict(world.switches.values),
    }


def _change_settings(world: World, query: dict[str, str], body: Body) -> Body:
    unknown = set(body) - {"latency_ms", "token_lifetime", "ott_lifetime", "rate_limit", "switches"}
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
    limit = body.get("rate_limit")
    rate_limit = None
    if limit is not None:
        if set(limit) - {"requests_per_second", "retry_after"}:
            raise ValueError("rate_limit knows requests_per_second and retry_after")
        rate_limit = RateLimit(limit["requests_per_second"], limit.get("retry_after", "seconds"))
    numbers = {name: float(body[name]) for name in ("latency_ms", "token_lifetime", "ott_lifetime") if name in body}
    if any(value < 0 for value in numbers.values()):
        raise ValueError("times cannot be negative")
    world.switches.update(body.get("switches", {}))
    if "rate_limit" in body:
        world.rate_limit = rate_limit
    for name, value in numbers.items():
        setattr(world, name, value)
    return _settings(world, query, {})


def _expire(world: World, query: dict[str, str], body: Body) -> Body:
    return {"expired": world.tokens.expire(body.get("client_id"))}


def _add_fault(world: World, query: dict[str, str], body: Body) -> Body:
    return {"id": world.faults.add(body).id}


def _faults(world: World, query: dict[str, str], body: Body) -> Body:
    return {"items": [fault.content() for fault in world.faults.active]}


def _clear_faults(world: World, query: dict[str, str], body: Body) -> Body:
    world.faults.active.clear()
    return {}


def _clients(world: World, query: dict[str, str], body: Body) -> Body:
    return {name: client.announced() for name, client in world.clients.items()}


def _change_client(world: World, client_id: str, body: Body) -> Body:
    client = world.clients_by_id.get(client_id)
    if client is None:
        raise Refused(404, "there is no such client")
    if set(body) != {"status"} or body["status"] not in ("enabled", "disabled"):
        raise ValueError("only status can be changed, to enabled or disabled")
    client.status = body["status"]
    return client.announced()


FIXED: dict[tuple[str, str], Callable[[World, dict[str, str], Body], Body]] = {
    ("GET", "counters"): _counters,
    ("POST", "counters/reset"): _reset,
    ("GET", "journal"): _journal,
    ("GET", "settings"): _settings,
    ("PATCH", "settings"): _change_settings,
    ("POST", "tokens/expire"): _expire,
    ("POST", "faults"): _add_fault,
    ("GET", "faults"): _faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "clients"): _clients,
    ("GET", "tenants"): control_estate.list_tenants,
    ("POST", "tenants"): control_estate.create_tenant,
}
BY_ID: dict[tuple[str, str], Callable[[World, str, Body], Body]] = {
    ("PATCH", "clients"): _change_client,
    ("GET", "tenants"): control_estate.get_tenant,
    ("PATCH", "tenants"): control_estate.change_tenant,
    ("DELETE", "tenants"): control_estate.delete_tenant,
    ("GET", "users"): control_estate.get_user,
    ("PATCH", "users"): control_estate.change_user,
}
