# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One-time tokens and the sessions that they open."""

from __future__ import annotations

from urllib.parse import unquote_plus

from .access import cut_off
from .auth import session_key
from .clients import USER_ADMIN
from .errors import ApiError, bad_request
from .estate.people import ACTIVATED, DELETED, ENABLED, EXEMPT, User
from .login_page import GOODBYE, PAGE
from .sessions import COOKIE
from .tenant_objects import BRAND
from .users import user_object
from .wire import JSON_TYPE, UUID, Call, Reply

NAMES = ("login", "external_id", "user_id")


def _refuse(call: Call, switch: str, info: str) -> None:
    """Raise the refusal that a switch names, unless it says ``issued``."""
    if call.world.switches[switch] != "issued":
        status, code = call.world.switches.refusal(switch)
        raise ApiError(status, code, info)


def _named_user(call: Call, body: dict[str, object]) -> User:
    """The user that the body names, whoever may see it; raises ApiError."""
    given = [name for name in NAMES if name in body]
    if not given or (len(given) > 1 and call.world.switches["ott_several"] == "400"):
        raise bad_request(f"exactly one of {', '.join(NAMES)} is required")
    name, value = given[0], body[given[0]]
    if not isinstance(value, str) or not value:
        raise bad_request(f"{name} must be a text")
    people = call.world.estate.people
    if name == "user_id" and not UUID.fullmatch(value):
        raise bad_request("user_id must be a uuid")
    find = {"login": people.by_login, "external_id": people.by_external_id, "user_id": people.by_id}[name]
    user = find(value)
    if user is None or user.flags & DELETED:
        status, code = call.world.switches.refusal("ott_unknown_user")
        raise ApiError(status, code, "there is no such user")
    return user


def post_ott(call: Call) -> Reply:
    """POST /idp/ott: a one-time token for a user in reach; for API clients only."""
    world = call.world
    call.only()
    body = call.json_object({"purpose"}, {*NAMES, "audit_data"})
    if body["purpose"] not in ("user_login", "verify"):
        raise bad_request("purpose must be user_login")
    if not isinstance(body.get("audit_data", ""), str):
        raise bad_request("audit_data must be a text")
    if call.caller.client is None:
        raise ApiError(403, 1002, "only API clients may issue one-time tokens")
    call.caller.need(USER_ADMIN)
    user = _named_user(call, body)
    if not user.tenant.within(call.caller.tenant):
        _refuse(call, "ott_outside", "the user lives outside of the caller's tenants")
    if cut_off(call.caller, user.tenant):
        _refuse(call, "ott_support_off", "support access to the user's tenant is disabled")
    if not user.flags & ENABLED:
        _refuse(call, "ott_disabled_user", "the user is disabled")
    if not user.flags & ACTIVATED:
        _refuse(call, "ott_not_activated_user", "the user is not activated")
    if user.tenant.organization().mfa and not user.flags & EXEMPT:
        _refuse(call, "ott_mfa_user", "the user has to use two-factor authentication")
    world.counters.otts_issued += 1
    return Reply.json({"ott": world.one_time_tokens.issue(user, world.now() + world.ott_lifetime)})


def _one_time_token(call: Call) -> str:
    """The token in the body of a login; raises ApiError."""
    body = call.body
    if call.world.switches["ott_form_body"] == "accepted" and call.media_type() == JSON_TYPE and body[:4] == b"ott=":
        return unquote_plus(body[4:].decode("ascii", "replace"))
    ott = call.json_object({"ott"})["ott"]
    if not isinstance(ott, str) or not ott:
        raise bad_request("ott must be a text")
    return ott


def post_login(call: Call) -> Reply:
    """POST /idp/ott/login: the user of a one-time token, and a session cookie. Nothing else authenticates it."""
    world = call.world
    call.only()
    user = world.one_time_tokens.use(_one_time_token(call), world.now())
    if user is None or user.flags & (ENABLED | DELETED) != ENABLED:
        raise ApiError(int(world.switches["ott_invalid"]), None, "the one-time token is not valid")
    world.counters.otts_used += 1
    reply = Reply.json(user_object(world, user))
    reply.headers["Set-Cookie"] = f"{COOKIE}={world.sessions.open(user)}; Path=/; HttpOnly; SameSite=Lax"
    return reply


def get_me(call: Call) -> Reply:
    """GET /users/me: the signed-in user; refused for API clients."""
    call.only()
    user = call.caller.user
    if user is None:
        raise ApiError(int(call.world.switches["users_me_client"]), None, "only a user has an account")
    content = user_object(call.world, user)
    content["tenant_kind"] = user.tenant.kind
    content["tenant_pricing_model"] = user.tenant.pricing_mode
    content["brand_id"] = BRAND
    content["login_totp_time"] = None
    return Reply.json(content)


def logout(call: Call) -> Reply:
    """GET or POST /idp/logout: a page, and the end of the session if there is one."""
    key = session_key(call)
    if key:
        call.world.sessions.close(key)
    reply = Reply(200, GOODBYE.encode(), "text/html; charset=utf-8")
    reply.headers["Set-Cookie"] = f"{COOKIE}=; Path=/; HttpOnly; Max-Age=0"
    return reply


def external_login(call: Call) -> Reply:
    """GET /idp/external-login: the page whose script signs in; a bad token is noticed only by the script."""
    call.only("ott", "targetURI")
    return Reply(200, PAGE.encode(), "text/html; charset=utf-8")
