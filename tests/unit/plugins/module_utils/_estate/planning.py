# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans made over the simulated cloud, and compared with what they must be."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._progress import Progress
from ansible_collections.tenantops.access.plugins.module_utils._tasks.mfa_plan import PlanRequest, plan_estate
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.plugins.module_utils._text import DISPOSITIONS
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.truth import Expected, Truth
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy import oracle

#: Route of the endpoint that is evidence, as faults want it.
ENDPOINT = "/tenants/{id}/mfa/status"


def make_plan(
    client: AcronisClient,
    document: dict[str, Any],
    verify: str = "all",
    *,
    dest: str | None = None,
    check: bool = False,
    return_tenants: str = "all",
    progress: Progress | None = None,
) -> Outcome:
    """What the module would return."""
    request = PlanRequest(
        policy=document, policy_file=None, scope_id=None, verify=verify, return_tenants=return_tenants, dest=dest
    )
    return plan_estate(client, request, progress or Progress(None), check)


def disposition_of(outcome: Outcome, tenant_id: str) -> str:
    """What the plan says of one tenant; it must have been asked for all of them."""
    (found,) = [one for one in outcome.values["tenants"] if one["tenant_id"] == tenant_id]
    return str(found["disposition"])


def assert_planned(outcome: Outcome, truth: Truth, document: dict[str, Any], *, inferred: bool = False) -> Expected:
    """The plan is what follows from the truth; ``inferred`` states have no counts of users."""
    plan = outcome.values["plan"]
    facts = truth.facts(document.get("scope_id"), document.get("guards", {}).get("protected_users", ()))
    expected = Expected(document, facts, datetime.date.fromisoformat(plan["created_at"][:10]))
    assert outcome.failure is None
    assert plan["scope_id"] == next(one.id for one in facts if one.is_root)
    assert_tenants(outcome, expected)
    assert_summary(outcome, expected)
    assert_changes(plan["changes"], expected.changes("drifted"), inferred)
    assert_changes(plan["pending"], expected.changes("pending"), inferred)
    not_before = {rule["name"]: rule.get("not_before") for rule in document["rules"]}
    assert all(change["not_before"] == not_before[change["rule"]] for change in plan["pending"])
    assert_selection(outcome, expected, inferred)
    assert_exceptions(outcome, expected)
    return expected


def assert_tenants(outcome: Outcome, expected: Expected) -> None:
    """Every tenant of the scope is there once, with its disposition and state."""
    found = {one["tenant_id"]: one for one in outcome.values["tenants"]}
    assert len(found) == len(outcome.values["tenants"])
    assert found.keys() == expected.verdicts.keys()
    for fact in expected.facts:
        one, verdict = found[fact.id], expected.verdicts[fact.id]
        shown = (one["disposition"], one["rule"], one["mfa_status"])
        assert shown == (verdict.disposition, verdict.decider, fact.status), fact.path
        assert (one["name"], one["kind"], one["path"]) == (fact.name, fact.kind, list(fact.path))
        assert one["reason"]
        if verdict.disposition not in ("unmanaged", "inherited"):
            assert one["wanted"] == verdict.wanted
        if one["evidence"] == "endpoint" and fact.inherits_from is None:
            counts = (one["users_count"], one["users_with_totp_enabled_count"])
            assert counts == (fact.users_count, fact.enrolled_count)
    blocked = {one["tenant_id"] for one in outcome.values["blocked"]}
    assert blocked == {one.id for one in expected.with_disposition("blocked")}


def assert_summary(outcome: Outcome, expected: Expected) -> None:
    """The figures add up."""
    summary = outcome.values["summary"]
    dispositions = [verdict.disposition for verdict in expected.verdicts.values()]
    assert list(summary["dispositions"]) == list(DISPOSITIONS)
    assert {name: count for name, count in summary["dispositions"].items() if count} == Counter(dispositions)
    assert sum(summary["dispositions"].values()) == summary["tenants"] == len(expected.facts)
    assert summary["compliance_percent"] == oracle.compliance_percent(dispositions)
    organizations = [one for one in expected.facts if one.inherits_from is None]
    assert sum(summary["evidence"].values()) == len(organizations)


def assert_changes(changes: list[dict[str, Any]], expected: dict[str, dict[str, Any]], inferred: bool) -> None:
    """The changes are these, in whatever order."""
    by_tenant = {change["tenant_id"]: change for change in changes}
    assert len(by_tenant) == len(changes)
    assert by_tenant.keys() == expected.keys()
    for tenant_id, wanted in expected.items():
        change = by_tenant[tenant_id]
        assert change["reason"]
        for name, value in wanted.items():
            if name != "lockouts_max" or change[name] is not None or not inferred:
                assert change[name] == value, (name, change)


def assert_selection(outcome: Outcome, expected: Expected, inferred: bool) -> None:
    """What a run would do, and what guards say of it."""
    changes = outcome.values["plan"]["changes"]
    selected = changes[: expected.document.get("rollout", {}).get("max_per_run")]
    summary = outcome.values["summary"]
    assert summary["changes"] == len(selected)
    counts = [change["lockouts_max"] for change in selected]
    assert summary["lockouts_max"] == (None if None in counts else sum(counts))
    lines = outcome.after.splitlines()
    assert outcome.before == ""
    assert len(lines) == len(selected)
    for line, change in zip(lines, selected, strict=True):
        assert line.endswith(f"({change['tenant_id']}): {change['before']} -> {change['after']}")
    if not inferred:
        violations = {one["guard"]: one["value"] for one in outcome.values["guard_violations"]}
        wanted = expected.guards(selected)
        assert violations == {name: pytest.approx(value, abs=0.01) for name, value in wanted.items()}


def assert_exceptions(outcome: Outcome, expected: Expected) -> None:
    """The exceptions are those of the policy, with what has become of each."""
    written = expected.document.get("exceptions", [])
    paths = {one.id: list(one.path) for one in expected.facts}
    assert [one["tenant_id"] for one in outcome.values["exceptions"]] == [one["tenant_id"] for one in written]
    for one, given in zip(outcome.values["exceptions"], written, strict=True):
        left = (datetime.date.fromisoformat(given["expires"]) - expected.today).days
        assert one["expires"] == given["expires"]
        assert (one["matched"], one["path"]) == (given["tenant_id"] in paths, paths.get(given["tenant_id"]))
        assert (one["expired"], one["expires_soon"]) == (left < 0, 0 <= left <= 14)
        if left <= 14 or not one["matched"]:
            assert any(given["tenant_id"] in text for text in outcome.warnings)
