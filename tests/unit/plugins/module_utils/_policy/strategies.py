# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random estates and policies, with names that mean something elsewhere."""

from __future__ import annotations

import datetime
from random import Random
from typing import Any

from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import SCOPE, day, facts

#: Characters that separate, escape or stand for others somewhere, alike and unlike ones.
CHARACTERS = "ab/\\*.?[]{}\n\t\0 'é\u0301\u202e\U0001f512\ud800"
NAMES = st.text(alphabet=CHARACTERS, min_size=1, max_size=6) | st.sampled_from(
    ["..", "**", "{{ 7*7 }}", "=cmd()", "Müller", "Mu\u0308ller", "A/B", "\\", "%s", "a" * 300]
)
PRICING_MODES = ("trial", "production", "suspended")


def paths(min_size: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """Paths of up to four levels."""
    return st.lists(NAMES, min_size=min_size, max_size=4).map(tuple)


def escaped(path: tuple[str, ...]) -> str:
    """The pattern of one path."""
    return "/".join("".join(f"\\{c}" if c in "/\\*" else c for c in name) for name in path)


# Estates and policies come from a seed: drawn field by field, they take seconds, and half of their tenants are units.


@st.composite
def cases(draw: st.DrawFn, min_size: int = 0, max_size: int = 8) -> tuple[list[Facts], dict[str, Any]]:
    """An estate, and a policy for it."""
    size = draw(st.integers(min_size, max_size))
    random = draw(st.randoms(use_true_random=True))
    estate = _estate(random, size)
    return estate, _document(random, estate)


#: Days on which policies are asked.
TODAYS = st.sampled_from([-1, 0, 1]).map(day).map(datetime.date.fromisoformat)


def _name(random: Random) -> str:
    odd = ("..", "**", "{{ 7*7 }}", "Müller", "Mu\u0308ller", "A/B", "\\", "")
    return random.choice(odd) or "".join(random.choices(CHARACTERS, k=random.randint(1, 4)))


def _estate(random: Random, size: int) -> list[Facts]:
    """A scope's root and tenants below it, parents first; what is known of each is random."""
    path = tuple(_name(random) for _level in range(random.randint(0, 2)))
    kind = random.choice(["partner", "partner", "partner", "customer"])
    made = [facts(SCOPE, kind=kind, path=path, is_root=True, **_state(random))]
    for number in range(size):
        above = random.choice([one for one in made if one.kind != "unit"])
        kind = random.choices(["customer", "partner", "folder"], [6, 2, 1])[0]
        if above.kind == "customer":
            if random.random() < 0.7:
                above = made[0]
            else:
                kind = "unit"
        name = _name(random)
        made.append(
            facts(
                f"t{number}",
                name=name,
                kind=kind,
                path=(*above.path, name),
                parent_id=above.id,
                inherits_from=above.inherits_from or above.id if kind in ("folder", "unit") else None,
                **_state(random),
            )
        )
    return made


def _state(random: Random) -> dict[str, Any]:
    """What is known of a tenant beside its place."""
    return {
        "pricing_mode": random.choice([*PRICING_MODES * 3, None]),
        "enabled": random.choice([True] * 8 + [None, False]),
        "status": random.choice(["enabled", "disabled"] * 5 + ["disable_in_progress"] * 2 + ["unknown"]),
        "update_allowed": random.choice([True] * 8 + [None, False]),
        "self_managing": "the tenant" if random.random() < 0.05 else None,
        "locked": random.random() < 0.05,
        "lock_owner_id": "another" if random.random() < 0.05 else None,
        "always_enabled": random.random() < 0.2,
        "users_count": random.choice([0, 1, 3, 400] * 3 + [None]),
        "enrolled_count": random.choice([0, 1, 3, 400] * 3 + [None]),
        "protected": random.choice([()] * 9 + [("backup@example.com",)]),
    }


def _document(random: Random, estate: list[Facts]) -> dict[str, Any]:
    """A policy for an estate; no rule insists on deciding some tenant."""
    ids = [one.id for one in estate] + ["gone"]
    excepted = random.sample(ids, random.randint(0, len(ids) // 3 + 1))
    return {
        "name": random.choice("ab"),
        "default": random.choice(["enabled", "enabled", "unmanaged"]),
        "rules": [_rule(random, estate, number) for number in range(random.randint(1, 4))],
        "exceptions": [
            {"tenant_id": tenant_id, "reason": "why", "owner": "who", "expires": _day(random)} for tenant_id in excepted
        ],
        "guards": _guards(random),
        "rollout": random.choice([{}, {}, {"max_per_run": random.randint(1, 15)}]),
    }


def _day(random: Random) -> str:
    return day(random.choice([-400, -2, -1, 0, 1, 2, 13, 14, 15, 400]))


def _rule(random: Random, estate: list[Facts], number: int) -> dict[str, Any]:
    """A rule that may speak of some tenants of the estate."""
    match: dict[str, Any] = {}
    if random.random() < 0.3:
        match["id"] = random.sample([one.id for one in estate] + ["gone"], random.randint(1, min(4, len(estate) + 1)))
    if "id" not in match or random.random() < 0.3:
        match["kind"] = random.sample(["customer", "customer", "partner", "root"], random.randint(1, 3))
    if random.random() < 0.4:
        match["path"] = [_pattern(random, random.choice(estate).path) for _item in range(random.randint(1, 3))]
    if random.random() < 0.3:
        match["pricing_mode"] = random.sample(PRICING_MODES, random.randint(1, 2))
    rule: dict[str, Any] = {"name": f"rule {number}", "match": match, "allow_empty": True}
    rule["mfa"] = random.choice(["enabled", "enabled", "disabled", "disabled", "unmanaged"])
    if random.random() < 0.4:
        rule["not_before"] = _day(random)
    return rule


def _pattern(random: Random, path: tuple[str, ...]) -> str | list[str]:
    """A path in a rule: the path itself, or a pattern that it may fit."""
    if not path:
        return "**"
    if random.random() < 0.3:
        return list(path)
    levels = [random.choice([escaped((name,)), "*", "**", escaped((name[:1],)) + "*"]) for name in path]
    return "/".join(levels[: random.randint(1, len(levels))])


def _guards(random: Random) -> dict[str, Any]:
    """Limits that small estates can reach."""
    return {
        "max_changes": random.randint(0, 12),
        "max_change_percent": random.choice([0, 12.5, 50, 60.5, 100.0]),
        "max_lockouts": random.choice([0, 3, 400, 2000]),
        "allow_disable": random.random() < 0.5,
        "enforce_expired": random.random() < 0.5,
    }
