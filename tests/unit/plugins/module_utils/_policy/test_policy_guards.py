# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Guards: each by itself, at its limit and one above, and what an approval passes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts
from ansible_collections.tenantops.access.plugins.module_utils._policy.guards import violations
from ansible_collections.tenantops.access.plugins.module_utils._policy.plan import read_plan
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import (
    customers,
    day,
    exception,
    facts,
    guarded,
    plan,
    policy,
    rule,
)

#: Limits that nothing here reaches.
OPEN: dict[str, Any] = {
    "max_changes": 10**6,
    "max_change_percent": 100,
    "max_lockouts": 10**6,
    "allow_disable": True,
    "enforce_expired": True,
}


def only(guard: str, limit: Any, estate: list[Facts], *rules: dict[str, Any], **more: Any) -> Any:
    """What a guard says if no other can say anything; ``None`` if nothing."""
    found = guarded(policy(*rules, guards={**OPEN, guard: limit}, **more), estate)
    assert found.keys() <= {guard}
    return found.get(guard)


def test_nothing_to_change_violates_nothing() -> None:
    limits = {"max_changes": 0, "max_change_percent": 0, "max_lockouts": 0}
    assert guarded(policy(guards=limits), customers(50, status="enabled")) == {}
    assert guarded(policy(rule(allow_empty=True), guards=limits), []) == {}


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (0, 1), (1, 1), (1, 2), (10, 10), (10, 11), (100, 101)])
def test_max_changes(limit: int, count: int) -> None:
    found = only("max_changes", limit, [*customers(count), facts("on", status="enabled")])
    if count <= limit:
        assert found is None
    else:
        assert (found.limit, found.value, found.approvable) == (limit, count, True)
        for words in (str(count), str(limit), "max_changes", "approve", "max_per_run"):
            assert words in found.message


def test_max_changes_is_on_by_default() -> None:
    estate = [*customers(101, users_count=0), *customers(400, prefix="on", status="enabled")]
    assert guarded(policy(), estate).keys() == {"max_changes"}
    assert guarded(policy(), estate[1:]) == {}


@pytest.mark.parametrize(
    ("limit", "count", "others", "value"),
    [
        (25, 11, 33, None),
        (25, 11, 32, 25.59),
        (25, 12, 36, None),
        (25, 12, 35, 25.54),
        (0, 11, 100, 9.91),
        (100, 11, 0, None),
        (99.9, 11, 0, 100),
        (12.5, 20, 140, None),
        (12.5, 20, 139, 12.58),
        # At the limit, where binary fractions would be a little off.
        (0.57, 57, 9943, None),
        (1.1, 11, 989, None),
        (33.3, 333, 667, None),
        # A little above the limit is not shown as the limit.
        (25, 2501, 7502, 25.01),
    ],
)
def test_max_change_percent(limit: float, count: int, others: int, value: float | None) -> None:
    found = only("max_change_percent", limit, [*customers(count), *customers(others, prefix="on", status="enabled")])
    if value is None:
        assert found is None
    else:
        assert (found.limit, found.value, found.approvable) == (limit, value, True)
        assert found.value > found.limit
        for words in (f"{value:g} %", f"{count + others} tenants", "max_change_percent", "approve", "max_per_run"):
            assert words in found.message


@pytest.mark.parametrize(("count", "counts"), [(1, False), (10, False), (11, True)])
def test_a_share_counts_above_ten_changes(count: int, counts: bool) -> None:
    assert (only("max_change_percent", 0, customers(count)) is not None) == counts


#: Exceptions for the eleven others.
EXCEPTED = [exception(f"other{number}", expires=day(0)) for number in range(11)]
EXPIRED = [exception(f"other{number}", expires=day(-1)) for number in range(11)]


