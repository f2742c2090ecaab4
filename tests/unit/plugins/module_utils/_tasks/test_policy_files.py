# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies from options and from files: the same policy, and mistakes that are named with their place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.access.plugins.module_utils._errors import OptionError
from ansible_collections.tenantops.access.plugins.module_utils._policy.document import Policy
from ansible_collections.tenantops.access.plugins.module_utils._tasks.policy_files import given_policy
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.policies import policy, rule

WHOLE = policy(
    rule(match={"kind": ["customer"], "path": ["🚀 Rocket/**", ["A/B", "ü\u2028"]]}, not_before="2027-01-15"),
    rule(
        name="others", match={"id": ["0fdf094a-3f42-5884-99e1-25708081bde4"], "pricing_mode": ["trial"]}, mfa="disabled"
    ),
    scope_id="50d2e3e8-aa3b-539c-bce1-a9f787ddb856",
    default="enabled",
    exceptions=[
        {
            "tenant_id": "c82ac0e9-78ad-56af-b287-9482230e5f4e",
            "tenant": ["Northwind", "Lab"],
            "reason": "vendor appliance",
            "owner": "jane@example.com",
            "ticket": "CHG-1234",
            "expires": "2027-01-31",
        }
    ],
    guards={"max_changes": 7, "max_change_percent": 12.5, "protected_users": ["backup-*@example.com"]},
    rollout={"max_per_run": 3, "waves": ["50%", "100%"]},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "policy.yml"


def loaded(path: Path, content: str | bytes) -> Policy:
    """The policy in a file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return given_policy(None, str(path))


def mistake(path: Path, content: str | bytes) -> str:
    """What is said about a file with this content."""
    with pytest.raises(OptionError) as caught:
        loaded(path, content)
    text = str(caught.value)
    assert str(path) in text
    assert text.isprintable()
    return text


class TestTheSamePolicy:
    """however it is given"""

    @pytest.mark.parametrize(
        "write",
        [
            yaml.safe_dump,
            lambda document: yaml.safe_dump(document, default_flow_style=True, allow_unicode=True),
            json.dumps,
            lambda document: json.dumps(document, indent="\t", ensure_ascii=False),
            # A day without quotes is a date to YAML.
            lambda document: yaml.safe_dump(document).replace("'2027-01-15'", "2027-01-15").replace("'", ""),
            lambda document: "---\n# a comment\n" + yaml.safe_dump(document, indent=4) + "...\n",
        ],
        ids=["yaml", "flow", "json", "tabs", "dates", "comments"],
    )
    def test_in_whichever_notation(self, path: Path, write: Any) -> None:
        text = write(WHOLE)
        assert loaded(path, text) == given_policy(WHOLE, None)

    def test_in_a_file_or_in_options(self, path: Path) -> None:
        # As Ansible hands options over: what was not given is there as None.
        small = policy()
        absent = {**small, "scope_id": None, "default": None, "exceptions": None, "guards": None, "rollout": None}
        absent["rules"] = [
            {**one, "match": {**one["match"], "id": None, "path": None, "pricing_mode": None}, "not_before": None}
            for one in small["rules"]
        ]
        assert given_policy(absent, None) == loaded(path, yaml.safe_dump(small)) == given_policy(small, None)

    def test_the_document_that_was_given_is_not_changed(self) -> None:
        given = copy.deepcopy(WHOLE)
        given_policy(given, None)
        assert given == WHOLE

    def test_anchors_and_merges_are_followed(self, path: Path) -> None:
        text = """\
name: baseline
rules:
  - &base
    name: first
    match: {kind: [customer]}
    mfa: enabled
  - <<: *base
    name: second
    match: {kind: [partner]}
"""
        assert [one.name for one in loaded(path, text).rules] == ["first", "second"]

    def test_a_mark_at_the_beginning_of_the_file_does_no_harm(self, path: Path) -> None:
        assert loaded(path, b"\xef\xbb\xbf" + yaml.safe_dump(policy()).encode()) == given_policy(policy(), None)


class TestMistakes:
    """what cannot be used, and where"""

    @pytest.mark.parametrize("as_file", [True, False])
    @pytest.mark.parametrize(
        "place, change",
        [
            ("rules[0].math", {"rules": [{**rule(), "math": {}}]}),
            ("rules[0].match.kinds", {"rules": [rule(match={"kinds": ["customer"]})]}),
            ("rules[0].match.kind", {"rules": [rule(match={"kind": []})]}),
            ("rules[0].mfa", {"rules": [rule("on")]}),
            ("rules[0].not_before", {"rules": [rule(not_before="2027-02-30")]}),
            ("rules[0].not_before", {"rules": [rule(not_before="15.01.2027")]}),
            ("guard", {"guard": {}}),
            ("guards.max_change", {"guards": {"max_change": 1}}),
            ("rollout.waves", {"rollout": {"waves": ["5%", "50%"]}}),
            ("exceptions[0].expires", {"exceptions": [{"tenant_id": "a", "reason": "b", "owner": "c"}]}),
        ],
        ids=str,
    )
    def test_the_place_is_named(self, path: Path, place: str, change: dict[str, Any], as_file: bool) -> None:
        document = {**policy(), **change}
        with pytest.raises(OptionError, match="the policy") as caught:
            if as_file:
                loaded(path, yaml.safe_dump(document))
            else:
                given_policy(document, None)
        assert f": {place}: " in str(caught.value) or f": {place}[" in str(caught.value)

    @pytest.mark.parametrize("day", ["2027-02-30", "2027-13-01", "2027-01-15 10:00:00", "2027-1-5", "20270115"])
    def test_a_day_that_yaml_would_read_itself_is_named_with_its_place(self, path: Path, day: str) -> None:
        text = yaml.safe_dump(policy(rule(not_before="DAY"))).replace("DAY", day)
        assert "rules[0].not_before: " in mistake(path, text)

    @pytest.mark.parametrize(
        "text, key",
        [
            ("name: a\nrules: []\nname: b\n", "name"),
            ("name: a\ndefault: enabled\nrules: []\nguards:\n  max_changes: 1\n  max_changes: 100000\n", "max_changes"),
            ('{"name": "a", "rules": [], "default": "enabled", "rules": []}', "rules"),
            ('{"name": "a", "rules": [{"mfa": "enabled", "mfa": "disabled"}]}', "mfa"),
        ],
    )
    def test_a_key_that_stands_there_twice_is_named(self, path: Path, text: str, key: str) -> None:
        found = mistake(path, text)
        assert f"'{key}'" in found
        assert "more than once" in found

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "# nothing\n",
            "[]",
            "7",
            "just words",
            "name: [",
            "a: b: c",
            "name: &a [*a]",
            "? [a, b]\n: 1\n",
            "? {a: b}\n: 1\n",
            "name: a\n---\nname: b\n",
            "name: !!python/object/apply:os.system ['true']\n",
            "name: !vault x\n",
            "\t- x",
            "name: \x00",
            "[" * 1500,
            "{" * 1500,
            '{"a": ' * 1500,
            b"\xff\xfe\xfa",
            b"name: \xe4\n",
        ],
        ids=lambda content: repr(content[:20]),
    )
    def test_what_is_no_policy_at_all_is_one_sentence(self, path: Path, content: str | bytes) -> None:
        assert "Traceback" not in mistake(path, content)

    def test_a_file_that_cannot_be_read_is_said_so(self, tmp_path: Path) -> None:
        for place in (tmp_path / "absent.yml", tmp_path, tmp_path / ("a" * 300)):
            with pytest.raises(OptionError, match="policy_file") as caught:
                given_policy(None, str(place))
            assert str(place) in str(caught.value)

    def test_a_key_that_is_there_and_empty_is_a_slip(self, path: Path) -> None:
        text = "name: a\nrules:\n  - name: b\n    mfa: enabled\n    match:\n      kind: [customer]\n      path:\n"
        assert "rules[0].match.path: is empty" in mistake(path, text)

    def test_a_scope_of_the_task_beats_that_of_the_policy(self, path: Path) -> None:
        own = yaml.safe_dump({**policy(), "scope_id": "mine"})
        path.write_text(own, encoding="utf-8")
        assert given_policy(None, str(path), "theirs") == given_policy({**policy(), "scope_id": "theirs"}, None)
        assert given_policy(None, str(path), "").scope_id == "mine"
        path.write_text("[]", encoding="utf-8")
        with pytest.raises(OptionError, match="cannot be used"):
            given_policy(None, str(path), "theirs")
