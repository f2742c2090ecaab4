# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How every task that changes many tenants goes: lock, look, and then write, or say what would be written."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

from .._acronis.client import AcronisClient
from .._enforce.engine import Job, Prepared, Written, begin_record, write
from .._enforce.result import Result
from .._progress import Progress
from .._record.directory import check_record_dir
from .._record.lock import ScopeLock, check_lock
from .._record.run import Run
from .._text import CHANGED, CONFLICT, NOT_STARTED, first_few

Prepared_co = t.TypeVar("Prepared_co", bound=Prepared, covariant=True)


class JobOf(Job, t.Protocol[Prepared_co]):
    """A job whose preparation tells more than every job's does."""

    def prepare(self, client: AcronisClient, progress: Progress) -> Prepared_co:
        """See :class:`.Job`."""


@dataclasses.dataclass(frozen=True)
class Carried(t.Generic[Prepared_co]):
    """A job that was carried out, or in check mode would be.

    Attributes:
        prepared: what was about to be done.
        written: what was done.
        run_id: of the run; ``None`` in check mode.
        record_dir: where its record is, if anywhere.
    """

    prepared: Prepared_co
    written: Written
    run_id: str | None
    record_dir: str | None

    @property
    def results(self) -> list[Result]:
        """What became of each change."""
        return self.written.results

    def with_result(self, result: str) -> list[Result]:
        """The changes that came out in one way."""
        return [change for change in self.results if change.result == result]

    @property
    def diff(self) -> str:
        """One line for each change; what a refused run would have changed is worth seeing too."""
        refused = self.prepared.refusal is not None
        changes = self.prepared.to_make if refused else [result.change for result in self.with_result(CHANGED)]
        return "".join(f"{change.line}\n" for change in changes)

    def warnings(self) -> tuple[str, ...]:
        """What a reader should know of the changes that were passed over."""
        conflicts = self.with_result(CONFLICT)
        if not conflicts:
            return ()
        named = first_few(conflicts, lambda result: result.line)
        return (f"In conflict, and not written: {len(conflicts)} of {len(self.results)} changes. {named}",)

    def failures(self) -> list[str]:
        """Why the task fails, as sentences."""
        sentences = [self.prepared.refusal] if self.prepared.refusal is not None else []
        total = len(self.results)
        unrecorded = [result for result in self.with_result(CHANGED) if result.detail is not None]
        if unrecorded:
            named = first_few(unrecorded, lambda result: result.line)
            sentences.append(f"{len(unrecorded)} of {total} changes were made and could not be recorded. {named}")
        failed = [result for result in self.results if result.failed]
        if failed:
            idle = sum(result.result == NOT_STARTED and not result.failed for result in self.results)
            named = first_few(failed, lambda result: result.line)
            sentences.append(f"{len(failed)} of {total} changes failed, {idle} were not begun. {named}")
        return sentences + ([self.written.problem] if self.written.problem is not None else [])


def carry_out(
    client: AcronisClient, job: JobOf[Prepared_co], progress: Progress, check_mode: bool
) -> Carried[Prepared_co]:
    """Carry out a job; in check mode, look and fail as a run would, and write nothing.

    Raises:
        OptionError: the job or the record cannot be used.
        RefusedError: another run on the scope is under way.
        AccessError: the server or the network failed altogether; nothing was written.
    """
    run = Run.begin()
    with contextlib.ExitStack() as held:
        scope_id = job.scope_id(client)
        directory = job.record_dir(scope_id)
        check_record_dir(directory)
        if directory is not None and scope_id is not None:
            if check_mode:
                check_lock(directory, scope_id)
            else:
                held.callback(ScopeLock(directory, scope_id, run).release)
        prepared = job.prepare(client, progress)
        if check_mode:
            return Carried(prepared, Written(prepared.predicted()), None, directory)
        record = None
        if directory is not None:
            record = begin_record(client, prepared, directory, run)
            held.callback(record.close)
        return Carried(prepared, write(client, prepared, record, progress), run.run_id, directory)
