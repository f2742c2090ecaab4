# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of changes."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from .._policy.change import Change
from .._policy.facts import Obstacle
from .._text import FAILED, NOT_STARTED, RESULTS


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What became of a change.

    Attributes:
        result: ``changed``, ``already``, ``conflict``, ``failed`` or ``not_started``.
        status: the tenant's state afterwards; ``None`` if it is not known.
        detail: why, for a conflict or a failure.
        obstacle: what kept the tenant from being changed, of a conflict that is one.
    """

    change: Change
    result: str
    status: str | None = None
    detail: str | None = None
    obstacle: Obstacle | None = None

    @property
    def failed(self) -> bool:
        """Whether it counts as a failure: one that was not begun does only if that is its own fault."""
        return self.result == FAILED or (self.result == NOT_STARTED and self.detail is not None)

    @property
    def line(self) -> str:
        """Tenant and detail for messages."""
        return f"{self.change.label}: {self.detail}"

    def as_data(self) -> dict[str, t.Any]:
        """Plain data."""
        return {**self.change.as_data(), "result": self.result, "status": self.status, "detail": self.detail}


def not_started(looked: Result | Change) -> Result:
    """The result of a change that is not begun because the whole run is not."""
    return Result(looked, NOT_STARTED, looked.before) if isinstance(looked, Change) else looked


def count_results(results: t.Iterable[Result]) -> dict[str, int]:
    """How many changes came out how."""
    counts = collections.Counter(result.result for result in results)
    return {name: counts[name] for name in RESULTS}
