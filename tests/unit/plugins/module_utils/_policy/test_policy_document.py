# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes in a policy's document: each is refused, and the message begins with its place."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._policy.document import read_policy
from ansible_collections.tenantops.access.plugins.module_utils._policy.form import PolicyError
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.builders import (
    changed,
    document,
    exception,
    rule,
)

Keys = tuple[Any, ...]

#: Every key there is, each with a value that is right.
FULL: dict[str, Any] = {
    "name": "msp-baseline",
    "scope_id": "ede9f834-70b3-476c-83d9-736f9f8c7dae",
    "default": "unmanaged",
    "rules": [
        {
            "name": "customers",
            "match": {
                "id": ["ede9f834-70b3-476c-83d9-736f9f8c7daf"],
                "kind": ["customer"],
                "path": ["Northwind/**", ["Northwind", "A/B"]],
                "pricing_mode": ["production"],
            },
            "mfa": "enabled",
            "not_before": "2027-01-15",
            "allow_empty": False,
        }
    ],
    "exceptions": [
        {
            "tenant_id": "ede9f834-70b3-476c-83d9-736f9f8c7dae",
            "tenant": "Northwind/Lab",
            "reason": "vendor appliance signs in with a password",
            "owner": "jane@example.com",
            "ticket": "CHG-1234",
            "expires": "2027-01-31",
        }
    ],
    "guards": {
        "max_changes": 100,
        "max_change_percent": 25,
        "max_lockouts": 500,
        "max_conflicts_percent": 5,
        "protected_users": ["backup-*@example.com"],
        "allow_disable": False,
        "enforce_expired": False,
    },
    "rollout": {"max_per_run": 50, "waves": ["5%", "25%", "100%"], "max_failures": 0},
}
#: The type of every value in it.
TYPES: dict[Keys, str] = {
    ("name",): "text",
    ("scope_id",): "text",
    ("default",): "text",
    ("rules",): "list",
    ("rules", 0): "mapping",
    ("rules", 0, "name"): "text",
    ("rules", 0, "match"): "mapping",
    ("rules", 0, "match", "id"): "list",
    ("rules", 0, "match", "id", 0): "text",
    ("rules", 0, "match", "kind"): "list",
    ("rules", 0, "match", "kind", 0): "text",
    ("rules", 0, "match", "path"): "list",
    ("rules", 0, "match", "path", 0): "names",
    ("rules", 0, "match", "pricing_mode"): "list",
    ("rules", 0, "match", "pricing_mode", 0): "text",
    ("rules", 0, "mfa"): "text",
    ("rules", 0, "not_before"): "text",
    ("rules", 0, "allow_empty"): "bool",
    ("exceptions",): "list",
    ("exceptions", 0): "mapping",
    ("exceptions", 0, "tenant_id"): "text",
    ("exceptions", 0, "tenant"): "names",
    ("exceptions", 0, "reason"): "text",
    ("exceptions", 0, "owner"): "text",
    ("exceptions", 0, "ticket"): "text",
    ("exceptions", 0, "expires"): "text",
    ("guards",): "mapping",
    ("guards", "max_changes"): "whole",
    ("guards", "max_change_percent"): "number",
    ("guards", "max_lockouts"): "whole",
    ("guards", "max_conflicts_percent"): "number",
    ("guards", "protected_users"): "list",
    ("guards", "protected_users", 0): "text",
    ("guards", "allow_disable"): "bool",
    ("guards", "enforce_expired"): "bool",
    ("rollout",): "mapping",
    ("rollout", "max_per_run"): "whole",
    ("rollout", "waves"): "list",
    ("rollout", "waves", 0): "text",
    ("rollout", "max_failures"): "whole",
}
#: Values of each type, none of which may stand for another.
SAMPLES: dict[str, list[Any]] = {
    "text": ["enabled"],
    "list": [["enabled"], []],
    "mapping": [{"kind": ["customer"]}, {}],
    "whole": [7, 0, 1],
    "number": [2.5],
    "bool": [True, False],
    "moment": [datetime.datetime(2027, 1, 31, 12, 0), datetime.time(12, 0)],
    "odd": [b"enabled", {"enabled"}, object()],
}
#: What else is right: a whole number is a number, and a path is a text or a list of names.
ALSO = {"number": ["whole"], "names": ["text", "list"]}
MAPPINGS = [keys for keys, kind in TYPES.items() if kind == "mapping"]


