# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access tokens: issuing, finding and revoking them, and the operations under /idp that do so."""

from __future__ import annotations

import base64
import binascii
import secrets
import uuid
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from .clients import SCOPE_PREFIX, Client
from .errors import ApiError, TokenError, invalid_client
from .wire import FORM_TYPE, Call, Reply, dumps

if TYPE_CHECKING:
    from .world import World


class Token:
    """One access token."""

    __slots__ = ("client", "expires", "scopes", "value")

    def __init__(self, value: str, client: Client, scopes: frozenset[str], expires: float) -> None:
        self.value = value
        self.client = client
        self.scopes = scopes
        self.expires = expires


class Tokens:
    """All tokens that were issued and not revoked."""

    def __init__(self) -> None:
        self.by_value: dict[str, Token] = {}

    def issue(self, client: Client, scopes: frozenset[str], now: float, lifetime: float) -> Token:
        """A new token for a client; ``lifetime`` in seconds."""
        claims = {
            "exp": int(now + lifetime),
            "iat": int(now),
            "jti": str(uuid.uuid4()),
            "sub": client.id,
            "sub_type": "api_client",
            "client_id": client.id,
            "owner_tuid": client.tenant.id,
            "scope": [
                {"tid": client.tenant.ordinal, "tuid": client.tenant.id, "rs": "account-server", "rn": client.role}
            ],
        }
        token = Token(_jwt(claims), client, scopes, now + lifetime)
        self.by_value[token.value] = token
        return token

    def expire(self, client_id: str | None) -> int:
        """Invalidate all tokens, or those of one client; returns how many."""
        gone = [token.value for token in self.by_value.values() if client_id in (None, token.client.id)]
        for value in gone:
            del self.by_value[value]
        return len(gone)


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _jwt(claims: dict[str, object]) -> str:
    """A text that looks like a token signed with RS256; the signature is random."""
    header = {"typ": "JWT", "alg": "RS256", "kid": "c0ffee00"}
    parts = (dumps(header), dumps(claims), secrets.token_bytes(256))
    return ".".join(_encoded(part) for part in parts)


def basic_pair(header: str) -> tuple[str, str] | None:
    """User and password of a Basic Authorization header, or None when malformed."""
    try:
        text = base64.b64decode(header.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = text.partition(":")
    return (user, password) if colon else None


def matching_client(world: World, client_id: str, secret: str, method: str) -> Client | None:
    """The client with these credentials, if it authenticates by this method."""
    client = world.clients_by_id.get(client_id)
    if client is None or client.method != method:
        return None
    return client if secrets.compare_digest(client.secret.encode(), secret.encode()) else None


def _form(call: Call) -> dict[str, str]:
    """The form of the body; 415 for another type, 400 when malformed or with a repeated field."""
    if call.media_type() != FORM_TYPE:
        raise ApiError(415, None, f"Content-Type must be {FORM_TYPE}")
    try:
        text = call.body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError:
        raise TokenError(400, "invalid_request", "the body is not a form") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise TokenError(400, "invalid_request", "a field is repeated")
    return form


def _authenticated(call: Call, form: dict[str, str]) -> Client:
    """The client of a request to the token endpoints, by the one method that it is registered for."""
    header = call.headers.get("Authorization", "")
    scheme, _unused, value = header.partition(" ")
    basic = basic_pair(value) if scheme.lower() == "basic" else None
    if header and "client_secret" in form:
        raise TokenError(400, "invalid_request", "two methods of client authentication")
    if basic:
        client = matching_client(call.world, *basic, "client_secret_basic")
    else:
        pair = (form.get("client_id", ""), form.get("client_secret", ""))
        client = matching_client(call.world, *pair, "client_secret_post")
    if client is None:
        raise invalid_client()
    return client


def post_token(call: Call) -> Reply:
    """POST /idp/token with the grant client_credentials."""
    form = _form(call)
    grant = form.get("grant_type")
    if not grant:
        raise TokenError(400, "invalid_request", "grant_type is required")
    if grant != "client_credentials":
        raise TokenError(400, call.world.switches["unsupported_grant"], "the grant type is not supported")
    client = _authenticated(call, form)
    if client.status != "enabled":
        if call.world.switches["disabled_client"] == "403":
            raise TokenError(403, "access_denied", "the client is disabled")
        raise invalid_client()
    scopes = client.scopes
    if form.get("scope"):
        wanted = {word.removeprefix(SCOPE_PREFIX) for word in form["scope"].split()}
        if not wanted <= scopes:
            raise TokenError(403, "access_denied", "scope is not allowed")
        scopes = frozenset(wanted)
    world = call.world
    token = world.tokens.issue(client, scopes, world.now(), world.token_lifetime)
    world.counters.tokens_issued += 1
    answer: dict[str, object] = {"access_token": token.value, "token_type": "bearer"}
    if world.switches.on("emit_expires_on"):
        answer["expires_on"] = int(token.expires)
    if world.switches.on("emit_expires_in"):
        answer["expires_in"] = int(world.token_lifetime)
    answer["id_token"] = _jwt({"sub": client.id, "aud": client.id, "exp": int(token.expires)})
    return Reply.json(answer)


def post_revoke(call: Call) -> Reply:
    """POST /idp/revoke_token: 200 with an empty body."""
    form = _form(call)
    client = _authenticated(call, form)
    if form.get("token_type_hint", "access_token") not in ("access_token", "refresh_token"):
        raise TokenError(400, "unsupported_token_type", "the hint is neither access_token nor refresh_token")
    if not form.get("token"):
        raise TokenError(400, "invalid_request", "token is required")
    token = call.world.tokens.by_value.get(form["token"])
    if token is None and call.world.switches["revoke_unknown"] == "400":
        raise TokenError(400, "invalid_request", "the token is unknown")
    if token is not None:
        if token.client is not client:
            raise TokenError(400, "invalid_request", "the token belongs to another client")
        del call.world.tokens.by_value[token.value]
    return Reply(200, b"", "")


def post_introspect(call: Call) -> Reply:
    """POST /idp/introspect_token: its scope is not given to API clients, so they are refused with 403."""
    client = _authenticated(call, _form(call))
    raise ApiError(403, 1002, "the scope token_introspector is required", context={"id": client.id})
