# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: what is in it, in which order, and what its hash covers."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._policy.document import read_policy
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import (
    NOW,
    SCOPE,
    TODAY,
    applied,
    customers,
    day,
    exception,
    facts,
    plan,
    policy,
    rule,
)

ESTATE = [*customers(3), facts("on", status="enabled"), facts("odd", name="{{ 7*7 }}\n\x1b[31m/é*\\")]
#: The plan's policy, and the same in every part that its hash covers.
USUAL: dict[str, Any] = {"default": "unmanaged", "exceptions": [exception("on")], "scope_id": "ab"}


def hash_of(*rules: dict[str, Any], estate: Any = ESTATE, scope: str = SCOPE, today: Any = TODAY, **more: Any) -> str:
    """The hash of a plan; without anything said, always the same."""
    return plan(policy(*rules, **{**USUAL, **more}), estate, scope, today).hash


def test_a_change_says_what_and_why() -> None:
    one = facts("c1", name="Lab", path=("Northwind", "Lab"), parent_id="p", users_count=9, enrolled_count=2)
    (change,) = plan(policy(), [one, facts("c2", status="enabled")]).changes
    assert change.as_data() == {
        "tenant_id": "c1",
        "name": "Lab",
        "path": ["Northwind", "Lab"],
        "kind": "customer",
        "parent_id": "p",
        "pricing_mode": "production",
        "before": "disabled",
        "after": "enabled",
        "rule": "customers",
        "reason": "MFA is disabled, wanted is enabled",
        "lockouts_max": 7,
        "expired_exception": False,
    }


@pytest.mark.parametrize(
    ("mfa", "of_tenant", "lockouts"),
    [
        ("enabled", {"users_count": 9, "enrolled_count": 2}, 7),
        ("enabled", {"users_count": 2, "enrolled_count": 9}, 0),
        ("enabled", {"users_count": None, "enrolled_count": 2}, None),
        ("enabled", {"users_count": 9, "enrolled_count": None}, None),
        ("enabled", {"status": "disable_in_progress", "users_count": 9}, 9),
        ("disabled", {"status": "enabled", "users_count": 9}, 0),
        ("disabled", {"status": "enabled", "users_count": None}, 0),
    ],
)
def test_lockouts_are_an_upper_bound(mfa: str, of_tenant: dict[str, Any], lockouts: int | None) -> None:
    (change,) = plan(policy(rule(mfa)), [facts(**of_tenant)]).changes
    assert (change.after, change.lockouts_max) == (mfa, lockouts)


@pytest.mark.parametrize(("expires", "expired"), [(-1, True), (None, False)])
def test_a_change_says_if_an_exception_has_expired(expires: int | None, expired: bool) -> None:
    exceptions = [exception(expires=day(expires))] if expires is not None else []
    (change,) = plan(policy(exceptions=exceptions), [facts()]).changes
    assert change.expired_exception is expired


def test_only_what_drifted_changes() -> None:
    estate = [
        facts("unit", kind="unit", inherits_from="customer c0"),
        facts("unknown", status="unknown"),
        facts("gone", enabled=False),
        facts("excepted"),
        facts("on", status="enabled"),
        facts("locked", lock_owner_id="owner"),
        facts("partner", kind="partner"),
        facts("later", pricing_mode="trial"),
        facts("drifted"),
        facts("root", kind="partner", is_root=True),
    ]
    later = rule(name="later", match={"kind": ["customer"], "pricing_mode": ["trial"]}, not_before=day(5))
    made = plan(policy(later, rule(), exceptions=[exception("excepted")]), estate)
    assert [change.tenant_id for change in made.changes] == ["drifted"]
    assert [(change.tenant_id, change.after, since) for change, since in made.pending] == [("later", "enabled", day(5))]


def test_what_is_pending_changes_on_its_day() -> None:
    made = policy(rule(not_before=day(5)))
    before, then = plan(made, [facts()]), plan(made, [facts()], today=TODAY + datetime.timedelta(days=5))
    assert ([len(before.changes), len(before.pending)], [len(then.changes), len(then.pending)]) == ([0, 1], [1, 0])
    assert before.hash != then.hash


def test_what_is_pending_stands_in_the_plan_and_not_in_its_hash() -> None:
    later = rule(name="later", match={"id": ["later"]}, not_before=day(5))
    made = policy(later, rule())
    with_more = plan(made, [facts("c1"), facts("later")])
    assert with_more.as_data()["pending"] == [
        {**with_more.pending[0][0].as_data(), "not_before": day(5), "tenant_id": "later"}
    ]
    compliant = plan(made, [facts("c1"), facts("later", status="enabled")])
    assert (with_more.hash, compliant.pending) == (compliant.hash, ())


@pytest.mark.parametrize(("per_run", "count"), [(None, 20), (1, 1), (7, 7), (19, 19), (20, 20), (21, 20), (10**9, 20)])
def test_a_run_takes_the_first_of_a_stable_order(per_run: int | None, count: int) -> None:
    rollout = {} if per_run is None else {"max_per_run": per_run}
    made = plan(policy(rollout=rollout), customers(20))
    assert len(made.changes) == 20
    assert made.selected == made.changes[:count]


def test_run_by_run_every_tenant_is_reached_in_the_same_order() -> None:
    made = policy(rollout={"max_per_run": 6})
    estate = customers(20)
    order = [change.tenant_id for change in plan(made, estate).changes]
    seen: list[str] = []
    for size in (6, 6, 6, 2, 0):
        chosen = plan(made, estate).selected
        assert len(chosen) == size
        seen += [change.tenant_id for change in chosen]
        estate = applied(chosen, estate)
    assert seen == order


