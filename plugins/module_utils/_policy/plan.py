# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: what would be written, in a stable order, with a hash to approve it by."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import typing as t

from .decide import Decision, Facts
from .document import Policy, PolicyError, read_policy

#: Version of the plain data of a plan.
FORMAT = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One tenant to be switched.

    Attributes:
        lockouts_max: users that it can lock out at most; 0 for switching off, ``None`` if that is not known.
        expired_exception: whether it is due because an exception has run out.
    """

    tenant_id: str
    name: str
    path: tuple[str, ...]
    kind: str
    parent_id: str
    pricing_mode: str | None
    before: str
    after: str
    rule: str | None
    reason: str
    lockouts_max: int | None
    expired_exception: bool

    def as_data(self) -> dict[str, t.Any]:
        """Plain data."""
        return {**{name: getattr(self, name) for name in _FIELDS}, "path": list(self.path)}


#: Read once: ``dataclasses.asdict`` would copy every value of thousands of changes.
_FIELDS = tuple(one.name for one in dataclasses.fields(Change))


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a policy would change.

    Attributes:
        scope_id: root of the scope.
        policy: the policy.
        changes: every drifted tenant, in a stable order that has nothing to do with who they are.
        pending: what will change later, and from which day on; not part of the hash.
        wanted: tenants of which a state is wanted, the base of the share of changes; not part of the hash.
        hash: of scope, default, rules, exceptions, and the state that each change starts from.
    """

    scope_id: str
    policy: Policy
    changes: tuple[Change, ...]
    pending: tuple[tuple[Change, str], ...]
    wanted: int
    hash: str

    @property
    def selected(self) -> tuple[Change, ...]:
        """The changes of the next run: all of them, or the first ``max_per_run``."""
        return self.changes[: self.policy.rollout.max_per_run]

    def as_data(self, created_at: str) -> dict[str, t.Any]:
        """The plan as plain data, to be kept, shown or carried out."""
        document = self.policy.document
        data = {
            "format": FORMAT,
            "hash": self.hash,
            "created_at": created_at,
            "scope_id": self.scope_id,
            "wanted": self.wanted,
            "policy": {**document, "scope_id": self.scope_id},
            "changes": [change.as_data() for change in self.changes],
            "pending": [{**change.as_data(), "not_before": day} for change, day in self.pending],
        }
        return {**data, "digest": _digest({**data, "created_at": None})}


def make_plan(policy: Policy, scope_id: str, decisions: t.Iterable[Decision], today: datetime.date) -> Plan:
    """Make a plan of decisions; it does not depend on their order.

    Args:
        policy: the policy that was decided by.
        scope_id: root of the scope.
        decisions: one for each tenant.
        today: the UTC day.
    """
    days = {rule.name: rule.not_before for rule in policy.rules}
    drifted: list[Change] = []
    pending: list[Change] = []
    wanted = 0
    for decision in decisions:
        wanted += decision.is_wanted
        if decision.disposition in ("drifted", "pending"):
            (drifted if decision.disposition == "drifted" else pending).append(_change(decision, today))
    changes = tuple(sorted(drifted, key=_stable_order))
    later = tuple((change, str(days[change.rule or ""])) for change in sorted(pending, key=_stable_order))
    return Plan(scope_id, policy, changes, later, wanted, _hash(policy, scope_id, changes))


def _change(decision: Decision, today: datetime.date) -> Change:
    one: Facts = decision.facts
    after = decision.wanted or ""
    return Change(
        tenant_id=one.id,
        name=one.name,
        path=one.path,
        kind=one.kind,
        parent_id=one.parent_id,
        pricing_mode=one.pricing_mode,
        before=one.status,
        after=after,
        rule=decision.rule,
        reason=decision.reason,
        lockouts_max=one.lockouts_max if after == "enabled" else 0,
        expired_exception=decision.has_expired_exception(today),
    )


def _stable_order(change: Change) -> str:
    return hashlib.sha256(change.tenant_id.encode()).hexdigest()


def _hash(policy: Policy, scope_id: str, changes: t.Iterable[Change]) -> str:
    covered = {
        "scope_id": scope_id,
        "default": policy.document["default"],
        "rules": policy.document["rules"],
        "exceptions": policy.document["exceptions"],
        "changes": [(change.tenant_id, change.before, change.after) for change in changes],
    }
    return _digest(covered)


def _digest(data: t.Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def read_plan(data: t.Any) -> Plan:
    """A plan from its plain data, as :meth:`Plan.as_data` made it.

    Raises:
        PolicyError: it is no plan of this version, or was changed since it was made.
    """
    if not isinstance(data, dict) or isinstance(data.get("format"), bool) or data.get("format") != FORMAT:
        raise PolicyError("it is no plan of this version. Make a new one.")
    try:
        changes = tuple(_change_from(item) for item in data["changes"])
        pending = tuple((_change_from(item), _typed(item, "not_before", str)) for item in data["pending"])
        scope_id, claimed = _typed(data, "scope_id", str), _typed(data, "hash", str)
        wanted, document = _count(data, "wanted"), _typed(data, "policy", dict)
    except (KeyError, TypeError) as error:
        raise PolicyError(f"it is no plan: {error} is missing or wrong. Make a new one.") from None
    if document.get("scope_id") != scope_id:
        raise PolicyError("it was changed since it was made: its policy is about another scope. Make a new one.")
    plan = Plan(scope_id, read_policy(document), changes, pending, wanted, claimed)
    whole = {**{name: value for name, value in data.items() if name != "digest"}, "created_at": None}
    if _hash(plan.policy, scope_id, changes) != claimed or _digest(whole) != data.get("digest"):
        raise PolicyError("it was changed since it was made: its hash does not fit. Make a new one.")
    return plan


def _typed(item: dict[str, t.Any], name: str, kind: type[t.Any]) -> t.Any:
    value = item[name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(repr(name))
    return value


def _count(item: dict[str, t.Any], name: str) -> int:
    count: int = _typed(item, name, int)
    if not 0 <= count <= 10**9:
        raise TypeError(repr(name))
    return count


def _change_from(item: dict[str, t.Any]) -> Change:
    before, after = _typed(item, "before", str), _typed(item, "after", str)
    if before not in ("enabled", "disabled", "disable_in_progress") or after not in ("enabled", "disabled"):
        raise TypeError("'before' or 'after'")
    path = _typed(item, "path", list)
    if not all(isinstance(name, str) for name in path):
        raise TypeError("'path'")
    return Change(
        **{name: _typed(item, name, str) for name in ("tenant_id", "name", "kind", "parent_id", "reason")},
        pricing_mode=None if item["pricing_mode"] is None else _typed(item, "pricing_mode", str),
        rule=None if item["rule"] is None else _typed(item, "rule", str),
        before=before,
        after=after,
        path=tuple(path),
        lockouts_max=None if item["lockouts_max"] is None else _count(item, "lockouts_max"),
        expired_exception=_typed(item, "expired_exception", bool),
    )