@pytest.mark.parametrize(
    ("others", "more", "in_base"),
    [
        ({"status": "enabled"}, {}, True),
        ({"status": "enabled"}, {"exceptions": EXCEPTED}, False),
        ({"status": "enabled"}, {"exceptions": EXPIRED}, True),
        ({"lock_owner_id": "owner"}, {}, True),
        ({"status": "unknown"}, {}, True),
        ({"enabled": False}, {}, False),
        ({"kind": "unit", "inherits_from": "customer c0"}, {}, False),
        ({"kind": "partner"}, {}, False),
        ({"kind": "partner", "status": "unknown"}, {}, False),
        ({"kind": "partner", "status": "enabled"}, {"default": "enabled"}, True),
    ],
)
def test_a_share_is_of_organizations_with_a_wanted_state(
    others: dict[str, Any], more: dict[str, Any], in_base: bool
) -> None:
    """Eleven change, so the limit of 50 % holds if there are eleven more."""
    found = only("max_change_percent", 50, [*customers(11), *customers(11, prefix="other", **others)], **more)
    assert (found is None) == in_base


def test_what_is_pending_is_in_the_base_and_does_not_change() -> None:
    later = rule(name="later", match={"id": [f"later{number}" for number in range(11)]}, not_before=day(1))
    estate = [*customers(11), *customers(11, prefix="later")]
    assert only("max_change_percent", 50, estate, later, rule()) is None
    assert only("max_changes", 11, estate, later, rule()) is None
    assert only("max_lockouts", 33, estate, later, rule()) is None


@pytest.mark.parametrize(
    ("limit", "users", "value"),
    [
        (0, [(0, 0)], None),
        (0, [(1, 0)], 1),
        (5, [(5, 0)], None),
        (5, [(6, 0)], 6),
        (5, [(6, 1)], None),
        (5, [(3, 0), (4, 2)], None),
        (5, [(3, 0), (4, 1)], 6),
        # More have enrolled than there are: no credit for it.
        (5, [(0, 9), (6, 0)], 6),
    ],
)
def test_max_lockouts(limit: int, users: list[tuple[int, int]], value: int | None) -> None:
    estate = [
        facts(f"c{number}", users_count=count, enrolled_count=enrolled)
        for number, (count, enrolled) in enumerate(users)
    ]
    found = only("max_lockouts", limit, [*estate, facts("on", status="enabled", users_count=999)])
    if value is None:
        assert found is None
    else:
        assert (found.limit, found.value, found.approvable) == (limit, value, True)
        for words in (str(value), str(limit), "max_lockouts", "approve"):
            assert words in found.message


@pytest.mark.parametrize("counts", [{"users_count": None}, {"enrolled_count": None}])
def test_lockouts_that_are_not_known_are_too_many(counts: dict[str, None]) -> None:
    found = only("max_lockouts", 1000, [facts("c1", **counts), facts("c2")])
    assert (found.limit, found.value, found.approvable) == (1000, None, True)
    assert "1 of the tenants" in found.message
    assert only("max_lockouts", 1000, [facts("c1", status="enabled", **counts)]) is None


def test_lockouts_that_are_known_to_be_too_many_are_counted() -> None:
    found = only("max_lockouts", 2, [facts("c1", users_count=None), facts("c2")])
    assert found.value == 3


def test_switching_off_locks_nobody_out() -> None:
    estate = [facts("c1", status="enabled", users_count=10**6), facts("c2", status="enabled", users_count=None)]
    assert only("max_lockouts", 0, estate, rule("disabled")) is None


@pytest.mark.parametrize("count", [1, 3])
def test_nothing_is_weakened_unless_told(count: int) -> None:
    found = only("allow_disable", False, customers(count, status="enabled"), rule("disabled"))
    assert (found.limit, found.value, found.approvable) == (False, count, False)
    for words in (str(count), "allow_disable", "approval"):
        assert words in found.message
    assert only("allow_disable", True, customers(count, status="enabled"), rule("disabled")) is None


def test_switching_on_is_not_weakening() -> None:
    assert only("allow_disable", False, customers(3)) is None
    assert only("allow_disable", False, customers(3, status="disable_in_progress")) is None


def test_what_is_off_or_blocked_is_not_weakened() -> None:
    estate = [
        *customers(3),
        facts("locked", status="enabled", lock_owner_id="owner"),
        facts("going", status="disable_in_progress"),
    ]
    assert only("allow_disable", False, estate, rule("disabled")) is None


