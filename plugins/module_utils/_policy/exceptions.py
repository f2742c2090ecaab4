# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has become of a policy's exceptions."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._text import quoted
from .decide import Decision, expires_soon, is_expired
from .document import Policy, PolicyException
from .facts import Facts


@dataclasses.dataclass(frozen=True, slots=True)
class ExceptionState:
    """An exception, and the tenant that it is about.

    Attributes:
        exception: the exception.
        facts: the tenant, or ``None`` if the scope has none with that id.
        expired: whether it no longer holds.
        expires_soon: whether it holds for 14 days more at most.
    """

    exception: PolicyException
    facts: Facts | None
    expired: bool
    expires_soon: bool

    @property
    def is_called_as_expected(self) -> bool:
        """Whether the tenant has the name or path that the exception gives, if it gives one."""
        expected = self.exception.tenant
        if self.facts is None or expected is None:
            return True
        if isinstance(expected, str):
            return expected in (self.facts.name, "/".join(self.facts.path))
        return expected == self.facts.path

    def as_data(self) -> dict[str, t.Any]:
        """Plain data."""
        return {
            "tenant_id": self.exception.tenant_id,
            "name": self.facts.name if self.facts is not None else None,
            "path": list(self.facts.path) if self.facts is not None else None,
            "reason": self.exception.reason,
            "owner": self.exception.owner,
            "ticket": self.exception.ticket,
            "expires": self.exception.expires.isoformat(),
            "matched": self.facts is not None,
            "expired": self.expired,
            "expires_soon": self.expires_soon,
        }

    def warnings(self) -> t.Iterator[str]:
        """What a reader should know."""
        what = f"The exception for tenant {self.exception.tenant_id}"
        if self.facts is None:
            yield f"{what} fits no tenant of the scope. Remove it if the tenant is gone."
            return
        what += f", {quoted(self.facts.label)},"
        if self.facts.inherits_from is not None:
            yield f"{what} has no effect: a {self.facts.kind} has no MFA setting of its own."
        if not self.is_called_as_expected:
            yield f"{what} expects another name, {quoted(self.exception.tenant)}. Check that the id is meant."
        if self.expired:
            yield f"{what} expired after {self.exception.expires}. Its owner is {self.exception.owner}."
        elif self.expires_soon:
            yield f"{what} expires soon, after {self.exception.expires}. Its owner is {self.exception.owner}."


def exception_states(policy: Policy, decisions: t.Iterable[Decision], today: datetime.date) -> list[ExceptionState]:
    """Every exception of a policy with the tenant of the scope that it is about, in the policy's order."""
    facts = {decision.facts.id: decision.facts for decision in decisions}
    return [
        ExceptionState(
            exception, facts.get(exception.tenant_id), is_expired(exception, today), expires_soon(exception, today)
        )
        for exception in policy.exceptions
    ]
