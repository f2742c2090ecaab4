# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a right document comes to: defaults, dates, spellings; and that nothing at all breaks the reader."""

from __future__ import annotations

import copy
import datetime
import fractions
import json
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._policy.document import read_policy
from ansible_collections.tenantops.access.plugins.module_utils._policy.form import PolicyError
from ansible_collections.tenantops.access.plugins.module_utils._policy.schema import POLICY
from ansible_collections.tenantops.access.plugins.module_utils._tasks.policy_files import given_policy
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import (
    changed,
    document,
    exception,
    policy,
    rule,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.strategies import cases

#: The example that users start from, with the dates as YAML reads them.
EXAMPLE = r"""
name: msp-baseline
scope_id: ede9f834-70b3-476c-83d9-736f9f8c7dae
default: unmanaged
rules:
  - name: customers
    match:
      kind: [customer]
      path: ["Northwind/**", "A\\/B/*", [A, B/C]]
      pricing_mode: [production]
    mfa: enabled
    not_before: 2027-01-15
exceptions:
  - tenant_id: 58F3CA0A-BE6A-4D14-9D42-A9B4F3F3D8B0
    tenant: Northwind/Lab
    reason: "vendor appliance signs in with a password"
    owner: jane@example.com
    ticket: CHG-1234
    expires: 2027-01-31
guards:
  max_changes: 10
  max_change_percent: 12.5
  max_lockouts: 20
  max_conflicts_percent: 1
  protected_users: ["backup-*@example.com"]
  allow_disable: true
  enforce_expired: true
rollout:
  max_per_run: 50
  waves: ["1%", "12.5%", "100%"]
  max_failures: 3
"""
EXAMPLE_READ = yaml.safe_load(EXAMPLE)
BAD_DATES = [
    "2027-02-29",
    "2027-02-30",
    "2027-13-01",
    "2027-00-10",
    "2027-1-5",
    "27-01-15",
    "20270115",
    "2027-W03-5",
    "2027-015",
    "15.01.2027",
    "2027-01-15T00:00:00Z",
    "2027-01-15 00:00",
    " 2027-01-15",
    "2027-01-15\n",
    "0000-01-01",
    "10000-01-01",
    "-2027-01-15",
    "٢٠٢٧-٠١-١٥",
    "2027–01–15",
    "tomorrow",
    "{{ now() }}",
]
DATED: list[tuple[str | int, ...]] = [("rules", 0, "not_before"), ("exceptions", 0, "expires")]


def test_an_example_is_read() -> None:
    read = read_policy(yaml.safe_load(EXAMPLE))
    assert (read.name, read.scope_id, read.default) == (
        "msp-baseline",
        "ede9f834-70b3-476c-83d9-736f9f8c7dae",
        "unmanaged",
    )
    (only,) = read.rules
    assert (only.name, only.ids, only.kinds) == ("customers", frozenset(), frozenset({"customer"}))
    assert (only.pricing_modes, only.mfa, only.allow_empty) == (frozenset({"production"}), "enabled", False)
    assert only.not_before == datetime.date(2027, 1, 15)
    assert [[pattern.matches(path) for pattern in only.paths] for path in (["Northwind", "C"], ["A/B", "C"])] == [
        [True, False, False],
        [False, True, False],
    ]
    assert [pattern.matches(["A", "B/C"]) for pattern in only.paths] == [False, False, True]
    (excepted,) = read.exceptions
    assert excepted.tenant_id == "58f3ca0a-be6a-4d14-9d42-a9b4f3f3d8b0"
    assert (excepted.tenant, excepted.owner, excepted.ticket) == ("Northwind/Lab", "jane@example.com", "CHG-1234")
    assert excepted.expires == datetime.date(2027, 1, 31)
    assert (read.guards.max_changes, read.guards.max_change_percent, read.guards.max_lockouts) == (10, 12.5, 20)
    (protected,) = read.guards.protected_users
    assert [protected.fits(login) for login in ("backup-1@example.com", "backup@example.com")] == [True, False]
    assert read.guards.allow_disable and read.guards.enforce_expired
    assert read.rollout.waves == (fractions.Fraction(1, 100), fractions.Fraction(1, 8), fractions.Fraction(1))
    assert (read.rollout.max_per_run, read.rollout.max_failures) == (50, 3)


@pytest.mark.parametrize("empty", [{}, {"guards": {}, "rollout": {}, "exceptions": []}])
def test_guards_are_on_by_default(empty: dict[str, Any]) -> None:
    read = policy(**empty)
    assert (read.guards.max_changes, read.guards.max_change_percent) == (100, 25)
    assert (read.guards.max_lockouts, read.guards.max_conflicts_percent) == (500, 5)
    assert (read.guards.allow_disable, read.guards.enforce_expired) == (False, False)
    assert read.guards.protected_users == ()
    assert read.rollout.waves == (fractions.Fraction(1, 20), fractions.Fraction(1, 4), fractions.Fraction(1))
    assert (read.rollout.max_per_run, read.rollout.max_failures) == (None, 0)
    assert (read.scope_id, read.default, read.exceptions) == (None, "unmanaged", ())
    assert (read.rules[0].not_before, read.rules[0].allow_empty) == (None, False)


def test_one_guard_leaves_the_others_on() -> None:
    read = policy(guards={"max_changes": 7})
    assert (read.guards.max_changes, read.guards.max_lockouts, read.guards.allow_disable) == (7, 500, False)


@pytest.mark.parametrize("keys", DATED)
def test_what_is_no_date_is_refused(keys: tuple[str | int, ...]) -> None:
    for bad in BAD_DATES:
        message = refused(changed(EXAMPLE_READ, keys, bad))
        assert message.startswith(f"{keys[0]}[0].{keys[-1]}: ")
        assert repr(bad) in message


@pytest.mark.parametrize("keys", DATED)
@pytest.mark.parametrize("written", ["2027-01-31", "0001-01-01", "9999-12-31", "2028-02-29"])
def test_a_date_is_a_date_or_its_text(keys: tuple[str | int, ...], written: str) -> None:
    as_text = read_policy(changed(EXAMPLE_READ, keys, written))
    as_date = read_policy(changed(EXAMPLE_READ, keys, datetime.date.fromisoformat(written)))
    assert as_text.document == as_date.document
    assert as_text.exceptions == as_date.exceptions
    assert as_text.rules[0].not_before == as_date.rules[0].not_before


@pytest.mark.parametrize("written", ["2027-01-31 00:00:00", "2027-01-31T23:59:59Z", "2027-01-31 12:00:00 +02:00"])
def test_a_moment_is_no_date(written: str) -> None:
    given = yaml.safe_load(EXAMPLE.replace("expires: 2027-01-31", f"expires: {written}"))
    assert isinstance(given["exceptions"][0]["expires"], datetime.datetime)
    assert refused(given).startswith("exceptions[0].expires: ")


@pytest.mark.parametrize("written", ["AB-12", "ab-12", " Ab-12 "])
def test_ids_are_compared_without_case(written: str) -> None:
    read = policy(rule(match={"id": [written]}), scope_id=written, exceptions=[exception(written)])
    assert (read.scope_id, read.rules[0].ids, read.exceptions[0].tenant_id) == ("ab-12", frozenset({"ab-12"}), "ab-12")


@pytest.mark.parametrize(
    ("waves", "shares"),
    [
        (["100%"], [1]),
        (["100.0%"], [1]),
        (["0.1%", "33.333333%", "100%"], [fractions.Fraction(1, 1000), fractions.Fraction(33333333, 10**8), 1]),
    ],
)
def test_waves_are_exact_shares(waves: list[str], shares: list[Any]) -> None:
    assert list(policy(rollout={"waves": waves}).rollout.waves) == shares


def test_the_document_is_plain_data_of_its_own() -> None:
    given = yaml.safe_load(EXAMPLE)
    given["exceptions"][0]["tenant"] = ["Northwind", "Lab"]
    before = copy.deepcopy(given)
    read = read_policy(given)
    assert given == before
    as_read = copy.deepcopy(read.document)
    given["rules"][0]["match"]["path"][2].append("D")
    given["exceptions"][0]["tenant"].append("D")
    given["rules"].clear()
    assert read.document == as_read


def test_tuples_are_lists() -> None:
    given = document(rule(match={"kind": ("customer",), "path": (("A", "B"),)}))
    read = read_policy(given)
    assert read.rules[0].paths[0].matches(["A", "B"])
    assert json.loads(json.dumps(read.document)) == read.document


@given(cases(max_size=3))
def test_a_document_read_again_is_the_same(case: tuple[Any, dict[str, Any]]) -> None:
    once = read_policy(case[1])
    assert read_policy(once.document) == once
    assert read_policy(json.loads(json.dumps(once.document))) == once


@given(cases(max_size=3))
def test_as_arguments_of_a_module_it_is_the_same(case: tuple[Any, dict[str, Any]]) -> None:
    result = ArgumentSpecValidator(POLICY).validate(case[1])
    assert result.error_messages == []
    assert given_policy(result.validated_parameters, None) == read_policy(case[1])


def test_an_example_with_dates_is_the_same_as_arguments_of_a_module() -> None:
    given = yaml.safe_load(EXAMPLE)
    result = ArgumentSpecValidator(POLICY).validate(given)
    assert result.error_messages == []
    assert given_policy(result.validated_parameters, None) == read_policy(given)


@pytest.mark.parametrize("where", ["", "rules", "match", "exceptions", "guards", "rollout"])
def test_a_typo_is_named_among_the_arguments_of_a_module(where: str) -> None:
    given = yaml.safe_load(EXAMPLE)
    places = {"": given, "match": given["rules"][0]["match"], "guards": given["guards"], "rollout": given["rollout"]}
    place = places[where] if where in places else given[where][0]
    place["typo"] = 1
    (message,) = ArgumentSpecValidator(POLICY).validate(given).error_messages
    assert "typo" in message


#: Anything that YAML, JSON or Python can bring.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "match", "kind", "path", "id", "mfa", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
EVERY_KEY = [
    *[(key,) for key in POLICY],
    *[("rules", 0, key) for key in POLICY["rules"]["options"]],
    *[("rules", 0, "match", key) for key in POLICY["rules"]["options"]["match"]["options"]],
    *[("exceptions", 0, key) for key in POLICY["exceptions"]["options"]],
    *[("guards", key) for key in POLICY["guards"]["options"]],
    *[("rollout", key) for key in POLICY["rollout"]["options"]],
]


def refused(given: Any) -> str:
    """What is said of a document that cannot be used."""
    try:
        read_policy(given)
    except PolicyError as error:
        return str(error)
    pytest.fail(f"accepted: {given!r}")


def assert_read_or_refused(given: Any, place: str = "") -> None:
    """That a document is a policy, or refused in order, at the place if one is given."""
    before = copy.deepcopy(given)
    try:
        read = read_policy(given)
    except PolicyError as error:
        assert str(error).startswith(place)
    else:
        assert read_policy(read.document) == read
    assert repr(given) == repr(before)


@given(ANYTHING)
def test_anything_is_read_or_refused(given: Any) -> None:
    assert_read_or_refused(given)


@given(st.sampled_from(EVERY_KEY), ANYTHING)
def test_anything_anywhere_is_read_or_refused_by_its_place(keys: tuple[str | int, ...], value: Any) -> None:
    assert_read_or_refused(changed(EXAMPLE_READ, keys, value), str(keys[0]))


@pytest.mark.parametrize("keys", EVERY_KEY)
def test_values_out_of_all_proportion_are_read_or_refused(keys: tuple[str | int, ...]) -> None:
    for value in (16**5000, -(16**5000), "x" * 10**6, "\ud800", "\0", "\x1b[31m\n"):
        given = changed(EXAMPLE_READ, keys, value)
        try:
            read = read_policy(given)
        except PolicyError as error:
            assert str(error).startswith(str(keys[0]))
            assert len(str(error)) < 1000
            assert str(error).isprintable()
        else:
            json.dumps(read.document)


@pytest.mark.parametrize("name", ["name\n\x1b[31m", "x" * 10**6, 16**5000], ids=["escape", "long", "huge"])
def test_an_unknown_key_is_shown_in_short_and_on_one_line(name: str | int) -> None:
    message = refused({**document(), name: 1})
    assert len(message) < 1000
    assert message.isprintable()


def test_a_document_that_contains_itself_is_refused() -> None:
    given = yaml.safe_load("&all {name: a, rules: [*all]}")
    assert refused(given).startswith("rules[0]")
    given = yaml.safe_load(
        "{name: a, rules: [{name: a, mfa: enabled, match: {kind: [customer], path: &path [*path]}}]}"
    )
    assert refused(given).startswith("rules[0].match.path[0]: ")
