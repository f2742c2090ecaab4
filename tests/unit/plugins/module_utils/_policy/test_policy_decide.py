# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dispositions: their order, what decides, and why."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._policy.decide import (
    Decision,
    compliance_percent,
    decide,
)
from ansible_collections.tenantops.access.plugins.module_utils._policy.facts import Facts
from ansible_collections.tenantops.access.plugins.module_utils._policy.form import PolicyError
from ansible_collections.tenantops.access.plugins.module_utils._text import DISPOSITIONS
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import (
    TODAY,
    customers,
    day,
    decision,
    exception,
    facts,
    policy,
    rule,
)

UNIT: dict[str, Any] = {"kind": "unit", "inherits_from": "customer c0, which is disabled"}
#: What makes each disposition apply to a tenant whose MFA is on and that a rule wants off: of the tenant, of the rule,
#: and whether there is an exception. In the order in which they are tested; a folder or unit is never read, so what is
#: unknown is its organization.
APPLIES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("inherited", UNIT, {}, False),
    ("unknown", {"status": "unknown"}, {}, False),
    ("unknown", {"pricing_mode": None}, {"match": {"kind": ["customer"], "pricing_mode": ["trial"]}}, False),
    ("unmanaged", {}, {"mfa": "unmanaged"}, False),
    ("unmanaged", {"enabled": False}, {}, False),
    ("excepted", {}, {}, True),
    ("compliant", {"status": "disabled"}, {}, False),
    ("converging", {"status": "disable_in_progress"}, {}, False),
    ("blocked", {"update_allowed": False}, {}, False),
    ("blocked", {"self_managing": "the tenant"}, {}, False),
    ("blocked", {"lock_owner_id": "owner"}, {}, False),
    ("blocked", {"always_enabled": True}, {}, False),
    ("pending", {}, {"not_before": day(1)}, False),
    ("drifted", {}, {}, False),
]


def decided(*applying: tuple[str, dict[str, Any], dict[str, Any], bool]) -> Decision:
    """What is decided where all of these apply."""
    of_tenant, of_rule, with_exception = {"status": "enabled", "pricing_mode": "trial"}, rule("disabled"), False
    for _name, tenant, wanted, excepted in applying:
        of_tenant.update(tenant)
        of_rule.update(wanted)
        with_exception |= excepted
    made = policy({**of_rule, "allow_empty": True}, exceptions=[exception()] if with_exception else [])
    return decision(made, facts(**of_tenant))


