# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access tokens: one per run, not one per task; shared between processes by a private file; renewed in time."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import json
import os
import re
import threading
import time
import typing as t
from email.utils import parsedate_to_datetime

from .._answer import Answer
from .._errors import AccessError, MalformedError, OptionError, UnauthorizedError, trying
from .._fields import field, optional
from .._files import exclusive_lock, make_private_dir, read_private, write_private
from .._http import Http
from .._redact import Redactor
from .answers import failure
from .settings import AcronisSettings

#: Seconds before the end of its life at which a token is renewed; less for tokens that live shortly.
_MARGIN = 300.0
#: Assumed life in seconds of a token whose answer names no end. The vendor speaks of two hours, its reference of 600 s.
_UNKNOWN_LIFE = 600.0
#: What can be sent as a Bearer token.
_TOKEN = re.compile(r"[!-~]+")


@dataclasses.dataclass(frozen=True)
class Token:
    """An access token.

    Attributes:
        text: the token itself.
        renew_at: when to get another one, in seconds since the epoch by the local clock.
    """

    text: str = dataclasses.field(repr=False)
    renew_at: float

    def fresh(self) -> bool:
        return time.time() < self.renew_at


class TokenSource(t.Protocol):
    """Where a client gets its token from; usable from many threads."""

    def current(self) -> str:
        """A token that should be good for the next requests."""

    def renewed(self, rejected: str, /) -> str:
        """Another token than ``rejected``, which the server did not accept."""


class GivenToken:
    """The token that the user gave; it cannot be renewed."""

    def __init__(self, text: str) -> None:
        self._text = text

    def current(self) -> str:
        return self._text

    def renewed(self, _rejected: str, /) -> str:
        raise UnauthorizedError(
            "the server does not accept the access token that was given",
            "It may have expired (they live for two hours), been revoked, or belong to another data center. "
            "Give a new one, or client_id and client_secret.",
            status=401,
        )


def _life(item: t.Mapping[str, t.Any], answer: Answer) -> float:
    """Seconds from now that the token lives; ``expires_on`` is by the server's clock, so its ``Date`` is now."""
    where = answer.request
    seconds = optional(item, "expires_in", int, where)
    if seconds is not None:
        return float(seconds)
    moment = optional(item, "expires_on", int, where)
    if moment is None:
        return _UNKNOWN_LIFE
    try:
        server_now = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        server_now = time.time()
    return moment - server_now


class ClientCredentials:
    """Tokens for an API client, cached in memory and, unless switched off, in a private file.

    The cache file belongs to one data center, client and secret: a rotated secret finds no old token.

    Args:
        http: the network.
        settings: base URL, the pair, the cache directory.
        redactor: is told every token.
        warn: called with a sentence when the cache cannot be used; the work goes on without it.
    """

    def __init__(
        self, http: Http, settings: AcronisSettings, redactor: Redactor, warn: t.Callable[[str], None]
    ) -> None:
        self._http = http
        self._base_url = settings.base_url
        self._client_id = settings.credentials.client_id or ""
        self._client_secret = settings.credentials.client_secret or ""
        self._redactor = redactor
        self._warn = warn
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._directory = settings.token_cache_dir
        identity = "\0".join((self._base_url, self._client_id, self._client_secret))
        self._name = hashlib.sha256(identity.encode("utf-8")).hexdigest()

    def current(self) -> str:
        token = self._token
        if token is not None and token.fresh():
            return token.text
        return self._another(rejected=None)

    def renewed(self, rejected: str, /) -> str:
        return self._another(rejected)

    def _another(self, rejected: str | None) -> str:
        with self._lock:
            token = self._token
            if token is not None and token.fresh() and token.text != rejected:
                return token.text
            self._token = self._cached_or_new(rejected)
            return self._token.text

    def _cached_or_new(self, rejected: str | None) -> Token:
        if self._directory is None:
            return self._request()
        path = os.path.join(self._directory, f"{self._name}.json")
        with contextlib.ExitStack() as lock:
            try:
                make_private_dir(self._directory)
                token = self._read(path)
                if token is None or token.text == rejected:
                    lock.enter_context(exclusive_lock(f"{path}.lock"))
                    token = self._read(path)
            except OptionError as error:
                self._directory = None
                self._warn(f"The token cache is not used: {error}")
                return self._request()
            if token is not None and token.text != rejected:
                return token
            token = self._request()
            try:
                write_private(path, json.dumps(dataclasses.asdict(token)).encode("utf-8"))
            except OptionError as error:
                self._warn(f"The access token is not cached: {error}")
            return token

    def _read(self, path: str) -> Token | None:
        content = read_private(path)
        try:
            item = json.loads(content or b"{}")
            token = Token(field(item, "text", str, path), field(item, "renew_at", float, path))
        except (ValueError, RecursionError, AttributeError, MalformedError):
            return None
        if not token.fresh() or not _TOKEN.fullmatch(token.text):
            return None
        self._redactor.add(token.text)
        return token

    def _request(self) -> Token:
        """Get a token with the pair in the Basic header, or in the body where the client was created for that."""
        with trying(f"get an access token for the API client {self._client_id}"):
            pair = f"{self._client_id}:{self._client_secret}".encode()
            basic = {"Authorization": "Basic " + base64.b64encode(pair).decode("ascii")}
            form = {"grant_type": "client_credentials"}
            answer = self._post(form, basic)
            if answer.status == 401:
                in_body = {"client_id": self._client_id, "client_secret": self._client_secret}
                second = self._post({**form, **in_body}, {})
                answer = second if second.status == 200 else answer
            if answer.status != 200:
                raise self._refusal(answer)
            return self._token_from(answer)

    def _post(self, form: dict[str, str], headers: dict[str, str]) -> Answer:
        return self._http.request(
            "POST", f"{self._base_url}/idp/token", repeatable=True, confidential=True, form=form, headers=headers
        )

    @staticmethod
    def _refusal(answer: Answer) -> AccessError:
        error = failure(answer)
        if isinstance(error, UnauthorizedError):
            error.remedy = "Check client_id and client_secret, and that the API client is enabled in this data center."
        return error

    def _token_from(self, answer: Answer) -> Token:
        item = answer.json()
        if not isinstance(item, dict):
            raise MalformedError(f"{answer.request} answered with a JSON {type(item).__name__}, expected an object")
        text = field(item, "access_token", str, answer.request)
        if not _TOKEN.fullmatch(text):
            raise MalformedError(f"{answer.request} answered with an access_token that cannot be sent")
        self._redactor.add(text)
        life = _life(item, answer)
        if life <= 0:
            # Clocks disagree beyond use. A 401 will tell when it is really over.
            life = _UNKNOWN_LIFE
        return Token(text, time.time() + life - min(_MARGIN, life * 0.1))
