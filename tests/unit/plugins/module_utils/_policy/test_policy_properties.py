# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for any estate and any policy."""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._policy.decide import compliance_percent, decide
from ansible_collections.tenantops.access.plugins.module_utils._policy.document import read_policy
from ansible_collections.tenantops.access.plugins.module_utils._policy.exceptions import exception_states
from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts
from ansible_collections.tenantops.access.plugins.module_utils._policy.form import PolicyError
from ansible_collections.tenantops.access.plugins.module_utils._policy.guards import violations
from ansible_collections.tenantops.access.plugins.module_utils._policy.plan import Plan, make_plan
from ansible_collections.tenantops.access.plugins.module_utils._text import DISPOSITIONS
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy import oracle
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import (
    NOW,
    SCOPE,
    applied,
    facts,
    guarded,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.strategies import (
    TODAYS,
    cases,
)
from ansible_collections.tenantops.access.tests.unit.support.length import LENGTH

MANY = settings(max_examples=150 * LENGTH)
Case = tuple[list[Facts], dict[str, Any]]


def plan_of(case: Case, today: datetime.date) -> Plan:
    """The plan of a case."""
    made = read_policy(case[1])
    return make_plan(made, decide(made, case[0], today), scope_id=SCOPE, today=today, created_at=NOW)


@settings(max_examples=500 * LENGTH)
@given(cases(), TODAYS)
def test_decisions_agree_with_a_straightforward_implementation(case: Case, today: datetime.date) -> None:
    estate, document = case
    decisions = decide(read_policy(document), estate, today)
    assert [decision.facts for decision in decisions] == estate
    for decision, one in zip(decisions, estate, strict=True):
        expected = oracle.verdict(document, one, today)
        assert decision.disposition == expected.disposition
        assert decision.rule == expected.decider
        excepted = decision.exception.tenant_id if decision.exception is not None else None
        assert excepted == (expected.excepted["tenant_id"] if expected.excepted is not None else None)
        assert decision.wanted == expected.wanted
        assert decision.reason.strip()
    dispositions = [decision.disposition for decision in decisions]
    assert compliance_percent(decisions) == oracle.compliance_percent(dispositions)
    counts = Counter(dispositions)
    assert sum(counts[disposition] for disposition in DISPOSITIONS) == len(estate)


@MANY
@given(cases(), TODAYS)
def test_a_rule_that_decides_nobody_is_found(case: Case, today: datetime.date) -> None:
    """Where no field is missing, it is the first rule that no tenant has as its own."""
    estate = [dataclasses.replace(one, pricing_mode=one.pricing_mode or "trial") for one in case[0]]
    document = {**case[1], "rules": [{**rule, "allow_empty": False} for rule in case[1]["rules"]]}
    used = {oracle.verdict(document, one, today).decider for one in estate}
    unused = [number for number, rule in enumerate(document["rules"]) if rule["name"] not in used]
    try:
        decide(read_policy(document), estate, today)
    except PolicyError as error:
        assert str(error).startswith(f"rules[{unused[0]}]: ")
    else:
        assert not unused


@MANY
@given(cases(), TODAYS, st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_the_facts(case: Case, today: datetime.date, random: Any) -> None:
    shuffled = list(case[0])
    random.shuffle(shuffled)
    first, second = plan_of(case, today), plan_of((shuffled, case[1]), today)
    assert first == second
    assert first.hash == second.hash
    made = read_policy(case[1])
    assert guarded(made, case[0], today) == guarded(made, shuffled, today)


@MANY
@given(cases(), TODAYS)
def test_a_plan_has_every_drifted_tenant_once(case: Case, today: datetime.date) -> None:
    estate, document = case
    verdicts = {one.id: oracle.verdict(document, one, today) for one in estate}
    known = {one.id: one for one in estate}
    plan = plan_of(case, today)
    ids = [change.tenant_id for change in plan.changes]
    assert sorted(ids) == sorted(key for key, verdict in verdicts.items() if verdict.disposition == "drifted")
    later = [change.tenant_id for change, _day in plan.pending]
    assert sorted(later) == sorted(key for key, verdict in verdicts.items() if verdict.disposition == "pending")
    rules = {rule["name"]: rule for rule in document["rules"]}
    assert all(day == rules[change.rule or ""]["not_before"] > today.isoformat() for change, day in plan.pending)
    for change in (*plan.changes, *(change for change, _day in plan.pending)):
        one, verdict = known[change.tenant_id], verdicts[change.tenant_id]
        assert (change.name, change.path, change.kind) == (one.name, one.path, one.kind)
        assert (change.parent_id, change.pricing_mode) == (one.parent_id, one.pricing_mode)
        assert (change.before, change.after, change.rule) == (one.status, verdict.wanted, verdict.decider)
        assert change.before != change.after
        assert change.expired_exception == (verdict.excepted is not None)
        if change.after == "disabled":
            assert change.lockouts_max == 0
        elif one.users_count is None or one.enrolled_count is None:
            assert change.lockouts_max is None
        else:
            assert change.lockouts_max == max(one.users_count - one.enrolled_count, 0)
    data = plan.as_data()
    assert json.loads(json.dumps(data)) == data


@MANY
@given(cases(), TODAYS)
def test_after_a_plan_nothing_is_left_and_nobody_else_was_touched(case: Case, today: datetime.date) -> None:
    estate, document = case
    made = read_policy(document)
    before = decide(made, estate, today)
    plan = make_plan(made, before, scope_id=SCOPE, today=today, created_at=NOW)
    after_estate = applied(plan.changes, estate)
    after = decide(made, after_estate, today)
    assert make_plan(made, after, scope_id=SCOPE, today=today, created_at=NOW).changes == ()
    planned = {change.tenant_id for change in plan.changes}
    for one, other in zip(before, after, strict=True):
        if one.facts.id in planned:
            assert (one.disposition, other.disposition) == ("drifted", "compliant")
        else:
            assert one == other
    assert guarded(made, after_estate, today) == {}


@MANY
@given(cases(), TODAYS)
def test_a_run_leaves_the_rest_for_the_next(case: Case, today: datetime.date) -> None:
    plan = plan_of(case, today)
    limit = case[1]["rollout"].get("max_per_run", len(plan.changes))
    assert plan.selected == plan.changes[:limit]
    following = plan_of((applied(plan.selected, case[0]), case[1]), today)
    assert following.changes == plan.changes[limit:]
    assert following.pending == plan.pending


@settings(max_examples=300 * LENGTH)
@given(cases(0, 60), TODAYS)
def test_guards_count_exactly_what_is_selected(case: Case, today: datetime.date) -> None:
    estate, document = case
    limits = document["guards"]
    verdicts = {one.id: oracle.verdict(document, one, today) for one in estate}
    plan = plan_of(case, today)
    chosen = [one for one in estate if one.id in {change.tenant_id for change in plan.selected}]
    expected: dict[str, float | None] = {}
    if len(chosen) > limits["max_changes"]:
        expected["max_changes"] = len(chosen)
    base = sum(oracle.wants_a_state(verdict) for verdict in verdicts.values())
    assert plan.wanted == base
    if len(chosen) > 10 and len(chosen) * 100 > limits["max_change_percent"] * base:
        expected["max_change_percent"] = math.ceil(len(chosen) * 10000 / base) / 100
    to_enable = [one for one in chosen if verdicts[one.id].wanted == "enabled"]
    counts = [one.lockouts_max for one in to_enable]
    lockouts = sum(count for count in counts if count is not None)
    if lockouts > limits["max_lockouts"]:
        expected["max_lockouts"] = lockouts
    elif None in counts:
        expected["max_lockouts"] = None
    if len(to_enable) < len(chosen) and not limits["allow_disable"]:
        expected["allow_disable"] = len(chosen) - len(to_enable)
    expired = sum(verdicts[one.id].excepted is not None for one in chosen)
    if expired and not limits["enforce_expired"]:
        expected["enforce_expired"] = expired
    found = violations(plan)
    assert {violation.guard: violation.value for violation in found} == expected
    for violation in found:
        assert violation.limit == limits[violation.guard]
        assert violation.approvable == (violation.guard != "allow_disable")


@MANY
@given(cases(), TODAYS, st.data())
def test_the_hash_is_of_scope_and_policy(case: Case, today: datetime.date, data: st.DataObject) -> None:
    estate, document = case
    plan = plan_of(case, today)
    same = {**document, "name": "another", "guards": {}, "rollout": {}}
    assert plan_of((estate, same), today).hash == plan.hash
    other_default = {"enabled": "unmanaged", "unmanaged": "enabled"}[document["default"]]
    assert plan_of((estate, {**document, "default": other_default}), today).hash != plan.hash
    number = data.draw(st.integers(0, len(document["rules"]) - 1))
    renamed = [dict(rule) for rule in document["rules"]]
    renamed[number]["name"] = "renamed"
    assert plan_of((estate, {**document, "rules": renamed}), today).hash != plan.hash
    more = [*document["exceptions"], {"tenant_id": "more", "reason": "a", "owner": "b", "expires": "2027-01-01"}]
    assert plan_of((estate, {**document, "exceptions": more}), today).hash != plan.hash
    made = read_policy(document)
    assert (
        make_plan(made, decide(made, estate, today), scope_id="another", today=today, created_at=NOW).hash != plan.hash
    )


@MANY
@given(cases(), TODAYS, st.data())
def test_the_hash_is_of_the_states_before(case: Case, today: datetime.date, data: st.DataObject) -> None:
    estate, document = case
    estate = [*estate, facts("switched-on-by-nobody")]
    document = {**document, "default": "enabled", "rules": document["rules"][:0]}
    plan = plan_of((estate, document), today)
    change = data.draw(st.sampled_from(plan.changes))
    done = applied([change], estate)
    assert plan_of((done, document), today).hash != plan.hash
    if change.after == "enabled":
        other = {"disabled": "disable_in_progress", "disable_in_progress": "disabled"}[change.before]
        moved = [dataclasses.replace(one, status=other) if one.id == change.tenant_id else one for one in estate]
        assert plan_of((moved, document), today).hash != plan.hash


@MANY
@given(cases(), TODAYS)
def test_what_became_of_the_exceptions(case: Case, today: datetime.date) -> None:
    estate, document = case
    made = read_policy(document)
    found = exception_states(made, decide(made, estate, today), today)
    known = {one.id: one for one in estate}
    assert [state.exception.tenant_id for state in found] == [item["tenant_id"] for item in document["exceptions"]]
    for state, item in zip(found, document["exceptions"], strict=True):
        days = (datetime.date.fromisoformat(item["expires"]) - today).days
        assert state.facts == known.get(item["tenant_id"])
        assert (state.expired, state.expires_soon) == (days < 0, 0 <= days <= 14)
        said = list(state.warnings())
        assert bool(said) == (
            state.facts is None or days <= 14 or (state.facts is not None and state.facts.inherits_from is not None)
        )