def exclude(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two can never apply to the same tenant."""
    return any(one[key] != other[key] for key in one.keys() & other.keys())


PAIRS = [
    pytest.param(first, second, id=f"{APPLIES.index(first)}-{first[0]}-{APPLIES.index(second)}-{second[0]}")
    for first, second in itertools.combinations_with_replacement(APPLIES, 2)
    if not exclude(first[1], second[1])
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_first_that_applies_is_the_disposition(first: Any, second: Any) -> None:
    made = decided(first, second)
    assert made.disposition == first[0]
    assert made.reason == decided(first).reason or first[0] == second[0]


def test_the_first_that_applies_is_the_disposition_however_many_do() -> None:
    seen = 0
    for applying in itertools.combinations(APPLIES, 3):
        if not any(exclude(one[1], other[1]) for one, other in itertools.combinations(applying, 2)):
            assert decided(*applying).disposition == applying[0][0]
            seen += 1
    assert seen > 100


def test_every_disposition_is_tried_here() -> None:
    assert {name for name, *_rest in APPLIES} == set(DISPOSITIONS)
    assert list(DISPOSITIONS) == [
        "unknown",
        "inherited",
        "unmanaged",
        "excepted",
        "compliant",
        "converging",
        "blocked",
        "pending",
        "drifted",
    ]


def one_decision(rules: list[dict[str, Any]], of_tenant: dict[str, Any], **more: Any) -> Decision:
    """What such rules decide about a customer of whom this is known."""
    rules = [{**item, "allow_empty": True} for item in rules]
    return decision(policy(*rules, **more), facts(**of_tenant))


ON, OFF, LEFT = rule("enabled"), rule("disabled"), rule("unmanaged")
NOTHING: list[dict[str, Any]] = [rule("disabled", match={"id": ["other"]})]
LATER = rule(not_before=day(1))
TRIALS = rule("disabled", name="trials", match={"kind": ["customer"], "pricing_mode": ["trial"]})


@pytest.mark.parametrize(
    ("rules", "of_tenant", "more", "expected", "says"),
    [
        ([ON], {"status": "unknown", "problem": "HTTP 403"}, {}, ("unknown", "enabled", "customers"), "HTTP 403"),
        ([ON], {"status": "unknown"}, {}, ("unknown", "enabled", "customers"), "could not be read"),
        (NOTHING, {"status": "unknown"}, {}, ("unknown", None, None), "could not be read"),
        ([TRIALS, ON], {"pricing_mode": None}, {}, ("unknown", None, "trials"), "pricing_mode"),
        ([ON], UNIT, {}, ("inherited", None, None), "a unit has no MFA setting of its own, it has that of customer c0"),
        ([ON], {**UNIT, "kind": "folder"}, {}, ("inherited", None, None), "a folder"),
        ([ON], UNIT, {"default": "enabled"}, ("inherited", None, None), "of its own"),
        (NOTHING, {}, {}, ("unmanaged", None, None), "no rule fits"),
        ([LEFT], {}, {"default": "enabled"}, ("unmanaged", None, "customers"), "the rule says so"),
        ([ON], {"enabled": False}, {}, ("unmanaged", "enabled", "customers"), "the tenant is disabled"),
        (NOTHING, {"enabled": False}, {"default": "enabled"}, ("unmanaged", "enabled", "default"), "disabled"),
        (
            [ON],
            {},
            {"exceptions": [exception()]},
            ("excepted", "enabled", "customers"),
            f"{day(100)}: an old appliance",
        ),
        ([ON], {"status": "enabled"}, {}, ("compliant", "enabled", "customers"), "MFA is enabled"),
        ([OFF], {}, {}, ("compliant", "disabled", "customers"), "MFA is disabled"),
        ([OFF], {"status": "disable_in_progress"}, {}, ("converging", "disabled", "customers"), "being switched off"),
        ([ON], {"update_allowed": False}, {}, ("blocked", "enabled", "customers"), "update_allowed"),
        ([ON], {"self_managing": "the tenant"}, {}, ("blocked", "enabled", "customers"), "manages itself"),
        ([ON], {"lock_owner_id": "owner"}, {}, ("blocked", "enabled", "customers"), "only users of tenant owner"),
        (
            [OFF],
            {"status": "enabled", "always_enabled": True},
            {},
            ("blocked", "disabled", "customers"),
            "has to have MFA",
        ),
        ([ON], {"protected": ("ann", "bob")}, {}, ("blocked", "enabled", "customers"), "lock out the protected user"),
        ([LATER], {}, {}, ("pending", "enabled", "customers"), f"not before {day(1)}"),
        ([ON], {}, {}, ("drifted", "enabled", "customers"), "MFA is disabled, wanted is enabled"),
        ([OFF], {"status": "enabled"}, {}, ("drifted", "disabled", "customers"), "MFA is enabled, wanted is disabled"),
        (
            [ON],
            {"status": "disable_in_progress"},
            {},
            ("drifted", "enabled", "customers"),
            "MFA is disable_in_progress",
        ),
        (NOTHING, {}, {"default": "enabled"}, ("drifted", "enabled", "default"), "wanted is enabled"),
    ],
)
def test_a_disposition_has_a_decider_and_a_reason(
    rules: list[dict[str, Any]],
    of_tenant: dict[str, Any],
    more: dict[str, Any],
    expected: tuple[str, str | None, str | None],
    says: str,
) -> None:
    made = one_decision(rules, of_tenant, **more)
    assert (made.disposition, made.wanted, made.rule) == expected
    assert says in made.reason


@pytest.mark.parametrize(
    ("rules", "of_tenant"),
    [
        # What the tenant's own endpoint would say is not known yet.
        ([ON], {"update_allowed": None, "evidence": "listing"}),
        # Only switching off is impossible.
        ([ON], {"always_enabled": True}),
        # Switching off locks nobody out.
        ([OFF], {"status": "enabled", "protected": ("ann",)}),
        # Whether it is disabled was left out.
        ([ON], {"enabled": None}),
        # No rule asks.
        ([ON], {"pricing_mode": None}),
        ([rule(match={"kind": ["partner"], "pricing_mode": ["trial"]}, name="partners"), ON], {"pricing_mode": None}),
        ([rule(match={"id": ["other"], "pricing_mode": ["trial"]}, name="other"), ON], {"pricing_mode": None}),
        ([ON, TRIALS], {"pricing_mode": None}),
        ([rule(not_before=day(0))], {}),
        ([rule(not_before=day(-1))], {}),
    ],
)
def test_what_keeps_nobody_from_drifting(rules: list[dict[str, Any]], of_tenant: dict[str, Any]) -> None:
    assert one_decision(rules, of_tenant).disposition == "drifted"


def test_a_few_of_many_protected_users_are_named() -> None:
    reason = one_decision([ON], {"protected": tuple(f"user{number}" for number in range(12))}).reason
    assert reason.endswith("user8, user9 and 2 more")
    assert "dan" not in reason


MATCHES: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"kind": ["customer"]}, {}, True),
    ({"kind": ["partner", "customer"]}, {}, True),
    ({"kind": ["partner"]}, {}, False),
    ({"id": ["c1"]}, {}, True),
    ({"id": ["c0", "C1"]}, {}, True),
    ({"id": ["c0"]}, {}, False),
    ({"id": ["c1"], "kind": ["partner"]}, {}, False),
    ({"kind": ["customer"], "path": ["A/*"]}, {"path": ("A", "B")}, True),
    ({"kind": ["customer"], "path": ["X", "A/*"]}, {"path": ("A", "B")}, True),
    ({"kind": ["customer"], "path": [["A", "*"]]}, {"path": ("A", "B")}, False),
    ({"kind": ["customer"], "path": [["A", "*"]]}, {"path": ("A", "*")}, True),
    ({"kind": ["customer"], "path": [["A/B"]]}, {"path": ("A", "B")}, False),
    ({"kind": ["customer"], "path": ["B"]}, {"path": ("A", "B")}, False),
    ({"kind": ["customer"], "pricing_mode": ["trial", "suspended"]}, {"pricing_mode": "suspended"}, True),
    ({"kind": ["customer"], "pricing_mode": ["trial"]}, {"pricing_mode": "production"}, False),
    ({"id": ["c1"], "kind": ["customer"], "path": ["**"], "pricing_mode": ["production"]}, {}, True),
    ({"id": ["c1"], "kind": ["customer"], "path": ["B"], "pricing_mode": ["production"]}, {"path": ("A",)}, False),
]


@pytest.mark.parametrize(("match", "of_tenant", "fits"), MATCHES)
def test_keys_are_anded_and_values_ored(match: dict[str, Any], of_tenant: dict[str, Any], fits: bool) -> None:
    assert (one_decision([rule(match=match)], of_tenant).rule == "customers") == fits


def test_the_first_rule_that_fits_decides() -> None:
    first = rule("unmanaged", name="first", match={"id": ["c1"]})
    assert one_decision([first, ON], {}).disposition == "unmanaged"
    assert one_decision([ON, first], {}).disposition == "drifted"
    assert one_decision([rule("disabled", name="off"), ON], {}).disposition == "compliant"


class TestRoot:
    """The scope's own root changes only if a rule names its id."""

    ROOT = facts("root", kind="partner", path=(), is_root=True)

    def root(self, *rules: dict[str, Any], **more: Any) -> Decision:
        """What is decided about the root."""
        return decision(policy(*({**item, "allow_empty": True} for item in rules), **more), self.ROOT)

    @pytest.mark.parametrize(
        "match", [{"kind": ["partner"]}, {"kind": ["partner"], "path": ["**"]}, {"id": ["other"], "kind": ["partner"]}]
    )
    def test_a_rule_that_fits_is_not_enough(self, match: dict[str, Any]) -> None:
        made = self.root(rule(match=match))
        assert (made.disposition, made.wanted, made.rule) == ("unmanaged", None, None)
        assert "names its id" in made.reason

    def test_the_default_is_not_enough(self) -> None:
        assert self.root(ON, default="enabled").disposition == "unmanaged"

    @pytest.mark.parametrize("match", [{"id": ["root"]}, {"id": ["a", "ROOT"], "kind": ["partner"], "path": ["**"]}])
    def test_a_rule_that_names_it_decides(self, match: dict[str, Any]) -> None:
        partners = rule("unmanaged", name="partners", match={"kind": ["partner"]})
        made = self.root(partners, rule(match=match))
        assert (made.disposition, made.rule) == ("drifted", "customers")

    @pytest.mark.parametrize("match", [{"id": ["root"], "kind": ["customer"]}, {"id": ["root"], "path": ["A"]}])
    def test_a_rule_that_names_it_must_fit_nevertheless(self, match: dict[str, Any]) -> None:
        assert self.root(rule(match=match)).disposition == "unmanaged"

    def test_what_is_below_is_decided_by_rules_as_ever(self) -> None:
        made = decide(policy(rule(match={"kind": ["partner"]})), [self.ROOT, facts("p", kind="partner")], TODAY)
        assert [one.disposition for one in made] == ["unmanaged", "drifted"]


class TestEmptyRules:
    """A rule that decides no tenant is an error unless it says otherwise."""

    def estate(self) -> list[Facts]:
        """Two customers, a partner as root."""
        return [*customers(2), facts("root", kind="partner", path=(), is_root=True)]

    @pytest.mark.parametrize(
        "match", [{"kind": ["root"]}, {"id": ["gone"]}, {"kind": ["customer"], "path": ["Renamed/**"]}]
    )
    def test_a_rule_that_fits_nobody_is_an_error(self, match: dict[str, Any]) -> None:
        made = policy(rule(name="first"), rule(name="the second", match=match))
        with pytest.raises(PolicyError, match=r"^rules\[1\]: .*the second.*allow_empty"):
            decide(made, self.estate(), TODAY)

    def test_a_rule_may_say_that_it_fits_nobody(self) -> None:
        made = policy(rule(name="first"), rule(name="second", match={"id": ["gone"]}, allow_empty=True))
        assert [one.rule for one in decide(made, self.estate(), TODAY)] == ["first", "first", None]

    def test_a_rule_behind_one_that_fits_all_the_same_is_an_error(self) -> None:
        with pytest.raises(PolicyError, match=r"^rules\[1\]: .*second"):
            decide(policy(rule(name="first"), rule(name="second")), self.estate(), TODAY)

    @pytest.mark.parametrize("kind", ["partner", "root"])
    def test_fitting_only_the_root_is_deciding_nobody(self, kind: str) -> None:
        with pytest.raises(PolicyError, match=r"^rules\[0\]"):
            decide(policy(rule(match={"kind": [kind]})), self.estate(), TODAY)

    def test_naming_only_a_unit_is_deciding_nobody(self) -> None:
        with pytest.raises(PolicyError, match=r"^rules\[0\]"):
            decide(policy(rule(match={"id": ["u"]})), [facts("u", **UNIT)], TODAY)

    def test_an_empty_scope_is_no_exception(self) -> None:
        with pytest.raises(PolicyError):
            decide(policy(), [], TODAY)
        assert decide(policy(rule(allow_empty=True)), [], TODAY) == []

    @pytest.mark.parametrize(
        "of_tenant", [{"enabled": False}, {"status": "unknown"}, {"status": "enabled"}, {"lock_owner_id": "owner"}]
    )
    def test_a_rule_decides_whatever_comes_of_it(self, of_tenant: dict[str, Any]) -> None:
        assert len(decide(policy(), [facts(**of_tenant)], TODAY)) == 1

    def test_a_rule_decides_an_excepted_tenant(self) -> None:
        assert decision(policy(exceptions=[exception()]), facts()).disposition == "excepted"

    def test_a_field_that_is_missing_makes_no_rule_empty(self) -> None:
        trials = rule("unmanaged", match={"kind": ["customer"], "pricing_mode": ["trial"]})
        made = policy(rule(match={"kind": ["customer"], "pricing_mode": ["production"]}, name="production"), trials)
        assert [one.disposition for one in decide(made, [facts(pricing_mode=None)], TODAY)] == ["unknown"]

    def test_a_field_that_is_missing_excuses_no_rule_before(self) -> None:
        trials = rule("unmanaged", match={"kind": ["customer"], "pricing_mode": ["trial"]})
        with pytest.raises(PolicyError, match=r"^rules\[0\]: .*renamed"):
            decide(policy(rule(match={"id": ["gone"]}, name="renamed"), trials), [facts(pricing_mode=None)], TODAY)


@pytest.mark.parametrize(
    ("dispositions", "percent"),
    [
        ({}, None),
        ({"inherited": 3, "unmanaged": 4, "excepted": 5}, None),
        ({"compliant": 7, "inherited": 3, "unmanaged": 4, "excepted": 5}, 100),
        ({"unknown": 1}, 0),
        ({"compliant": 1, "unknown": 1}, 50),
        ({"compliant": 1, "drifted": 1}, 50),
        ({"compliant": 1, "pending": 1}, 50),
        ({"compliant": 1, "converging": 1}, 50),
        ({"compliant": 1, "blocked": 1}, 50),
        ({"compliant": 1, "drifted": 2}, 33.33),
        ({"compliant": 2, "drifted": 1}, 66.66),
        ({"compliant": 29999, "drifted": 1}, 99.99),
        ({"compliant": 1, "drifted": 29999}, 0),
        ({"compliant": 57, "drifted": 9943}, 0.57),
        ({"compliant": 1, "drifted": 1, "pending": 1, "converging": 1, "blocked": 1, "unknown": 1}, 16.66),
    ],
)
def test_compliance_is_rounded_down(dispositions: dict[str, int], percent: float | None) -> None:
    made = [
        Decision(facts(), disposition, "enabled", None, None, "")
        for disposition, count in dispositions.items()
        for _number in range(count)
    ]
    assert compliance_percent(made) == percent


def test_days_are_days_of_the_calendar() -> None:
    """Nothing asks the clock: a policy can be tried for any day."""
    made = policy(rule(not_before="2028-02-29"), exceptions=[exception(expires="2028-02-28")])
    days = [datetime.date(2028, 2, 28) + datetime.timedelta(days=number) for number in range(2)]
    assert [decision(made, facts(), today).disposition for today in days] == ["excepted", "drifted"]
