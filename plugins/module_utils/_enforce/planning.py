# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy over an estate: what holds, what drifted, what would change. Nothing is written to the cloud."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json
import typing as t

from .._acronis.client import AcronisClient
from .._acronis.evidence import Stratum
from .._errors import OptionError, quoted
from .._files import check_writable, read_private, write_private
from .._outcome import Outcome
from .._policy.decide import DISPOSITIONS, Decision, Facts, compliance_percent, decide
from .._policy.document import Policy, PolicyError
from .._policy.exceptions import ExceptionState, exception_states
from .._policy.guards import Violation, violations
from .._policy.plan import Change, Plan, make_plan
from .clock import utc_now, utc_today
from .collect import collect, with_protected_users
from .progress import Progress

#: Warnings of one kind that are shown one by one.
_SHOWN = 10


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """A policy applied to what was read of a scope, from ``started_at`` on."""

    policy: Policy
    scope_id: str
    today: datetime.date
    started_at: str
    decisions: list[Decision]
    plan: Plan
    strata: list[Stratum]

    @property
    def violations(self) -> list[Violation]:
        """The guards that the next run would violate."""
        return violations(self.plan)

    def summary(self) -> dict[str, t.Any]:
        """Counts, for a person or a report."""
        counts = collections.Counter(decision.disposition for decision in self.decisions)
        evidence = collections.Counter(one.facts.evidence for one in self.decisions if not one.facts.inherits_from)
        lockouts = [change.lockouts_max for change in self.plan.selected]
        return {
            "tenants": len(self.decisions),
            "dispositions": {disposition: counts[disposition] for disposition in DISPOSITIONS},
            "compliance_percent": compliance_percent(self.decisions),
            "changes": len(self.plan.selected),
            "lockouts_max": None if None in lockouts else sum(count or 0 for count in lockouts),
            "evidence": {source: evidence[source] for source in ("endpoint", "listing", "none")},
            "strata": [dataclasses.asdict(stratum) for stratum in self.strata],
        }

    @property
    def exceptions(self) -> list[ExceptionState]:
        """The policy's exceptions, and what has become of each."""
        return exception_states(self.policy, self.decisions, self.today)

    def warnings(self) -> tuple[str, ...]:
        """What a reader should know about the exceptions."""
        found = [text for state in self.exceptions for text in state.warnings(quoted)]
        more = len(found) - _SHOWN
        return (*found[:_SHOWN], f"{more} more warnings about exceptions.") if more > 0 else tuple(found)

    def with_disposition(self, disposition: str) -> list[dict[str, t.Any]]:
        """The tenants that have a disposition, with the reason, as plain data."""
        return [
            {"tenant_id": one.facts.id, "path": list(one.facts.path), "rule": one.rule, "reason": one.reason}
            for one in self.decisions
            if one.disposition == disposition
        ]

    def failure(self) -> str | None:
        """Why the task fails in the end: tenants of which nothing is known."""
        unknown = [one for one in self.decisions if one.disposition == "unknown"]
        if not unknown:
            return None
        named = "; ".join(f"{quoted(one.facts.label)} ({one.facts.id}): {one.reason}" for one in unknown[:10])
        more = f"; and {len(unknown) - 10} more" if len(unknown) > 10 else ""
        return f"MFA is unknown for {len(unknown)} of {len(self.decisions)} tenants, never compliant. {named}{more}"


def evaluate(client: AcronisClient, policy: Policy, verify: str, progress: Progress) -> Evaluation:
    """Read the scope of a policy and decide about every tenant in it.

    Args:
        client: the connection.
        policy: the policy.
        verify: ``all`` or ``sample``.
        progress: is told how far the reading is.

    Raises:
        OptionError: a rule of the policy decides nothing.
        AccessError: the scope could not be read.
    """
    today, started_at = utc_today(), utc_now()
    collected = collect(client, policy.scope_id, verify, progress)
    decisions = _decide(policy, collected.facts, today)
    if policy.guards.protected_users and any(_would_be_switched_on(decision) for decision in decisions):
        facts = with_protected_users(client, collected, policy.guards.protected_users, progress)
        decisions = _decide(policy, facts, today)
    scope_id = collected.tree.root_id
    return Evaluation(
        policy, scope_id, today, started_at, decisions, make_plan(policy, scope_id, decisions, today), collected.strata
    )


