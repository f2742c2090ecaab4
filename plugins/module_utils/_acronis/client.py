# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One authenticated connection to the Account Management API: a request in, a checked object or a typed error out."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from .._answer import Answer
from .._errors import AccessError, ForbiddenError, MalformedError, NotFoundError, OptionError, trying
from .._fields import field
from .._http import Http
from .._redact import Redactor
from .answers import failure
from .settings import AcronisSettings
from .tokens import ClientCredentials, GivenToken, TokenSource

T = t.TypeVar("T")


def _url(base_url: str, path: tuple[str, ...]) -> str:
    return "/".join((base_url, *(quote(segment, safe="") for segment in path)))


def _object(answer: Answer) -> dict[str, t.Any]:
    item = answer.json()
    if not isinstance(item, dict):
        raise MalformedError(
            f"{answer.request} answered with a JSON {type(item).__name__}, expected an object", status=answer.status
        )
    return item


def _unless_garbled(error: AccessError) -> None:
    """Let a garbled answer be asked for again; a redirect will be the same once more."""
    if not isinstance(error, MalformedError) or (error.status and 300 <= error.status < 400):
        raise error


class UserSession:
    """What a browser does after a one-time sign-in link was opened: a session that lives in a cookie.

    Args:
        base_url: root of the API.
        http: a network session that keeps cookies.
    """

    #: The vendor's own sign-in page sends it with every request of a cookie session.
    _HEADERS: t.ClassVar[dict[str, str]] = {"X-Acronis-API": "1"}

    def __init__(self, base_url: str, http: Http) -> None:
        self._base_url = base_url
        self._http = http

    def post(self, *path: str, body: dict[str, t.Any]) -> dict[str, t.Any]:
        """Send an object once and return the one that is answered.

        Raises:
            AccessError: look at its ``definite``.
        """
        answer = self._http.request(
            "POST", _url(self._base_url, path), repeatable=False, headers=self._HEADERS, json_body=body
        )
        if answer.status != 200:
            raise failure(answer)
        return _object(answer)

    def visit(self, *path: str) -> None:
        """Open a page whose content does not matter.

        Raises:
            AccessError: it could not be opened.
        """
        answer = self._http.request("GET", _url(self._base_url, path), repeatable=True, headers=self._HEADERS)
        if answer.status != 200:
            raise failure(answer)


class AcronisClient:
    """Requests as one API client (or with one access token), from many threads.

    Args:
        settings: checked connection options.
        warn: called with a sentence that the user should read.
        redactor: learns every secret on the way; one per run.

    Raises:
        OptionError: the settings cannot be used on this machine.
    """

    def __init__(
        self, settings: AcronisSettings, warn: t.Callable[[str], None], redactor: Redactor | None = None
    ) -> None:
        self.redactor = redactor or Redactor()
        credentials = settings.credentials
        self.redactor.add(credentials.client_secret, credentials.access_token)
        if credentials.client_secret:
            self.redactor.add(f"{credentials.client_id}:{credentials.client_secret}")
        self.concurrency = settings.http.concurrency
        self.poll = settings.poll
        self.base_url = settings.base_url
        self._client_id = credentials.client_id
        self._http = Http(settings.http, self.redactor)
        self._own_tenant_id: str | None = None
        self._own_tenant_asked = False
        #: Why the own tenant could not be found out, if it was looked up.
        self.own_tenant_problem: AccessError | None = None
        self._tokens: TokenSource
        if credentials.access_token:
            self._tokens = GivenToken(credentials.access_token)
        else:
            self._tokens = ClientCredentials(self._http, settings, self.redactor, warn)

    def get(self, *path: str, **params: str) -> dict[str, t.Any]:
        """Read an object. A garbled answer is asked for again, like a lost one.

        Args:
            path: segments below the base URL, not yet encoded.
            params: query parameters.

        Raises:
            AccessError: of the type that fits, after the repeats that the settings allow.
        """
        return self.settled(
            lambda: _object(self._request("GET", path, repeatable=True, params=params)), _unless_garbled
        )

    def settled(self, attempt: t.Callable[[], T], settle: t.Callable[[AccessError], T | None]) -> T:
        """See :meth:`.Http.settled`."""
        return self._http.settled(attempt, settle)

    def put(self, *path: str, body: dict[str, t.Any]) -> dict[str, t.Any]:
        """Write once. An indefinite answer is the caller's to settle, by reading.

        Raises:
            AccessError: look at its ``definite``.
        """
        return _object(self._request("PUT", path, repeatable=False, body=body))

    def post_for_secret(self, *path: str, body: dict[str, t.Any]) -> tuple[dict[str, t.Any], float]:
        """Ask for something secret that must not be asked for twice.

        Returns:
            the object that was answered, and when the request was sent, in seconds since the epoch.

        Raises:
            AccessError: look at its ``definite``.
        """
        answer = self._request("POST", path, repeatable=False, confidential=True, body=body)
        return _object(answer), answer.sent

    def user_session(self) -> UserSession:
        """A session of its own for signing in as a user, without this client's token."""
        return UserSession(self.base_url, Http(self._http.settings, self.redactor, keep_cookies=True))

    def own_tenant_id(self) -> str | None:
        """Id of the tenant that the API client belongs to, or ``None`` if that cannot be found out.

        ``/users/me`` is for people; the vendor's guide looks an API client up instead.
        """
        if not self._own_tenant_asked and self._client_id:
            try:
                with trying(f"look the API client {self._client_id} up"):
                    client = self.get("clients", self._client_id)
                    self._own_tenant_id = field(client, "tenant_id", str, "the answer to GET /clients")
            except (ForbiddenError, NotFoundError) as error:
                self.own_tenant_problem = error
        self._own_tenant_asked = True
        return self._own_tenant_id

    def scope_root(self, scope_id: str | None) -> str:
        """Id of the tenant at the top of a scope.

        Args:
            scope_id: the scope's root, if it is named; default: the client's own tenant.

        Raises:
            OptionError: it is not given and cannot be found out.
            AccessError: it could not be read.
        """
        root_id = scope_id or self.own_tenant_id()
        if root_id is None and self.own_tenant_problem is not None:
            raise self.own_tenant_problem
        if root_id is None:
            raise OptionError(
                "which tenant to start from is not known",
                "With an access token alone, name scope_id or the tenant's own id, or give client_id beside the token.",
            )
        return root_id

    def _request(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        repeatable: bool,
        confidential: bool = False,
        params: dict[str, str] | None = None,
        body: dict[str, t.Any] | None = None,
    ) -> Answer:
        url = _url(self.base_url, path)

        def send(token: str) -> Answer:
            return self._http.request(
                method,
                url,
                repeatable=repeatable,
                confidential=confidential,
                params=params or None,
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                json_body=body,
            )

        token = self._tokens.current()
        answer = send(token)
        if answer.status == 401:
            # The token may have been revoked or outlived its announced life; a refused request changed nothing.
            answer = send(self._tokens.renewed(token))
        if not 200 <= answer.status < 300:
            raise failure(answer)
        return answer
