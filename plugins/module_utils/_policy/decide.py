# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One disposition for each tenant, with the rule or exception that decided and a reason in words."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from .._text import (
    BLOCKED,
    COMPLIANT,
    CONVERGING,
    DISABLE_IN_PROGRESS,
    DISABLED,
    DRIFTED,
    ENABLED,
    EXCEPTED,
    INHERITED,
    PENDING,
    UNKNOWN,
    UNMANAGED,
)
from .document import DEFAULT, Policy, PolicyException, Rule
from .facts import Facts, Obstacle, obstacle
from .form import PolicyError

#: The base of the compliance; a tenant that could not be read is never compliant.
_COUNTED = (COMPLIANT, CONVERGING, BLOCKED, PENDING, DRIFTED, UNKNOWN)
#: Days before its last one from which on an exception is announced to expire.
_SOON = 14


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """What a policy says of one tenant.

    Attributes:
        wanted: ``enabled`` or ``disabled``, if a state is wanted.
        rule: name of the rule that decided, ``default``, or ``None``.
        exception: the exception for this tenant, in force or expired.
        reason: why, as a clause.
    """

    facts: Facts
    disposition: str
    wanted: str | None
    rule: str | None
    exception: PolicyException | None
    reason: str

    @property
    def is_wanted(self) -> bool:
        """Whether a state is wanted of the tenant; the base of the share of changes."""
        return self.wanted is not None and self.disposition not in (UNMANAGED, EXCEPTED)

    def has_expired_exception(self, today: datetime.date) -> bool:
        """Whether an exception for the tenant has run out, so that the rules hold again."""
        return self.exception is not None and is_expired(self.exception, today)


def is_expired(exception: PolicyException, today: datetime.date) -> bool:
    """Whether an exception no longer holds; it holds through the UTC day that it names."""
    return exception.expires < today


def expires_soon(exception: PolicyException, today: datetime.date) -> bool:
    """Whether an exception holds, but not for long."""
    return 0 <= (exception.expires - today).days <= _SOON


def decide(policy: Policy, estate: t.Iterable[Facts], today: datetime.date) -> list[Decision]:
    """Decide about every tenant of the scope.

    Args:
        policy: the policy.
        estate: every tenant of the scope, in any order.
        today: the UTC day.

    Raises:
        PolicyError: a rule decides no tenant, and does not say that it may.
    """
    by_tenant = {exception.tenant_id: exception for exception in policy.exceptions}
    used: set[str] = set()
    # Behind a rule that could not be tested for a tenant, any other may have decided it.
    untested = len(policy.rules)
    decisions = []
    for tenant in estate:
        rule, lacking = _rule_for(policy, tenant)
        if rule is not None:
            used.add(rule.name)
        if rule is not None and lacking is not None:
            untested = min(untested, policy.rules.index(rule))
        decisions.append(_decide(policy, tenant, rule, lacking, by_tenant.get(tenant.id), today))
    for number, rule in enumerate(policy.rules[:untested]):
        if rule.name not in used and not rule.allow_empty:
            raise PolicyError(
                f"rules[{number}]: the rule {rule.name!r} decides no tenant of the scope. A tenant may have been "
                "renamed or moved, or an earlier rule fits first. If that is right, say allow_empty: true."
            )
    return decisions


def _rule_for(policy: Policy, facts: Facts) -> tuple[Rule | None, str | None]:
    """The first rule that fits, and the field that is missing to tell whether it does."""
    if facts.inherits_from is not None:
        return None, None
    for rule in policy.rules:
        if facts.is_root and facts.id not in rule.ids:
            continue
        if rule.ids and facts.id not in rule.ids:
            continue
        if rule.kinds and facts.kind not in rule.kinds:
            continue
        if rule.paths and not any(pattern.matches(facts.path) for pattern in rule.paths):
            continue
        if rule.pricing_modes and facts.pricing_mode is None:
            return rule, "pricing_mode"
        if rule.pricing_modes and facts.pricing_mode not in rule.pricing_modes:
            continue
        return rule, None
    return None, None


def _decide(
    policy: Policy,
    facts: Facts,
    rule: Rule | None,
    lacking: str | None,
    exception: PolicyException | None,
    today: datetime.date,
) -> Decision:
    name = rule.name if rule is not None else None
    wanted = rule.mfa if rule is not None else UNMANAGED
    if rule is None and policy.default == ENABLED and not facts.is_root and facts.inherits_from is None:
        name, wanted = DEFAULT, ENABLED
    if lacking is not None:
        wanted = UNMANAGED

    def decision(disposition: str, reason: str) -> Decision:
        return Decision(facts, disposition, None if wanted == UNMANAGED else wanted, name, exception, reason)

    if facts.inherits_from is not None:
        return decision(INHERITED, Obstacle.INHERITS.reason(facts))
    if facts.status == UNKNOWN:
        return decision(UNKNOWN, facts.problem or "its MFA state could not be read")
    if lacking is not None:
        return decision(UNKNOWN, f"the platform does not show its {lacking}, which the rule asks for")
    if wanted == UNMANAGED:
        return decision(UNMANAGED, "the rule says so" if rule is not None else _why_unmanaged(facts))
    if facts.enabled is False:
        return decision(UNMANAGED, "the tenant is disabled")
    if exception is not None and not is_expired(exception, today):
        return decision(EXCEPTED, f"until {exception.expires}: {exception.reason}")
    if facts.status == wanted:
        return decision(COMPLIANT, f"MFA is {wanted}")
    if wanted == DISABLED and facts.status == DISABLE_IN_PROGRESS:
        return decision(CONVERGING, "MFA is being switched off")
    in_the_way = obstacle(facts, wanted)
    if in_the_way is not None:
        return decision(BLOCKED, in_the_way.reason(facts))
    if rule is not None and rule.not_before is not None and today < rule.not_before:
        return decision(PENDING, f"not before {rule.not_before}")
    return decision(DRIFTED, f"MFA is {facts.status}, wanted is {wanted}")


def _why_unmanaged(facts: Facts) -> str:
    return "the scope's own root changes only if a rule names its id" if facts.is_root else "no rule fits"


def compliance_percent(decisions: t.Iterable[Decision]) -> float | None:
    """The share of compliant tenants in percent, rounded down to a hundredth; ``None`` if no state is wanted of any.

    Rounded down, so that it says 100 only where nothing is missing.
    """
    counts = collections.Counter(decision.disposition for decision in decisions)
    base = sum(counts[disposition] for disposition in _COUNTED)
    return counts[COMPLIANT] * 10000 // base / 100 if base else None
