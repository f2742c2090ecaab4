# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy, or a plan made before, carried out: guards, a second look, waves, a record."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import time
import typing as t

from .._acronis.client import AcronisClient, clean_id
from .._acronis.mfa import ENABLED
from .._acronis.tenants import TenantTree, read_tree
from .._errors import OptionError, quoted
from .._outcome import Outcome
from .._policy.decide import NOT_ALLOWED
from .._policy.document import Policy, PolicyError
from .._policy.guards import Violation, violations
from .._policy.plan import Change, Plan, read_plan
from .apply import ALREADY, CHANGED, CONFLICT, FAILED, NOT_STARTED, Present, Result, Writer, look_again
from .collect import protected_users
from .planning import Evaluation, all_tenants, evaluate, line_of
from .progress import Progress
from .record import Record, Run, ScopeLock, check_lock, check_record_dir

_RESULTS = (CHANGED, ALREADY, CONFLICT, FAILED, NOT_STARTED)


@dataclasses.dataclass(frozen=True)
class EnforceRequest:
    """What a task wants.

    Attributes:
        policy: the policy to evaluate and carry out, or
        plan: a plan made before, as data.
        approve: hash of the plan that somebody has looked at.
        verify: ``all`` or ``sample``, for evaluating a policy.
        record_dir: where to keep records and locks.
        return_tenants: ``changed`` or ``all``.
        scope_id: what the scope of a given plan has to be, if anything.
    """

    policy: Policy | None
    plan: t.Any
    approve: str | None
    verify: str
    record_dir: str | None
    return_tenants: str
    scope_id: str | None = None


@dataclasses.dataclass(frozen=True)
class _Prepared:
    """What is about to be done.

    Attributes:
        plan: the plan.
        looked: for each change of this run, the change if it is to be made, else its result.
        evaluation: the evaluation that the plan comes from, unless the plan was given.
        created_since: tenants that are younger than a given plan.
    """

    plan: Plan
    looked: list[Result | Change]
    evaluation: Evaluation | None
    created_since: int

    @property
    def to_make(self) -> list[Change]:
        """The changes that are to be made."""
        return [one for one in self.looked if isinstance(one, Change)]

    @property
    def violations(self) -> list[Violation]:
        """The guards that making them violates."""
        return violations(dataclasses.replace(self.plan, changes=tuple(self.to_make)))

    def refusal(self, approve: str | None) -> str | None:
        """Why nothing may be written, if so."""
        plan = self.plan
        # Where nothing is left to be made, a run that was approved is done.
        if approve is not None and approve != plan.hash and self.to_make:
            return (
                f"The approved plan {approve} is not this one, {plan.hash}: the policy or the estate has changed "
                "since. Look at the plan again, and approve that."
            )
        stopped = [one.message for one in self.violations if approve is None or not one.approvable]
        if stopped:
            return f"Guards stop this run before anything is written. {' '.join(stopped)} The hash is {plan.hash}."
        conflicts = _overtaken(self.looked, self.evaluation)
        limit = plan.policy.guards.max_conflicts_percent
        if len(conflicts) * 100 > limit * len(self.looked):
            named = "; ".join(f"{_name(one.change)}: {one.detail}" for one in conflicts[:10])
            return (
                f"{len(conflicts)} of {len(self.looked)} changes were overtaken by others, more than "
                f"max_conflicts_percent ({limit:g}). Nothing was written; make a new plan. {named}"
            )
        return None


def _name(change: Change) -> str:
    return f"{quoted('/'.join(change.path) or change.name)} ({change.tenant_id})"


def enforce(client: AcronisClient, request: EnforceRequest, progress: Progress, check_mode: bool) -> Outcome:
    """Carry out a policy or a plan; in check mode, say what that would do and fail where it would.

    Raises:
        OptionError: the plan or the record cannot be used.
        RefusedError: another run on the scope is under way.
        AccessError: the estate could not be read; nothing was written.
    """
    check_record_dir(request.record_dir)
    run = Run.begin()
    with contextlib.ExitStack() as held:
        if request.record_dir is not None:
            scope_id = _scope_of(client, request)
            if check_mode:
                check_lock(request.record_dir, scope_id)
            else:
                held.callback(ScopeLock(request.record_dir, scope_id, run).release)
        looked_at = time.monotonic()
        prepared = _prepare(client, request, progress)
        refusal = prepared.refusal(request.approve)
        if check_mode:
            results = [_predicted(one, refusal) for one in prepared.looked]
            return _outcome(request, prepared, results, refusal, None, None)
        record = _begin(request, run, client, prepared)
        if record is not None:
            held.callback(record.close)
        if refusal is not None:
            results = [_not_started(one) for one in prepared.looked]
        else:
            writer = Writer(client, prepared.plan.policy.rollout, record, progress, looked_at)
            written = iter(writer.write(prepared.to_make))
            results = [next(written) if isinstance(one, Change) else one for one in prepared.looked]
        # What was done is done, so a failure to note the end is only told.
        problem = record.end(refused=refusal, results=_counts(results)) if record is not None else None
    outcome = _outcome(request, prepared, results, refusal, run, record)
    return (
        outcome
        if problem is None
        else dataclasses.replace(outcome, failure=f"{outcome.failure or ''} {problem}".strip())
    )


