# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages that say what was tried, what came back and what to do; names that cannot break out of a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils import _errors
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    OptionError,
    RejectedError,
    trying,
)
from ansible_collections.tenantops.access.plugins.module_utils._text import quoted

INDEFINITE = {"timeout", "lost", "server", "malformed"}
KINDS = INDEFINITE | {
    "error",
    "option",
    "refused",
    "no_match",
    "unreachable",
    "tls",
    "unauthorized",
    "forbidden",
    "not_found",
    "rejected",
    "rate_limited",
}


def all_types(base: type[AccessError] = AccessError) -> list[type[AccessError]]:
    """The base and everything that the module derives from it."""
    derived = [kind for kind in base.__subclasses__() if kind.__module__ == _errors.__name__]
    return [base, *(found for kind in derived for found in all_types(kind))]


def test_every_kind_of_failure_has_a_type_and_a_name_of_its_own() -> None:
    names = [kind.kind for kind in all_types()]
    assert len(names) == len(set(names))
    assert set(names) >= KINDS


@pytest.mark.parametrize("kind", all_types(), ids=lambda kind: str(kind.kind))
def test_only_lost_and_garbled_answers_leave_the_outcome_open(kind: type[AccessError]) -> None:
    if kind.kind in KINDS:
        assert kind.definite == (kind.kind not in INDEFINITE)


def test_a_message_says_what_was_tried_what_came_back_and_what_to_do() -> None:
    error = AccessError("the server answered 403", "Ask for a role.")
    error.tried = "read tenant X"
    assert str(error) == "Could not read tenant X: the server answered 403. Ask for a role."


@pytest.mark.parametrize("came_back", ["it broke", "it broke."])
def test_a_message_ends_with_one_full_stop(came_back: str) -> None:
    assert str(AccessError(came_back)) == "It broke."


def test_a_message_names_an_option_as_it_is_written() -> None:
    assert str(OptionError("client_id is not an id")).startswith("client_id is")


def test_the_error_as_data() -> None:
    error = RejectedError("no", status=400, code=1027, code_name="business rules not satisfied")
    expected = {"type": "rejected", "status": 400, "code": 1027, "code_name": "business rules not satisfied"}
    assert {key: error.as_result()[key] for key in expected} == expected


def test_the_innermost_name_of_what_is_tried_wins() -> None:
    with pytest.raises(AccessError) as caught, trying("do everything"), trying("read tenant X"):
        raise AccessError("it broke")
    assert str(caught.value) == "Could not read tenant X: it broke."


def test_other_exceptions_pass_unchanged() -> None:
    with pytest.raises(KeyError), trying("do everything"):
        raise KeyError("x")


@given(st.text(max_size=300))
def test_a_quoted_name_stays_on_one_line_and_in_its_quotes(name: str) -> None:
    text = quoted(name)
    assert text.startswith('"')
    assert text.endswith('"')
    assert len(text) <= 120
    assert text.isprintable()
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize("character", ["\n", "\r", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\ud800"])
def test_what_moves_the_cursor_or_turns_the_text_is_escaped(character: str) -> None:
    text = quoted(f"evil{character}name")
    assert character not in text
    assert "evil" in text
    assert "name" in text


@pytest.mark.parametrize("name", ["Müller & Söhne GmbH", "株式会社テスト", "Lab/Test", "{{ 7*7 }}", "L'Étoile d'Or"])
def test_a_readable_name_stays_readable(name: str) -> None:
    assert quoted(name) == f'"{name}"'


def test_a_long_name_is_cut_and_says_so() -> None:
    assert quoted("a" * 255).endswith('..."')
