# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who makes a request: an API client by Bearer token or Basic credentials, or a user by session cookie."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from .clients import VIEW, Client
from .errors import ApiError
from .estate.model import Tenant
from .estate.people import User
from .sessions import COOKIE, user_scopes
from .tokens import basic_pair, matching_client
from .wire import Call


class Principal:
    """The authenticated caller: its tenant bounds what it sees, its scopes what it may do."""

    __slots__ = ("client", "scopes", "tenant", "user")

    def __init__(self, tenant: Tenant, scopes: frozenset[str], client: Client | None, user: User | None) -> None:
        self.tenant = tenant
        self.scopes = scopes
        self.client = client
        self.user = user

    def need(self, scope: str) -> None:
        """403/1002 unless the caller has the scope."""
        if scope not in self.scopes:
            raise ApiError(403, 1002, "the role of the caller is not sufficient", context={"id": self.tenant.id})


def _unauthorized(call: Call, info: str) -> ApiError:
    challenge = call.world.switches["www_authenticate"] == "bearer"
    return ApiError(401, None, info, headers={"WWW-Authenticate": "Bearer"} if challenge else {})


def _by_token(call: Call, value: str) -> Principal:
    token = call.world.tokens.by_value.get(value)
    if token is None:
        raise _unauthorized(call, "the access token is not valid")
    now = call.world.now()
    if token.expires <= now:
        raise _unauthorized(call, "the access token has expired")
    if token.client.status != "enabled":
        raise _unauthorized(call, "the client is disabled")
    token.client.last_access = now
    return Principal(token.client.tenant, token.scopes, token.client, None)


def _by_basic(call: Call, value: str) -> Principal:
    pair = basic_pair(value)
    client = matching_client(call.world, *pair, "client_secret_basic") if pair else None
    if client is None or client.status != "enabled":
        raise _unauthorized(call, "the client credentials are not valid")
    client.last_access = call.world.now()
    return Principal(client.tenant, client.scopes, client, None)


def session_key(call: Call) -> str | None:
    """The session key of the request's cookie, if there is one."""
    header = call.headers.get("Cookie")
    if not header:
        return None
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _by_cookie(call: Call) -> Principal:
    key = session_key(call)
    user = call.world.sessions.find(key) if key else None
    if user is None:
        raise _unauthorized(call, "authentication is required")
    return Principal(user.tenant, user_scopes(user), None, user)


def authenticate(call: Call, scope: str | None) -> None:
    """Set ``call.principal``; 401 when nobody or not valid, 403 without ``scope`` (None asks for no scope)."""
    header = call.headers.get("Authorization")
    in_query = "access_token=" in call.raw_query and "access_token" in call.query
    if in_query and header:
        raise ApiError(int(call.world.switches["both_tokens"]), None, "two access tokens in one request")
    if in_query:
        call.principal = _by_token(call, call.query["access_token"])
    elif header:
        scheme, _unused, value = header.partition(" ")
        if scheme.lower() == "bearer":
            call.principal = _by_token(call, value)
        elif scheme.lower() == "basic":
            call.principal = _by_basic(call, value)
        else:
            raise _unauthorized(call, "unknown authentication scheme")
    else:
        call.principal = _by_cookie(call)
    if scope is not None:
        call.principal.need(scope)


def view(call: Call) -> None:
    """Authentication for operations that any reader may use."""
    authenticate(call, VIEW)
