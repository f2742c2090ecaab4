# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job of enforcing: a policy evaluated just now, or a plan made before."""

from __future__ import annotations

import dataclasses
import time
import typing as t

from .._acronis.client import AcronisClient
from .._acronis.tenants import read_tree
from .._acronis.tree import TenantTree
from .._errors import OptionError
from .._estate.evaluate import Evaluation, evaluate
from .._estate.evidence import Evidence
from .._estate.facts import facts_of
from .._estate.protected import protected_users
from .._options import clean_id
from .._policy.change import Change, PlannedChange
from .._policy.document import Policy
from .._policy.guards import Violation, violations
from .._policy.plan import Plan
from .._progress import Progress
from .._text import CONFLICT, ENABLED, ENDPOINT, first_few, quoted
from .engine import Prepared
from .look import Look, Objection, by_obstacle
from .result import Result


@dataclasses.dataclass(frozen=True)
class PreparedPlan(Prepared):
    """What is about to be done of a plan that was made before.

    Attributes:
        plan: the plan.
        violations: the guards that making its changes violates.
        created_since: tenants that are younger than the plan.
    """

    plan: Plan
    violations: list[Violation]
    created_since: int

    def summary(self) -> dict[str, t.Any]:
        """Figures about the estate, as far as it was evaluated."""
        return {}

    def values(self, _return_tenants: str) -> dict[str, t.Any]:
        """What else a task returns about the estate."""
        return {}

    def warnings(self) -> tuple[str, ...]:
        """What a reader should know about the policy."""
        return ()

    def failure(self) -> str | None:
        """Why the task fails whatever becomes of the changes."""
        return None


@dataclasses.dataclass(frozen=True)
class PreparedPolicy(PreparedPlan):
    """What is about to be done of a policy that was evaluated just now."""

    evaluation: Evaluation

    def summary(self) -> dict[str, t.Any]:
        """See :meth:`.Evaluation.summary`."""
        return self.evaluation.summary()

    def values(self, return_tenants: str) -> dict[str, t.Any]:
        """See :meth:`.Evaluation.values`."""
        return self.evaluation.values(return_tenants)

    def warnings(self) -> tuple[str, ...]:
        """See :meth:`.Evaluation.warnings`."""
        return self.evaluation.warnings()

    def failure(self) -> str | None:
        """See :meth:`.Evaluation.failure`."""
        return self.evaluation.failure()


@dataclasses.dataclass(frozen=True)
class PolicyJob:
    """A policy is evaluated and carried out.

    Attributes:
        policy: the policy.
        verify: ``all`` or ``sample``.
        approve: hash of the plan that somebody has looked at.
        directory: where to keep record and lock.
    """

    policy: Policy
    verify: str
    approve: str | None
    directory: str | None

    def scope_id(self, client: AcronisClient) -> str:
        """See :class:`.Job`."""
        return client.scope_root(self.policy.scope_id)

    def record_dir(self, _scope_id: str | None) -> str | None:
        """See :class:`.Job`."""
        return self.directory

    def prepare(self, client: AcronisClient, progress: Progress) -> PreparedPolicy:
        """See :class:`.Job`.

        Raises:
            OptionError: a rule of the policy decides nothing.
            AccessError: the estate could not be read.
        """
        looked_at = time.monotonic()
        evaluation = evaluate(client, self.policy, self.verify, progress)
        facts = {decision.facts.id: decision.facts for decision in evaluation.decisions}

        def objections(change: Change, known: Evidence) -> Objection | None:
            allowed = known.state.update_allowed if known.state is not None else None
            return by_obstacle(dataclasses.replace(facts[change.tenant_id], update_allowed=allowed), change)

        look = Look(client, objections)
        # What was read from the tenants' own endpoints a moment ago need not be read again; what was inferred must be.
        inferred = {tenant_id for tenant_id, known in facts.items() if known.evidence != ENDPOINT}

        def again(changes: t.Sequence[PlannedChange]) -> list[Result | Change]:
            unsure = [change for change in changes if change.tenant_id in inferred]
            results = zip(unsure, look.again(unsure, progress), strict=True)
            sure = {change.tenant_id: result for change, result in results}
            return [sure.get(change.tenant_id, change) for change in changes]

        looked = _next_of(evaluation.plan, again)
        # A tenant that may not be changed could not before either, where it is read for the first time.
        overtaken = [result for result in _conflicts(looked) if result.obstacle is None]
        violated = _violations(evaluation.plan, looked)
        return PreparedPolicy(
            scope_id=evaluation.plan.scope_id,
            looked=looked,
            look=look,
            looked_at=looked_at,
            rollout=self.policy.rollout,
            refusal=_refusal(evaluation.plan, looked, violated, overtaken, self.approve),
            header=_header(evaluation.plan, self.approve),
            plan=evaluation.plan,
            violations=violated,
            created_since=0,
            evaluation=evaluation,
        )


