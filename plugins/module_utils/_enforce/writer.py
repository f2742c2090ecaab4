# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing changes: in waves, several at once, each announced before and certain of its outcome."""

from __future__ import annotations

import dataclasses
import math
import time
import typing as t

from .._acronis.client import AcronisClient
from .._acronis.mfa import switch_mfa
from .._errors import AccessError, OptionError
from .._policy.change import Change
from .._policy.document import Rollout
from .._pool import in_parallel
from .._progress import Progress
from .._record.record import Record
from .._text import CHANGED, FAILED, NOT_STARTED
from .look import Look
from .result import Result

#: Seconds after which a tenant is looked at once more before it is written.
_STALE = 60.0


class Writer:
    """Makes changes, several at once, until too many have failed.

    Args:
        client: the connection.
        look: looks at a tenant again before it is written, if the first look is long ago.
        looked_at: when that was, in seconds of :func:`time.monotonic`.
        rollout: waves, and how many failures are too many.
        record: where each change is announced before and reported after, if anywhere.
        progress: is told how far it is.
    """

    def __init__(
        self,
        client: AcronisClient,
        *,
        look: Look,
        looked_at: float,
        rollout: Rollout,
        record: Record | None,
        progress: Progress,
    ) -> None:
        self._client = client
        self._look = look
        self._looked_at = looked_at
        self._rollout = rollout
        self._record = record
        self._progress = progress
        self._failures: float = 0

    def write(self, changes: t.Sequence[Change]) -> list[Result]:
        """Make the changes in waves and return what became of each, in order."""
        self._progress.begin("written", len(changes))
        results: list[Result] = []
        for share in self._rollout.waves:
            wave = changes[len(results) : math.ceil(len(changes) * share)]
            results += in_parallel(self._write_one, wave, self._client.concurrency, self._count)
        return results

    def _count(self, result: Result) -> None:
        """Take note of a result; the pool calls this for one result at a time."""
        self._failures += result.failed
        self._progress.done(changed=result.result == CHANGED, failed=result.failed)

    def _write_one(self, change: Change) -> Result:
        if self._failures > self._rollout.max_failures:
            return Result(change, NOT_STARTED, change.before)
        # Of a run that takes long, once more: much may have happened since the first look.
        overtaken = self._look.before_writing(change) if time.monotonic() >= self._looked_at + _STALE else None
        if overtaken is not None:
            return overtaken
        try:
            self._say("intent", change, before=change.before, after=change.after)
        except OptionError as error:
            self._stop()
            return Result(change, NOT_STARTED, change.before, str(error))
        result = self._switched(change)
        try:
            self._say("outcome", change, result=result.result, status=result.status, detail=result.detail)
        except OptionError as error:
            self._stop()
            return dataclasses.replace(result, detail=f"{result.detail or 'It was changed'}, but: {error}")
        return result

    def _switched(self, change: Change) -> Result:
        try:
            return Result(change, CHANGED, switch_mfa(self._client, change.tenant_id, change.after).status)
        except AccessError as error:
            status = change.before if error.certain else None
            return Result(change, FAILED, status, self._client.redactor.mask(str(error)))

    def _stop(self) -> None:
        """What cannot be recorded is not done."""
        self._failures = math.inf

    def _say(self, kind: str, change: Change, **values: t.Any) -> None:
        if self._record is not None:
            self._record.write(kind, tenant_id=change.tenant_id, path=list(change.path), **values)
