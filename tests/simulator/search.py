# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GET /search: tenants and users by parts of their names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from .access import find_tenant, hidden
from .errors import bad_request
from .estate.model import Tenant
from .estate.people import User
from .stamps import stamp
from .wire import Call, Reply


def search(call: Call) -> Reply:
    """Case-insensitive search in a subtree; at most ``limit`` (default 10) results and no further page."""
    call.only("tenant", "text", "limit", "allow_deleted")
    top_id, text = call.uuid("tenant"), call.query.get("text")
    if top_id is None or not text:
        raise bad_request("tenant and text are required")
    limit, allow_deleted = call.number("limit", 10), call.flag("allow_deleted")
    top = find_tenant(call, top_id, inside=True)
    found = islice(matches(call, top, text.casefold(), allow_deleted), limit)
    return Reply.json({"items": list(found)})


def matches(call: Call, top: Tenant, text: str, allow_deleted: bool) -> Iterator[dict[str, Any]]:
    """The results in the order of the tree."""
    prefix = call.world.switches["search_match"] == "prefix"

    def fits(*words: str) -> bool:
        folded = (word.casefold() for word in words)
        return any(word.startswith(text) if prefix else text in word for word in folded)

    for tenant in call.world.estate.subtree(top):
        if (tenant.deleted_at is not None and not allow_deleted) or hidden(call, tenant, False):
            continue
        if fits(tenant.name):
            yield tenant_result(call, top, tenant)
        if hidden(call, tenant, True):
            continue
        for user in call.world.estate.users_of(tenant, allow_deleted):
            if fits(user.login, user.email, user.firstname, user.lastname):
                yield user_result(call, top, user)


def tenant_result(call: Call, top: Tenant, tenant: Tenant) -> dict[str, Any]:
    """One tenant among the results."""
    return {
        "obj_type": "tenant",
        "id": tenant.id,
        "parent_id": tenant.parent.id if tenant.parent else tenant.id,
        "path": [above.name for above in tenant.path_from(top)],
        "kind": tenant.kind,
        "name": tenant.name,
        "first_name": None,
        "last_name": None,
        "deleted_at": None if tenant.deleted_at is None else stamp(call.world, tenant.deleted_at),
    }


def user_result(call: Call, top: Tenant, user: User) -> dict[str, Any]:
    """One user among the results."""
    return {
        "obj_type": "user",
        "id": user.id,
        "parent_id": user.tenant.id,
        "path": [above.name for above in user.tenant.path_from(top)],
        "login": user.login,
        "first_name": user.firstname,
        "last_name": user.lastname,
        "deleted_at": None if user.changes.deleted_at is None else stamp(call.world, user.changes.deleted_at),
    }
