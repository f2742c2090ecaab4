# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading users: the batch, a single one, and the users of one tenant."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .access import find_tenant, find_user, hidden
from .errors import ApiError, bad_request
from .estate.model import KINDS, Tenant, position
from .estate.people import ACTIVATED, ADMIN, DELETED, ENABLED, User
from .mfa import user_state
from .paging import continued, paged
from .stamps import moment, stamp, version
from .tenant_objects import DEFAULT_IDP
from .wire import UUID, Call, Reply

if TYPE_CHECKING:
    from .world import World

DEFAULT_LIMIT = 2000
MAX_IDS = 100
LODS = ("full", "basic", "stamps")
SELECTORS = ("uuids", "external_ids", "subtree_root_tenant_id")
WITH_SUBTREE = ("inside_organization", "access_policies", "tenant_kinds", "target_tenant_id")
ORDERS = ("as_is", "login", "status", "name", "roles", "level", "usage", "mfa_status", "contact_types")
ROLES = ("partner_admin", "company_admin", "unit_admin", "users_admin", "readonly_admin", "root_admin", "none")


def role_of(user: User) -> str:
    """The one role that a user has in the own tenant."""
    if not user.flags & ADMIN:
        return "none"
    return {"root": "root_admin", "partner": "partner_admin", "customer": "company_admin"}.get(
        user.tenant.kind, "unit_admin"
    )


def user_object(world: World, user: User, lod: str = "full", policies: bool = False) -> dict[str, Any]:
    """The user as the API shows it; ``lod`` is stamps, basic or full."""
    flags, changed = user.flags, user.updated_at
    deleted = user.changes.deleted_at
    content: dict[str, Any] = {
        "id": user.id,
        "version": version(world, user.version, changed),
        "created_at": stamp(world, user.tenant.created_at),
        "updated_at": stamp(world, changed),
        "deleted_at": None if deleted is None else stamp(world, deleted),
    }
    if lod == "stamps":
        return content
    content.update(
        tenant_id=user.tenant.id,
        login=user.login,
        activated=bool(flags & ACTIVATED),
        enabled=bool(flags & ENABLED),
        session_mfa_status="passed_or_not_required",
    )
    if policies:
        content["access_policies"] = [
            {"role_id": role_of(user), "tenant_id": user.tenant.id, "trustee_id": user.id, "trustee_type": "user"}
        ]
    if lod == "basic":
        return content
    personal = world.estate.personal.get(user.id)
    content.update(
        contact={
            "email": user.email,
            "firstname": user.firstname,
            "lastname": user.lastname,
            "address1": "",
            "address2": "",
            "city": "",
            "country": "",
            "state": "",
            "zipcode": "",
            "phone": "",
        },
        language="en",
        business_types=[],
        notifications=["quota", "reports", "backup_daily_report"],
        idp_id=DEFAULT_IDP,
        external_id=user.external_id,
        personal_tenant_id=personal.id if personal and personal.deleted_at is None else None,
        terms_accepted=bool(flags & ACTIVATED),
        mfa_status=user_state(user),
    )
    return content


def get_user(call: Call) -> Reply:
    """GET /users/{id}."""
    call.only("allow_deleted")
    user = find_user(call, call.ids[0], call.flag("allow_deleted"))
    return Reply.json(user_object(call.world, user))


def list_tenant_users(call: Call) -> Reply:
    """GET /tenants/{id}/users: the ids of its users, on demand with those of nested units or folders."""
    call.only("include_grand_children", "include_hidden", "order", "allow_deleted")
    order = call.query.get("order", "name")
    if order.removeprefix("-") not in ORDERS:
        raise bad_request(f"order must be one of {', '.join(ORDERS)}")
    nested, allow_deleted = call.flag("include_grand_children"), call.flag("allow_deleted")
    call.flag("include_hidden")
    tenant = find_tenant(call, call.ids[0], inside=True, allow_deleted=allow_deleted)
    below = "unit" if tenant.kind == "customer" else "folder"
    line = [tenant]
    for above in line if nested else []:
        line.extend(child for child in above.children if child.kind == below and child.deleted_at is None)
    found = [user for home in line for user in call.world.estate.users_of(home, allow_deleted)]
    keys: dict[str, Callable[[User], Any]] = {
        "login": lambda user: user.login,
        "name": lambda user: (user.firstname, user.lastname, user.login),
        "status": lambda user: not user.flags & ENABLED,
        "roles": role_of,
        "level": lambda user: user.tenant.level,
        "mfa_status": user_state,
    }
    if order.removeprefix("-") in keys:
        found.sort(key=keys[order.removeprefix("-")])
    if order.startswith("-"):
        found.reverse()
    return Reply.json({"items": [user.id for user in found]})


