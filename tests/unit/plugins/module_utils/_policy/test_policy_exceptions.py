# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exceptions: how long they hold, and what is said of those that end, have ended, or fit nobody."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._policy.decide import decide
from ansible_collections.tenantops.access.plugins.module_utils._policy.exceptions import (
    ExceptionState,
    exception_states,
)
from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import (
    TODAY,
    day,
    decision,
    exception,
    facts,
    policy,
    rule,
)


def states(estate: list[Facts], *exceptions: dict[str, Any]) -> list[ExceptionState]:
    """What has become of exceptions in an estate."""
    made = policy(rule(allow_empty=True), exceptions=list(exceptions))
    return exception_states(made, decide(made, estate, TODAY), TODAY)


def warnings(one: Facts, **more: Any) -> list[str]:
    """What is said of an exception for a tenant."""
    (state,) = states([one], exception(one.id, **more))
    return list(state.warnings())


@pytest.mark.parametrize(("expires", "holds"), [(-400, False), (-1, False), (0, True), (1, True), (400, True)])
def test_an_exception_holds_through_its_day(expires: int, holds: bool) -> None:
    made = decision(policy(exceptions=[exception(expires=day(expires))]), facts())
    assert made.disposition == ("excepted" if holds else "drifted")
    assert made.has_expired_exception(TODAY) != holds
    assert made.exception is not None
    (state,) = states([facts()], exception(expires=day(expires)))
    assert state.expired != holds


def test_no_exception_is_none_that_has_expired() -> None:
    assert not decision(policy(), facts()).has_expired_exception(TODAY)


@pytest.mark.parametrize(
    ("expires", "soon"), [(-1, False), (0, True), (1, True), (13, True), (14, True), (15, False), (400, False)]
)
def test_an_exception_that_ends_within_14_days_is_announced(expires: int, soon: bool) -> None:
    (state,) = states([facts()], exception(expires=day(expires)))
    assert (state.expires_soon, state.as_data()["expires_soon"]) == (soon, soon)
    assert any("soon" in text for text in warnings(facts(), expires=day(expires))) == soon


@pytest.mark.parametrize("expires", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_dates_too(expires: str) -> None:
    (state,) = states([facts()], exception(expires=expires))
    assert (state.expired, state.expires_soon) == (expires == "0001-01-01", False)


def test_an_exception_is_for_one_tenant() -> None:
    made = policy(exceptions=[exception("c1")])
    assert [one.disposition for one in decide(made, [facts("c1"), facts("c2")], TODAY)] == ["excepted", "drifted"]


def test_an_exception_does_not_follow_the_name() -> None:
    made = policy(exceptions=[exception("c1", tenant="Northwind/Lab")])
    renamed = facts("c1", name="Other", path=("Elsewhere", "Other"))
    impostor = facts("c2", name="Lab", path=("Northwind", "Lab"))
    assert [one.disposition for one in decide(made, [renamed, impostor], TODAY)] == ["excepted", "drifted"]


def test_an_exception_in_any_case_is_found() -> None:
    assert decision(policy(exceptions=[exception("C1")]), facts("c1")).disposition == "excepted"


def test_every_exception_is_shown_in_the_policys_order() -> None:
    found = states(
        [facts("a", name="A", path=("P", "A")), facts("b")],
        exception("b", expires=day(-1)),
        exception("gone", ticket="CHG-1"),
        exception("a", expires=day(3)),
    )
    assert [state.as_data()["tenant_id"] for state in found] == ["b", "gone", "a"]
    assert found[2].as_data() == {
        "tenant_id": "a",
        "name": "A",
        "path": ["P", "A"],
        "reason": "an old appliance",
        "owner": "jane@example.com",
        "ticket": None,
        "expires": day(3),
        "matched": True,
        "expired": False,
        "expires_soon": True,
    }
    assert (found[0].as_data()["expired"], found[0].as_data()["matched"]) == (True, True)
    unmatched = found[1].as_data()
    assert (unmatched["matched"], unmatched["name"], unmatched["path"]) == (False, None, None)
    assert (unmatched["ticket"], unmatched["expired"]) == ("CHG-1", False)


def test_an_exception_for_nobody_is_a_warning() -> None:
    (state,) = states([facts()], exception("gone"))
    (text,) = state.warnings()
    assert "gone" in text
    assert "no tenant" in text


def test_an_exception_that_holds_is_no_warning() -> None:
    assert warnings(facts()) == []


@pytest.mark.parametrize("expires", [-1, 0])
def test_a_warning_names_tenant_day_and_owner(expires: int) -> None:
    (text,) = warnings(facts(), expires=day(expires))
    for word in ("c1", '"Northwind/Customer c1"', day(expires), "jane@example.com"):
        assert word in text


def test_an_exception_for_a_unit_is_a_warning() -> None:
    (text,) = warnings(facts(kind="unit", inherits_from="customer c0"))
    assert "no effect" in text
    assert "a unit" in text


@pytest.mark.parametrize(
    ("name", "path", "expected", "right"),
    [
        ("Lab", ("Northwind", "Lab"), "Lab", True),
        ("Lab", ("Northwind", "Lab"), "Northwind/Lab", True),
        ("Lab", ("Northwind", "Lab"), ["Northwind", "Lab"], True),
        ("Lab", ("Northwind", "Lab"), "lab", False),
        ("Lab", ("Northwind", "Lab"), "Northwind", False),
        ("Lab", ("Northwind", "Lab"), ["Lab"], False),
        ("Lab", ("Northwind", "Lab"), ["Northwind/Lab"], False),
        ("A/B", ("A/B",), "A/B", True),
        ("A/B", ("A/B",), ["A/B"], True),
        ("A/B", ("A/B",), ["A", "B"], False),
        ("*", ("*",), "anything", False),
        ("Lab", ("Lab",), "*", False),
        ("Müller", ("Müller",), "Mu\u0308ller", False),
    ],
)
def test_a_tenant_that_is_called_otherwise_is_a_warning(
    name: str, path: tuple[str, ...], expected: Any, right: bool
) -> None:
    one = facts(name=name, path=path)
    found = warnings(one, tenant=expected)
    assert [("another name" in text) for text in found] == ([] if right else [True])
    # It is a warning and no more.
    assert decision(policy(exceptions=[exception(tenant=expected)]), one).disposition == "excepted"


def test_hostile_names_go_through_the_callers_quotes() -> None:
    name = "x\x1b[31m\n{{ 7*7 }}"
    one = facts(name=name, path=("P\n", name))
    for more in ({"expires": day(-1)}, {"expires": day(1)}, {"tenant": "other\n"}):
        (text,) = warnings(one, **more)
        assert text.isprintable()


def test_the_root_of_all_is_called_by_its_name() -> None:
    (text,) = warnings(facts(name="Home", kind="partner", path=(), is_root=True), expires=day(-1))
    assert '"Home"' in text


def test_a_state_keeps_its_exception() -> None:
    (state,) = states([facts()], exception(reason="why"))
    assert state.exception.reason == "why"
    assert state.facts == facts()
    assert dataclasses.replace(state, facts=None).as_data()["matched"] is False
