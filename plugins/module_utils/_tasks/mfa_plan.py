# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task acronis_mfa_plan does: say what a policy would change. Nothing is written to the cloud."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from .._acronis.client import AcronisClient
from .._errors import OptionError
from .._estate.evaluate import evaluate
from .._files import check_writable, read_private, write_private
from .._progress import Progress
from .outcome import Outcome
from .policy_files import given_policy


@dataclasses.dataclass(frozen=True)
class PlanRequest:
    """What a task wants.

    Attributes:
        policy: the policy as data, or
        policy_file: as a file.
        scope_id: root of the scope, instead of the policy's own.
        verify: ``all`` or ``sample``.
        return_tenants: ``changed`` or ``all``.
        dest: a file to write the plan to.
    """

    policy: dict[str, t.Any] | None
    policy_file: str | None
    scope_id: str | None
    verify: str
    return_tenants: str
    dest: str | None


def plan_estate(client: AcronisClient, request: PlanRequest, progress: Progress, check_mode: bool) -> Outcome:
    """Evaluate a policy and return its plan; only a file may be written.

    Raises:
        AccessError: the policy cannot be used, the scope could not be read, or the file not written.
    """
    policy = given_policy(request.policy, request.policy_file, request.scope_id)
    if request.dest is not None:
        check_writable(request.dest)
    evaluation = evaluate(client, policy, request.verify, progress)
    plan = evaluation.plan.as_data()
    dest = request.dest if request.dest is not None and not _is_written(request.dest, plan) else None
    if dest is not None and not check_mode:
        write_private(dest, (json.dumps(plan, indent=1) + "\n").encode())
    return Outcome(
        changed=dest is not None,
        values={
            "plan": plan,
            "plan_hash": evaluation.plan.hash,
            "summary": evaluation.summary(),
            "guard_violations": [violation.as_data() for violation in evaluation.violations],
            **evaluation.values(request.return_tenants),
        },
        subject="planned changes",
        before="",
        after="".join(f"{change.line}\n" for change in evaluation.plan.selected),
        warnings=evaluation.warnings(),
        failure=evaluation.failure(),
    )


def _is_written(path: str, plan: dict[str, t.Any]) -> bool:
    """Whether a file, private as it has to be, holds this plan already, its time left out."""
    try:
        kept = json.loads(read_private(path) or b"null")
    except (OptionError, ValueError, RecursionError):
        return False
    return isinstance(kept, dict) and {**kept, "created_at": plan["created_at"]} == plan