def first_page(call: Call) -> dict[str, Any]:
    """Check the filters of a first page and return them as a cursor holds them."""
    query = call.query
    selectors = [name for name in SELECTORS if name in query]
    if len(selectors) != 1:
        raise bad_request(f"exactly one of {', '.join(SELECTORS)} is required")
    name = selectors[0]
    if (name == "external_ids") != ("tenant_id" in query):
        raise bad_request("tenant_id goes with external_ids, and with nothing else")
    dependent = [word for word in WITH_SUBTREE if word in query]
    if dependent and name != "subtree_root_tenant_id":
        raise bad_request(f"{', '.join(dependent)} need subtree_root_tenant_id")
    inside = call.flag("inside_organization")
    if not inside and set(dependent) - {"inside_organization"}:
        raise bad_request(f"{', '.join(dependent)} need inside_organization")
    value: Any = call.uuid(name) if name == "subtree_root_tenant_id" else call.csv(name, MAX_IDS, name == "uuids")
    kinds, roles = call.csv("tenant_kinds", 100), call.csv("access_policies", 100)
    if not set(kinds or ()) <= set(KINDS) or not set(roles or ()) <= set(ROLES):
        raise bad_request("unknown value in tenant_kinds or access_policies")
    since = query.get("updated_since")
    return {
        "operation": "users",
        "select": name,
        "value": value,
        "tenant": call.uuid("tenant_id"),
        "inside": inside,
        "kinds": kinds,
        "roles": roles,
        "target": call.uuid("target_tenant_id"),
        "origin": query.get("origin_id"),
        "deleted": call.flag("allow_deleted"),
        "policies": call.flag("with_access_policies"),
        "since": None if since is None else moment(since, "updated_since"),
        "lod": call.choice("lod", LODS, "full"),
        "limit": call.number("limit", DEFAULT_LIMIT),
        "last": None,
    }


def by_ids(call: Call, page: dict[str, Any]) -> list[User]:
    """The users that uuids or external_ids name and that are in reach; unknown ones are left out."""
    people = call.world.estate.people
    if page["select"] == "uuids":
        found = [people.by_id(word) for word in page["value"] if UUID.fullmatch(word)]
    else:
        tenant = find_tenant(call, page["tenant"], inside=True)
        found = [people.by_external_id(word) for word in page["value"]]
        found = [user for user in found if user is not None and user.tenant is tenant]
    known = [user for user in found if user is not None]
    reached = [u for u in known if u.tenant.within(call.caller.tenant) and not hidden(call, u.tenant, True)]
    if len(reached) < len(known) and call.world.switches["foreign_uuids"] != "dropped":
        raise ApiError(403, 1002, "the account does not own the user's tenant")
    return reached


def in_subtree(call: Call, page: dict[str, Any]) -> Iterator[tuple[Tenant, int]]:
    """The tenants of the subtree that the filters leave, each with the index of the first user to show."""
    estate = call.world.estate
    top = find_tenant(call, page["value"], inside=True)
    if page["target"] is not None:
        find_tenant(call, page["target"])
    order = estate.subtree(top)
    level, ordinal, first = page["last"] or (0, 0, 0)
    organization = top.organization()
    for number in range(bisect_left(order, (level, ordinal), key=position), len(order)):
        tenant = order[number]
        if page["inside"] and tenant.organization() is not organization:
            continue
        if page["kinds"] is not None and tenant.kind not in page["kinds"]:
            continue
        if tenant.users and not hidden(call, tenant, True):
            yield tenant, first if position(tenant) == (level, ordinal) else 0


def wanted_ones(call: Call, page: dict[str, Any]) -> Iterator[User]:
    """The users of the selection that pass the filters, in the order of the listing."""
    people = call.world.estate.people

    def selected() -> Iterator[User]:
        if page["select"] == "subtree_root_tenant_id":
            for tenant, start in in_subtree(call, page):
                for index in range(start, len(tenant.users)):
                    yield User(people, tenant, index)
        else:
            found = sorted(by_ids(call, page), key=place)
            yield from (user for user in found if page["last"] is None or place(user) >= tuple(page["last"]))

    for user in selected():
        if user.flags & DELETED and not page["deleted"]:
            continue
        if page["since"] is not None and user.updated_at < page["since"]:
            continue
        if page["roles"] is not None and role_of(user) not in page["roles"]:
            continue
        if page["origin"] is None:
            yield user


def place(user: User) -> tuple[int, int, int]:
    """Where a user stands in a listing."""
    return (*position(user.tenant), user.index)


def list_users(call: Call) -> Reply:
    """GET /users: one page of the users that exactly one of the selectors names."""
    world = call.world
    now = world.now()
    filters = (
        "tenant_id",
        "origin_id",
        "updated_since",
        "allow_deleted",
        "with_access_policies",
        "limit",
        "after",
        "lod",
    )
    call.only(*SELECTORS, *WITH_SUBTREE, *filters)
    page = continued(call, "users")
    if page is None:
        page = first_page(call)
    else:
        page["limit"] = call.number("limit", page["limit"])
    items: list[dict[str, Any]] = []
    after = None
    for user in wanted_ones(call, page):
        if len(items) == page["limit"]:
            after = world.cursors.write({**page, "last": place(user)})
            break
        items.append(user_object(world, user, page["lod"], page["policies"]))
    return Reply.json(paged(world.switches, {"timestamp": stamp(world, now), "items": items}, after))
