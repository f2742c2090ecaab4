# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random estates and policies, with names that mean something elsewhere."""

from __future__ import annotations

import datetime
from random import Random
from typing import Any

from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._policy.decide import Facts
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import SCOPE, day, facts

#: Characters that separate, escape or stand for others somewhere, alike and unlike ones.
CHARACTERS = "ab/\\*.?[]{}\n\t\0 'é\u0301\u202e\U0001f512\ud800"
NAMES = st.text(alphabet=CHARACTERS, min_size=1, max_size=6) | st.sampled_from(
    ["..", "**", "{{ 7*7 }}", "=cmd()", "Müller", "Mu\u0308ller", "A/B", "\\", "%s", "a" * 300]
)
PRICING_MODES = ("trial", "production", "suspended")
#: Days before and after today at which something may change.
DAYS = st.sampled_from([-400, -1, 0, 1, 13, 14, 15, 400]).map(day)


def paths(min_size: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """Paths of up to four levels."""
    return st.lists(NAMES, min_size=min_size, max_size=4).map(tuple)


def escaped(path: tuple[str, ...]) -> str:
    """The pattern of one path."""
    return "/".join("".join(f"\\{c}" if c in "/\\*" else c for c in name) for name in path)


@st.composite
def estates(draw: st.DrawFn, max_size: int = 8) -> list[Facts]:
    """A scope's root and tenants below it; what is known of each is random."""
    kind = draw(st.sampled_from(["partner", "customer"]))
    made = [facts(SCOPE, kind=kind, path=draw(paths()), is_root=True, **draw(STATES))]
    for number in range(draw(st.integers(0, max_size))):
        above = draw(st.sampled_from([one for one in made if one.kind != "unit"]))
        kind = "unit" if above.kind == "customer" else draw(st.sampled_from(["customer", "partner", "folder"]))
        name = draw(NAMES)
        made.append(
            facts(
                f"t{number}",
                name=name,
                kind=kind,
                path=(*above.path, name),
                parent_id=above.id,
                inherits_from=above.inherits_from or above.id if kind in ("folder", "unit") else None,
                **draw(STATES),
            )
        )
    return made


def _state(random: Random) -> dict[str, Any]:
    """What may be known of a tenant beside its place."""
    return {
        "pricing_mode": random.choice([*PRICING_MODES, "production", None]),
        "enabled": random.choice([True, True, True, True, None, False]),
        "status": random.choice(["enabled", "disabled", "enabled", "disabled", "disable_in_progress", "unknown"]),
        "update_allowed": random.choice([True, True, True, True, None, False]),
        "shut_out": random.random() < 0.1,
        "locked": random.random() < 0.1,
        "always_enabled": random.random() < 0.2,
        "users_count": random.choice([None, 0, 1, 3, 400]),
        "enrolled_count": random.choice([None, 0, 1, 3, 400]),
        "protected": random.choice([(), (), (), ("backup@example.com",)]),
    }


#: What is known of a tenant beside its place. Made beforehand: drawing every field of every tenant takes its time.
STATES = st.sampled_from([{}, *(_state(Random(number)) for number in range(2000))])


@st.composite
def patterns(draw: st.DrawFn, path: tuple[str, ...]) -> str | list[str]:
    """A path in a rule: the path itself, or a pattern that it may fit."""
    if not path:
        return "**"
    if draw(st.booleans()):
        return list(path)
    levels = [draw(st.sampled_from([escaped((name,)), "*", "**", escaped((name[:1],)) + "*"])) for name in path]
    return "/".join(levels[: draw(st.integers(1, len(levels)))])


@st.composite
def rules(draw: st.DrawFn, estate: list[Facts], number: int) -> dict[str, Any]:
    """A rule that may speak of some tenants of the estate."""
    some = st.sampled_from(estate)
    match: dict[str, Any] = {}
    if draw(st.booleans()):
        match["id"] = draw(st.lists(some.map(lambda one: one.id) | st.just("gone"), min_size=1, max_size=4))
    if "id" not in match or draw(st.booleans()):
        match["kind"] = draw(st.lists(st.sampled_from(["root", "partner", "customer"]), min_size=1, max_size=3))
    if draw(st.booleans()):
        match["path"] = draw(st.lists(some.flatmap(lambda one: patterns(one.path)), min_size=1, max_size=3))
    if draw(st.booleans()):
        match["pricing_mode"] = draw(st.lists(st.sampled_from(PRICING_MODES), min_size=1, max_size=2))
    rule: dict[str, Any] = {"name": f"rule {number}", "match": match, "allow_empty": True}
    rule["mfa"] = draw(st.sampled_from(["enabled", "enabled", "disabled", "unmanaged"]))
    if draw(st.sampled_from([False, False, True])):
        rule["not_before"] = draw(DAYS)
    return rule


@st.composite
def documents(draw: st.DrawFn, estate: list[Facts]) -> dict[str, Any]:
    """A policy for an estate; no rule insists on deciding some tenant."""
    ids = [one.id for one in estate] + ["gone"]
    excepted = draw(st.lists(st.sampled_from(ids), unique=True, max_size=3))
    return {
        "name": draw(st.sampled_from(["a", "b"])),
        "default": draw(st.sampled_from(["enabled", "unmanaged"])),
        "rules": [draw(rules(estate, number)) for number in range(draw(st.integers(1, 3)))],
        "exceptions": [
            {"tenant_id": tenant_id, "reason": "why", "owner": "who", "expires": draw(DAYS)} for tenant_id in excepted
        ],
        "guards": draw(guards()),
        "rollout": draw(st.just({}) | st.fixed_dictionaries({"max_per_run": st.integers(1, 5)})),
    }


@st.composite
def guards(draw: st.DrawFn) -> dict[str, Any]:
    """Limits that small estates can reach."""
    return {
        "max_changes": draw(st.integers(0, 6)),
        "max_change_percent": draw(st.sampled_from([0, 12.5, 50, 100.0])),
        "max_lockouts": draw(st.integers(0, 1000)),
        "allow_disable": draw(st.booleans()),
        "enforce_expired": draw(st.booleans()),
    }


@st.composite
def cases(draw: st.DrawFn, max_size: int = 8) -> tuple[list[Facts], dict[str, Any]]:
    """An estate and a policy for it."""
    estate = draw(estates(max_size))
    return estate, draw(documents(estate))


#: Days on which policies are asked.
TODAYS = st.sampled_from([-1, 0, 1]).map(day).map(datetime.date.fromisoformat)
