# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the platform's answers mean: its error bodies and codes as typed errors, its fields with checked types."""

from __future__ import annotations

import re
import typing as t

from .._answer import Answer, retry_after
from .._errors import (
    AccessError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    ServerError,
    UnauthorizedError,
)
from .._text import quoted

#: The platform's error codes in our words. Source: Acronis, "API error codes" of the account server.
CODE_NAMES: dict[int, str] = {
    1000: "internal error",
    1001: "version mismatch",
    1002: "access denied",
    1003: "parent tenant disabled",
    1004: "tenant name conflict",
    1005: "tenant not found",
    1006: "deletion of a tenant that is not disabled",
    1007: "move under its own child",
    1008: "move within a customer",
    1009: "removal of a storage in use",
    1010: "Sync & Share e-mail conflict",
    1011: "deprovisioning in progress",
    1012: "tenant is locked",
    1013: "move under a disabled tenant",
    1014: "offering items unavailable for the move",
    1015: "infrastructure component conflict",
    1016: "storage with children cannot be turned off",
    1017: "default storage cannot be turned off",
    1018: "user is disabled",
    1019: "backup service unavailable",
    1020: "machine registration needs a service user",
    1021: "offering item unavailable",
    1022: "hard quota exceeded",
    1023: "offering items depend on each other",
    1024: "address in the forbidden list",
    1025: "SMTP settings incorrect",
    1026: "service cannot be enabled",
    1027: "business rules not satisfied",
    1028: "guest user already created",
    1029: "storage is being removed",
    1030: "Sync & Share user quota",
    1031: "location conflict",
    1032: "hierarchy lacks the locking tenant",
    1033: "invalid login",
    1034: "previous version of the legal document unpublished",
    1035: "offering items legally blocked from moving",
}

_REMEDIES: dict[type[AccessError], str] = {
    UnauthorizedError: "Check the credentials: the API client may be disabled, or the access token expired.",
    ForbiddenError: "The API client sees its own tenant and those below, and needs a role that may do this.",
    NotFoundError: "Check the id, and that it belongs to this data center.",
    RateLimitedError: "Lower concurrency, raise retry_max_wait, or run later.",
    ServerError: "This is the service's own failure: try again, and look at the vendor's status page.",
}


def _kind_of(status: int) -> type[AccessError]:
    known: dict[int, type[AccessError]] = {
        401: UnauthorizedError,
        403: ForbiddenError,
        404: NotFoundError,
        429: RateLimitedError,
    }
    if status in known:
        return known[status]
    if status >= 500:
        return ServerError
    return RejectedError if 400 <= status < 500 else MalformedError


def _described(body: t.Any) -> tuple[int | str | None, str | None]:
    """Code and words of an error body, in any of the shapes seen; ``(None, None)`` when it has none.

    The platform nests everything under ``error`` (``domain`` and ``details`` may be absent). The token endpoint
    follows RFC 6749 instead: ``error`` is a text beside ``error_description``.
    """
    if not isinstance(body, dict):
        return None, None
    error = body.get("error")
    if isinstance(error, str):
        description = body.get("error_description")
        return error, description if isinstance(description, str) else None
    if not isinstance(error, dict):
        return None, None
    code = error.get("code")
    if isinstance(code, bool) or not isinstance(code, (int, str)):
        code = None
    details = error.get("details")
    info = details.get("info") if isinstance(details, dict) else None
    words = [text for text in (error.get("message"), info) if isinstance(text, str) and text]
    return code, ": ".join(dict.fromkeys(words)) or None


def failure(answer: Answer) -> AccessError:
    """The typed error for an answer that is no success."""
    try:
        code, words = _described(answer.json())
    except MalformedError:
        code, words = None, None
    if isinstance(code, str):
        code = int(code) if code.isascii() and code.isdigit() and len(code) < 10 else answer.mask(code)
        if isinstance(code, str) and not re.fullmatch(r"[A-Za-z0-9_.*-]{1,40}", code):
            code = None
    name = CODE_NAMES.get(code) if isinstance(code, int) else None
    said = f"{answer.request} answered {answer.status}"
    if code is not None and code != answer.status:
        said += f", code {code}" + (f" ({name})" if name else "")
    said += f": {quoted(answer.mask(words))}" if words else f" with {answer.summary()}"
    kind = _kind_of(answer.status)
    error = kind(said, _REMEDIES.get(kind, ""), status=answer.status, code=code, code_name=name)
    error.retry_after = retry_after(answer.headers) or 0.0
    return error
