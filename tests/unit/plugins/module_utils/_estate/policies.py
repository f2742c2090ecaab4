# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies as documents: what a test needs in few words, and random ones for an estate."""

from __future__ import annotations

import datetime
from random import Random
from typing import Any

from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts

#: An id that no tenant has.
NOBODY = "00000000-0000-4000-8000-000000000000"


def in_days(days: int) -> str:
    """The UTC day so many days from now."""
    return (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)).isoformat()


def policy(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A policy's document; without rules it wants MFA of all customers."""
    return {"name": "baseline", "rules": list(rules) or [rule()], **more}


def rule(mfa: str = "enabled", **more: Any) -> dict[str, Any]:
    """A rule for all customers, and for what ``more`` says."""
    return {"name": "customers", "match": {"kind": ["customer"]}, "mfa": mfa, **more}


def exception(tenant_id: str, days: int, **more: Any) -> dict[str, Any]:
    """An exception whose last day is so many days from now."""
    more = {"reason": "an old appliance", "owner": "jane@example.com", **more}
    return {"tenant_id": tenant_id, "expires": in_days(days), **more}


def escaped(name: str) -> str:
    """A level of a pattern that fits one name."""
    return "".join(f"\\{character}" if character in "/\\*" else character for character in name)


class Dice:
    """Random policies for an estate; everything follows from the seed.

    Args:
        seed: any number.
        estate: the scope's tenants.
    """

    def __init__(self, seed: int, estate: list[Facts]) -> None:
        self._random = Random(seed)
        self._estate = estate

    def policy(self) -> dict[str, Any]:
        """A policy whose rules need not decide anybody."""
        dice = self._random
        excepted = dice.sample([one.id for one in self._estate], 3)
        days = (-1, 0, 1, 14, 15, 300)
        return {
            "name": "random",
            "default": dice.choice(["enabled", "unmanaged"]),
            "rules": [self._rule(number) for number in range(dice.randint(1, 5))],
            "exceptions": [exception(tenant_id, dice.choice(days)) for tenant_id in [*excepted, NOBODY]],
            "guards": self._guards(),
            "rollout": {"max_per_run": dice.randint(1, 20)} if dice.random() < 0.4 else {},
        }

    def _rule(self, number: int) -> dict[str, Any]:
        dice = self._random
        match: dict[str, Any] = {}
        if dice.random() < 0.4:
            match["id"] = [one.id for one in dice.sample(self._estate, min(12, len(self._estate)))]
        if not match or dice.random() < 0.6:
            match["kind"] = dice.sample(["root", "partner", "customer"], dice.randint(1, 3))
        if dice.random() < 0.5:
            match["path"] = [self._path(dice.choice(self._estate).path) for _unused in range(3)]
        if dice.random() < 0.3:
            match["pricing_mode"] = dice.sample(["production", "trial", "suspended"], dice.randint(1, 2))
        state = dice.choice(["enabled", "enabled", "enabled", "disabled", "unmanaged"])
        made = {"name": f"rule {number}", "match": match, "mfa": state, "allow_empty": True}
        return {**made, "not_before": in_days(dice.choice([-1, 0, 1, 90]))} if dice.random() < 0.3 else made

    def _path(self, path: tuple[str, ...]) -> str | list[str]:
        """A path itself, or a pattern that fits it and perhaps others."""
        if not path:
            return "**"
        if self._random.random() < 0.3:
            return list(path)
        levels = [self._level(name) for name in path]
        levels[self._random.randrange(len(levels)) :] = [self._random.choice(["**", "*"])]
        return "/".join(levels)

    def _level(self, name: str) -> str:
        return self._random.choice([escaped(name), escaped(name), escaped(name[:2]) + "*", "*" + escaped(name[2:])])

    def _guards(self) -> dict[str, Any]:
        dice = self._random
        return {
            "max_changes": dice.choice([0, 10, 100]),
            "max_change_percent": dice.choice([0, 12.5, 40, 100]),
            "max_lockouts": dice.choice([0, 50, 500, 5000]),
            "allow_disable": dice.random() < 0.5,
            "enforce_expired": dice.random() < 0.5,
            "protected_users": dice.choice([[], [], ["svc.*"], ["ANNA.*", "*.celik.*@EXAMPLE.com"], ["nobody@*"]]),
        }