@pytest.mark.parametrize(("expires", "violates"), [(-400, True), (-1, True), (0, False), (1, False)])
def test_changes_due_to_an_expired_exception_are_none_unless_told(expires: int, violates: bool) -> None:
    exceptions = [exception("c0", expires=day(expires)), exception("c1", expires=day(1))]
    found = only("enforce_expired", False, customers(3), exceptions=exceptions)
    if violates:
        assert (found.limit, found.value) == (False, 1)
        for words in ("1 of the 2", "enforce_expired", "xpired exception"):
            assert words in found.message
    else:
        assert found is None
    assert only("enforce_expired", True, customers(3), exceptions=exceptions) is None


def test_an_approval_passes_an_expired_exception() -> None:
    found = only("enforce_expired", False, customers(1), exceptions=[exception("c0", expires=day(-1))])
    assert found.approvable


def test_an_expired_exception_for_a_tenant_that_is_right_changes_nothing() -> None:
    exceptions = [exception("c0", expires=day(-1))]
    assert only("enforce_expired", False, customers(1, status="enabled"), exceptions=exceptions) is None


class TestMaxPerRun:
    """Guards count what the next run would write."""

    @pytest.mark.parametrize(("per_run", "violates"), [(4, False), (5, False), (6, True), (None, True)])
    def test_changes(self, per_run: int | None, violates: bool) -> None:
        rollout = {} if per_run is None else {"max_per_run": per_run}
        assert (only("max_changes", 5, customers(20), rollout=rollout) is not None) == violates

    @pytest.mark.parametrize(("per_run", "violates"), [(10, False), (11, False), (12, True)])
    def test_share(self, per_run: int, violates: bool) -> None:
        found = only("max_change_percent", 55, customers(20), rollout={"max_per_run": per_run})
        assert (found is not None) == violates

    def test_lockouts(self) -> None:
        assert only("max_lockouts", 6, customers(20), rollout={"max_per_run": 2}) is None
        assert only("max_lockouts", 5, customers(20), rollout={"max_per_run": 2}).value == 6

    def test_each_guard_sees_only_the_selected(self) -> None:
        """Whoever comes first in the stable order, the others are not counted."""
        names = [f"c{number}" for number in range(20)]
        order = [change.tenant_id for change in plan(policy(), customers(20)).changes]
        first, last = order[0], order[-1]
        assert sorted(order) == sorted(names)
        for odd, violated in ((first, True), (last, False)):
            off = rule("disabled", name="off", match={"id": [odd]})
            estate = [facts(name, status="enabled" if name == odd else "disabled") for name in names]
            one = {"rollout": {"max_per_run": 1}}
            assert (only("allow_disable", False, estate, off, rule(), **one) is not None) == violated
            gone = [exception(odd, expires=day(-1))]
            assert (only("enforce_expired", False, customers(20), exceptions=gone, **one) is not None) == violated
            unknown = [facts(name, users_count=None if name == odd else 3) for name in names]
            assert (only("max_lockouts", 100, unknown, **one) is not None) == violated


def test_several_guards_speak_at_once() -> None:
    off = rule("disabled", name="off", match={"id": ["on"]})
    estate = [*customers(12), facts("on", status="enabled")]
    limits = {"max_changes": 1, "max_change_percent": 1, "max_lockouts": 1}
    gone = [exception("c0", expires=day(-1))]
    found = guarded(policy(off, rule(), guards=limits, exceptions=gone), estate)
    assert found.keys() == {"max_changes", "max_change_percent", "max_lockouts", "allow_disable", "enforce_expired"}
    assert [name for name, violation in found.items() if not violation.approvable] == ["allow_disable"]
    for name, violation in found.items():
        data = violation.as_data()
        assert data.keys() == {"guard", "limit", "value", "approvable", "message"}
        assert (data["guard"], json.loads(json.dumps(data))) == (name, data)


def test_a_plan_that_was_kept_is_guarded_alike() -> None:
    made = policy(guards={"max_changes": 3, "max_change_percent": 10}, exceptions=[exception("c0", expires=day(-1))])
    fresh = plan(made, [*customers(11), *customers(5, prefix="on", status="enabled"), facts("c99", users_count=None)])
    kept = read_plan(json.loads(json.dumps(fresh.as_data())))
    assert len(violations(fresh)) == 4
    assert violations(kept) == violations(fresh)