def place_of(keys: Keys) -> str:
    """How a message calls a place."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".")


def refused(given: Any) -> str:
    """What is said of a document that cannot be used."""
    try:
        read_policy(given)
    except PolicyError as error:
        return str(error)
    pytest.fail(f"accepted: {given!r}")


def assert_refused(given: Any, keys: Keys, *says: str) -> None:
    """That a document is refused with the place of its mistake first."""
    message = refused(given)
    assert message.startswith(f"{place_of(keys)}: ")
    for words in says:
        assert words in message


def test_the_full_document_is_right() -> None:
    assert read_policy(FULL).name == "msp-baseline"


def test_every_key_is_tried_here() -> None:
    def walk(value: Any, keys: Keys) -> set[Keys]:
        below: set[Keys] = {keys}
        if isinstance(value, dict):
            return below.union(*(walk(item, (*keys, key)) for key, item in value.items()))
        if isinstance(value, list):
            return below | walk(value[0], (*keys, 0))
        return below

    assert walk(FULL, ()) == {(), *TYPES}


@pytest.mark.parametrize("keys", TYPES, ids=place_of)
def test_a_wrong_type_is_refused(keys: Keys) -> None:
    right = {TYPES[keys], *ALSO.get(TYPES[keys], ())}
    wrong = [value for kind, values in SAMPLES.items() if kind not in right for value in values]
    assert len(wrong) > 5
    for value in wrong:
        assert_refused(changed(FULL, keys, value), keys)


@pytest.mark.parametrize("keys", [keys for keys in TYPES if isinstance(keys[-1], int)])
def test_an_empty_element_is_refused(keys: Keys) -> None:
    assert_refused(changed(FULL, keys, None), keys)


@pytest.mark.parametrize("keys", [keys for keys in TYPES if isinstance(keys[-1], str)])
def test_a_key_with_nothing_behind_it_is_refused(keys: Keys) -> None:
    """Taken for a key that is not there, it would widen a rule, or switch something off that was meant."""
    assert_refused(changed(FULL, keys, None), keys, "empty")


@pytest.mark.parametrize("given", [None, [], [FULL], "name: baseline", 7, True, datetime.date(2027, 1, 31)])
def test_what_is_no_mapping_is_no_policy(given: Any) -> None:
    assert "mapping" in refused(given)


@pytest.mark.parametrize("keys", [(), *MAPPINGS], ids=place_of)
def test_an_unknown_key_is_refused(keys: Keys) -> None:
    names: list[Any] = ["", "nmae", "Name", "not-before", "name ", True, None, 1, ("a", "b")]
    for name in names:
        message = refused(changed(FULL, (*keys, name), "enabled"))
        assert message.startswith(place_of((*keys, "")))
        assert "no such key" in message
        assert str(name) in message
        assert message.isprintable()


@pytest.mark.parametrize(
    ("keys", "known"),
    [
        ((), "rules"),
        (("rules", 0), "not_before"),
        (("rules", 0, "match"), "pricing_mode"),
        (("exceptions", 0), "expires"),
        (("guards",), "max_lockouts"),
        (("rollout",), "max_per_run"),
    ],
)
def test_the_message_about_an_unknown_key_lists_those_there_are(keys: Keys, known: str) -> None:
    assert known in refused(changed(FULL, (*keys, "typo"), "enabled"))


@pytest.mark.parametrize(
    "keys",
    [
        ("name",),
        ("rules",),
        ("rules", 0, "name"),
        ("rules", 0, "match"),
        ("rules", 0, "mfa"),
        ("exceptions", 0, "tenant_id"),
        ("exceptions", 0, "reason"),
        ("exceptions", 0, "owner"),
        ("exceptions", 0, "expires"),
    ],
)
def test_what_is_required_is_missed(keys: Keys) -> None:
    without = changed(FULL, keys, None)
    place: Any = without
    for key in keys[:-1]:
        place = place[key]
    del place[keys[-1]]
    assert_refused(without, keys, "missing")


@pytest.mark.parametrize(
    "keys",
    [
        ("name",),
        ("scope_id",),
        ("rules", 0, "name"),
        ("rules", 0, "match", "id", 0),
        ("rules", 0, "match", "path", 0),
        ("exceptions", 0, "tenant_id"),
        ("exceptions", 0, "reason"),
        ("exceptions", 0, "owner"),
        ("exceptions", 0, "expires"),
        ("guards", "protected_users", 0),
    ],
)
def test_an_empty_text_is_refused(keys: Keys) -> None:
    assert_refused(changed(FULL, keys, ""), keys)


@pytest.mark.parametrize("keys", [("name",), ("rules", 0, "name"), ("exceptions", 0, "reason")])
def test_a_blank_text_is_empty(keys: Keys) -> None:
    assert_refused(changed(FULL, keys, " \n"), keys, "empty")


@pytest.mark.parametrize(
    ("keys", "value", "known"),
    [
        (("default",), "disabled", "unmanaged"),
        (("default",), "Enabled", "enabled"),
        (("rules", 0, "mfa"), "on", "disabled"),
        (("rules", 0, "mfa"), "disable_in_progress", "unmanaged"),
        (("rules", 0, "match", "kind", 0), "folder", "customer"),
        (("rules", 0, "match", "kind", 0), "unit", "partner"),
        (("rules", 0, "match", "kind", 0), "Customer", "root"),
        (("rules", 0, "match", "pricing_mode", 0), "free", "trial"),
    ],
)
def test_a_word_that_is_none_of_the_known_is_refused(keys: Keys, value: str, known: str) -> None:
    assert_refused(changed(FULL, keys, value), keys, repr(value), known)


@pytest.mark.parametrize("key", ["id", "kind", "path", "pricing_mode"])
def test_an_empty_list_is_refused(key: str) -> None:
    keys: Keys = ("rules", 0, "match", key)
    assert_refused(changed(FULL, keys, []), keys, "empty")


@pytest.mark.parametrize("match", [{}, {"path": ["A"]}, {"pricing_mode": ["trial"]}])
def test_a_rule_asks_for_kind_or_id(match: dict[str, Any]) -> None:
    given = document(rule(name="first"), rule(match=match))
    assert_refused(given, ("rules", 1, "match"), "kind", "id")


def test_a_policy_that_decides_nothing_is_refused() -> None:
    assert_refused({"name": "nothing", "rules": []}, ("rules",))
    assert_refused({"name": "nothing", "rules": [], "default": "unmanaged"}, ("rules",))
    assert read_policy({"name": "all", "rules": [], "default": "enabled"}).rules == ()


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("/A", "empty level"),
        ("A/", "empty level"),
        ("A**", "level of its own"),
        ("A\\", "backslash"),
        ([], "name"),
        (["A", ""], "empty"),
        (["A", 2024], "list of names"),
        ([["A"]], "list of names"),
        ({"A": "B"}, "list of names"),
        (None, "list of names"),
    ],
)
def test_a_path_that_means_nothing_is_refused(pattern: Any, says: str) -> None:
    keys: Keys = ("rules", 0, "match", "path", 1)
    assert_refused(changed(FULL, keys, pattern), keys, says)


def test_a_rule_has_a_name_of_its_own() -> None:
    assert_refused(document(rule(name="default")), ("rules", 0, "name"), "default")
    given = document(rule(name="a"), rule(name="b"), rule(name="a"))
    assert_refused(given, ("rules", 2, "name"), "'a'", "rules[0]")


@pytest.mark.parametrize("again", ["ab-12", "AB-12", "aB-12", " ab-12\n"])
def test_a_tenant_has_one_exception(again: str) -> None:
    given = document(exceptions=[exception("ab-12"), exception("cd"), exception(again)])
    assert_refused(given, ("exceptions", 2, "tenant_id"), "exceptions[0]")


@pytest.mark.parametrize(
    "bad", ["Northwind/Lab", "../..", "a b", "a_b", "a" * 65, "é", "{{ id }}", "a\nb", "a%20b", "*"]
)
@pytest.mark.parametrize("keys", [("scope_id",), ("rules", 0, "match", "id", 0), ("exceptions", 0, "tenant_id")])
def test_what_is_no_id_is_refused(keys: Keys, bad: str) -> None:
    assert_refused(changed(FULL, keys, bad), keys, "id")


@pytest.mark.parametrize("tenant", [7, True, {"name": "A"}, ["A", 7], [["A"]], [None], "", [], ["A", ""]])
def test_an_exception_says_the_tenant_as_text_or_names(tenant: Any) -> None:
    keys: Keys = ("exceptions", 0, "tenant")
    assert_refused(changed(FULL, keys, tenant), keys)


@pytest.mark.parametrize("name", ["max_changes", "max_change_percent", "max_lockouts", "max_conflicts_percent"])
def test_a_limit_is_not_negative(name: str) -> None:
    keys: Keys = ("guards", name)
    assert_refused(changed(FULL, keys, -1), keys, "-1")


@pytest.mark.parametrize("name", ["max_change_percent", "max_conflicts_percent"])
@pytest.mark.parametrize("value", [-0.5, float("nan"), float("inf"), float("-inf")])
def test_a_share_is_a_number_that_can_be_reached(name: str, value: float) -> None:
    keys: Keys = ("guards", name)
    assert_refused(changed(FULL, keys, value), keys)


@pytest.mark.parametrize(("name", "value"), [("max_per_run", 0), ("max_per_run", -5), ("max_failures", -1)])
def test_a_rollout_moves_on(name: str, value: int) -> None:
    keys: Keys = ("rollout", name)
    assert_refused(changed(FULL, keys, value), keys, str(value))


@pytest.mark.parametrize(
    ("waves", "number"),
    [
        (["5", "100%"], 0),
        (["5 %", "100%"], 0),
        (["-5%", "100%"], 0),
        (["0%", "100%"], 0),
        (["5,5%", "100%"], 0),
        (["1e1%", "100%"], 0),
        (["all"], 0),
        (["%"], 0),
        (["²%", "100%"], 0),
        (["٢٥%", "100%"], 0),
        (["5%\n", "100%"], 0),
        (["25%", "5%", "100%"], 1),
        (["25%", "25%", "100%"], 1),
        (["100%", "100%"], 1),
        (["5%", "100%", "50%"], 2),
    ],
)
def test_a_wave_is_a_rising_share(waves: list[str], number: int) -> None:
    assert_refused(changed(FULL, ("rollout", "waves"), waves), ("rollout", "waves", number))


@pytest.mark.parametrize("waves", [[], ["5%"], ["5%", "25%"], ["99.999999%"], ["100.1%"], ["50%", "999%"]])
def test_the_last_wave_is_all(waves: list[str]) -> None:
    message = refused(changed(FULL, ("rollout", "waves"), waves))
    assert message.startswith("rollout.waves")
    assert "100%" in message