def _scope_of(client: AcronisClient, request: EnforceRequest) -> str:
    return client.scope_root(request.policy.scope_id if request.policy is not None else _given(request.plan).scope_id)


def _given(plan: t.Any) -> Plan:
    try:
        return read_plan(plan)
    except PolicyError as error:
        raise OptionError(f"the plan cannot be used: {error}") from None


def _prepare(client: AcronisClient, request: EnforceRequest, progress: Progress) -> _Prepared:
    if request.policy is None:
        plan = _given(request.plan)
        if request.scope_id and clean_id(request.scope_id, "scope_id") != plan.scope_id:
            raise OptionError(
                f"the plan is about the scope {plan.scope_id}, and scope_id is {quoted(request.scope_id)}",
                "Take the plan of this scope, or make one.",
            )
        progress.begin("tenants listed", 0)
        tree = read_tree(client, plan.scope_id, progress.reached)
        patterns = plan.policy.guards.protected_users
        protected = {}
        if patterns and any(change.after == ENABLED for change in plan.changes):
            protected = protected_users(client, tree, patterns, progress)
        present = Present(tree, protected)
        looked = _next_of(plan, lambda changes: look_again(client, changes, present, progress))
        return _Prepared(plan, looked, None, _created_since(tree, request.plan))
    evaluation = evaluate(client, request.policy, request.verify, progress)
    plan = evaluation.plan
    # What was read from the tenants' own endpoints a moment ago need not be read again; what was inferred must be.
    inferred = {one.facts.id for one in evaluation.decisions if one.facts.evidence != "endpoint"}

    def look(changes: t.Sequence[Change]) -> list[Result | Change]:
        unsure = [change for change in changes if change.tenant_id in inferred]
        found = look_again(client, unsure, None, progress)
        again = {change.tenant_id: one for change, one in zip(unsure, found, strict=True)}
        return [again.get(change.tenant_id, change) for change in changes]

    return _Prepared(plan, _next_of(plan, look), evaluation, 0)


def _next_of(plan: Plan, look: t.Callable[[t.Sequence[Change]], list[Result | Change]]) -> list[Result | Change]:
    """Look at a plan's changes from the front, until as many as one run may make are left to be made.

    What an earlier run of the same plan has made, and what is in conflict, does not count: it would keep the others
    from their turn, run after run.

    Args:
        plan: the plan.
        look: says of changes, in order, whether they are to be made, as :func:`look_again` does.
    """
    limit = plan.policy.rollout.max_per_run
    looked: list[Result | Change] = []
    while len(looked) < len(plan.changes):
        passed_over = sum(isinstance(one, Result) for one in looked)
        end = len(plan.changes) if limit is None else passed_over + limit
        if end <= len(looked):
            break
        looked += look(plan.changes[len(looked) : end])
    return looked


def _created_since(tree: TenantTree, plan: dict[str, t.Any]) -> int:
    made = str(plan.get("created_at", ""))[:19]
    return sum(tenant.created_at is not None and tenant.created_at[:19] >= made for tenant in tree)


def _begin(request: EnforceRequest, run: Run, client: AcronisClient, prepared: _Prepared) -> Record | None:
    if request.record_dir is None:
        return None
    plan = prepared.plan
    record = Record.begin(
        request.record_dir,
        plan.scope_id,
        run,
        client.base_url,
        policy=plan.policy.name,
        plan_hash=plan.hash,
        approved=request.approve == plan.hash,
        planned=len(prepared.looked),
    )
    passed_over = [one for one in prepared.looked if isinstance(one, Result)]
    if passed_over:
        record.write("passed_over", tenants=[_in_short(one) for one in passed_over])
    return record


