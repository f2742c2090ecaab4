# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which operation a method and a path mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import clients, mfa, ott, search, tenants, tokens, users
from .auth import authenticate, view
from .errors import ApiError
from .wire import UUID, Call, Reply

BASE = "/api/2"

Handler = Callable[[Call], Reply]


def open_to_all(call: Call) -> None:
    """For operations that do their own authentication, or need none."""


@dataclass(frozen=True)
class Operation:
    """What handles one method of one path, and who may use it."""

    handler: Handler
    admit: Callable[[Call], None] = view


identified = partial(authenticate, scope=None)

# Paths below the base; {id} stands for one uuid.
OPERATIONS: dict[str, dict[str, Operation]] = {
    "/idp/token": {"POST": Operation(tokens.post_token, open_to_all)},
    "/idp/revoke_token": {"POST": Operation(tokens.post_revoke, open_to_all)},
    "/idp/introspect_token": {"POST": Operation(tokens.post_introspect, open_to_all)},
    "/idp/ott": {"POST": Operation(ott.post_ott, identified)},
    "/idp/ott/login": {"POST": Operation(ott.post_login, open_to_all)},
    "/idp/logout": {"GET": Operation(ott.logout, open_to_all), "POST": Operation(ott.logout, open_to_all)},
    "/idp/external-login": {"GET": Operation(ott.external_login, open_to_all)},
    "/clients": {"GET": Operation(clients.list_clients)},
    "/clients/{id}": {"GET": Operation(clients.get_client)},
    "/tenants": {"GET": Operation(tenants.list_tenants)},
    "/tenants/{id}": {"GET": Operation(tenants.get_tenant)},
    "/tenants/{id}/children": {"GET": Operation(tenants.list_children)},
    "/tenants/{id}/users": {"GET": Operation(users.list_tenant_users)},
    "/tenants/{id}/mfa/status": {
        "GET": Operation(mfa.get_tenant_status),
        "PUT": Operation(mfa.put_tenant_status, identified),
    },
    "/search": {"GET": Operation(search.search)},
    "/users": {"GET": Operation(users.list_users)},
    "/users/me": {"GET": Operation(ott.get_me, identified)},
    "/users/{id}": {"GET": Operation(users.get_user)},
    "/users/{id}/mfa/status": {"PUT": Operation(mfa.put_user_status, identified)},
}
UNMATCHED = "(unmatched)"
# Templates by their number of segments, each as (segments, template).
BY_LENGTH: dict[int, list[tuple[list[str], str]]] = {}
for _template in OPERATIONS:
    _segments = _template.split("/")
    BY_LENGTH.setdefault(len(_segments), []).append((_segments, _template))


def find(path: str, ignore_slash: bool) -> tuple[str, tuple[str, ...]]:
    """The template of a path (UNMATCHED if there is none) and the texts in the places of {id}."""
    if not path.startswith(BASE + "/"):
        return UNMATCHED, ()
    rest = path[len(BASE) :]
    if ignore_slash and rest.endswith("/"):
        rest = rest[:-1]
    if rest in OPERATIONS:
        return rest, ()
    segments = rest.split("/")
    for wanted, template in BY_LENGTH.get(len(segments), ()):
        if all(want in (have, "{id}") for want, have in zip(wanted, segments, strict=True)):
            return template, tuple(have for want, have in zip(wanted, segments, strict=True) if want == "{id}")
    return UNMATCHED, ()


def perform(call: Call) -> Reply:
    """Do what the call asks for; raises ApiError and TokenError."""
    methods = OPERATIONS.get(call.template)
    if methods is None:
        raise ApiError(404, None, bare=True)
    for text in call.ids:
        if not UUID.fullmatch(text):
            raise ApiError(int(call.world.switches["malformed_uuid"]), None, f"{text!r} is not a uuid", bare=True)
    operation = methods.get(call.method)
    if operation is None:
        raise ApiError(405, None, headers={"Allow": ", ".join(methods)})
    operation.admit(call)
    return operation.handler(call)
