# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a caller reaches: its tenant and everything below, less what support access keeps closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ApiError
from .estate.model import Tenant
from .estate.people import DELETED, User
from .wire import Call

if TYPE_CHECKING:
    from .auth import Principal


def cut_off(caller: Principal, tenant: Tenant) -> bool:
    """Whether a self-service tenant, at or above this one, keeps the caller (one of its ancestors) out."""
    return any(not above.ancestral_access for above in tenant.path_from(caller.tenant)[1:])


def hidden(call: Call, tenant: Tenant, inside: bool) -> bool:
    """Whether the switch self_service hides this tenant; ``inside`` asks for more than the tenant object."""
    if call.world.switches["self_service"] == "visible":
        return False
    start = tenant if inside else tenant.parent
    return start is not None and tenant is not call.caller.tenant and cut_off(call.caller, start)


def find_tenant(call: Call, tenant_id: str, *, inside: bool = False, allow_deleted: bool = False) -> Tenant:
    """The tenant with this id; 404/1005 if there is none, 403/1002 if it is out of the caller's reach."""
    tenant = call.world.estate.by_id.get(tenant_id)
    if tenant is None or (tenant.deleted_at is not None and not allow_deleted):
        raise ApiError(404, 1005, "there is no such tenant", context={"id": tenant_id})
    if not tenant.within(call.caller.tenant):
        status, code = call.world.switches.refusal("outside_subtree")
        raise ApiError(status, code, "the account does not own the tenant", context={"id": tenant_id})
    if hidden(call, tenant, inside):
        raise ApiError(403, 1002, "support access to the tenant is disabled", context={"id": tenant_id})
    return tenant


def find_user(call: Call, user_id: str, allow_deleted: bool = False) -> User:
    """The user with this id; 404 if there is none, 403/1002 if out of the caller's reach."""
    user = call.world.estate.people.by_id(user_id)
    if user is None or (user.flags & DELETED and not allow_deleted):
        raise ApiError(404, None, "there is no such user", bare=True)
    if not user.tenant.within(call.caller.tenant) or hidden(call, user.tenant, True):
        raise ApiError(403, 1002, "the account does not own the user's tenant", context={"id": user_id})
    return user
