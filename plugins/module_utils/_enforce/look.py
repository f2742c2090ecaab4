# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The look at a tenant that is about to be changed: what somebody else has changed since is a conflict."""

from __future__ import annotations

import dataclasses
import typing as t

from .._acronis.client import AcronisClient
from .._errors import AccessError
from .._estate.evidence import Evidence, Reader
from .._policy.change import Change, PlannedChange
from .._policy.facts import Facts, Obstacle, obstacle
from .._pool import in_parallel
from .._progress import Progress
from .._text import ALREADY, CONFLICT, ENABLED, NOT_STARTED, holds
from .result import Result


@dataclasses.dataclass(frozen=True, slots=True)
class Objection:
    """Why a change does not fit, or not any more.

    Attributes:
        detail: the reason, as a clause.
        obstacle: what keeps the tenant from being changed, if that is it.
    """

    detail: str
    obstacle: Obstacle | None = None


#: Says of a change, and of what its tenant's own endpoint says now, what is in the way.
Objections = t.Callable[[Change, Evidence], "Objection | None"]


def by_obstacle(facts: Facts, change: Change) -> Objection | None:
    """What keeps a tenant from being changed, if anything does."""
    in_the_way = obstacle(facts, change.after)
    return Objection(in_the_way.reason(facts), in_the_way) if in_the_way is not None else None


class Look:
    """Looks at tenants, from many threads.

    Args:
        client: the connection.
        objections: says what is in the way of a change that fits the tenant's state.
    """

    def __init__(self, client: AcronisClient, objections: Objections) -> None:
        self._client = client
        self._objections = objections
        self._reader = Reader(client)

    def again(self, changes: t.Sequence[Change], progress: Progress) -> list[Result | Change]:
        """See which changes can still be made.

        Args:
            changes: what is to be done.
            progress: is told how far it is.

        Returns:
            for each change, in order, the change itself if it is to be made, else its result; see :meth:`at`.

        Raises:
            AccessError: the server or the network failed altogether.
        """
        progress.begin("looked at again", len(changes))
        return in_parallel(self.at, changes, self._client.concurrency, lambda _looked: progress.done())

    def at(self, change: Change) -> Result | Change:
        """See whether a change can be made.

        Returns:
            the change, with its current count of possible lockouts, if it is to be made, else its result.

        Raises:
            AccessError: the server or the network failed altogether.
        """
        known = self._reader.read(change.tenant_id)
        if known.state is None:
            # Of a tenant that is out of reach because it left the scope, that is what to say.
            objection = None if known.gone else self._objections(change, known)
            detail = objection.detail if objection is not None else self._client.redactor.mask(known.problem or "")
            return Result(change, CONFLICT if known.gone or objection is not None else NOT_STARTED, None, detail)
        if holds(known.status, change.after):
            return Result(change, ALREADY, known.status)
        if not holds(known.status, change.before):
            detail = f"its state was {change.before}, and is {known.status}"
            return Result(change, CONFLICT, known.status, detail)
        objection = self._objections(change, known)
        if objection is not None:
            return Result(change, CONFLICT, known.status, objection.detail, objection.obstacle)
        if isinstance(change, PlannedChange) and change.after == ENABLED:
            return dataclasses.replace(change, lockouts_max=known.state.lockouts_max)
        return change

    def before_writing(self, change: Change) -> Result | None:
        """See once more whether a change can be made, if it cannot; nothing is raised."""
        try:
            looked = self.at(change)
        except AccessError as error:
            return Result(change, NOT_STARTED, None, self._client.redactor.mask(str(error)))
        return looked if isinstance(looked, Result) else None
