# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Typed errors. Each says what was tried, what came back and what to do next."""

from __future__ import annotations

import typing as t
from contextlib import contextmanager


class AccessError(Exception):
    """The base of all errors of this collection.

    Attributes:
        came_back: what happened, as a clause without a full stop.
        remedy: what the reader can do, as one or more sentences; may be empty.
        tried: what the caller wanted, as an infinitive ("read the MFA state of ..."); may be empty.
        status: HTTP status, if an answer came.
        code: the vendor's own error code, if the answer carried one.
        code_name: the vendor's words for ``code``.
        retry_after: seconds that the server asked to wait before another try.
        certain: :attr:`definite`, unless an earlier try may still have worked.
    """

    kind: t.ClassVar[str] = "error"
    #: Whether the server has certainly not done what was asked, and will not.
    definite: t.ClassVar[bool] = True

    def __init__(
        self,
        came_back: str,
        remedy: str = "",
        *,
        status: int | None = None,
        code: int | str | None = None,
        code_name: str | None = None,
    ) -> None:
        super().__init__(came_back)
        self.came_back = came_back
        self.remedy = remedy
        self.tried = ""
        self.status = status
        self.code = code
        self.code_name = code_name
        self.retry_after = 0.0
        self.certain = self.definite

    def __str__(self) -> str:
        sentence = f"Could not {self.tried}: {self.came_back}" if self.tried else self._beginning()
        sentence = sentence.rstrip(".") + "."
        return f"{sentence} {self.remedy}" if self.remedy else sentence

    def _beginning(self) -> str:
        return self.came_back[:1].upper() + self.came_back[1:]

    def as_result(self) -> dict[str, t.Any]:
        """The error as data, for the ``error`` return value of a failed task."""
        return {"type": self.kind, "status": self.status, "code": self.code, "code_name": self.code_name}


class OptionError(AccessError):
    """An option is missing, malformed, or contradicts another one. Nothing was sent."""

    kind = "option"

    def _beginning(self) -> str:
        # It often begins with the name of an option, which has no capital letters.
        return self.came_back


class RefusedError(AccessError):
    """The collection itself declines to do it, because it cannot work or must not happen. Nothing was written."""

    kind = "refused"


class NoMatchError(AccessError):
    """A name or path fits no tenant, user or the like, or more than one."""

    kind = "no_match"


class WaitError(AccessError):
    """A change was accepted, but is not complete after the time that the caller allowed."""

    kind = "timeout"
    definite: t.ClassVar[bool] = False


class UnreachableError(AccessError):
    """No connection: the request was never sent."""

    kind = "unreachable"


class TlsError(AccessError):
    """The server's certificate or protocol was not accepted: the request was never sent."""

    kind = "tls"


class LostError(AccessError):
    """The request was sent, its answer never came: whether it took effect is not known."""

    kind = "lost"
    definite: t.ClassVar[bool] = False


class UnauthorizedError(AccessError):
    """HTTP 401: credentials or token are not valid."""

    kind = "unauthorized"


class ForbiddenError(AccessError):
    """HTTP 403: known caller, but no right to do this."""

    kind = "forbidden"


class NotFoundError(AccessError):
    """HTTP 404: there is no such thing."""

    kind = "not_found"


class RejectedError(AccessError):
    """Another 4xx: the server understood and refused."""

    kind = "rejected"


class RateLimitedError(AccessError):
    """HTTP 429, for longer than the caller is willing to wait."""

    kind = "rate_limited"


class ServerError(AccessError):
    """HTTP 5xx: whether the request took effect is not known."""

    kind = "server"
    definite: t.ClassVar[bool] = False


class MalformedError(AccessError):
    """An answer that does not keep the contract: not JSON, wrong types, missing fields, a redirect."""

    kind = "malformed"
    definite: t.ClassVar[bool] = False


@contextmanager
def trying(what: str) -> t.Iterator[None]:
    """Name what is being tried in every error that passes; the innermost name wins.

    Args:
        what: an infinitive, such as ``"read the MFA state of tenant X"``.
    """
    try:
        yield
    except AccessError as error:
        error.tried = error.tried or what
        raise
