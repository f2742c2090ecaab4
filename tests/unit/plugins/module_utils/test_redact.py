# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever form a secret takes in a text, nobody can read it there."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._redact import MASK, Redactor

# Shorter ones cannot be told from ordinary words, and a secret of mask characters cannot be told from a mask.
SECRETS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*"), min_size=8, max_size=60)
TEXTS = st.text(max_size=40)


def lower_hex(text: str) -> str:
    """Percent-encoded with small letters."""
    return "".join(f"%{byte:02x}" if byte > 127 or not chr(byte).isalnum() else chr(byte) for byte in text.encode())


FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded, slashes kept": quote,
    "as encodeURIComponent does": lambda text: quote(text, safe="!'()*"),
    "percent-encoded, small letters": lower_hex,
    "as a form field": quote_plus,
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in JSON, unicode kept": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
}


def redactor(*secrets: str | None) -> Redactor:
    made = Redactor()
    made.add(*secrets)
    return made


@pytest.mark.parametrize("form", FORMS)
@given(secret=SECRETS, before=TEXTS, after=TEXTS)
def test_a_secret_in_any_text_is_masked(form: str, secret: str, before: str, after: str) -> None:
    shown = FORMS[form](secret)
    masked = redactor(secret).mask(before + shown + after)
    assert shown not in masked
    assert MASK in masked


@given(secret=SECRETS, before=st.binary(max_size=40), after=st.binary(max_size=40), urlsafe=st.booleans())
def test_a_secret_at_any_place_of_a_base64_text_is_masked(
    secret: str, before: bytes, after: bytes, urlsafe: bool
) -> None:
    content = secret.encode()
    encoded = (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(before + content + after).decode()
    start, end = -(-len(before) * 8 // 6), (len(before) + len(content)) * 8 // 6
    masked = redactor(secret).mask(f"Authorization: Basic {encoded}")
    assert encoded[start:end] not in masked
    assert MASK in masked


@given(first=SECRETS, second=SECRETS, text=TEXTS)
def test_a_secret_within_another_leaves_nothing_of_either(first: str, second: str, text: str) -> None:
    whole = f"{first}:{second}"
    masked = redactor(first, second, whole).mask(f"{text}{whole}{text}{second}")
    assert first not in masked
    assert second not in masked


@given(secret=st.text("abcdefgh0123456789", min_size=8), text=st.text("STUVWXYZ äöü.,:/", max_size=80))
def test_a_text_without_secrets_is_left_alone(secret: str, text: str) -> None:
    assert redactor(secret).mask(text) == text


def test_nothing_is_no_secret() -> None:
    nothing = redactor(None, "")
    assert nothing.mask("an ordinary text") == "an ordinary text"
    assert nothing.forms == frozenset()


def test_the_forms_hold_the_secret_as_it_is() -> None:
    assert "client-secret-0123" in redactor("client-secret-0123").forms


def test_a_text_that_is_no_unicode_is_a_secret_too() -> None:
    assert "ab\udcffcdefghij" not in redactor("ab\udcffcdefghij").mask("x ab\udcffcdefghij y")


@given(password=SECRETS)
def test_the_password_of_a_url_is_masked_raw_and_encoded(password: str) -> None:
    made = Redactor()
    made.add_url(f"http://user:{quote(password, safe='')}@proxy.example.com:3128/")
    masked = made.mask(f"{password} {quote(password, safe='')}")
    assert password not in masked
    assert quote(password, safe="") not in masked


@pytest.mark.parametrize(
    "password", ["pa/ssw0rd-4711", "pa#ssw0rd-4711", "pa?ssw0rd-4711", "pa[ssw0rd-4711", "a:b@c-4711"]
)
def test_a_password_that_was_not_encoded_is_masked_as_well(password: str) -> None:
    made = Redactor()
    made.add_url(f"http://user:{password}@proxy.example.com:3128")
    assert password not in made.mask(f"Failed to parse: http://user:{password}@proxy.example.com:3128")


@pytest.mark.parametrize("url", [None, "", "http://proxy.example.com:3128", "http://user@proxy.example.com"])
def test_a_url_without_a_password_makes_no_secret(url: str | None) -> None:
    made = Redactor()
    made.add_url(url)
    assert made.forms == frozenset()
