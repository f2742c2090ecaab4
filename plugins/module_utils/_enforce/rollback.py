# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoing what one run changed, and nobody has changed since."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from .._acronis.client import AcronisClient
from .._acronis.mfa import DISABLE_IN_PROGRESS, DISABLED, ENABLED, read_mfa, switch_mfa
from .._errors import AccessError, ForbiddenError, NotFoundError, OptionError, quoted
from .._outcome import Outcome
from .._pool import in_parallel
from .apply import ALREADY, CHANGED, CONFLICT, FAILED
from .progress import Progress
from .record import read_record


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


def changes_of_record(path: str) -> list[Undo]:
    """What a run has changed, by its record; a change that was begun and not reported may have been made.

    Raises:
        OptionError: the record cannot be read.
    """
    begun: dict[str, Undo] = {}
    for line in read_record(path):
        if line.get("type") == "intent":
            begun[str(line.get("tenant_id"))] = _undo_from(line, path)
        elif line.get("type") == "outcome" and line.get("result") != CHANGED and line.get("status") is not None:
            begun.pop(str(line.get("tenant_id")), None)
    return list(begun.values())


def changes_of_result(changes: t.Sequence[dict[str, t.Any]]) -> list[Undo]:
    """What a run has changed, by the ``changes`` that it returned; one of which nothing is known may have been made.

    Raises:
        OptionError: that is not what a run returns.
    """
    return [
        _undo_from(one, "changes")
        for one in changes
        if one.get("result") == CHANGED or (one.get("result") == FAILED and one.get("status") is None)
    ]


def _undo_from(item: dict[str, t.Any], where: str) -> Undo:
    texts = [item.get(name) for name in ("tenant_id", "before", "after")]
    path = item.get("path")
    if not all(isinstance(text, str) for text in texts) or not isinstance(path, list):
        raise OptionError(f"{where} does not say what was changed", "Give the record, or the changes, of a run.")
    before = DISABLED if item["before"] == DISABLE_IN_PROGRESS else item["before"]
    if before not in (ENABLED, DISABLED) or item["after"] not in (ENABLED, DISABLED):
        raise OptionError(f"{where} has a state that is none: {quoted(before)}, {quoted(item['after'])}")
    return Undo(item["tenant_id"], tuple(str(name) for name in path), before, item["after"])


def roll_back(
    client: AcronisClient, undos: t.Sequence[Undo], allow_disable: bool, progress: Progress, check_mode: bool
) -> Outcome:
    """Set tenants back to what they were, where nobody else has changed them since.

    Args:
        client: the connection.
        undos: what a run has changed.
        allow_disable: whether MFA may be switched off, which undoing a run usually means.
        progress: is told how far it is.
        check_mode: look, and write nothing.

    Raises:
        AccessError: the server or the network failed altogether; what is done by then stays done.
    """
    progress.begin("looked at", len(undos))
    looked = in_parallel(lambda one: _look(client, one), undos, client.concurrency, lambda _one: progress.done())
    weakening = [one for one in looked if isinstance(one, Undo) and one.before == DISABLED]
    failure = None
    if weakening and not allow_disable:
        failure = (
            f"Rolling back would switch MFA off in {len(weakening)} tenants. Nothing was written. If that is meant, "
            "set allow_disable."
        )
        results = [Undone(one, "not_started", one.after) if isinstance(one, Undo) else one for one in looked]
    elif check_mode:
        results = [Undone(one, CHANGED, one.before) if isinstance(one, Undo) else one for one in looked]
    else:
        to_undo = [one for one in looked if isinstance(one, Undo)]
        progress.begin("rolled back", len(to_undo))
        done = iter(in_parallel(lambda one: _undo(client, one), to_undo, client.concurrency, _counter(progress)))
        results = [next(done) if isinstance(one, Undo) else one for one in looked]
    return _outcome(results, failure)


def _counter(progress: Progress) -> t.Callable[[Undone], None]:
    return lambda one: progress.done(changed=one.result == CHANGED, failed=one.result == FAILED)


def _look(client: AcronisClient, one: Undo) -> Undone | Undo:
    try:
        state = read_mfa(client, one.tenant_id)
    except (ForbiddenError, NotFoundError) as error:
        return Undone(one, CONFLICT, None, client.redactor.mask(str(error)))
    except AccessError as error:
        return Undone(one, FAILED, None, client.redactor.mask(str(error)))
    status = DISABLED if state.status == DISABLE_IN_PROGRESS else state.status
    if status == one.before:
        return Undone(one, ALREADY, state.status)
    if status != one.after:
        return Undone(one, CONFLICT, state.status, f"the run left it {one.after}, and it is {state.status}")
    if not state.update_allowed:
        return Undone(one, CONFLICT, state.status, "the API client may not change it (update_allowed is false)")
    return one


def _undo(client: AcronisClient, one: Undo) -> Undone:
    try:
        return Undone(one, CHANGED, switch_mfa(client, one.tenant_id, one.before).status)
    except AccessError as error:
        return Undone(one, FAILED, None, client.redactor.mask(str(error)))


def _outcome(results: list[Undone], failure: str | None) -> Outcome:
    counts = collections.Counter(one.result for one in results)
    failed = [one for one in results if one.result == FAILED]
    if failed and failure is None:
        named = "; ".join(f"{one.undo.label}: {one.detail}" for one in failed[:10])
        failure = f"{len(failed)} of {len(results)} tenants could not be rolled back. {named}"
    return Outcome(
        changed=counts[CHANGED] > 0,
        values={
            "changes": [one.as_data() for one in results],
            "conflicts": [one.as_data() for one in results if one.result == CONFLICT],
            "summary": {name: counts[name] for name in (CHANGED, ALREADY, CONFLICT, FAILED, "not_started")},
        },
        subject="changes",
        before="",
        after="".join(
            f"{one.undo.label}: {one.undo.after} -> {one.undo.before}\n" for one in results if one.result == CHANGED
        ),
        failure=failure,
    )
