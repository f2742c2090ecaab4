# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoing what one run changed, and nobody has changed since."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import os
import typing as t

from .._acronis.client import AcronisClient, clean_id
from .._acronis.mfa import DISABLE_IN_PROGRESS, DISABLED, ENABLED, read_mfa, switch_mfa
from .._errors import AccessError, NotFoundError, OptionError, quoted
from .._outcome import Outcome
from .._policy.decide import NOT_ALLOWED
from .._pool import in_parallel
from .apply import ALREADY, CHANGED, CONFLICT, FAILED, NOT_STARTED
from .progress import Progress
from .record import Record, Run, ScopeLock, check_lock, check_record_dir, is_record_dir, read_record


@dataclasses.dataclass(frozen=True, slots=True)
class Undo:
    """One change to be undone.

    Attributes:
        path: names down to the tenant.
        before: the state to go back to.
        after: the state that the run has set.
    """

    tenant_id: str
    path: tuple[str, ...]
    before: str
    after: str

    @property
    def label(self) -> str:
        """Path and id for messages."""
        return f"{quoted('/'.join(self.path))} ({self.tenant_id})"


@dataclasses.dataclass(frozen=True, slots=True)
class Undone:
    """What became of it."""

    undo: Undo
    result: str
    status: str | None
    detail: str | None = None

    def as_data(self) -> dict[str, t.Any]:
        """Plain data; ``before`` and ``after`` are those of the roll back."""
        return {
            "tenant_id": self.undo.tenant_id,
            "path": list(self.undo.path),
            "before": self.undo.after,
            "after": self.undo.before,
            "result": self.result,
            "status": self.status,
            "detail": self.detail,
        }


