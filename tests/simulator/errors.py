# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Error answers in the shapes that the vendor documents or that were observed."""

from __future__ import annotations

from typing import Any

DOMAIN = "PlatformAccountServer"

# Short reasons, by HTTP status or platform code.
REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method Not Allowed",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
    1000: "Internal error",
    1002: "Access denied",
    1003: "Parent tenant is disabled",
    1005: "Tenant not found",
    1012: "Tenant is locked",
    1018: "User is disabled",
    1027: "Business rules are not satisfied",
    1033: "Invalid login",
}


class ApiError(Exception):
    """A refusal of the Account Management API.

    ``status`` is the HTTP status, ``code`` the platform code (default: the status), ``info`` the detail for people,
    ``context`` ids of what it is about, ``bare`` asks for the observed shape without details and domain.
    """

    def __init__(
        self,
        status: int,
        code: int | None = None,
        info: str | None = None,
        *,
        message: str | None = None,
        context: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        bare: bool = False,
    ) -> None:
        self.status = status
        self.code = status if code is None else code
        self.message = message or REASONS.get(self.code) or REASONS.get(status, "Error")
        self.info = info
        self.context = context
        self.headers = headers or {}
        self.bare = bare
        super().__init__(f"{status}/{self.code}: {info or self.message}")

    def body(self, short: bool) -> dict[str, Any]:
        """The JSON body; ``short`` leaves out everything but code and message."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if not (short or self.bare):
            error["details"] = {"info": self.info or self.message}
            error["domain"] = DOMAIN
            error["context"] = self.context or {}
        return {"error": error}


class TokenError(Exception):
    """A refusal of /idp/token or /idp/revoke_token, whose bodies have another shape."""

    def __init__(self, status: int, error: str, description: str, **extra: str) -> None:
        self.status = status
        self.content = {**extra, "error": error, "error_description": description}
        super().__init__(f"{status} {error}: {description}")


def bad_request(info: str) -> ApiError:
    """400 with the generic code."""
    return ApiError(400, None, info)


def invalid_client() -> TokenError:
    """The observed answer to wrong client credentials."""
    return TokenError(
        401,
        "invalid_client",
        "invalid client credentials, check the client's id, secret and authentication method",
        domain="Access",
        reason="InvalidClient",
    )
