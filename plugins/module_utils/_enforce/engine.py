# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one engine that changes tenants, whether a policy is enforced or a run is rolled back.

A job says what is to be done and what is in the way. The engine writes it in waves, each change announced in the record
before and reported after, and says what became of each.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._acronis.client import AcronisClient
from .._policy.change import Change
from .._policy.document import Rollout
from .._progress import Progress
from .._record.record import Record
from .._record.run import Run
from .._text import CHANGED
from .look import Look
from .result import Result, count_results, not_started
from .writer import Writer


@dataclasses.dataclass(frozen=True)
class Prepared:
    """What is about to be done, and was looked at.

    Attributes:
        scope_id: root of the scope; ``None`` if it is not known, so that no record can be kept.
        looked: for each change of this run, the change if it is to be made, else its result.
        look: how a tenant is looked at once more.
        looked_at: when the look began, in seconds of :func:`time.monotonic`.
        rollout: how the run proceeds.
        refusal: why nothing may be written, if so.
        header: what the record says of it.
    """

    scope_id: str | None
    looked: list[Result | Change]
    look: Look
    looked_at: float
    rollout: Rollout
    refusal: str | None
    header: dict[str, t.Any]

    @property
    def to_make(self) -> list[Change]:
        """The changes that are to be made."""
        return [looked for looked in self.looked if isinstance(looked, Change)]

    def predicted(self) -> list[Result]:
        """What would become of the changes."""
        if self.refusal is not None:
            return [not_started(looked) for looked in self.looked]
        return [
            Result(looked, CHANGED, looked.after) if isinstance(looked, Change) else looked for looked in self.looked
        ]


class Job(t.Protocol):
    """What a run is about: a policy, a plan made before, or the undoing of another run."""

    def scope_id(self, client: AcronisClient) -> str | None:
        """Root of the scope, which is locked while the job is done; ``None`` if it is not known."""

    def record_dir(self, scope_id: str | None) -> str | None:
        """Where the run keeps its record and its lock, if anywhere."""

    def prepare(self, client: AcronisClient, progress: Progress) -> Prepared:
        """Read what has to be read, and see which changes can be made."""


@dataclasses.dataclass(frozen=True)
class Written:
    """What a run has done.

    Attributes:
        results: what became of each change, in order.
        record_path: where that stands, if anywhere.
        problem: why the record has no end, if so.
    """

    results: list[Result]
    record_path: str | None = None
    problem: str | None = None


def write(client: AcronisClient, prepared: Prepared, record: Record | None, progress: Progress) -> Written:
    """Make the changes that were prepared, unless they are refused.

    Args:
        client: the connection.
        prepared: the changes.
        record: where each is announced before and reported after, if anywhere.
        progress: is told how far it is.
    """
    passed_over = [looked for looked in prepared.looked if isinstance(looked, Result)]
    if record is not None and passed_over:
        record.write("passed_over", tenants=[_in_short(result) for result in passed_over])
    if prepared.refusal is not None:
        results = [not_started(looked) for looked in prepared.looked]
    else:
        writer = Writer(
            client,
            look=prepared.look,
            looked_at=prepared.looked_at,
            rollout=prepared.rollout,
            record=record,
            progress=progress,
        )
        written = iter(writer.write(prepared.to_make))
        results = [next(written) if isinstance(looked, Change) else looked for looked in prepared.looked]
    if record is None:
        return Written(results)
    # What was done is done, so a failure to note the end is only told.
    problem = record.end(refused=prepared.refusal, results=count_results(results))
    return Written(results, record.path, problem)


def begin_record(client: AcronisClient, prepared: Prepared, directory: str, run: Run) -> Record:
    """The record of a run, with its header.

    Raises:
        OptionError: it cannot be written.
    """
    return Record.begin(
        directory, prepared.scope_id or "", run, client.base_url, **prepared.header, planned=len(prepared.looked)
    )


def _in_short(result: Result) -> dict[str, t.Any]:
    return {
        "tenant_id": result.change.tenant_id,
        "result": result.result,
        "status": result.status,
        "detail": result.detail,
    }
