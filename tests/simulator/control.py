# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control interface under /_control: what tests order and ask. No authentication, JSON, never faulty or slow."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qsl

from . import control_estate
from .control_estate import Ask, Body, Refused
from .faults import RateLimit
from .switches import SwitchError
from .wire import Reply
from .world import World


def answer(world: World, reset: Callable[[], None], method: str, path: str, query: str, body: bytes) -> Reply:
    """Do what a control request asks; 400 with a reason when it is wrong, 404 when there is no such thing.

    ``reset`` begins anew.
    """
    try:
        content = json.loads(body) if body else {}
        if not isinstance(content, dict):
            raise ValueError("the body must be a JSON object")
        segments = path.strip("/").split("/")
        if (method, segments) == ("POST", ["reset"]):
            reset()
            return Reply.json({})
        fixed = FIXED.get((method, "/".join(segments)))
        if fixed:
            return Reply.json(fixed(Ask(world, dict(parse_qsl(query)), content)))
        by_id = BY_ID.get((method, segments[0])) if len(segments) == 2 else None
        if by_id:
            return Reply.json(by_id(Ask(world, {}, content, segments[1])))
    except Refused as refused:
        return Reply.json({"error": str(refused)}, refused.status)
    except (ValueError, SwitchError, TypeError) as error:
        return Reply.json({"error": str(error)}, 400)
    return Reply.json({"error": f"there is no {method} {path}"}, 404)


def _counters(ask: Ask) -> Body:
    return ask.world.counters.content()


def _reset(ask: Ask) -> Body:
    ask.world.counters.reset()
    return {}


def _journal(ask: Ask) -> Body:
    since = int(ask.query.get("since", 0))
    return {"items": [entry.content() for entry in ask.world.counters.journal if entry.number > since]}


def _settings(ask: Ask) -> Body:
    return {
        "latency_ms": ask.world.latency_ms,
        "token_lifetime": ask.world.token_lifetime,
        "ott_lifetime": ask.world.ott_lifetime,
        "rate_limit": ask.world.rate_limit.content() if ask.world.rate_limit else None,
        "switches": dict(ask.world.switches.values),
    }


def _change_settings(ask: Ask) -> Body:
    unknown = set(ask.body) - {"latency_ms", "token_lifetime", "ott_lifetime", "rate_limit", "switches"}
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
    limit = ask.body.get("rate_limit")
    rate_limit = None
    if limit is not None:
        if set(limit) - {"requests_per_second", "retry_after"}:
            raise ValueError("rate_limit knows requests_per_second and retry_after")
        rate_limit = RateLimit(
            limit.get("requests_per_second", 0), limit.get("retry_after", "seconds"), ask.world.clock
        )
    numbers = {
        name: float(ask.body[name]) for name in ("latency_ms", "token_lifetime", "ott_lifetime") if name in ask.body
    }
    switches = ask.body.get("switches", {})
    if not isinstance(switches, dict):
        raise ValueError("switches must be an object")
    if any(value < 0 for value in numbers.values()):
        raise ValueError("times cannot be negative")
    ask.world.switches.update(switches)
    if "rate_limit" in ask.body:
        ask.world.rate_limit = rate_limit
    for name, value in numbers.items():
        setattr(ask.world, name, value)
    return _settings(ask)


def _expire(ask: Ask) -> Body:
    return {"expired": ask.world.tokens.expire(ask.body.get("client_id"))}


def _add_fault(ask: Ask) -> Body:
    return {"id": ask.world.faults.add(ask.body).id}


def _faults(ask: Ask) -> Body:
    return {"items": [fault.content() for fault in ask.world.faults.active]}


def _clear_faults(ask: Ask) -> Body:
    ask.world.faults.clear()
    return {}


def _release(ask: Ask) -> Body:
    return {"released": ask.world.faults.release(ask.body)}


def _clock(ask: Ask) -> Body:
    return ask.world.clock.content()


def _set_clock(ask: Ask) -> Body:
    return ask.world.clock.set_as_ordered(ask.body)


def _advance(ask: Ask) -> Body:
    return ask.world.clock.advance_as_ordered(ask.body)


def _clients(ask: Ask) -> Body:
    return {name: client.announced() for name, client in ask.world.clients.items()}


def _change_client(ask: Ask) -> Body:
    client = ask.world.clients_by_id.get(ask.id)
    if client is None:
        raise Refused(404, "there is no such client")
    if set(ask.body) != {"status"} or ask.body["status"] not in ("enabled", "disabled"):
        raise ValueError("only status can be changed, to enabled or disabled")
    client.status = ask.body["status"]
    return client.announced()


FIXED: dict[tuple[str, str], Callable[[Ask], Body]] = {
    ("GET", "counters"): _counters,
    ("POST", "counters/reset"): _reset,
    ("GET", "journal"): _journal,
    ("GET", "settings"): _settings,
    ("PATCH", "settings"): _change_settings,
    ("POST", "tokens/expire"): _expire,
    ("POST", "faults"): _add_fault,
    ("GET", "faults"): _faults,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "release"): _release,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _set_clock,
    ("POST", "advance"): _advance,
    ("GET", "clients"): _clients,
    ("GET", "tenants"): control_estate.list_tenants,
    ("POST", "tenants"): control_estate.create_tenant,
}
BY_ID: dict[tuple[str, str], Callable[[Ask], Body]] = {
    ("PATCH", "clients"): _change_client,
    ("GET", "tenants"): control_estate.get_tenant,
    ("PATCH", "tenants"): control_estate.change_tenant,
    ("DELETE", "tenants"): control_estate.delete_tenant,
    ("GET", "users"): control_estate.get_user,
    ("PATCH", "users"): control_estate.change_user,
}
