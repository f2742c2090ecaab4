# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading tenants: the batch, a single one, and the children of one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from .access import find_tenant, hidden
from .errors import ApiError, bad_request
from .estate.model import Tenant, position
from .paging import continued, paged
from .stamps import moment, stamp
from .tenant_objects import tenant_object
from .wire import Call, Reply

DEFAULT_LIMIT = 5000
MAX_UUIDS = 100
LODS = ("full", "basic", "stamps")
SELECTORS = ("uuids", "parent_id", "subtree_root_id")
FLAGS = (
    "with_contacts",
    "expand_offering_items",
    "allow_deleted",
    "with_offering_items",
    "with_infra_offering_items",
    "include_relative_path",
)
ORDER = re.compile(r"-?(as_is|name|status|usage(\.[a-z0-9_-]+){0,2})")


def get_tenant(call: Call) -> Reply:
    """GET /tenants/{id}."""
    call.only("embed_path", "allow_deleted")
    embed = call.flag("embed_path")
    tenant = find_tenant(call, call.ids[0], allow_deleted=call.flag("allow_deleted"))
    content = tenant_object(call.world, tenant)
    if embed:
        chain = tenant.path_from(call.caller.tenant)
        names = call.world.switches["embed_path"] == "names"
        content["path"] = [above.name if names else above.id for above in chain]
    return Reply.json(content)


def first_page(call: Call) -> dict[str, Any]:
    """Check the filters of a first page and return them as a cursor holds them."""
    query = call.query
    selectors = [name for name in SELECTORS if name in query]
    if len(selectors) != 1:
        raise bad_request(f"exactly one of {', '.join(SELECTORS)} is required")
    name = selectors[0]
    value: Any = call.csv(name, MAX_UUIDS, uuids=True) if name == "uuids" else call.uuid(name)
    flags = {flag: call.flag(flag) for flag in FLAGS}
    if flags["include_relative_path"] and name != "uuids":
        raise bad_request("include_relative_path is for uuids only")
    since = query.get("updated_since")
    return {
        "operation": "tenants",
        "select": name,
        "value": value,
        "flags": flags,
        "since": None if since is None else moment(since, "updated_since"),
        "lod": call.choice("lod", LODS, "full"),
        "limit": call.number("limit", DEFAULT_LIMIT),
        "last": None,
    }


def by_uuids(call: Call, wanted: list[str]) -> list[Tenant]:
    """The tenants with these ids that are in reach, ordered by level; unknown ones are left out."""
    found = []
    for tenant_id in wanted:
        tenant = call.world.estate.by_id.get(tenant_id)
        if tenant is None:
            continue
        if tenant.within(call.caller.tenant):
            found.append(tenant)
        elif call.world.switches["foreign_uuids"] != "dropped":
            raise ApiError(403, 1002, "the account does not own the tenant", context={"id": tenant_id})
    return sorted(found, key=position)


def candidates(call: Call, page: dict[str, Any]) -> Iterable[Tenant]:
    """The tenants that the selection names, in the order of the listing, from where the page begins."""
    if page["select"] == "uuids":
        found = by_uuids(call, page["value"])
        if page["flags"]["include_relative_path"] and call.world.switches["relative_path"] == "items":
            chains = (above for tenant in found for above in tenant.path_from(call.caller.tenant))
            found = sorted(set(chains), key=position)
    else:
        allow = page["flags"]["allow_deleted"]
        top = find_tenant(call, page["value"], inside=page["select"] == "parent_id", allow_deleted=allow)
        children = page["select"] == "parent_id"
        found = sorted(top.children, key=position) if children else call.world.estate.subtree(top)
    start = 0 if page["last"] is None else bisect_right(found, tuple(page["last"]), key=position)
    return (found[index] for index in range(start, len(found)))


def wanted_ones(call: Call, page: dict[str, Any]) -> Iterator[Tenant]:
    """Those candidates that pass the filters."""
    for tenant in candidates(call, page):
        if tenant.deleted_at is not None and not page["flags"]["allow_deleted"]:
            continue
        if page["since"] is not None and tenant.updated_at < page["since"]:
            continue
        if not hidden(call, tenant, False):
            yield tenant


def list_tenants(call: Call) -> Reply:
    """GET /tenants: one page of the tenants that exactly one of uuids, parent_id and subtree_root_id selects."""
    world = call.world
    now = world.now()
    call.only(*SELECTORS, *FLAGS, "updated_since", "limit", "after", "lod")
    page = continued(call, "tenants")
    if page is None:
        page = first_page(call)
    else:
        page["limit"] = call.number("limit", page["limit"])
    flags = page["flags"]
    items: list[dict[str, Any]] = []
    after = None
    last: Tenant | None = None
    for tenant in wanted_ones(call, page):
        if last is not None and len(items) == page["limit"]:
            after = world.cursors.write({**page, "last": position(last)})
            break
        last = tenant
        content = tenant_object(world, tenant, page["lod"], flags["with_contacts"])
        if flags["expand_offering_items"]:
            content["offering_items"] = []
        if flags["include_relative_path"] and world.switches["relative_path"] == "field":
            content["relative_path"] = [above.id for above in tenant.path_from(call.caller.tenant)]
        items.append(content)
    return Reply.json(paged(world.switches, {"timestamp": stamp(world, now), "items": items}, after))


def list_children(call: Call) -> Reply:
    """GET /tenants/{id}/children: ids, or with include_details tenant objects; there is no paging."""
    call.only("order", "allow_deleted", "after", "include_details")
    order = call.query.get("order", "name")
    if not ORDER.fullmatch(order):
        raise bad_request("order must be as_is, name, status or usage[.name[.storage]], with - to reverse")
    if "after" in call.query:
        raise bad_request("after is not a cursor of this API")
    allow_deleted, details = call.flag("allow_deleted"), call.flag("include_details")
    parent = find_tenant(call, call.ids[0], inside=True, allow_deleted=allow_deleted)
    children = [child for child in parent.children if allow_deleted or child.deleted_at is None]
    keys = {"name": lambda t: t.name, "status": lambda t: not t.enabled}
    if order.removeprefix("-") in keys:
        children.sort(key=keys[order.removeprefix("-")])
    if order.startswith("-"):
        children.reverse()
    if details and call.world.switches["children_include_details"] == "supported":
        return Reply.json({"items": [tenant_object(call.world, child) for child in children]})
    return Reply.json({"items": [child.id for child in children]})