def _in_short(one: Result) -> dict[str, t.Any]:
    return {"tenant_id": one.change.tenant_id, "result": one.result, "status": one.status, "detail": one.detail}


def _predicted(one: Result | Change, refusal: str | None) -> Result:
    if refusal is not None or isinstance(one, Result):
        return _not_started(one)
    return Result(one, CHANGED, one.after)


def _not_started(one: Result | Change) -> Result:
    return Result(one, NOT_STARTED, one.before) if isinstance(one, Change) else one


def _counts(results: t.Iterable[Result]) -> dict[str, int]:
    counts = collections.Counter(one.result for one in results)
    return {name: counts[name] for name in _RESULTS}


def _outcome(
    request: EnforceRequest,
    prepared: _Prepared,
    results: list[Result],
    refusal: str | None,
    run: Run | None,
    record: Record | None,
) -> Outcome:
    plan, evaluation = prepared.plan, prepared.evaluation
    lockouts = [change.lockouts_max for change in prepared.to_make]
    summary: dict[str, t.Any] = evaluation.summary() if evaluation is not None else {}
    summary |= {
        "changes": len(prepared.to_make),
        "lockouts_max": None if None in lockouts else sum(count or 0 for count in lockouts),
        "created_since": prepared.created_since,
        "results": _counts(results),
    }
    # What a refused run would have changed is worth seeing too.
    shown = [one.change for one in results if one.result == CHANGED] if refusal is None else prepared.to_make
    values: dict[str, t.Any] = {
        "plan": request.plan if evaluation is None else plan.as_data(evaluation.started_at),
        "plan_hash": plan.hash,
        "summary": summary,
        "guard_violations": [violation.as_data() for violation in prepared.violations],
        "changes": [one.as_data() for one in results],
        "run_id": run.run_id if run is not None else None,
        "record_path": record.path if record is not None else None,
    }
    if evaluation is not None:
        values |= {
            "exceptions": [state.as_data() for state in evaluation.exceptions],
            "unknown": evaluation.with_disposition("unknown"),
            "blocked": evaluation.with_disposition("blocked"),
            **all_tenants(evaluation.decisions, request.return_tenants),
        }
    return Outcome(
        changed=any(one.result == CHANGED for one in results),
        values=values,
        subject="changes",
        before="",
        after="".join(f"{line_of(change)}\n" for change in shown),
        warnings=(*(evaluation.warnings() if evaluation is not None else ()), *_conflict_warning(results)),
        failure=_failure(results, refusal, evaluation),
    )


def _overtaken(looked: t.Iterable[Result | Change], evaluation: Evaluation | None) -> list[Result]:
    """The conflicts that others have made since.

    Where the plan was made just now, a tenant that may not be changed could not before either: it was inferred from a
    sample, and is read for the first time.
    """
    conflicts = [one for one in looked if isinstance(one, Result) and one.result == CONFLICT]
    return conflicts if evaluation is None else [one for one in conflicts if one.detail != NOT_ALLOWED]


def _conflict_warning(results: list[Result]) -> tuple[str, ...]:
    conflicts = [one for one in results if one.result == CONFLICT]
    if not conflicts:
        return ()
    named = "; ".join(f"{_name(one.change)}: {one.detail}" for one in conflicts[:10])
    return (f"In conflict with the plan, and not written: {len(conflicts)} of {len(results)} changes. {named}",)


def _failure(results: list[Result], refusal: str | None, evaluation: Evaluation | None) -> str | None:
    found = [refusal] if refusal is not None else []
    unrecorded = [one for one in results if one.result == CHANGED and one.detail is not None]
    if unrecorded:
        named = "; ".join(f"{_name(one.change)}: {one.detail}" for one in unrecorded[:10])
        found.append(f"{len(unrecorded)} of {len(results)} changes were made and could not be recorded. {named}")
    failed = [one for one in results if one.result == FAILED]
    if failed:
        named = "; ".join(f"{_name(one.change)}: {one.detail}" for one in failed[:10])
        stopped = sum(one.result == NOT_STARTED for one in results)
        found.append(f"{len(failed)} of {len(results)} changes failed, {stopped} were not begun. {named}")
    elif refusal is None and any(one.result == NOT_STARTED for one in results):
        details = next((one.detail for one in results if one.result == NOT_STARTED and one.detail), None)
        found.append(f"Some changes were not begun. {details or ''}".rstrip())
    unknown = evaluation.failure() if evaluation is not None else None
    found += [unknown] if unknown is not None else []
    return " ".join(found) or None
