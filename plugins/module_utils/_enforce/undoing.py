# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job of rolling back: what a run surely changed, and nobody has changed since, is changed back."""

from __future__ import annotations

import fractions
import math
import os
import time
import typing as t

from .._acronis.client import AcronisClient
from .._errors import OptionError
from .._estate.evidence import Evidence
from .._options import clean_id
from .._policy.change import Change
from .._policy.document import Rollout
from .._policy.facts import Obstacle
from .._progress import Progress
from .._record.directory import is_record_dir
from .._record.record import read_record
from .._text import CHANGED, DISABLED, ENABLED, FAILED, quoted, settled
from .engine import Prepared
from .look import Look, Objection

#: All at once, and whatever fails: what can be undone is.
_ROLLOUT = Rollout(max_per_run=None, waves=(fractions.Fraction(1),), max_failures=math.inf)


class UndoJob:
    """A run is undone.

    Args:
        record_path: the record of the run, or
        changes: what the run has returned.
        scope_id: root of the scope that the run was about, where no record says it.
        directory: where to keep record and lock; default: beside the record, if runs on the scope do so.
        allow_disable: whether MFA may be switched off, which undoing a run usually means.

    Raises:
        OptionError: the record cannot be read.
    """

    def __init__(
        self,
        *,
        record_path: str | None,
        changes: t.Sequence[dict[str, t.Any]] | None,
        scope_id: str | None,
        directory: str | None,
        allow_disable: bool,
    ) -> None:
        self._record_path = record_path
        self._changes = changes
        self._scope_id = clean_id(scope_id, "scope_id") if scope_id else None
        self._directory = directory
        self._allow_disable = allow_disable
        lines = read_record(record_path) if record_path is not None else []
        self._header = lines[0] if lines else {}

    def scope_id(self, client: AcronisClient) -> str | None:
        """See :class:`.Job`.

        Raises:
            OptionError: the run was in another data center.
        """
        base_url = self._header.get("base_url", client.base_url)
        if base_url != client.base_url:
            raise OptionError(
                f"the record is of a run at {quoted(base_url)}, and this is {quoted(client.base_url)}",
                "Connect to the data center of the run.",
            )
        scope_id = self._scope_id or self._header.get("scope_id")
        return client.scope_root(scope_id) if scope_id is not None or self._directory is not None else None

    def record_dir(self, scope_id: str | None) -> str | None:
        """See :class:`.Job`."""
        if self._directory is not None or self._record_path is None or scope_id is None:
            return self._directory
        beside = os.path.dirname(os.path.realpath(self._record_path))
        return beside if is_record_dir(beside, scope_id) else None

    def prepare(self, client: AcronisClient, progress: Progress) -> Prepared:
        """See :class:`.Job`. It has to be locked by now: nobody else may write the record any more.

        Raises:
            OptionError: the changes cannot be read, or are not what a run writes or returns.
            AccessError: the server or the network failed altogether.
        """
        looked_at = time.monotonic()
        look = Look(client, _objection)
        looked = look.again([change.undone() for change in self.done()], progress)
        return Prepared(
            scope_id=self.scope_id(client),
            looked=looked,
            look=look,
            looked_at=looked_at,
            rollout=_ROLLOUT,
            refusal=_refusal([change for change in looked if isinstance(change, Change)], self._allow_disable),
            header={"undoes": self._header.get("run_id")},
        )

    def done(self) -> list[Change]:
        """What the run has changed. A change that was begun, and of which nothing is known, may have been made.

        Raises:
            OptionError: that cannot be read, or is not what a run writes or returns.
        """
        if self._record_path is None:
            return [
                _change_from(item, "changes")
                for item in self._changes or ()
                if item.get("result") == CHANGED or (item.get("result") == FAILED and item.get("status") is None)
            ]
        begun: dict[str, Change] = {}
        for line in read_record(self._record_path):
            if line.get("type") == "intent":
                begun[str(line.get("tenant_id"))] = _change_from(line, self._record_path)
            elif line.get("type") == "outcome" and line.get("result") != CHANGED and line.get("status") is not None:
                begun.pop(str(line.get("tenant_id")), None)
        return list(begun.values())


def _change_from(item: dict[str, t.Any], where: str) -> Change:
    tenant_id, before, after, path = (item.get(name) for name in ("tenant_id", "before", "after", "path"))
    if not all(isinstance(text, str) for text in (tenant_id, before, after)) or not isinstance(path, list):
        raise OptionError(f"{where} does not say what was changed", "Give the record, or the changes, of a run.")
    before = settled(str(before))
    if before not in (ENABLED, DISABLED) or after not in (ENABLED, DISABLED):
        raise OptionError(f"{where} has a state that is none: {quoted(before)}, {quoted(after)}")
    return Change(str(tenant_id), tuple(str(name) for name in path), before, str(after))


def _objection(_change: Change, known: Evidence) -> Objection | None:
    """What the tenant's own endpoint has against a change."""
    if known.state is None or known.state.update_allowed:
        return None
    return Objection(Obstacle.NOT_ALLOWED.value[0], Obstacle.NOT_ALLOWED)


def _refusal(to_make: t.Sequence[Change], allow_disable: bool) -> str | None:
    """Why nothing may be written, if so."""
    weakening = sum(change.after == DISABLED for change in to_make)
    if not weakening or allow_disable:
        return None
    return (
        f"Rolling back would switch MFA off in {weakening} tenants. Nothing was written. If that is meant, set "
        "allow_disable, in the playbook mfa_rollback by the variable mfa_rollback_allow_disable."
    )
