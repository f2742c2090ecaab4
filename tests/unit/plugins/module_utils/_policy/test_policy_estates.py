# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Estates made by hand, each with a policy and the plan that it must have; see ``estates``.

A tenant is written as its id and: ``path``, ``kind``, ``mfa`` (its state), and where they differ from the usual (a
tenant in production with no user), ``users`` and ``enrolled``, ``inherits``, ``root``, and the other fields of the
facts by their names. What is expected is one ``[disposition, decider]`` for each tenant; the changes in any order, each
with its states and lockouts; the guards that are violated with their values; and what is said of the exceptions.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.access.plugins.module_utils._policy.decide import compliance_percent, decide
from ansible_collections.tenantops.access.plugins.module_utils._policy.document import read_policy
from ansible_collections.tenantops.access.plugins.module_utils._policy.exceptions import exception_states
from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts
from ansible_collections.tenantops.access.plugins.module_utils._policy.form import PolicyError
from ansible_collections.tenantops.access.plugins.module_utils._policy.guards import violations
from ansible_collections.tenantops.access.plugins.module_utils._policy.plan import make_plan
from ansible_collections.tenantops.access.plugins.module_utils._text import DISPOSITIONS
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import NOW, applied, facts

FILES = sorted(Path(__file__).with_name("estates").glob("*.yml"))
EXPECTATIONS = {"tenants", "changes", "compliance", "pending", "selected", "violated", "exceptions", "error"}


def load(file: Path) -> dict[str, Any]:
    """An estate, its policy, and what is expected of them."""
    case: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert case.keys() == {"about", "today", "policy", "tenants", "expect"}
    assert case["expect"].keys() <= EXPECTATIONS
    return case


def tenant(tenant_id: str, written: dict[str, Any]) -> Facts:
    """The facts of a tenant as a file has them."""
    fields = dict(written)
    path = tuple(fields.pop("path"))
    known = {
        "name": path[-1] if path else "Home",
        "path": path,
        "status": fields.pop("mfa", "unknown"),
        "users_count": fields.pop("users", 0),
        "enrolled_count": fields.pop("enrolled", 0),
        "inherits_from": fields.pop("inherits", None),
        "is_root": fields.pop("root", False),
        "protected": tuple(fields.pop("protected", ())),
    }
    return facts(tenant_id, **known, **fields)


def test_there_are_estates() -> None:
    assert len(FILES) >= 8


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_estate(file: Path) -> None:
    case = load(file)
    expect, today = case["expect"], case["today"]
    estate = [tenant(tenant_id, written) for tenant_id, written in case["tenants"].items()]
    policy = read_policy(case["policy"])
    if "error" in expect:
        with pytest.raises(PolicyError) as caught:
            decide(policy, estate, today)
        assert all(words in str(caught.value) for words in expect["error"])
        return
    root = next(one.id for one in estate if one.is_root)
    decisions = decide(policy, estate, today)
    plan = make_plan(policy, decisions, scope_id=root, today=today, created_at=NOW)
    assert {one.facts.id: [one.disposition, one.rule] for one in decisions} == expect["tenants"]
    counts = Counter(one.disposition for one in decisions)
    assert sum(counts[disposition] for disposition in DISPOSITIONS) == len(estate)
    assert compliance_percent(decisions) == expect["compliance"]
    changes = {
        one.tenant_id: [f"{one.before} to {one.after}", one.lockouts_max]
        + (["expired exception"] if one.expired_exception else [])
        for one in plan.changes
    }
    assert changes == expect.get("changes", {})
    assert {one.tenant_id: day for one, day in plan.pending} == expect.get("pending", {})
    assert [one.tenant_id for one in plan.selected] == expect.get("selected", [one.tenant_id for one in plan.changes])
    violated = {one.guard: one.value for one in violations(plan)}
    assert violated == expect.get("violated", {})
    said = [
        [state.exception.tenant_id]
        + ["called"] * state.is_called_as_expected
        + [word for word in ("expired", "expires_soon", "matched") if state.as_data()[word]]
        for state in exception_states(policy, decisions, today)
    ]
    assert said == expect.get("exceptions", [])
    assert json.loads(json.dumps(plan.as_data())) == plan.as_data()
    assert (
        make_plan(
            policy, decide(policy, applied(plan.changes, estate), today), scope_id=root, today=today, created_at=NOW
        ).changes
        == ()
    )
