# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: what would be written, in a stable order, with a hash to approve it by."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import re
import typing as t

from .._text import DISABLED, DRIFTED, ENABLED, PENDING, STATES
from .change import PlannedChange
from .decide import Decision
from .document import Policy, read_policy
from .form import PolicyError

#: Version of the plain data of a plan.
FORMAT = 1


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a policy would change.

    Attributes:
        scope_id: root of the scope.
        created_at: when the reading of the estate began, ISO 8601 in UTC; not part of the hash.
        policy: the policy.
        changes: every drifted tenant, in a stable order that has nothing to do with who they are.
        pending: what will change later, and from which day on; not part of the hash.
        wanted: tenants of which a state is wanted, the base of the share of changes; not part of the hash.
        hash: of scope, default, rules, exceptions, and the state that each change starts from.
    """

    scope_id: str
    created_at: str
    policy: Policy
    changes: tuple[PlannedChange, ...]
    pending: tuple[tuple[PlannedChange, str], ...]
    wanted: int
    hash: str

    @property
    def selected(self) -> tuple[PlannedChange, ...]:
        """The changes of the next run: all of them, or the first ``max_per_run``."""
        return self.changes[: self.policy.rollout.max_per_run]

    def as_data(self) -> dict[str, t.Any]:
        """The plan as plain data, to be kept, shown or carried out."""
        document = self.policy.document
        data = {
            "format": FORMAT,
            "hash": self.hash,
            "created_at": self.created_at,
            "scope_id": self.scope_id,
            "wanted": self.wanted,
            "policy": {**document, "scope_id": self.scope_id},
            "changes": [change.as_data() for change in self.changes],
            "pending": [{**change.as_data(), "not_before": day} for change, day in self.pending],
        }
        return {**data, "digest": _digest_of(data)}


def make_plan(
    policy: Policy, decisions: t.Iterable[Decision], *, scope_id: str, today: datetime.date, created_at: str
) -> Plan:
    """Make a plan of decisions; it does not depend on their order.

    Args:
        policy: the policy that was decided by.
        decisions: one for each tenant.
        scope_id: root of the scope.
        today: the UTC day.
        created_at: when the reading of the estate began.
    """
    days = {rule.name: rule.not_before for rule in policy.rules}
    drifted: list[PlannedChange] = []
    pending: list[PlannedChange] = []
    wanted = 0
    for decision in decisions:
        wanted += decision.is_wanted
        if decision.disposition in (DRIFTED, PENDING):
            (drifted if decision.disposition == DRIFTED else pending).append(_change(decision, today))
    changes = tuple(sorted(drifted, key=_stable_order))
    later = tuple((change, str(days[change.rule or ""])) for change in sorted(pending, key=_stable_order))
    return Plan(
        scope_id=scope_id,
        created_at=created_at,
        policy=policy,
        changes=changes,
        pending=later,
        wanted=wanted,
        hash=_hash(policy, scope_id, changes),
    )


def _change(decision: Decision, today: datetime.date) -> PlannedChange:
    facts = decision.facts
    after = decision.wanted or ""
    return PlannedChange(
        tenant_id=facts.id,
        name=facts.name,
        path=facts.path,
        kind=facts.kind,
        parent_id=facts.parent_id,
        pricing_mode=facts.pricing_mode,
        before=facts.status,
        after=after,
        rule=decision.rule,
        reason=decision.reason,
        lockouts_max=facts.lockouts_max if after == ENABLED else 0,
        expired_exception=decision.has_expired_exception(today),
    )


def _stable_order(change: PlannedChange) -> str:
    return hashlib.sha256(change.tenant_id.encode()).hexdigest()


def _hash(policy: Policy, scope_id: str, changes: t.Iterable[PlannedChange]) -> str:
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


def _digest_of(data: dict[str, t.Any]) -> str:
    """The digest of a plan's data, which is not that of its time."""
    return _digest({**{name: value for name, value in data.items() if name != "digest"}, "created_at": None})


def read_plan(data: t.Any) -> Plan:
    """A plan from its plain data, as :meth:`Plan.as_data` made it.

    Raises:
        PolicyError: it is no plan of this version, or was changed since it was made.
    """
    if not isinstance(data, dict) or isinstance(data.get("format"), bool) or data.get("format") != FORMAT:
        raise PolicyError("it is no plan of this version. Make a new facts.")
    try:
        plan = Plan(
            scope_id=_typed(data, "scope_id", str),
            created_at=_moment(data, "created_at"),
            policy=read_policy(_typed(data, "policy", dict)),
            changes=tuple(_change_from(item) for item in data["changes"]),
            pending=tuple((_change_from(item), _typed(item, "not_before", str)) for item in data["pending"]),
            wanted=_count(data, "wanted"),
            hash=_typed(data, "hash", str),
        )
    except (KeyError, TypeError) as error:
        raise PolicyError(f"it is no plan: {error} is missing or wrong. Make a new one.") from None
    if plan.policy.scope_id != plan.scope_id:
        raise PolicyError("it was changed since it was made: its policy is about another scope. Make a new one.")
    if _hash(plan.policy, plan.scope_id, plan.changes) != plan.hash or _digest_of(data) != data.get("digest"):
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


def _moment(item: dict[str, t.Any], name: str) -> str:
    text: str = _typed(item, name, str)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", text):
        raise TypeError(repr(name))
    return text


def _change_from(item: dict[str, t.Any]) -> PlannedChange:
    before, after = _typed(item, "before", str), _typed(item, "after", str)
    if before not in STATES or after not in (ENABLED, DISABLED):
        raise TypeError("'before' or 'after'")
    path = _typed(item, "path", list)
    if not all(isinstance(name, str) for name in path):
        raise TypeError("'path'")
    return PlannedChange(
        **{name: _typed(item, name, str) for name in ("tenant_id", "name", "kind", "parent_id", "reason")},
        pricing_mode=None if item["pricing_mode"] is None else _typed(item, "pricing_mode", str),
        rule=None if item["rule"] is None else _typed(item, "rule", str),
        before=before,
        after=after,
        path=tuple(path),
        lockouts_max=None if item["lockouts_max"] is None else _count(item, "lockouts_max"),
        expired_exception=_typed(item, "expired_exception", bool),
    )