def test_the_order_has_nothing_to_do_with_names_or_ids() -> None:
    """Nobody is always first because of where it stands."""
    order = [change.tenant_id for change in plan(policy(), customers(50)).changes]
    renamed = [facts(one.id, name=f"{number}", path=(f"{number}",)) for number, one in enumerate(customers(50))]
    assert [change.tenant_id for change in plan(policy(), renamed).changes] == order
    assert order not in (sorted(order), sorted(order, reverse=True))
    few = plan(policy(), customers(50)[10:20]).changes
    assert [change.tenant_id for change in few] == [one for one in order if one in {f"c{n}" for n in range(10, 20)}]


def test_a_hash_is_64_hexadecimal_digits() -> None:
    assert re.fullmatch("[0-9a-f]{64}", hash_of())
    assert hash_of() == hash_of()


DIFFERENT: dict[str, dict[str, Any]] = {
    "scope": {"scope": "other"},
    "default": {"default": "enabled"},
    "no exception": {"exceptions": []},
    "exception for another": {"exceptions": [exception("c0")]},
    "exception that matches nobody": {"exceptions": [exception("on"), exception("gone")]},
    "exception that ends later": {"exceptions": [exception("on", expires=day(101))]},
    "reason of an exception": {"exceptions": [exception("on", reason="other")]},
    "owner of an exception": {"exceptions": [exception("on", owner="joe@example.com")]},
    "ticket of an exception": {"exceptions": [exception("on", ticket="CHG-1")]},
    "before": {"estate": [dataclasses.replace(ESTATE[0], status="disable_in_progress"), *ESTATE[1:]]},
    "one less": {"estate": ESTATE[1:]},
    "one more": {"estate": [*ESTATE, facts("more")]},
    "another tenant": {"estate": [*ESTATE[1:], facts("more")]},
}
OTHER_RULES: dict[str, list[dict[str, Any]]] = {
    "name of a rule": [rule(name="other")],
    "what a rule asks": [rule(match={"kind": ["customer", "partner"]})],
    "where a rule is asked": [rule(match={"kind": ["customer"], "path": ["**"]})],
    "a literal path for a pattern": [rule(match={"kind": ["customer"], "path": [["A"]]}, allow_empty=True)],
    "what a rule wants": [rule("disabled")],
    "when a rule begins": [rule(not_before=day(-1))],
    "whether a rule may be empty": [rule(allow_empty=True)],
    "another rule": [rule(), rule("unmanaged", name="other", match={"id": ["gone"]}, allow_empty=True)],
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_the_hash_changes_with(what: str) -> None:
    assert hash_of(**DIFFERENT[what]) != hash_of()


@pytest.mark.parametrize("what", OTHER_RULES)
def test_the_hash_changes_with_the_rules(what: str) -> None:
    assert hash_of(*OTHER_RULES[what]) != hash_of()


def test_the_hash_changes_with_the_order_of_rules() -> None:
    first, second = rule(match={"id": ["c0"]}, name="first"), rule(name="second")
    swapped = [{**second, "match": first["match"]}, {**first, "match": second["match"]}]
    assert hash_of(first, second) != hash_of(*swapped)
    assert hash_of(rule(match={"id": ["c0", "c1"]})) != hash_of(rule(match={"id": ["c0"]}))


@pytest.mark.parametrize(
    "more",
    [
        {"name": "another name"},
        {"guards": {"max_changes": 1, "max_change_percent": 1, "max_lockouts": 1, "max_conflicts_percent": 1}},
        {"guards": {"allow_disable": True, "enforce_expired": True}},
        {"guards": {"protected_users": ["nobody@example.com"]}},
        {"rollout": {"max_per_run": 1, "waves": ["1%", "100%"], "max_failures": 9}},
        {"today": TODAY + datetime.timedelta(days=1)},
        {"estate": [*ESTATE, facts("also-on", status="enabled"), facts("partner", kind="partner")]},
        {"estate": [dataclasses.replace(one, users_count=77, evidence="listing") for one in ESTATE]},
        {"estate": [dataclasses.replace(one, name="renamed") for one in ESTATE]},
    ],
)
def test_the_hash_does_not_change_with(more: dict[str, Any]) -> None:
    assert hash_of(**more) == hash_of()


def test_the_hash_does_not_change_with_the_spelling() -> None:
    written = rule(not_before="2027-01-05", match={"id": ["AB"], "kind": ["customer"]}, allow_empty=True)
    other = rule(not_before=datetime.date(2027, 1, 5), match={"kind": ["customer"], "id": ["ab"]}, allow_empty=True)
    other = dict(reversed(other.items()))
    expires = datetime.date.fromisoformat(day(100))
    exceptions = [{**exception("ON"), "expires": expires}]
    assert hash_of(written) == hash_of(other, exceptions=exceptions)


def test_defaults_may_be_written_out() -> None:
    full = policy(**USUAL).document
    assert plan(read_policy(full), ESTATE).hash == hash_of()
    assert hash_of(rule(allow_empty=False)) == hash_of()


def test_a_plan_file_holds_its_policy() -> None:
    made = plan(policy(**USUAL), ESTATE)
    data = made.as_data()
    kept = json.loads(json.dumps(data))
    assert kept == data
    assert (kept["hash"], kept["created_at"], kept["scope_id"]) == (made.hash, NOW, SCOPE)
    assert [change["tenant_id"] for change in kept["changes"]] == [change.tenant_id for change in made.changes]
    again = read_policy(kept["policy"])
    assert again.scope_id == SCOPE
    assert plan(again, ESTATE).hash == made.hash


def test_a_plan_is_of_the_scope_that_was_found() -> None:
    data = plan(policy(), ESTATE, "found").as_data()
    assert (data["scope_id"], data["policy"]["scope_id"]) == ("found", "found")
