# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out changes: looked at again before the first write, in waves, each one certain of its outcome."""

from __future__ import annotations

import dataclasses
import math
import time
import typing as t

from .._acronis.client import AcronisClient
from .._acronis.evidence import Evidence
from .._acronis.mfa import DISABLE_IN_PROGRESS, DISABLED, MfaState, holds, read_mfa, switch_mfa
from .._acronis.tenants import TenantTree
from .._errors import AccessError, OptionError
from .._policy.decide import NOT_ALLOWED, obstacle
from .._policy.document import Rollout
from .._policy.plan import Change
from .._pool import in_parallel
from .collect import facts_of
from .progress import Progress
from .record import Record

CHANGED = "changed"
ALREADY = "already"
CONFLICT = "conflict"
FAILED = "failed"
NOT_STARTED = "not_started"
#: Seconds after which a tenant is looked at once more before it is written.
_STALE = 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What became of a change.

    Attributes:
        result: ``changed``, ``already``, ``conflict``, ``failed`` or ``not_started``.
        status: the tenant's state afterwards; ``None`` if it is not known, so that the change may have been made.
        detail: why, for a conflict or a failure.
    """

    change: Change
    result: str
    status: str | None = None
    detail: str | None = None

    def as_data(self) -> dict[str, t.Any]:
        """Plain data."""
        return {**self.change.as_data(), "result": self.result, "status": self.status, "detail": self.detail}


@dataclasses.dataclass(frozen=True)
class Present:
    """The scope of a plan that was made before, as it is now.

    Attributes:
        tree: its tenants.
        protected: logins of protected users whom switching MFA on would lock out, by organization.
    """

    tree: TenantTree
    protected: t.Mapping[str, tuple[str, ...]]

    def objection(self, change: Change) -> str | None:
        """Why a change does not fit any more, as far as its tenant's own endpoint has no say in it."""
        tenant = self.tree.get(change.tenant_id)
        if tenant is None:
            return "the tenant is no longer in the scope"
        for name in ("parent_id", "kind", "pricing_mode"):
            before, now = getattr(change, name), getattr(tenant, name)
            if before != now:
                return f"its {name} was {before}, and is {now}"
        if tenant.enabled is False:
            return "the tenant is disabled"
        facts = facts_of(self.tree, tenant, Evidence("unknown", "none"))
        return obstacle(dataclasses.replace(facts, protected=self.protected.get(tenant.id, ())), change.after)


def look_again(
    client: AcronisClient, changes: t.Sequence[Change], present: Present | None, progress: Progress
) -> list[Result | Change]:
    """See which changes can still be made as planned.

    A tenant that was moved, converted or repriced since it was planned, or has another state than then, was changed by
    somebody else: that is a conflict, not something to overwrite.

    Args:
        client: the connection.
        changes: what is planned.
        present: the scope as it is now; ``None`` if the plan was made of it just now.
        progress: is told how far it is.

    Returns:
        for each change, in order, the change itself with its current count of possible lockouts if it is to be made,
        else its result.

    Raises:
        AccessError: the server or the network failed.
    """
    progress.begin("looked at again", len(changes))

    def look(change: Change) -> Result | Change:
        try:
            state = read_mfa(client, change.tenant_id)
        except AccessError as error:
            if not error.status or error.status not in (403, 404):
                raise
            return Result(change, CONFLICT, detail=str(error))
        found = _compare(change, state)
        objection = present.objection(change) if present is not None and isinstance(found, Change) else None
        return found if objection is None else Result(change, CONFLICT, state.status, objection)

    return in_parallel(look, changes, client.concurrency, lambda _one: progress.done())


def _compare(change: Change, state: MfaState) -> Result | Change:
    if holds(state, change.after):
        return Result(change, ALREADY, state.status)
    # Switching off ends by itself.
    if state.status != change.before and (change.before, state.status) != (DISABLE_IN_PROGRESS, DISABLED):
        return Result(change, CONFLICT, state.status, f"its state was {change.before}, and is {state.status}")
    if not state.update_allowed:
        return Result(change, CONFLICT, state.status, NOT_ALLOWED)
    if change.after == DISABLED:
        return change
    missing = max(0, state.users_count - state.users_with_totp_enabled_count)
    return dataclasses.replace(change, lockouts_max=missing)


class Writer:
    """Makes changes, several at once, until too many have failed.

    Args:
        client: the connection.
        rollout: waves, and how many failures are too many.
        record: where each change is announced before and reported after, if anywhere.
        progress: is told how far it is.
        looked_at: when the changes were looked at, in seconds of :func:`time.monotonic`.
    """

    def __init__(
        self, client: AcronisClient, rollout: Rollout, record: Record | None, progress: Progress, looked_at: float
    ) -> None:
        self._client = client
        self._rollout = rollout
        self._record = record
        self._progress = progress
        self._looked_at = looked_at
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
        failed = result.result == FAILED or (result.result == NOT_STARTED and result.detail is not None)
        self._failures += failed
        self._progress.done(changed=result.result == CHANGED, failed=failed)

    def _write_one(self, change: Change) -> Result:
        if self._failures > self._rollout.max_failures:
            return Result(change, NOT_STARTED, change.before)
        overtaken = self._overtaken(change)
        if overtaken is not None:
            return overtaken
        try:
            self._say("intent", change, before=change.before, after=change.after)
        except OptionError as error:
            self._stop()
            return Result(change, NOT_STARTED, change.before, str(error))
        try:
            state = switch_mfa(self._client, change.tenant_id, change.after)
        except AccessError as error:
            status = change.before if error.certain else None
            result = Result(change, FAILED, status, self._client.redactor.mask(str(error)))
        else:
            result = Result(change, CHANGED, state.status)
        try:
            self._say("outcome", change, result=result.result, status=result.status, detail=result.detail)
        except OptionError as error:
            self._stop()
            return dataclasses.replace(result, detail=f"{result.detail or 'It was changed'}, but: {error}")
        return result

    def _overtaken(self, change: Change) -> Result | None:
        """Of a run that takes long, look once more: much may have happened since the first look."""
        if time.monotonic() < self._looked_at + _STALE:
            return None
        try:
            seen = _compare(change, read_mfa(self._client, change.tenant_id))
        except AccessError as error:
            return Result(change, NOT_STARTED, None, self._client.redactor.mask(str(error)))
        return seen if isinstance(seen, Result) else None

    def _stop(self) -> None:
        """What cannot be recorded is not done."""
        self._failures = math.inf

    def _say(self, kind: str, change: Change, **values: t.Any) -> None:
        if self._record is not None:
            self._record.write(kind, tenant_id=change.tenant_id, path=list(change.path), **values)
