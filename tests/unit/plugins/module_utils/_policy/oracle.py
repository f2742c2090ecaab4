# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths and dispositions once more, as simply as they can be written, to compare the plugins with.

Nothing here uses code of the plugins but the facts, and nothing is fast: patterns are tried character by character,
and a policy is the document as it was written.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts

#: A star in a level; everything else in it is a character.
ANY = None
Level = list[str | None]


def levels_of(pattern: str) -> list[Level] | None:
    """The levels of a pattern, ``[ANY, ANY]`` for two stars; ``None`` if it is no pattern."""
    levels: list[Level] = [[]]
    escaped = False
    for character in pattern:
        if escaped:
            levels[-1].append(character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "/":
            levels.append([])
        else:
            levels[-1].append(ANY if character == "*" else character)
    if escaped or [] in levels:
        return None
    for level in levels:
        if level != [ANY, ANY] and any(level[at : at + 2] == [ANY, ANY] for at in range(len(level))):
            return None
    return levels


def fits_name(level: Level, name: str) -> bool:
    """Whether a name fits a level."""
    if not level:
        return not name
    if level[0] is ANY:
        return any(fits_name(level[1:], name[start:]) for start in range(len(name) + 1))
    return name[:1] == level[0] and fits_name(level[1:], name[1:])


def fits(levels: list[Level], path: Sequence[str]) -> bool:
    """Whether a path fits a pattern."""
    if not levels:
        return not path
    if levels[0] == [ANY, ANY]:
        return any(fits(levels[1:], path[start:]) for start in range(len(path) + 1))
    return bool(path) and fits_name(levels[0], path[0]) and fits(levels[1:], path[1:])


def fits_any(patterns: list[str | list[str]], path: Sequence[str]) -> bool:
    """Whether a path is one of those that a rule lists, or fits one of its patterns."""
    for pattern in patterns:
        if isinstance(pattern, str):
            levels = levels_of(pattern)
            assert levels is not None
            if fits(levels, path):
                return True
        elif pattern == list(path):
            return True
    return False


class Verdict(NamedTuple):
    """What a policy says of one tenant.

    Attributes:
        wanted: the state that is wanted, whatever keeps the tenant from it; ``None`` if none is.
        decider: name of the rule, ``default``, or ``None``.
        excepted: the exception for the tenant, whether it has expired or not.
    """

    disposition: str
    wanted: str | None
    decider: str | None
    excepted: dict[str, Any] | None


class Answer(NamedTuple):
    """Which rule decides; ``lacks`` if the tenant has no value for a field that it asks for."""

    rule: dict[str, Any] | None
    lacks: bool


def deciding_rule(rules: list[dict[str, Any]], one: Facts) -> Answer:
    """The first rule that matches; keys are and-ed, values or-ed."""
    for rule in rules:
        match = rule["match"]
        if one.is_root and one.id not in match.get("id", []):
            continue
        if "id" in match and one.id not in match["id"]:
            continue
        if "kind" in match and one.kind not in match["kind"]:
            continue
        if "path" in match and not fits_any(match["path"], one.path):
            continue
        if "pricing_mode" in match:
            if one.pricing_mode is None:
                return Answer(rule, True)
            if one.pricing_mode not in match["pricing_mode"]:
                continue
        return Answer(rule, False)
    return Answer(None, False)


def verdict(document: dict[str, Any], one: Facts, today: datetime.date) -> Verdict:
    """The disposition of one tenant."""
    excepted = next((item for item in document.get("exceptions", []) if item["tenant_id"] == one.id), None)
    if one.inherits_from is not None:
        return Verdict("inherited", None, None, excepted)
    rule, lacks = deciding_rule(document["rules"], one)
    if rule is not None:
        wanted, decider = rule["mfa"], rule["name"]
    elif document.get("default") == "enabled" and not one.is_root:
        wanted, decider = "enabled", "default"
    else:
        wanted, decider = "unmanaged", None

    if lacks:
        # What the rule wants is not wanted of a tenant that it may not be meant for.
        return Verdict("unknown", None, decider, excepted)

    def say(disposition: str) -> Verdict:
        return Verdict(disposition, None if wanted == "unmanaged" else wanted, decider, excepted)

    if one.status == "unknown":
        return say("unknown")
    if wanted == "unmanaged" or one.enabled is False:
        return say("unmanaged")
    if excepted is not None and excepted["expires"] >= today.isoformat():
        return say("excepted")
    if one.status == wanted:
        return say("compliant")
    if wanted == "disabled" and one.status == "disable_in_progress":
        return say("converging")
    if (
        one.update_allowed is False
        or one.self_managing is not None
        or one.lock_owner_id is not None
        or (wanted == "enabled" and one.protected)
        or (wanted == "disabled" and one.always_enabled)
    ):
        return say("blocked")
    if rule is not None and rule.get("not_before", "") > today.isoformat():
        return say("pending")
    return say("drifted")


def wants_a_state(verdict: Verdict) -> bool:
    """Whether a tenant counts for the share of changes: its policy wants a state of it, be it known or not."""
    return verdict.wanted is not None and verdict.disposition not in ("unmanaged", "excepted")


def compliance_percent(dispositions: Iterable[str]) -> float | None:
    """The share of compliant tenants, rounded down to a hundredth."""
    counted = {"compliant", "drifted", "pending", "converging", "blocked", "unknown"}
    of_interest = [disposition for disposition in dispositions if disposition in counted]
    if not of_interest:
        return None
    return math.floor(of_interest.count("compliant") * 10000 / len(of_interest)) / 100