@dataclasses.dataclass(frozen=True)
class UndoRequest:
    """What is to be undone, and how.

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

    def header(self) -> dict[str, t.Any]:
        """The first line of the record; empty if there is none.

        Raises:
            OptionError: the record cannot be read.
        """
        lines = read_record(self.record_path) if self.record_path is not None else []
        return lines[0] if lines else {}

    def directory(self, scope_id: str | None) -> str | None:
        """Where the roll back keeps its record and its lock, if anywhere."""
        if self.record_dir is not None or self.record_path is None or scope_id is None:
            return self.record_dir
        beside = os.path.dirname(os.path.realpath(self.record_path))
        return beside if is_record_dir(beside, scope_id) else None

    def undos(self) -> list[Undo]:
        """What the run has changed. A change that was begun, and of which nothing is known, may have been made.

        Raises:
            OptionError: it cannot be read, or is not what a run writes or returns.
        """
        if self.record_path is None:
            return [
                _undo_from(one, "changes")
                for one in self.changes or ()
                if one.get("result") == CHANGED or (one.get("result") == FAILED and one.get("status") is None)
            ]
        begun: dict[str, Undo] = {}
        for line in read_record(self.record_path):
            if line.get("type") == "intent":
                begun[str(line.get("tenant_id"))] = _undo_from(line, self.record_path)
            elif line.get("type") == "outcome" and line.get("result") != CHANGED and line.get("status") is not None:
                begun.pop(str(line.get("tenant_id")), None)
        return list(begun.values())


def _undo_from(item: dict[str, t.Any], where: str) -> Undo:
    texts = [item.get(name) for name in ("tenant_id", "before", "after")]
    path = item.get("path")
    if not all(isinstance(text, str) for text in texts) or not isinstance(path, list):
        raise OptionError(f"{where} does not say what was changed", "Give the record, or the changes, of a run.")
    before = DISABLED if item["before"] == DISABLE_IN_PROGRESS else item["before"]
    if before not in (ENABLED, DISABLED) or item["after"] not in (ENABLED, DISABLED):
        raise OptionError(f"{where} has a state that is none: {quoted(before)}, {quoted(item['after'])}")
    return Undo(item["tenant_id"], tuple(str(name) for name in path), before, item["after"])


def roll_back(client: AcronisClient, request: UndoRequest, progress: Progress, check_mode: bool) -> Outcome:
    """Set tenants back to what they were, where nobody else has changed them since.

    Args:
        client: the connection.
        request: what is to be undone.
        progress: is told how far it is.
        check_mode: look, and write nothing.

    Raises:
        OptionError: the record cannot be kept.
        RefusedError: another run on the scope is under way.
        AccessError: the server or the network failed altogether; what is done by then stays done.
    """
    check_record_dir(request.record_dir)
    run, header = Run.begin(), request.header()
    if header.get("base_url", client.base_url) != client.base_url:
        raise OptionError(
            f"the record is of a run at {quoted(header['base_url'])}, and this is {quoted(client.base_url)}",
            "Connect to the data center of the run.",
        )
    scope_id = clean_id(request.scope_id, "scope_id") if request.scope_id else header.get("scope_id")
    directory = request.directory(scope_id)
    with contextlib.ExitStack() as held:
        if directory is not None:
            scope_id = client.scope_root(scope_id)
            if check_mode:
                check_lock(directory, scope_id)
            else:
                held.callback(ScopeLock(directory, scope_id, run).release)
        # Not before nobody else writes the record any more.
        undos = request.undos()
        progress.begin("looked at", len(undos))
        looked = in_parallel(lambda one: _look(client, one), undos, client.concurrency, lambda _one: progress.done())
        to_undo = [one for one in looked if isinstance(one, Undo)]
        failure = _refusal(to_undo, request.allow_disable)
        record = problem = None
        if failure is not None:
            results = [Undone(one, NOT_STARTED, one.after) if isinstance(one, Undo) else one for one in looked]
        elif check_mode:
            results = [Undone(one, CHANGED, one.before) if isinstance(one, Undo) else one for one in looked]
        else:
            if directory is not None and scope_id is not None:
                about = {"undoes": header.get("run_id"), "planned": len(undos)}
                record = Record.begin(directory, scope_id, run, client.base_url, **about)
                held.callback(record.close)
            progress.begin("rolled back", len(to_undo))
            undone = in_parallel(_Undoing(client, record), to_undo, client.concurrency, _counter(progress))
            remaining = iter(undone)
            results = [next(remaining) if isinstance(one, Undo) else one for one in looked]
            problem = record.end(results=_counts(results)) if record is not None else None
    warnings: tuple[str, ...] = ()
    if directory is None and request.record_path is not None:
        warnings = (
            "Runs keep no records beside this one, so the roll back has neither a record nor a lock: name record_dir.",
        )
    outcome = _outcome(results, failure, None if check_mode else run, record)
    return dataclasses.replace(
        outcome, warnings=warnings, failure=" ".join(text for text in (outcome.failure, problem) if text) or None
    )


def _refusal(to_undo: list[Undo], allow_disable: bool) -> str | None:
    """Why nothing may be written, if so."""
    weakening = [one for one in to_undo if one.before == DISABLED]
    if not weakening or allow_disable:
        return None
    return (
        f"Rolling back would switch MFA off in {len(weakening)} tenants. Nothing was written. If that is meant, "
        "set allow_disable, in the playbook mfa_rollback by the variable mfa_rollback_allow_disable."
    )


def _counter(progress: Progress) -> t.Callable[[Undone], None]:
    return lambda one: progress.done(changed=one.result == CHANGED, failed=one.result == FAILED)


def _look(client: AcronisClient, one: Undo) -> Undone | Undo:
    try:
        state = read_mfa(client, one.tenant_id)
    except NotFoundError as error:
        return Undone(one, CONFLICT, None, client.redactor.mask(str(error)))
    except AccessError as error:
        return Undone(one, FAILED, None, client.redactor.mask(str(error)))
    status = DISABLED if state.status == DISABLE_IN_PROGRESS else state.status
    if status == one.before:
        return Undone(one, ALREADY, state.status)
    if status != one.after:
        return Undone(one, CONFLICT, state.status, f"the run left it {one.after}, and it is {state.status}")
    if not state.update_allowed:
        return Undone(one, CONFLICT, state.status, NOT_ALLOWED)
    return one


class _Undoing:
    """Undoes changes, several at once; each is announced before and reported after, if there is a record."""

    def __init__(self, client: AcronisClient, record: Record | None) -> None:
        self._client = client
        self._record = record
        self._problem: str | None = None

    def __call__(self, one: Undo) -> Undone:
        if self._problem is not None or not self._say("intent", one, before=one.after, after=one.before):
            return Undone(one, NOT_STARTED, one.after, self._problem)
        try:
            result = Undone(one, CHANGED, switch_mfa(self._client, one.tenant_id, one.before).status)
        except AccessError as error:
            status = one.after if error.certain else None
            result = Undone(one, FAILED, status, self._client.redactor.mask(str(error)))
        if not self._say("outcome", one, result=result.result, status=result.status, detail=result.detail):
            detail = f"{result.detail or 'It was rolled back'}, but: {self._problem}"
            result = dataclasses.replace(result, detail=detail)
        return result

    def _say(self, kind: str, one: Undo, **values: t.Any) -> bool:
        """Write a line; what cannot be recorded is not done."""
        try:
            if self._record is not None:
                self._record.write(kind, tenant_id=one.tenant_id, path=list(one.path), **values)
        except OptionError as error:
            self._problem = str(error)
            return False
        return True


def _counts(results: t.Iterable[Undone]) -> dict[str, int]:
    counts = collections.Counter(one.result for one in results)
    return {name: counts[name] for name in (CHANGED, ALREADY, CONFLICT, FAILED, NOT_STARTED)}


def _outcome(results: list[Undone], failure: str | None, run: Run | None, record: Record | None) -> Outcome:
    bad = [one for one in results if one.result == FAILED or (one.detail is not None and one.result != CONFLICT)]
    if bad and failure is None:
        named = "; ".join(f"{one.undo.label}: {one.detail}" for one in bad[:10])
        failure = f"{len(bad)} of {len(results)} tenants could not be rolled back, or not be recorded. {named}"
    counts = _counts(results)
    return Outcome(
        changed=counts[CHANGED] > 0,
        values={
            "changes": [one.as_data() for one in results],
            "conflicts": [one.as_data() for one in results if one.result == CONFLICT],
            "summary": counts,
            "run_id": run.run_id if run is not None else None,
            "record_path": record.path if record is not None else None,
        },
        subject="changes",
        before="",
        after="".join(
            f"{one.undo.label}: {one.undo.after} -> {one.undo.before}\n" for one in results if one.result == CHANGED
        ),
        failure=failure,
    )
