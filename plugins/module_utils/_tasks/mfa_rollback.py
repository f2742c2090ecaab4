# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task acronis_mfa_rollback does: undo what one run changed, and nobody has changed since."""

from __future__ import annotations

import dataclasses
import typing as t

from .._acronis.client import AcronisClient
from .._enforce.result import count_results
from .._enforce.undoing import UndoJob
from .._progress import Progress
from .._record.directory import check_record_dir
from .._text import CHANGED, CONFLICT
from .carry_out import carry_out
from .outcome import Outcome


@dataclasses.dataclass(frozen=True)
class UndoRequest:
    """What a task wants.

    Attributes:
        record_path: the record of the run, or
        changes: what the run has returned.
        scope_id: root of the scope that the run was about, where no record says it.
        record_dir: where the roll back keeps its own record and its lock; default: beside the record, if runs do so.
        allow_disable: whether MFA may be switched off, which undoing a run usually means.
    """

    record_path: str | None
    changes: t.Sequence[dict[str, t.Any]] | None
    scope_id: str | None
    record_dir: str | None
    allow_disable: bool


def roll_back(client: AcronisClient, request: UndoRequest, progress: Progress, check_mode: bool) -> Outcome:
    """Set tenants back to what they were, where nobody else has changed them since.

    Raises:
        AccessError: see :func:`.carry_out`.
    """
    check_record_dir(request.record_dir)
    job = UndoJob(
        record_path=request.record_path,
        changes=request.changes,
        scope_id=request.scope_id,
        directory=request.record_dir,
        allow_disable=request.allow_disable,
    )
    carried = carry_out(client, job, progress, check_mode)
    warnings = carried.warnings()
    if carried.record_dir is None and request.record_path is not None:
        warnings += (
            "Runs keep no records beside this one, so the roll back has neither a record nor a lock: name record_dir.",
        )
    return Outcome(
        changed=bool(carried.with_result(CHANGED)),
        values={
            "changes": [result.as_data() for result in carried.results],
            "conflicts": [result.as_data() for result in carried.with_result(CONFLICT)],
            "summary": count_results(carried.results),
            "run_id": carried.run_id,
            "record_path": carried.written.record_path,
        },
        subject="changes",
        before="",
        after=carried.diff,
        warnings=warnings,
        failure=" ".join(carried.failures()) or None,
    )
