# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan that was kept as data is read again as it was, or refused."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import json
from typing import Any

import pytest
from hypothesis import given

from ansible_collections.tenantops.access.plugins.module_utils._policy.decide import decide
from ansible_collections.tenantops.access.plugins.module_utils._policy.document import read_policy
from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts
from ansible_collections.tenantops.access.plugins.module_utils._policy.form import PolicyError
from ansible_collections.tenantops.access.plugins.module_utils._policy.plan import make_plan, read_plan
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import (
    NOW,
    SCOPE,
    changed,
    customers,
    day,
    exception,
    facts,
    plan,
    policy,
    rule,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.strategies import TODAYS, cases

LATER = rule(name="later", match={"id": ["later"]}, not_before=day(5))
POLICY = policy(LATER, rule(), exceptions=[exception("on")], rollout={"max_per_run": 2})
ESTATE = [*customers(3), facts("on", status="enabled"), facts("odd", name="{{ 7*7 }}\n\x1b[31m/é*\\"), facts("later")]
KEPT: dict[str, Any] = plan(POLICY, ESTATE).as_data()
#: Every part of a plan that is needed.
PARTS: list[tuple[str | int, ...]] = [
    *((name,) for name in ("format", "hash", "scope_id", "wanted", "policy", "changes", "pending", "digest")),
    *(("changes", 0, name) for name in KEPT["changes"][0]),
    ("pending", 0, "not_before"),
    ("pending", 0, "after"),
]
#: Values that are wrong wherever they stand.
NOWHERE_RIGHT: list[Any] = [
    {"a": 1},
    [1, None],
    2.7,
    -1000,
    float("inf"),
    float("nan"),
    16**5000,
    "x" * 10**6,
    "\x1b[31m\n",
]


@given(cases(), TODAYS)
def test_any_plan_is_read_again_as_it_was(case: tuple[list[Facts], dict[str, Any]], today: datetime.date) -> None:
    made = read_policy(case[1])
    fresh = make_plan(made, decide(made, case[0], today), scope_id=SCOPE, today=today, created_at=NOW)
    kept = json.loads(json.dumps(fresh.as_data()))
    again = read_plan(kept)
    assert again.as_data() == kept
    assert (again.changes, again.pending, again.wanted, again.hash) == (
        fresh.changes,
        fresh.pending,
        fresh.wanted,
        fresh.hash,
    )
    assert again.selected == fresh.selected
    assert (again.policy.guards, again.policy.rollout) == (made.guards, made.rollout)
    assert (again.policy.rules, again.policy.exceptions) == (made.rules, made.exceptions)
    assert again.scope_id == again.policy.scope_id == SCOPE


def test_reading_changes_nothing_of_what_was_kept() -> None:
    before = copy.deepcopy(KEPT)
    read_plan(KEPT)
    assert before == KEPT


def refused(kept: Any) -> str:
    """What is said of data that is no plan."""
    with pytest.raises(PolicyError) as caught:
        read_plan(kept)
    message = str(caught.value)
    assert len(message) < 1000
    assert message.isprintable()
    return message


@pytest.mark.parametrize("kept", [None, [], "", "plan", 7, True, {}, [KEPT], {"plan": KEPT}, KEPT["policy"]])
def test_what_is_no_plan_is_refused(kept: Any) -> None:
    refused(kept)


@pytest.mark.parametrize("version", [0, 2, "1", None, True, 1.5])
def test_another_version_is_refused(version: Any) -> None:
    assert "version" in refused({**KEPT, "format": version})


@pytest.mark.parametrize("keys", PARTS)
def test_a_part_that_is_missing_is_refused(keys: tuple[str | int, ...]) -> None:
    kept = copy.deepcopy(KEPT)
    place: Any = kept
    for key in keys[:-1]:
        place = place[key]
    del place[keys[-1]]
    refused(kept)


@pytest.mark.parametrize("keys", PARTS)
def test_a_part_that_is_wrong_is_refused(keys: tuple[str | int, ...]) -> None:
    for value in NOWHERE_RIGHT:
        refused(changed(KEPT, keys, value))


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("wanted",), True),
        (("wanted",), "3"),
        (("wanted",), None),
        (("changes", 0, "lockouts_max"), True),
        (("changes", 0, "lockouts_max"), "3"),
        (("changes", 0, "expired_exception"), "false"),
        (("changes", 0, "expired_exception"), 0),
        (("changes", 0, "expired_exception"), None),
        (("changes", 0, "path"), "abc"),
        (("changes", 0, "path"), [["A"]]),
        (("changes", 0, "name"), None),
        (("changes", 0, "after"), "unmanaged"),
        (("changes", 0, "before"), "anything"),
        (("changes", 0), None),
        (("changes", 0), []),
        (("changes",), None),
        (("changes",), {}),
        (("pending",), {}),
        (("pending", 0), "x"),
        (("pending", 0, "not_before"), "soon"),
        (("pending", 0, "not_before"), None),
        (("scope_id",), None),
        (("hash",), None),
        (("policy",), None),
    ],
)
def test_a_value_of_another_type_is_refused(keys: tuple[str | int, ...], value: Any) -> None:
    refused(changed(KEPT, keys, value))


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("hash",), "0" * 64),
        (("hash",), KEPT["hash"].upper()),
        (("scope_id",), "other"),
        (("policy", "default"), "enabled"),
        (("policy", "rules", 0, "mfa"), "disabled"),
        (("policy", "rules", 0, "name"), "renamed"),
        (("policy", "rules", 0, "allow_empty"), True),
        (("policy", "exceptions", 0, "expires"), day(101)),
        (("policy", "exceptions"), []),
        (("changes", 0, "tenant_id"), "other"),
        (("changes", 0, "before"), "disable_in_progress"),
        (("changes", 0, "after"), "disabled"),
        (("changes",), []),
        (("changes",), KEPT["changes"][1:]),
        (("changes",), [*KEPT["changes"], KEPT["changes"][0]]),
        (("changes",), KEPT["changes"][::-1]),
        # Nothing of this is in the hash, but guards and the second look before a write go by it.
        (("digest",), "0" * 64),
        (("wanted",), 10**6),
        (("policy", "name"), "another name"),
        (("policy", "guards", "max_changes"), 10**6),
        (("policy", "guards", "allow_disable"), True),
        (("policy", "rollout", "max_per_run"), 1),
        (("changes", 0, "lockouts_max"), 0),
        (("changes", 0, "expired_exception"), True),
        (("changes", 0, "name"), "renamed"),
        (("changes", 0, "path"), ["renamed"]),
        (("changes", 0, "parent_id"), "other"),
        (("changes", 0, "kind"), "partner"),
        (("changes", 0, "pricing_mode"), "trial"),
        (("changes", 0, "pricing_mode"), None),
        (("changes", 0, "rule"), None),
        (("changes", 0, "reason"), ""),
        (("pending",), []),
        (("pending", 0, "not_before"), day(1)),
        (("more",), 1),
    ],
)
def test_a_plan_that_was_changed_since_is_refused(keys: tuple[str | int, ...], value: Any) -> None:
    assert "changed since" in refused(changed(KEPT, keys, value))


def test_a_plan_has_one_scope() -> None:
    refused(changed(KEPT, ("policy", "scope_id"), "other"))


def test_a_policy_that_is_wrong_is_named_by_its_place() -> None:
    assert "rules[1].mfa" in refused(changed(KEPT, ("policy", "rules", 1, "mfa"), "on"))


def test_when_it_was_made_is_all_that_may_differ() -> None:
    later = {**KEPT, "created_at": "2027-01-11T00:00:00Z"}
    read = read_plan(later)
    assert read == dataclasses.replace(read_plan(KEPT), created_at="2027-01-11T00:00:00Z")
    assert read.as_data() == later


@pytest.mark.parametrize("moment", ["", "yesterday", "2027-01-11", "2027-01-11T00:00:00+01:00", 7, None])
def test_a_plan_says_when_it_was_made(moment: Any) -> None:
    assert "'created_at'" in refused({**KEPT, "created_at": moment})


def test_the_order_of_keys_may_differ() -> None:
    assert read_plan(dict(reversed(KEPT.items()))) == read_plan(KEPT)
