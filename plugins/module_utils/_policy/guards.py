# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guards: what stops a run that nobody has looked at. They count what would be written."""

from __future__ import annotations

import dataclasses
import fractions
import math
import typing as t

from .._text import DISABLED
from .plan import Plan

#: A share of very few changes says nothing.
_SHARE_COUNTS_ABOVE = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Violation:
    """A guard that a plan does not pass.

    Attributes:
        guard: its name in the policy.
        limit: what the policy allows.
        value: what the plan has; ``None`` if that is not known.
        approvable: whether approving the plan by its hash passes the guard.
        message: the same in words, with the remedy.
    """

    guard: str
    limit: float | bool
    value: float | None
    approvable: bool
    message: str

    def as_data(self) -> dict[str, t.Any]:
        """Plain data."""
        return dataclasses.asdict(self)


def violations(plan: Plan) -> list[Violation]:
    """The guards that the next run of a plan would violate; what ``max_per_run`` leaves for later does not count."""
    checked = [
        _max_changes(plan),
        _max_change_percent(plan),
        _max_lockouts(plan),
        _allow_disable(plan),
        _enforce_expired(plan),
    ]
    return [violation for violation in checked if violation is not None]


def _max_changes(plan: Plan) -> Violation | None:
    count, limit = len(plan.selected), plan.policy.guards.max_changes
    if count <= limit:
        return None
    return Violation(
        "max_changes",
        limit,
        count,
        True,
        f"Tenants to change: {count}, more than max_changes ({limit}). Look at the plan, then approve it by its "
        "hash, or set rollout.max_per_run.",
    )


def _max_change_percent(plan: Plan) -> Violation | None:
    count, wanted, limit = len(plan.selected), plan.wanted, plan.policy.guards.max_change_percent
    # Exact: a share that equals the limit is allowed, and is shown above it where it is above.
    share = fractions.Fraction(count * 100, max(wanted, count, 1))
    if count <= _SHARE_COUNTS_ABOVE or share <= fractions.Fraction(str(limit)):
        return None
    shown = math.ceil(share * 100) / 100
    return Violation(
        "max_change_percent",
        limit,
        shown,
        True,
        f"{shown:g} % of the {wanted} tenants with a wanted state would change, more than max_change_percent "
        f"({limit:g}). Look at the plan, then approve it by its hash, or set rollout.max_per_run.",
    )


def _max_lockouts(plan: Plan) -> Violation | None:
    known = [change.lockouts_max for change in plan.selected if change.lockouts_max is not None]
    missing, limit = len(plan.selected) - len(known), plan.policy.guards.max_lockouts
    count = sum(known)
    if count > limit:
        return Violation(
            "max_lockouts",
            limit,
            count,
            True,
            f"Up to {count} users would have to enrol before they can sign in again, more than max_lockouts ({limit}). "
            "Announce it, then approve the plan by its hash, or set rollout.max_per_run.",
        )
    if not missing:
        return None
    return Violation(
        "max_lockouts",
        limit,
        None,
        True,
        f"How many users would be locked out is not known for {missing} of the tenants to change, because a sample was "
        "read. Verify all, or approve the plan by its hash.",
    )


def _allow_disable(plan: Plan) -> Violation | None:
    count = sum(change.after == DISABLED for change in plan.selected)
    if not count or plan.policy.guards.allow_disable:
        return None
    return Violation(
        "allow_disable",
        False,
        count,
        False,
        f"{count} of the {len(plan.selected)} changes would switch MFA off. If that is meant, set "
        "guards.allow_disable; an approval does not pass this guard.",
    )


def _enforce_expired(plan: Plan) -> Violation | None:
    count = sum(change.expired_exception for change in plan.selected)
    if not count or plan.policy.guards.enforce_expired:
        return None
    return Violation(
        "enforce_expired",
        False,
        count,
        True,
        f"Expired exceptions make {count} of the {len(plan.selected)} changes due. Renew the exceptions, set "
        "guards.enforce_expired, or approve the plan by its hash.",
    )
