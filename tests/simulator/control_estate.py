# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of the control interface that shows and changes tenants and users, as somebody else's hand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from . import mfa
from .estate.model import CHILD_KINDS, KINDS, ORGANIZATION_KINDS, PRICING_MODES, Tenant
from .estate.people import ACTIVATED, ADMIN, DELETED, ENABLED, EXEMPT, SERVICE, TOTP, User
from .wire import UUID
from .world import World

Body = dict[str, Any]
CHANGEABLE = ("name", "enabled", "ancestral_access", "update_lock", "parent_id", "pricing_mode", "mfa", "disable_polls")
USER_FLAGS = {
    "enabled": ENABLED,
    "activated": ACTIVATED,
    "totp": TOTP,
    "exempt": EXEMPT,
    "service": SERVICE,
    "admin": ADMIN,
    "deleted": DELETED,
}
USER_TEXTS = ("login", "external_id", "firstname", "lastname", "email")


@dataclass(frozen=True)
class Ask:
    """One control request: on what, with which query and body, and the id in its path if it has one."""

    world: World
    query: dict[str, str]
    body: Body
    id: str = ""


class Refused(Exception):
    """A control request that cannot be done, with its HTTP status."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


def _tenant(world: World, tenant_id: object) -> Tenant:
    tenant = world.estate.by_id.get(str(tenant_id))
    if tenant is None:
        raise Refused(404, f"there is no tenant {tenant_id}")
    return tenant


def truth(world: World, tenant: Tenant) -> Body:
    """Everything about a tenant but its users and counts."""
    organization = tenant.organization()
    return {
        "id": tenant.id,
        "name": tenant.name,
        "kind": tenant.kind,
        "parent_id": tenant.parent.id if tenant.parent else tenant.id,
        "level": tenant.level,
        "path": [above.name for above in tenant.path_from(world.estate.home)],
        "in_reach": tenant.within(world.estate.home),
        "organization_id": organization.id,
        "mfa": mfa.state(tenant),
        "disable_polls": tenant.disable_polls,
        "enabled": tenant.enabled,
        "ancestral_access": tenant.ancestral_access,
        "update_lock": {"enabled": tenant.lock_owner is not None, "owner_id": tenant.lock_owner},
        "pricing_mode": tenant.pricing_mode,
        "owner_id": tenant.owner_id,
        "version": tenant.version,
        "updated_at": tenant.updated_at,
        "deleted": tenant.deleted_at is not None,
        "user_count": sum(1 for flags in tenant.users if not flags & DELETED),
    }


def user_truth(user: User) -> Body:
    """Everything about a user."""
    flags = user.flags
    return {
        "id": user.id,
        "tenant_id": user.tenant.id,
        "mfa_status": mfa.user_state(user),
        "version": user.version,
        **{text: getattr(user, text) for text in ("login", "email", "firstname", "lastname")},
        "external_id": user.external_id,
        **{name: bool(flags & flag) for name, flag in USER_FLAGS.items()},
    }


def list_tenants(ask: Ask) -> Body:
    """All tenants, or those of ``subtree_root_id``, without their users."""
    world = ask.world
    top = _tenant(world, ask.query.get("subtree_root_id", world.estate.root.id))
    return {"items": [truth(world, tenant) for tenant in world.estate.subtree(top)]}


def get_tenant(ask: Ask) -> Body:
    """One tenant with its users and the counts of its organization."""
    return whole_truth(ask.world, _tenant(ask.world, ask.id))


def whole_truth(world: World, tenant: Tenant) -> Body:
    """Everything about a tenant."""
    users, enrolled = world.estate.counts(tenant.organization(), world.switches["users_count"])
    everybody = [user_truth(user) for user in world.estate.users_of(tenant, allow_deleted=True)]
    return {
        **truth(world, tenant),
        "users_count": users,
        "users_with_totp_enabled_count": enrolled,
        "users": everybody,
    }


def _checked(world: World, tenant: Tenant, body: Body) -> None:
    """Refuse what cannot be set on this tenant; raises ValueError and Refused."""
    for name in ("enabled", "ancestral_access"):
        if not isinstance(body.get(name, True), bool):
            raise ValueError(f"{name} must be a boolean")
    if not isinstance(body.get("name", ""), str):
        raise ValueError("name must be a text")
    if body.get("pricing_mode", "trial") not in PRICING_MODES:
        raise ValueError(f"pricing_mode must be one of {', '.join(PRICING_MODES)}")
    if {"mfa", "disable_polls"} & set(body) and tenant.kind not in ORGANIZATION_KINDS:
        raise ValueError(f"a tenant of kind {tenant.kind} has no MFA setting of its own")
    if not isinstance(body.get("mfa", True), bool) or not isinstance(body.get("disable_polls", 0), int):
        raise ValueError("mfa must be a boolean, disable_polls an integer")
    lock = body.get("update_lock", {"enabled": False})
    if not isinstance(lock, dict) or not isinstance(lock.get("enabled"), bool):
        raise ValueError("update_lock must be {enabled, owner_id}")
    if lock["enabled"]:
        _tenant(world, lock.get("owner_id", world.estate.root.id))
    if "parent_id" in body:
        parent = _tenant(world, body["parent_id"])
        if parent.within(tenant) or tenant.kind not in CHILD_KINDS[parent.kind]:
            raise ValueError(f"a {tenant.kind} cannot be moved there")


def _apply(world: World, tenant: Tenant, body: Body) -> None:
    """Set checked values, in one update of the tenant."""
    for name in ("name", "enabled", "ancestral_access", "pricing_mode", "mfa", "disable_polls"):
        if name in body:
            setattr(tenant, name, body[name])
    if "mfa" in body and "disable_polls" not in body:
        tenant.disable_polls = 0
    if "update_lock" in body:
        lock = body["update_lock"]
        tenant.lock_owner = lock.get("owner_id", world.estate.root.id) if lock["enabled"] else None
    if "parent_id" in body:
        world.estate.move(tenant, _tenant(world, body["parent_id"]))


def change_tenant(ask: Ask) -> Body:
    """Change a tenant; raises its version and updated_at."""
    world, body = ask.world, ask.body
    tenant = _tenant(world, ask.id)
    unknown = set(body) - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"cannot change {', '.join(sorted(unknown))}; there are {', '.join(CHANGEABLE)}")
    _checked(world, tenant, body)
    _apply(world, tenant, body)
    tenant.version += 1
    tenant.updated_at = world.now()
    return whole_truth(world, tenant)


def create_tenant(ask: Ask) -> Body:
    """Create a tenant from parent_id, kind and name, with ``users`` active users and whatever else can be changed."""
    world, wanted = ask.world, dict(ask.body)
    parent = _tenant(world, wanted.pop("parent_id", world.estate.home.id))
    kind, users = wanted.pop("kind", "customer"), wanted.pop("users", 0)
    tenant_id = wanted.pop("id", None) or str(uuid.uuid4())
    if kind not in KINDS or kind not in CHILD_KINDS[parent.kind]:
        raise ValueError(f"there cannot be a {kind} below a {parent.kind}")
    if not UUID.fullmatch(str(tenant_id)) or tenant_id in world.estate.by_id:
        raise ValueError("id must be a new uuid")
    if not isinstance(users, int) or not 0 <= users < 0xFFFF:
        raise ValueError("users must be a number")
    unknown = set(wanted) - set(CHANGEABLE)
    if unknown or not wanted.get("name"):
        raise ValueError(f"name is required; unknown: {', '.join(sorted(unknown))}")
    draft = Tenant(-1, tenant_id, wanted["name"], kind, parent, world.now())
    _checked(world, draft, wanted)
    tenant = world.estate.add(tenant_id, wanted["name"], kind, parent, world.now())
    _apply(world, tenant, wanted)
    tenant.users = bytearray([ENABLED | ACTIVATED] * users)
    world.estate.structure_changed()
    return whole_truth(world, tenant)


def delete_tenant(ask: Ask) -> Body:
    """Delete a tenant and everything below; it can still be read with allow_deleted."""
    world = ask.world
    top, now = _tenant(world, ask.id), world.now()
    if top in world.estate.home.ancestors():
        raise ValueError("the client's own tenant cannot be deleted")
    gone = [tenant for tenant in world.estate.subtree(top) if tenant.deleted_at is None]
    for tenant in gone:
        tenant.deleted_at = tenant.updated_at = now
        tenant.version += 1
        for user in world.estate.users_of(tenant):
            user.set_flag(DELETED, True)
            user.touch(now)
            user.change(deleted_at=now)
    world.estate.structure_changed()
    return {"deleted": [tenant.id for tenant in gone]}


def _user(world: World, user_id: str) -> User:
    user = world.estate.people.by_id(user_id) if UUID.fullmatch(user_id) else None
    if user is None:
        raise Refused(404, f"there is no user {user_id}")
    return user


def get_user(ask: Ask) -> Body:
    """One user."""
    return user_truth(_user(ask.world, ask.id))


def change_user(ask: Ask) -> Body:
    """Change a user; raises its version and updated_at."""
    world, body = ask.world, ask.body
    user, now = _user(world, ask.id), world.now()
    unknown = set(body) - set(USER_FLAGS) - set(USER_TEXTS)
    if unknown:
        raise ValueError(f"cannot change {', '.join(sorted(unknown))}")
    for name, value in body.items():
        if not isinstance(value, bool if name in USER_FLAGS else str):
            raise ValueError(f"{name} has the wrong type")
    # The login of a user follows from the flags unless it was set: keep it while they change.
    user.change(login=user.login)
    user.change(**{name: value for name, value in body.items() if name in USER_TEXTS})
    for name, value in body.items():
        if name in USER_FLAGS:
            user.set_flag(USER_FLAGS[name], value)
    if "deleted" in body:
        user.change(deleted_at=now if body["deleted"] else None)
    user.touch(now)
    world.estate.users_changed()
    return user_truth(user)
