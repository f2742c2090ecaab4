# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two-factor authentication of tenants and users: states, who may change them, and the three operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .access import cut_off, find_tenant, find_user
from .clients import TENANT_ADMIN, TENANT_MFA
from .errors import ApiError
from .estate.model import ORGANIZATION_KINDS, Tenant
from .estate.people import EXEMPT, SERVICE, TOTP, User
from .wire import Call, Reply

if TYPE_CHECKING:
    from .auth import Principal
    from .world import World


def state(tenant: Tenant) -> str:
    """enabled, disabled or disable_in_progress, of the organization that the tenant belongs to."""
    organization = tenant.organization()
    if organization.disable_polls:
        return "disable_in_progress"
    return "enabled" if organization.mfa else "disabled"


def user_state(user: User) -> str:
    """The user's mfa_status, which follows the tenant's unless the account is exempt."""
    flags = user.flags
    if flags & EXEMPT:
        return "forcibly_disabled"
    if not user.tenant.organization().mfa:
        return "disabled"
    return "enabled" if flags & TOTP else "setup_required"


def listing_state(world: World, tenant: Tenant) -> str | None:
    """The mfa_status of the tenant object, which knows the users' values only; None to leave it out."""
    mapping = world.switches["listing_mfa_mapping"]
    if mapping == "absent":
        return None
    on = tenant.organization().mfa
    if tenant.kind not in ORGANIZATION_KINDS and world.switches["listing_mfa_inherited"] == "disabled":
        on = False
    if mapping == "unreliable" and tenant.ordinal % 7 == 0:
        on = not on
    if mapping == "always_disabled" or not on:
        return "disabled"
    if mapping in ("setup_required_if_none", "setup_required_unless_all"):
        users, enrolled = world.estate.counts(tenant.organization(), world.switches["users_count"])
        if enrolled == 0 if mapping == "setup_required_if_none" else enrolled < users:
            return "setup_required"
    return "enabled"


def obstacle(world: World, caller: Principal, tenant: Tenant) -> tuple[str, str] | None:
    """Why the caller cannot change this tenant's setting: the switch with the refusal and a reason; None if it can."""
    if TENANT_MFA not in caller.scopes:
        return "mfa_role", "the role of the caller is not sufficient"
    if cut_off(caller, tenant):
        return "mfa_self_service", "support access to the tenant is disabled"
    if tenant.kind not in ORGANIZATION_KINDS:
        return "mfa_folder_unit", f"the setting of a tenant of kind {tenant.kind} is inherited"
    if tenant.lock_owner is not None and tenant.lock_owner != caller.tenant.id:
        return "mfa_locked", "only users of the tenant that locked it may update it"
    if not tenant.enabled and world.switches["mfa_disabled_tenant"] != "allowed":
        return "mfa_disabled_tenant", "the tenant is disabled"
    return None


def must_stay_enabled(world: World, tenant: Tenant) -> bool:
    """Whether this is a partner in production, whose MFA cannot be switched off."""
    usual = world.switches["mfa_production_partner"] != "allowed"
    return usual and tenant.kind == "partner" and tenant.pricing_mode == "production" and tenant.mfa


def status_reply(call: Call, tenant: Tenant) -> Reply:
    """The mfa/status object of a tenant."""
    world = call.world
    organization = tenant.organization()
    users, enrolled = world.estate.counts(organization, world.switches["users_count"])
    if not organization.mfa and world.switches["totp_count_when_off"] == "zero":
        enrolled = 0
    allowed = obstacle(world, call.caller, tenant) is None and not must_stay_enabled(world, tenant)
    short = world.switches["count_field_names"] == "short"
    total, configured = (
        ("users", "users_with_totp_enabled") if short else ("users_count", "users_with_totp_enabled_count")
    )
    body = (
        f'{{"mfa_status":"{state(tenant)}","{configured}":{enrolled},"{total}":{users},'
        f'"update_allowed":{"true" if allowed else "false"}}}'
    )
    return Reply(200, body.encode())


def get_tenant_status(call: Call) -> Reply:
    """GET /tenants/{id}/mfa/status."""
    call.only()
    tenant = find_tenant(call, call.ids[0], inside=True)
    reply = status_reply(call, tenant)
    organization = tenant.organization()
    if organization.disable_polls:
        organization.disable_polls -= 1
        if not organization.disable_polls:
            set_mfa(call.world, organization, False)
    return reply


def set_mfa(world: World, tenant: Tenant, on: bool) -> None:
    """Change an organization's setting at once."""
    tenant.mfa = on
    tenant.disable_polls = 0
    if world.switches.on("mfa_bumps_version"):
        tenant.version += 1
        tenant.updated_at = world.now()


def put_tenant_status(call: Call) -> Reply:
    """PUT /tenants/{id}/mfa/status; a request for the present state changes nothing."""
    world = call.world
    call.only()
    wanted = call.enabled_flag()
    tenant = find_tenant(call, call.ids[0])
    refusal = obstacle(world, call.caller, tenant)
    if refusal is None and not wanted and must_stay_enabled(world, tenant):
        refusal = "mfa_production_partner", "a partner in production keeps two-factor authentication"
    if refusal is not None:
        status, code = world.switches.refusal(refusal[0])
        raise ApiError(status, code, refusal[1], context={"id": tenant.id})
    # While disabling is in progress the setting is still on, but only enabling changes anything.
    if wanted if tenant.disable_polls else wanted != tenant.mfa:
        world.counters.mfa_toggles[tenant.id] += 1
        polls = world.switches["disable"].removeprefix("polls:")
        if not wanted and polls != "immediate":
            tenant.disable_polls = int(polls)
        else:
            set_mfa(world, tenant, wanted)
    if world.switches["mfa_put_answer"] == "empty":
        return Reply(200, b"", "")
    return status_reply(call, tenant)


def put_user_status(call: Call) -> Reply:
    """PUT /users/{id}/mfa/status: 200 with an empty body. False exempts the user, true ends the exemption."""
    world = call.world
    call.only()
    wanted = call.enabled_flag()
    user = find_user(call, call.ids[0])
    if cut_off(call.caller, user.tenant):
        raise ApiError(403, 1002, "support access to the tenant is disabled", context={"id": user.id})
    call.caller.need(TENANT_ADMIN)
    if not wanted and world.switches["user_mfa_disable"] == "service_only" and not user.flags & SERVICE:
        raise ApiError(400, 1027, "only service accounts can be exempt", context={"id": user.id})
    if bool(user.flags & EXEMPT) == wanted:
        user.set_flag(EXEMPT, not wanted)
        user.touch(world.now())
        world.estate.users_changed()
    return Reply(200, b"", "")