@dataclasses.dataclass(frozen=True)
class PlanJob:
    """A plan that was made before is carried out.

    Attributes:
        plan: the plan.
        required_scope_id: what its scope has to be, if anything.
        approve: hash of the plan that somebody has looked at.
        directory: where to keep record and lock.
    """

    plan: Plan
    required_scope_id: str | None
    approve: str | None
    directory: str | None

    def scope_id(self, _client: AcronisClient) -> str:
        """See :class:`.Job`."""
        return self.plan.scope_id

    def record_dir(self, _scope_id: str | None) -> str | None:
        """See :class:`.Job`."""
        return self.directory

    def prepare(self, client: AcronisClient, progress: Progress) -> PreparedPlan:
        """See :class:`.Job`.

        Raises:
            OptionError: the plan is about another scope.
            AccessError: the estate could not be read.
        """
        plan, required = self.plan, self.required_scope_id
        if required and clean_id(required, "scope_id") != plan.scope_id:
            raise OptionError(
                f"the plan is about the scope {plan.scope_id}, and scope_id is {quoted(required)}",
                "Take the plan of this scope, or make one.",
            )
        looked_at = time.monotonic()
        progress.begin("tenants listed", 0)
        tree = read_tree(client, plan.scope_id, progress.reached)
        patterns = plan.policy.guards.protected_users
        switched_on = any(change.after == ENABLED for change in plan.changes)
        protected = protected_users(client, tree, patterns, progress) if patterns and switched_on else {}
        look = Look(client, _Present(tree, protected).objection)
        looked = _next_of(plan, lambda changes: look.again(changes, progress))
        violated = _violations(plan, looked)
        return PreparedPlan(
            scope_id=plan.scope_id,
            looked=looked,
            look=look,
            looked_at=looked_at,
            rollout=plan.policy.rollout,
            refusal=_refusal(plan, looked, violated, _conflicts(looked), self.approve),
            header=_header(plan, self.approve),
            plan=plan,
            violations=violated,
            created_since=_created_since(tree, plan),
        )


@dataclasses.dataclass(frozen=True)
class _Present:
    """The scope of a plan that was made before, as it is now.

    Attributes:
        tree: its tenants.
        protected: logins of protected users whom switching MFA on would lock out, by organization.
    """

    tree: TenantTree
    protected: t.Mapping[str, tuple[str, ...]]

    def objection(self, change: Change, known: Evidence) -> Objection | None:
        """Why a change does not fit any more: its tenant was moved, converted, repriced, disabled or closed."""
        tenant = self.tree.get(change.tenant_id)
        if tenant is None:
            return Objection("the tenant is no longer in the scope")
        for name in ("parent_id", "kind", "pricing_mode"):
            before, now = getattr(change, name), getattr(tenant, name)
            if before != now:
                return Objection(f"its {name} was {before}, and is {now}")
        if tenant.enabled is False:
            return Objection("the tenant is disabled")
        facts = facts_of(self.tree.locate(tenant), known)
        return by_obstacle(dataclasses.replace(facts, protected=self.protected.get(tenant.id, ())), change)


def _next_of(plan: Plan, look: t.Callable[[t.Sequence[PlannedChange]], list[Result | Change]]) -> list[Result | Change]:
    """Look at a plan's changes from the front, until as many as one run may make are left to be made.

    What an earlier run of the same plan has made, and what is in conflict, does not count: it would keep the others
    from their turn, run after run.

    Args:
        plan: the plan.
        look: says of changes, in order, whether they are to be made, as :meth:`.Look.again` does.
    """
    limit = plan.policy.rollout.max_per_run
    looked: list[Result | Change] = []
    while len(looked) < len(plan.changes):
        passed_over = sum(isinstance(result, Result) for result in looked)
        end = len(plan.changes) if limit is None else passed_over + limit
        if end <= len(looked):
            break
        looked += look(plan.changes[len(looked) : end])
    return looked


def _created_since(tree: TenantTree, plan: Plan) -> int:
    made = plan.created_at[:19]
    return sum(tenant.created_at is not None and tenant.created_at[:19] >= made for tenant in tree)


def _conflicts(looked: t.Iterable[Result | Change]) -> list[Result]:
    return [result for result in looked if isinstance(result, Result) and result.result == CONFLICT]


def _violations(plan: Plan, looked: t.Iterable[Result | Change]) -> list[Violation]:
    to_make = tuple(change for change in looked if isinstance(change, PlannedChange))
    return violations(dataclasses.replace(plan, changes=to_make))


def _refusal(
    plan: Plan,
    looked: t.Sequence[Result | Change],
    violated: t.Sequence[Violation],
    overtaken: t.Sequence[Result],
    approve: str | None,
) -> str | None:
    """Why nothing may be written, if so."""
    # Where nothing is left to be made, a run that was approved is done.
    if approve is not None and approve != plan.hash and any(isinstance(change, Change) for change in looked):
        return (
            f"The approved plan {approve} is not this one, {plan.hash}: the policy or the estate has changed "
            "since. Look at the plan again, and approve that."
        )
    stopped = [violation.message for violation in violated if approve is None or not violation.approvable]
    if stopped:
        return f"Guards stop this run before anything is written. {' '.join(stopped)} The hash is {plan.hash}."
    limit = plan.policy.guards.max_conflicts_percent
    if len(overtaken) * 100 > limit * len(looked):
        return (
            f"{len(overtaken)} of {len(looked)} changes were overtaken by others, more than "
            f"max_conflicts_percent ({limit:g}). Nothing was written; make a new plan. "
            f"{first_few(overtaken, lambda result: result.line)}"
        )
    return None


def _header(plan: Plan, approve: str | None) -> dict[str, t.Any]:
    return {"policy": plan.policy.name, "plan_hash": plan.hash, "approved": approve == plan.hash}
