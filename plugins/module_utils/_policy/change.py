# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A change of one tenant's MFA: planned by a policy, or the undoing of what a run has done."""

from __future__ import annotations

import dataclasses
import typing as t

from .._text import quoted


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One tenant to be switched.

    Attributes:
        path: names down to the tenant; empty for the API client's own.
        before: the state that it has, and has to have still when it is written.
        after: the state to be written.
    """

    tenant_id: str
    path: tuple[str, ...]
    before: str
    after: str

    @property
    def label(self) -> str:
        """Path and id for messages."""
        return f"{quoted('/'.join(self.path))} ({self.tenant_id})"

    @property
    def line(self) -> str:
        """The change as one readable line."""
        return f"{self.label}: {self.before} -> {self.after}"

    def as_data(self) -> dict[str, t.Any]:
        """Plain data."""
        return {"tenant_id": self.tenant_id, "path": list(self.path), "before": self.before, "after": self.after}

    def undone(self) -> Change:
        """The change that undoes this one: before and after exchanged."""
        return Change(self.tenant_id, self.path, self.after, self.before)


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedChange(Change):
    """One tenant that a policy switches.

    Attributes:
        name: the tenant's own name, the last one of its path.
        rule: name of the rule that decided, or ``default``.
        reason: why, as a clause.
        lockouts_max: users that it can lock out at most; 0 for switching off, ``None`` if that is not known.
        expired_exception: whether it is due because an exception has run out.
    """

    name: str
    kind: str
    parent_id: str
    pricing_mode: str | None
    rule: str | None
    reason: str
    lockouts_max: int | None
    expired_exception: bool

    @property
    def label(self) -> str:
        """Path and id for messages."""
        return f"{quoted('/'.join(self.path) or self.name)} ({self.tenant_id})"

    def as_data(self) -> dict[str, t.Any]:
        """Plain data."""
        return {**{name: getattr(self, name) for name in _FIELDS}, "path": list(self.path)}


#: Read once: ``dataclasses.asdict`` would copy every value of thousands of changes.
_FIELDS = tuple(field.name for field in dataclasses.fields(PlannedChange))


def lockouts_of(changes: t.Iterable[PlannedChange]) -> int | None:
    """How many users changes can lock out at most in all; ``None`` if that is not known of one of them."""
    counts = [change.lockouts_max for change in changes]
    return None if None in counts else sum(count or 0 for count in counts)
