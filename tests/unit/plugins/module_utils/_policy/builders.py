# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies, facts and plans with as few words as a test needs."""

from __future__ import annotations

import copy
import dataclasses
import datetime
from collections.abc import Iterable
from typing import Any

from ansible_collections.tenantops.access.plugins.module_utils._policy.decide import Decision, decide
from ansible_collections.tenantops.access.plugins.module_utils._policy.document import Policy, read_policy
from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts
from ansible_collections.tenantops.access.plugins.module_utils._policy.guards import Violation, violations
from ansible_collections.tenantops.access.plugins.module_utils._policy.plan import Plan, make_plan

TODAY = datetime.date(2027, 1, 10)
NOW = "2026-11-21T21:30:00Z"
SCOPE = "scope"


def day(offset: int) -> str:
    """The day so many days after today, as a policy writes it."""
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


def rule(mfa: str = "enabled", **more: Any) -> dict[str, Any]:
    """A rule for all customers, and for what ``more`` says."""
    return {"name": "customers", "match": {"kind": ["customer"]}, "mfa": mfa, **more}


def exception(tenant_id: str = "c1", expires: str = day(100), **more: Any) -> dict[str, Any]:
    """An exception that is in force."""
    more = {"reason": "an old appliance", "owner": "jane@example.com", **more}
    return {"tenant_id": tenant_id, "expires": expires, **more}


def document(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A policy's document; without rules it has the usual one."""
    return {"name": "baseline", "rules": list(rules) or [rule()], **more}


def policy(*rules: dict[str, Any], **more: Any) -> Policy:
    """A policy; without rules it has the usual one."""
    return read_policy(document(*rules, **more))


def facts(tenant_id: str = "c1", **more: Any) -> Facts:
    """A customer in production with three users and MFA off, whose own endpoint was read."""
    usual: dict[str, Any] = {
        "name": f"Customer {tenant_id}",
        "kind": "customer",
        "path": ("Northwind", f"Customer {tenant_id}"),
        "parent_id": SCOPE,
        "pricing_mode": "production",
        "enabled": True,
        "inherits_from": None,
        "is_root": False,
        "status": "disabled",
        "evidence": "endpoint",
        "problem": None,
        "update_allowed": True,
        "self_managing": None,
        "locked": False,
        "lock_owner_id": None,
        "always_enabled": False,
        "users_count": 3,
        "enrolled_count": 0,
    }
    given = {"id": tenant_id, **usual, **more}
    counts = given["users_count"], given["enrolled_count"]
    return Facts(**{"lockouts_max": None if None in counts else max(0, counts[0] - counts[1]), **given})


def customers(count: int, prefix: str = "c", **more: Any) -> list[Facts]:
    """Customers that are alike but for id and name."""
    return [facts(f"{prefix}{number}", **more) for number in range(count)]


def decision(made: Policy, one: Facts, today: datetime.date = TODAY) -> Decision:
    """What a policy says of a tenant that is alone in its scope."""
    (only,) = decide(made, [one], today)
    return only


def plan(made: Policy, estate: Iterable[Facts], scope_id: str = SCOPE, today: datetime.date = TODAY) -> Plan:
    """The plan of a policy for an estate."""
    return make_plan(made, decide(made, estate, today), scope_id=scope_id, today=today, created_at=NOW)


def guarded(made: Policy, estate: Iterable[Facts], today: datetime.date = TODAY) -> dict[str, Violation]:
    """The guards that the policy's plan for an estate violates, by name."""
    found = violations(plan(made, estate, SCOPE, today))
    by_name = {violation.guard: violation for violation in found}
    assert len(by_name) == len(found)
    return by_name


def applied(done: Iterable[Any], estate: Iterable[Facts]) -> list[Facts]:
    """The estate after changes of a plan were made."""
    after = {change.tenant_id: change.after for change in done}
    return [dataclasses.replace(one, status=after.get(one.id, one.status)) for one in estate]


def changed(given: dict[str, Any], keys: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """A copy of a document with another value at one place."""
    result = copy.deepcopy(given)
    place: Any = result
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    return result