def _would_be_switched_on(decision: Decision) -> bool:
    return decision.wanted == "enabled" and decision.disposition in ("drifted", "pending")


def _decide(policy: Policy, facts: list[Facts], today: datetime.date) -> list[Decision]:
    try:
        return decide(policy, facts, today)
    except PolicyError as error:
        raise OptionError(f"the policy cannot be used: {error}") from None


@dataclasses.dataclass(frozen=True)
class PlanRequest:
    """What a task wants.

    Attributes:
        policy: the policy.
        verify: ``all`` or ``sample``.
        return_tenants: ``changed`` or ``all``.
        dest: a file to write the plan to.
    """

    policy: Policy
    verify: str
    return_tenants: str
    dest: str | None


def plan_estate(client: AcronisClient, request: PlanRequest, progress: Progress, check_mode: bool) -> Outcome:
    """Evaluate a policy and return its plan; only a file may be written.

    Raises:
        AccessError: the scope could not be read, or the file not written.
    """
    if request.dest is not None:
        check_writable(request.dest)
    evaluation = evaluate(client, request.policy, request.verify, progress)
    plan = evaluation.plan.as_data(evaluation.started_at)
    changed = request.dest is not None and not _is_written(request.dest, plan)
    if request.dest is not None and changed and not check_mode:
        write_private(request.dest, (json.dumps(plan, indent=1) + "\n").encode())
    return Outcome(
        changed=changed,
        values={
            "plan": plan,
            "plan_hash": evaluation.plan.hash,
            "summary": evaluation.summary(),
            "guard_violations": [violation.as_data() for violation in evaluation.violations],
            "exceptions": [state.as_data() for state in evaluation.exceptions],
            "unknown": evaluation.with_disposition("unknown"),
            "blocked": evaluation.with_disposition("blocked"),
            **all_tenants(evaluation.decisions, request.return_tenants),
        },
        subject="planned changes",
        before="",
        after="".join(f"{line_of(change)}\n" for change in evaluation.plan.selected),
        warnings=evaluation.warnings(),
        failure=evaluation.failure(),
    )


def line_of(change: Change) -> str:
    """A planned change as one readable line."""
    return f"{quoted('/'.join(change.path) or change.name)} ({change.tenant_id}): {change.before} -> {change.after}"


def _is_written(path: str, plan: dict[str, t.Any]) -> bool:
    """Whether a file, private as it has to be, holds this plan already, its time left out."""
    try:
        kept = json.loads(read_private(path) or b"null")
    except (OptionError, ValueError, RecursionError):
        return False
    return isinstance(kept, dict) and {**kept, "created_at": plan["created_at"]} == plan


def all_tenants(decisions: t.Iterable[Decision], which: str) -> dict[str, t.Any]:
    """The value ``tenants`` of a result, if ``all`` are wanted. Those that have ``changed`` are in the plan already."""
    if which != "all":
        return {}
    tenants = [
        {
            "tenant_id": one.facts.id,
            "name": one.facts.name,
            "path": list(one.facts.path),
            "kind": one.facts.kind,
            "disposition": one.disposition,
            "wanted": one.wanted,
            "rule": one.rule,
            "reason": one.reason,
            "mfa_status": one.facts.status,
            "evidence": one.facts.evidence,
            "users_count": one.facts.users_count,
            "users_with_totp_enabled_count": one.facts.enrolled_count,
            "exception_expires": one.exception.expires.isoformat() if one.exception is not None else None,
        }
        for one in decisions
    ]
    return {"tenants": tenants}
