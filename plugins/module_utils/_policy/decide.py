# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One disposition for each tenant, with the rule or exception that decided and a reason in words."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from .document import DEFAULT, Policy, PolicyError, PolicyException, Rule

ENABLED = "enabled"
DISABLED = "disabled"
DISABLE_IN_PROGRESS = "disable_in_progress"
UNMANAGED = "unmanaged"
UNKNOWN = "unknown"

#: Every disposition, in the order in which reports show them. They are tested in the same order but for the first two:
#: a folder or unit is never read itself, so it is inherited even where its organization is unknown.
DISPOSITIONS = (
    "unknown",
    "inherited",
    "unmanaged",
    "excepted",
    "compliant",
    "converging",
    "blocked",
    "pending",
    "drifted",
)
#: The base of the compliance; a tenant that could not be read is never compliant.
COUNTED = frozenset({"compliant", "converging", "blocked", "pending", "drifted", "unknown"})
#: Days before its last one from which on an exception is announced to expire.
SOON = 14
#: Why a tenant cannot be changed whose own endpoint does not let the API client do it.
NOT_ALLOWED = "the API client may not change it (update_allowed is false)"


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one tenant.

    Attributes:
        path: names from below the API client's own tenant down to this one.
        inherits_from: for a folder or unit, the organization whose state it shows; else ``None``.
        is_root: whether it is the root of the scope.
        status: ``enabled``, ``disabled``, ``disable_in_progress`` or ``unknown``.
        evidence: ``endpoint``, ``listing`` or ``none``.
        problem: why the status is unknown.
        update_allowed: whether the API client may change it; ``None`` if its endpoint was not read.
        shut_out: whether the tenant, or one above it, manages itself.
        shut_out_by: the one above, if it is not the tenant itself.
        locked: whether it is locked by another tenant.
        always_enabled: whether its MFA cannot be switched off.
        users_count: active users, if its endpoint was read.
        enrolled_count: those of them who have enrolled, if its endpoint was read.
        protected: logins of protected users that switching on would lock out.
    """

    id: str
    name: str
    kind: str
    path: tuple[str, ...]
    parent_id: str
    pricing_mode: str | None
    enabled: bool | None
    inherits_from: str | None
    is_root: bool
    status: str
    evidence: str
    problem: str | None
    update_allowed: bool | None
    shut_out: bool
    locked: bool
    always_enabled: bool
    users_count: int | None
    enrolled_count: int | None
    protected: tuple[str, ...] = ()
    shut_out_by: str | None = None

    @property
    def label(self) -> str:
        """The path, or the name where that is empty."""
        return "/".join(self.path) or self.name

    @property
    def lockouts_max(self) -> int | None:
        """How many users switching on can lock out at most; ``None`` if the endpoint was not read.

        Where MFA is off, the platform does not show who has enrolled before, so this is an upper bound.
        """
        if self.users_count is None or self.enrolled_count is None:
            return None
        return max(0, self.users_count - self.enrolled_count)


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
        return self.wanted is not None and self.disposition not in ("unmanaged", "excepted")

    def has_expired_exception(self, today: datetime.date) -> bool:
        """Whether an exception for the tenant has run out, so that the rules hold again."""
        return self.exception is not None and is_expired(self.exception, today)


def is_expired(exception: PolicyException, today: datetime.date) -> bool:
    """Whether an exception no longer holds; it holds through the UTC day that it names."""
    return exception.expires < today


def expires_soon(exception: PolicyException, today: datetime.date) -> bool:
    """Whether an exception holds, but not for long."""
    return 0 <= (exception.expires - today).days <= SOON


def decide(policy: Policy, facts: t.Iterable[Facts], today: datetime.date) -> list[Decision]:
    """Decide about every tenant of the scope.

    Args:
        policy: the policy.
        facts: every tenant of the scope, in any order.
        today: the UTC day.

    Raises:
        PolicyError: a rule decides no tenant, and does not say that it may.
    """
    by_tenant = {exception.tenant_id: exception for exception in policy.exceptions}
    used: set[str] = set()
    # Behind a rule that could not be tested for a tenant, any other may have decided it.
    untested = len(policy.rules)
    decisions = []
    for one in facts:
        rule, lacking = _rule_for(policy, one)
        if rule is not None:
            used.add(rule.name)
        if rule is not None and lacking is not None:
            untested = min(untested, policy.rules.index(rule))
        decisions.append(_decide(policy, one, rule, lacking, by_tenant.get(one.id), today))
    for number, rule in enumerate(policy.rules[:untested]):
        if rule.name not in used and not rule.allow_empty:
            raise PolicyError(
                f"rules[{number}]: the rule {rule.name!r} decides no tenant of the scope. A tenant may have been "
                "renamed or moved, or an earlier rule fits first. If that is right, say allow_empty: true."
            )
    return decisions


def _rule_for(policy: Policy, one: Facts) -> tuple[Rule | None, str | None]:
    """The first rule that fits, and the field that is missing to tell whether it does."""
    if one.inherits_from is not None:
        return None, None
    for rule in policy.rules:
        if one.is_root and one.id not in rule.ids:
            continue
        if rule.ids and one.id not in rule.ids:
            continue
        if rule.kinds and one.kind not in rule.kinds:
            continue
        if rule.paths and not any(pattern.matches(one.path) for pattern in rule.paths):
            continue
        if rule.pricing_modes and one.pricing_mode is None:
            return rule, "pricing_mode"
        if rule.pricing_modes and one.pricing_mode not in rule.pricing_modes:
            continue
        return rule, None
    return None, None


def _decide(
    policy: Policy,
    one: Facts,
    rule: Rule | None,
    lacking: str | None,
    exception: PolicyException | None,
    today: datetime.date,
) -> Decision:
    name = rule.name if rule is not None else None
    wanted = rule.mfa if rule is not None else UNMANAGED
    if rule is None and policy.default == ENABLED and not one.is_root and one.inherits_from is None:
        name, wanted = DEFAULT, ENABLED
    if lacking is not None:
        wanted = UNMANAGED

    def decision(disposition: str, reason: str) -> Decision:
        return Decision(one, disposition, None if wanted == UNMANAGED else wanted, name, exception, reason)

    if one.inherits_from is not None:
        return decision("inherited", f"a {one.kind} has the state of its organization, {one.inherits_from}")
    if one.status == UNKNOWN:
        return decision("unknown", one.problem or "its MFA state could not be read")
    if lacking is not None:
        return decision("unknown", f"the platform does not show its {lacking}, which the rule asks for")
    if wanted == UNMANAGED:
        return decision("unmanaged", "the rule says so" if rule is not None else _why_unmanaged(one))
    if one.enabled is False:
        return decision("unmanaged", "the tenant is disabled")
    if exception is not None and not is_expired(exception, today):
        return decision("excepted", f"until {exception.expires}: {exception.reason}")
    if one.status == wanted:
        return decision("compliant", f"MFA is {wanted}")
    if wanted == DISABLED and one.status == DISABLE_IN_PROGRESS:
        return decision("converging", "MFA is being switched off")
    problem = obstacle(one, wanted)
    if problem is not None:
        return decision("blocked", problem)
    if rule is not None and rule.not_before is not None and today < rule.not_before:
        return decision("pending", f"not before {rule.not_before}")
    return decision("drifted", f"MFA is {one.status}, wanted is {wanted}")


def _why_unmanaged(one: Facts) -> str:
    return "the scope's own root changes only if a rule names its id" if one.is_root else "no rule fits"


def obstacle(one: Facts, wanted: str) -> str | None:
    """What keeps a tenant from being changed to a state that it does not have, in words, if anything does."""
    if wanted == DISABLED and one.always_enabled:
        return "MFA of a partner in production mode cannot be switched off"
    if one.shut_out:
        return f"{one.shut_out_by or 'the tenant'} manages itself: support access from above is switched off"
    if one.locked:
        return "the tenant is locked by another one"
    if one.update_allowed is False:
        return NOT_ALLOWED
    if wanted == ENABLED and one.protected:
        more = f" and {len(one.protected) - 3} more" if len(one.protected) > 3 else ""
        return f"it would lock out the protected user {', '.join(one.protected[:3])}{more}"
    return None


def compliance_percent(decisions: t.Iterable[Decision]) -> float | None:
    """The share of compliant tenants in percent, rounded down to a hundredth; ``None`` if no state is wanted of any.

    Rounded down, so that it says 100 only where nothing is missing.
    """
    counts = collections.Counter(decision.disposition for decision in decisions)
    base = sum(counts[disposition] for disposition in COUNTED)
    return counts["compliant"] * 10000 // base / 100 if base else None
