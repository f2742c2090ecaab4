# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are no success, as typed errors with the vendor's code by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._acronis.answers import CODE_NAMES, failure
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    ServerError,
    UnauthorizedError,
)
from ansible_collections.tenantops.access.tests.unit.support.answers import answered

REQUEST = "PUT https://eu2-cloud.example.com/api/2/tenants/x/mfa/status"


def failed(status: int, content: Any, headers: dict[str, str] | None = None) -> AccessError:
    """The error for an answer with this status and JSON (or these bytes)."""
    return failure(answered(content, status, headers, request=REQUEST))


@pytest.mark.parametrize(
    "status, kind",
    [
        (400, RejectedError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (405, RejectedError),
        (409, RejectedError),
        (415, RejectedError),
        (429, RateLimitedError),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, ServerError),
        (100, MalformedError),
        (700, ServerError),
    ],
)
def test_the_status_decides_the_type(status: int, kind: type[AccessError]) -> None:
    error = failed(status, {})
    assert error.__class__ is kind
    assert error.status == status
    assert f"{REQUEST} answered {status}" in str(error)


def test_the_whole_error_object_of_the_platform() -> None:
    error = failed(
        400,
        {
            "error": {
                "code": 1006,
                "message": "Tenant is not disabled",
                "details": {"info": "Only disabled tenants can be deleted", "addition": [{"id": "1415032"}]},
                "domain": "PlatformAccountServer",
                "context": {"id": "1415032"},
            }
        },
    )
    assert (error.code, error.code_name) == (1006, "deletion of a tenant that is not disabled")
    for words in ("code 1006", "deletion of a tenant that is not disabled", "Only disabled tenants can be deleted"):
        assert words in str(error)


def test_all_codes_of_the_platform_have_a_name() -> None:
    assert set(CODE_NAMES) == set(range(1000, 1036))


@pytest.mark.parametrize("code", CODE_NAMES)
@pytest.mark.parametrize("form", [int, str])
def test_a_code_is_shown_by_name(code: int, form: type[int] | type[str]) -> None:
    error = failed(403, {"error": {"code": form(code), "message": "no"}})
    assert error.code == code
    assert f"code {code} ({CODE_NAMES[code]})" in str(error)
    assert error.as_result()["code_name"] == CODE_NAMES[code]


def test_a_code_that_only_repeats_the_status_is_not_said_twice() -> None:
    error = failed(404, {"error": {"code": 404, "message": "Not found"}})
    assert "code 404" not in str(error)
    assert "Not found" in str(error)


def test_a_code_without_a_name_is_shown_as_it_is() -> None:
    error = failed(400, {"error": {"code": 4711, "message": "new"}})
    assert "code 4711" in str(error)
    assert error.code_name is None


def test_the_token_endpoints_own_shape() -> None:
    error = failed(
        401,
        {
            "domain": "Access",
            "reason": "InvalidClient",
            "error": "invalid_client",
            "error_description": "invalid client credentials",
        },
    )
    assert error.code == "invalid_client"
    assert "invalid client credentials" in str(error)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Internal Server Error",
        b"<html><title>502 Bad Gateway</title></html>",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"error": null}',
        b'{"error": []}',
        b'{"error": {}}',
        b'{"error": {"code": true, "message": 5, "details": "x"}}',
        b'{"error": {"code": {}, "message": null, "details": {"info": 7}}}',
        b'{"error": "x", "error_description": {}}',
        b'{"error": {"code": 1.5}}',
        b"{" * 50_000,
    ],
)
def test_any_other_body_is_described(content: bytes) -> None:
    error = failed(500, content)
    assert error.__class__ is ServerError
    assert not isinstance(error.code, (bool, float, dict, list))


@given(
    content=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["error", "code", "message", "details", "info", "error_description"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_no_body_breaks_it(content: Any) -> None:
    error = failed(400, content)
    assert error.__class__ is RejectedError
    assert str(error).isprintable()


def test_the_time_that_a_busy_server_asks_for_is_kept() -> None:
    assert failed(503, {}, {"Retry-After": "17"}).retry_after == 17
    assert failed(503, {}).retry_after == 0


@pytest.mark.parametrize("start", range(0, 130, 7))
def test_a_secret_in_the_servers_words_is_masked_before_they_are_shortened(start: int) -> None:
    secret = "K3y-8f2d91c07b6e45a3-Zq"
    body = {"error": {"code": 1, "message": "x" * start + secret}}
    shown = str(failure(answered(body, 400, request=REQUEST, secrets=[secret])))
    assert not any(secret[i : i + 6] in shown for i in range(len(secret) - 5))
