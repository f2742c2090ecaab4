# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task acronis_mfa_policy does: carry out a policy, or a plan made before, over an estate."""

from __future__ import annotations

import dataclasses
import typing as t

from .._acronis.client import AcronisClient
from .._enforce.enforcing import PlanJob, PolicyJob, PreparedPlan
from .._enforce.result import count_results
from .._policy.change import PlannedChange, lockouts_of
from .._progress import Progress
from .._text import CHANGED
from .carry_out import Carried, JobOf, carry_out
from .outcome import Outcome
from .policy_files import given_plan, given_policy


@dataclasses.dataclass(frozen=True)
class EnforceRequest:
    """What a task wants.

    Attributes:
        policy: the policy as data, or
        policy_file: as a file, or
        plan: a plan made before, as data, or
        plan_file: as a file.
        scope_id: root of the scope, instead of the policy's own; what the scope of a plan has to be.
        approve: hash of the plan that somebody has looked at.
        verify: ``all`` or ``sample``, for evaluating a policy.
        record_dir: where to keep records and locks.
        return_tenants: ``changed`` or ``all``.
    """

    policy: dict[str, t.Any] | None
    policy_file: str | None
    plan: dict[str, t.Any] | None
    plan_file: str | None
    scope_id: str | None
    approve: str | None
    verify: str
    record_dir: str | None
    return_tenants: str

    def job(self) -> JobOf[PreparedPlan]:
        """The job that is wanted.

        Raises:
            OptionError: the policy or the plan cannot be read or used.
        """
        if self.plan is None and self.plan_file is None:
            policy = given_policy(self.policy, self.policy_file, self.scope_id)
            return PolicyJob(policy=policy, verify=self.verify, approve=self.approve, directory=self.record_dir)
        return PlanJob(
            plan=given_plan(self.plan, self.plan_file),
            required_scope_id=self.scope_id,
            approve=self.approve,
            directory=self.record_dir,
        )


def enforce(client: AcronisClient, request: EnforceRequest, progress: Progress, check_mode: bool) -> Outcome:
    """Carry out a policy or a plan; in check mode, say what that would do and fail where it would.

    Raises:
        AccessError: see :func:`.carry_out`.
    """
    carried = carry_out(client, request.job(), progress, check_mode)
    prepared = carried.prepared
    failures = carried.failures() + [text for text in [prepared.failure()] if text is not None]
    return Outcome(
        changed=bool(carried.with_result(CHANGED)),
        values=_values(carried, request.return_tenants),
        subject="changes",
        before="",
        after=carried.diff,
        warnings=(*prepared.warnings(), *carried.warnings()),
        failure=" ".join(failures) or None,
    )


def _values(carried: Carried[PreparedPlan], return_tenants: str) -> dict[str, t.Any]:
    prepared = carried.prepared
    to_make = [change for change in prepared.to_make if isinstance(change, PlannedChange)]
    return {
        "plan": prepared.plan.as_data(),
        "plan_hash": prepared.plan.hash,
        "summary": {
            **prepared.summary(),
            "changes": len(to_make),
            "lockouts_max": lockouts_of(to_make),
            "created_since": prepared.created_since,
            "results": count_results(carried.results),
        },
        "guard_violations": [violation.as_data() for violation in prepared.violations],
        "changes": [result.as_data() for result in carried.results],
        "run_id": carried.run_id,
        "record_path": carried.written.record_path,
        **prepared.values(return_tenants),
    }
