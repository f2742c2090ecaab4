# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy over an estate: what holds, what drifted, what would change. Nothing is written to the cloud."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from .._acronis.client import AcronisClient
from .._errors import OptionError
from .._policy.change import lockouts_of
from .._policy.decide import Decision, compliance_percent, decide
from .._policy.document import Policy
from .._policy.exceptions import ExceptionState, exception_states
from .._policy.facts import Facts
from .._policy.form import PolicyError
from .._policy.guards import Violation, violations
from .._policy.plan import Plan, make_plan
from .._progress import Progress
from .._text import BLOCKED, DISPOSITIONS, DRIFTED, ENABLED, PENDING, SOURCES, UNKNOWN, first_few, first_texts, quoted
from .._utc import utc_now, utc_today
from .collect import collect
from .evidence import Stratum
from .protected import protected_users


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """A policy applied to what was read of a scope."""

    policy: Policy
    today: datetime.date
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
        evidence = collections.Counter(
            decision.facts.evidence for decision in self.decisions if not decision.facts.inherits_from
        )
        return {
            "tenants": len(self.decisions),
            "dispositions": {disposition: counts[disposition] for disposition in DISPOSITIONS},
            "compliance_percent": compliance_percent(self.decisions),
            "changes": len(self.plan.selected),
            "lockouts_max": lockouts_of(self.plan.selected),
            "evidence": {source: evidence[source] for source in SOURCES},
            "strata": [dataclasses.asdict(stratum) for stratum in self.strata],
        }

    @property
    def exceptions(self) -> list[ExceptionState]:
        """The policy's exceptions, and what has become of each."""
        return exception_states(self.policy, self.decisions, self.today)

    def warnings(self) -> tuple[str, ...]:
        """What a reader should know about the exceptions."""
        texts = [text for state in self.exceptions for text in state.warnings()]
        return first_texts(texts, "warnings about exceptions")

    def values(self, return_tenants: str) -> dict[str, t.Any]:
        """What a task returns of it beside plan and summary, as plain data.

        Args:
            return_tenants: ``all`` adds every tenant; those that have ``changed`` are in the plan already.
        """
        values = {
            "exceptions": [state.as_data() for state in self.exceptions],
            "unknown": [_in_short(decision) for decision in self.decisions if decision.disposition == UNKNOWN],
            "blocked": [_in_short(decision) for decision in self.decisions if decision.disposition == BLOCKED],
        }
        if return_tenants == "all":
            values["tenants"] = [_in_full(decision) for decision in self.decisions]
        return values

    def failure(self) -> str | None:
        """Why the task fails in the end: tenants of which nothing is known."""
        unknown = [decision for decision in self.decisions if decision.disposition == UNKNOWN]
        if not unknown:
            return None
        named = first_few(
            unknown, lambda decision: f"{quoted(decision.facts.label)} ({decision.facts.id}): {decision.reason}"
        )
        return f"MFA is unknown for {len(unknown)} of {len(self.decisions)} tenants, never compliant. {named}"


def _in_short(decision: Decision) -> dict[str, t.Any]:
    return {
        "tenant_id": decision.facts.id,
        "path": list(decision.facts.path),
        "rule": decision.rule,
        "reason": decision.reason,
    }


def _in_full(decision: Decision) -> dict[str, t.Any]:
    facts, exception = decision.facts, decision.exception
    return {
        "tenant_id": facts.id,
        "name": facts.name,
        "path": list(facts.path),
        "kind": facts.kind,
        "disposition": decision.disposition,
        "wanted": decision.wanted,
        "rule": decision.rule,
        "reason": decision.reason,
        "mfa_status": facts.status,
        "evidence": facts.evidence,
        "users_count": facts.users_count,
        "users_with_totp_enabled_count": facts.enrolled_count,
        "exception_expires": exception.expires.isoformat() if exception is not None else None,
    }


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
    today, created_at = utc_today(), utc_now()
    collected = collect(client, policy.scope_id, verify, progress)
    estate = collected.facts
    decisions = _decide(policy, estate, today)
    patterns = policy.guards.protected_users
    if patterns and any(_would_be_switched_on(decision) for decision in decisions):
        protected = protected_users(client, collected.tree, patterns, progress)
        estate = [
            dataclasses.replace(facts, protected=protected[facts.id]) if facts.id in protected else facts
            for facts in estate
        ]
        decisions = _decide(policy, estate, today)
    plan = make_plan(policy, decisions, scope_id=collected.tree.root_id, today=today, created_at=created_at)
    return Evaluation(policy=policy, today=today, decisions=decisions, plan=plan, strata=collected.strata)


def _would_be_switched_on(decision: Decision) -> bool:
    return decision.wanted == ENABLED and decision.disposition in (DRIFTED, PENDING)


def _decide(policy: Policy, estate: list[Facts], today: datetime.date) -> list[Decision]:
    try:
        return decide(policy, estate, today)
    except PolicyError as error:
        raise OptionError(f"the policy cannot be used: {error}") from None
