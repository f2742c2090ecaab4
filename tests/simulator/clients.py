# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API clients: which there are, what they may do, and GET /clients."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any

from .errors import ApiError, bad_request
from .estate.model import Estate, Tenant
from .stamps import stamp
from .wire import Call, Reply

if TYPE_CHECKING:
    from .auth import Principal

VIEW, TENANT_MFA, TENANT_ADMIN, USER_ADMIN = "tenant_viewer", "tenant_mfa", "tenant_admin", "user_admin"
SCOPE_PREFIX = "urn:acronis.com::account-server::"
# What the roles of an account, and so of its API clients, allow.
ROLE_SCOPES = {
    "root_admin": frozenset({VIEW, TENANT_MFA, TENANT_ADMIN, USER_ADMIN}),
    "partner_admin": frozenset({VIEW, TENANT_MFA, TENANT_ADMIN, USER_ADMIN}),
    "company_admin": frozenset({VIEW, TENANT_MFA, TENANT_ADMIN, USER_ADMIN}),
    "unit_admin": frozenset({VIEW, TENANT_ADMIN, USER_ADMIN}),
    "readonly_admin": frozenset({VIEW}),
}


class Client:
    """One API client."""

    __slots__ = ("created_at", "id", "last_access", "method", "name", "role", "secret", "status", "tenant")

    def __init__(self, name: str, key: str, tenant: Tenant, role: str, method: str, status: str) -> None:
        self.name = name
        self.id = str(uuid.uuid5(uuid.NAMESPACE_OID, key))
        self.secret = hashlib.sha256(key.encode()).hexdigest()[:52]
        self.tenant = tenant
        self.role = role
        self.method = method
        self.status = status
        self.created_at = tenant.created_at
        self.last_access: float | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """What the client may do in its tenant and below."""
        return ROLE_SCOPES[self.role]

    def announced(self) -> dict[str, Any]:
        """What the ready file tells about the client."""
        return {
            "client_id": self.id,
            "client_secret": self.secret,
            "tenant_id": self.tenant.id,
            "roles": [self.role],
            "auth_method": self.method,
            "status": self.status,
        }


def preset_clients(estate: Estate) -> dict[str, Client]:
    """The clients of an estate by name; the same for the same estate."""
    reach = [tenant for tenant in estate.subtree(estate.home) if tenant.owner_id is None]

    def first(kind: str) -> Tenant:
        usual = (tenant for tenant in reach[1:] if tenant.kind == kind and tenant.enabled and tenant.ancestral_access)
        return next(usual, estate.home)

    unit, neighbour = first("unit"), next(t for t in estate.root.children if t is not estate.home)
    wanted = (
        ("admin", estate.home, "partner_admin", "client_secret_basic", "enabled"),
        ("readonly", estate.home, "readonly_admin", "client_secret_basic", "enabled"),
        ("post", estate.home, "partner_admin", "client_secret_post", "enabled"),
        ("disabled", estate.home, "partner_admin", "client_secret_basic", "disabled"),
        ("partner", first("partner"), "partner_admin", "client_secret_basic", "enabled"),
        ("customer", unit.organization(), "company_admin", "client_secret_basic", "enabled"),
        ("unit", unit, "unit_admin", "client_secret_basic", "enabled"),
        ("neighbour", neighbour, "partner_admin", "client_secret_basic", "enabled"),
        ("root", estate.root, "root_admin", "client_secret_basic", "enabled"),
    )
    return {
        name: Client(name, f"{estate.home.id} {estate.seed} {name}", tenant, role, method, status)
        for name, tenant, role, method, status in wanted
    }


def client_object(call: Call, client: Client) -> dict[str, Any]:
    """The documented client object; it never holds the secret."""
    return {
        "client_id": client.id,
        "tenant_id": client.tenant.id,
        "client_secret_expires_at": 0,
        "type": "api_client",
        "token_endpoint_auth_method": client.method,
        "created_at": stamp(call.world, client.created_at),
        "created_by": call.world.estate.people.id_of(client.tenant.ordinal, 0),
        "last_access_at": None if client.last_access is None else stamp(call.world, client.last_access),
        "last_access_from_ip": None if client.last_access is None else "127.0.0.1",
        "status": client.status,
        "data": {"client_name": client.name},
        "redirect_uris": [],
    }


def _in_reach(caller: Principal, client: Client) -> bool:
    return client.tenant.within(caller.tenant)


def get_client(call: Call) -> Reply:
    """GET /clients/{id}: 404 for an unknown client, 403 for one outside of the caller's subtree."""
    call.only()
    client = call.world.clients_by_id.get(call.ids[0])
    if client is None:
        raise ApiError(404, None, "there is no such client", bare=True)
    if not _in_reach(call.caller, client):
        raise ApiError(403, 1002, "the client belongs to another tenant", context={"id": client.id})
    return Reply.json(client_object(call, client))


def list_clients(call: Call) -> Reply:
    """GET /clients?uuids=: the known ones in reach; 400 without the filter."""
    call.only("uuids", "origin_id", "allow_deleted")
    wanted = call.csv("uuids", 100, uuids=True)
    call.flag("allow_deleted")
    if wanted is None:
        raise bad_request("uuids is required")
    found = [call.world.clients_by_id[word] for word in wanted if word in call.world.clients_by_id]
    items = [client_object(call, client) for client in found if _in_reach(call.caller, client)]
    return Reply.json({"items": [] if "origin_id" in call.query else items})
