# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a policy has to make of an estate, computed from what the simulator knows rather than from what it answers."""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy import oracle
from simulator.process import Simulator

Tenant = dict[str, Any]


class Truth:
    """What the simulator knows of everything that a client reaches, read once.

    Args:
        simulator: the cloud; its switches are taken to be the usual ones, its client to be an administrator.
        client: name of the preset client.
    """

    def __init__(self, simulator: Simulator, client: str = "admin") -> None:
        self._own = simulator.clients[client]["tenant_id"]
        self._tenants = {one["id"]: one for one in simulator.tenants() if not one["deleted"]}
        self._scopes = {self._own: self._inside(simulator.tenants(self._own))}
        self._users: dict[str, list[dict[str, Any]]] = {}
        for one in self._scopes[self._own]:
            users = [user for user in simulator.tenant(one["id"])["users"] if user["enabled"] and not user["deleted"]]
            self._users.setdefault(one["organization_id"], []).extend(users)

    @staticmethod
    def _inside(tenants: list[Tenant]) -> list[Tenant]:
        return [one for one in tenants if not one["deleted"] and one["owner_id"] is None]

    def facts(self, scope_id: str | None = None, protected: Sequence[str] = ()) -> list[Facts]:
        """The truth about every tenant of a scope, in the form that the oracle takes.

        Args:
            scope_id: the scope's root; default: the client's own tenant.
            protected: patterns for users who must not be locked out.
        """
        top = scope_id or self._own
        inside = [one for one in self._scopes[self._own] if self._is_below(one, top)]
        return [self._facts(one, one["id"] == top, protected) for one in inside]

    def _is_below(self, one: Tenant, top: str) -> bool:
        return top in (self._own, one["id"]) or any(above["id"] == top for above in self._chain(one))

    def _chain(self, one: Tenant) -> list[Tenant]:
        """A tenant and those above it, the client's own left out."""
        found = []
        while one["id"] != self._own:
            found.append(one)
            one = self._tenants[one["parent_id"]]
        return found

    def _facts(self, one: Tenant, is_root: bool, protected: Sequence[str]) -> Facts:
        users = self._users[one["organization_id"]]
        alone = [above["name"] for above in self._chain(one) if not above["ancestral_access"]]
        locked = one["update_lock"]["enabled"] and one["update_lock"]["owner_id"] != self._own
        always = one["kind"] == "partner" and one["pricing_mode"] == "production"
        enrolled = sum(user["totp"] and not user["exempt"] for user in users)
        return Facts(
            id=one["id"],
            name=one["name"],
            kind=one["kind"],
            path=tuple(above["name"] for above in reversed(self._chain(one))),
            parent_id=one["parent_id"],
            pricing_mode=one["pricing_mode"],
            enabled=one["enabled"],
            inherits_from=None if one["organization_id"] == one["id"] else one["organization_id"],
            is_root=is_root,
            status=one["mfa"],
            evidence="endpoint",
            problem=None,
            update_allowed=not (alone or locked or (always and one["mfa"] == "enabled")),
            self_managing=alone[0] if alone else None,
            locked=one["update_lock"]["enabled"],
            lock_owner_id=one["update_lock"]["owner_id"] if locked else None,
            always_enabled=always,
            users_count=len(users),
            enrolled_count=enrolled,
            lockouts_max=len(users) - enrolled,
            protected=tuple(user["login"] for user in users if is_protected(user, protected)),
        )


def is_protected(user: dict[str, Any], patterns: Sequence[str]) -> bool:
    """Whether an enabled user must not be locked out, and could be."""
    names = (user["login"].lower(), user["email"].lower())
    fits = any(fnmatch.fnmatchcase(name, pattern.lower()) for pattern in patterns for name in names)
    return fits and not user["exempt"]


class Expected:
    """What a plan of a policy must say.

    Args:
        document: the policy as it was written.
        facts: the truth about the scope.
        today: the UTC day.
    """

    def __init__(self, document: dict[str, Any], facts: list[Facts], today: datetime.date) -> None:
        self.document = document
        self.facts = facts
        self.today = today
        self.verdicts = {one.id: oracle.verdict(document, one, today) for one in facts}

    def with_disposition(self, *dispositions: str) -> list[Facts]:
        """The tenants that have one of these dispositions."""
        return [one for one in self.facts if self.verdicts[one.id].disposition in dispositions]

    def changes(self, disposition: str) -> dict[str, dict[str, Any]]:
        """What is to change, now (``drifted``) or later (``pending``), by tenant."""
        found = {}
        for one in self.with_disposition(disposition):
            verdict = self.verdicts[one.id]
            assert one.users_count is not None
            assert one.enrolled_count is not None
            switched_on = verdict.wanted == "enabled"
            found[one.id] = {
                "tenant_id": one.id,
                "name": one.name,
                "path": list(one.path),
                "kind": one.kind,
                "parent_id": one.parent_id,
                "pricing_mode": one.pricing_mode,
                "before": one.status,
                "after": verdict.wanted,
                "rule": verdict.decider,
                "lockouts_max": one.users_count - one.enrolled_count if switched_on else 0,
                "expired_exception": verdict.excepted is not None and self.is_expired(verdict.excepted),
            }
        return found

    def is_expired(self, exception: dict[str, Any]) -> bool:
        """Whether an exception, as it was written, no longer holds."""
        return str(exception["expires"]) < self.today.isoformat()

    def guards(self, changes: Sequence[dict[str, Any]]) -> dict[str, float]:
        """The guards that making these changes violates, with the plan's figure."""
        limits = self.document.get("guards", {})
        wanted = [
            one
            for one in self.with_disposition("unknown", "compliant", "converging", "blocked", "pending", "drifted")
            if self.verdicts[one.id].wanted is not None
        ]
        share = Fraction(100 * len(changes), max(1, len(wanted)))
        lockouts = sum(change["lockouts_max"] for change in changes)
        disabling = sum(change["after"] == "disabled" for change in changes)
        expired = sum(change["expired_exception"] for change in changes)
        found: dict[str, float] = {}
        if len(changes) > limits.get("max_changes", 100):
            found["max_changes"] = len(changes)
        if len(changes) > 10 and share > Fraction(str(limits.get("max_change_percent", 25))):
            found["max_change_percent"] = float(share)
        if lockouts > limits.get("max_lockouts", 500):
            found["max_lockouts"] = lockouts
        if disabling and not limits.get("allow_disable"):
            found["allow_disable"] = disabling
        if expired and not limits.get("enforce_expired"):
            found["enforce_expired"] = expired
        return found
