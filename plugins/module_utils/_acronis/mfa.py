# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The MFA state of a tenant: read it, decide about it, switch it and be sure of the outcome.

Source: Acronis Account Management API v2, ``/tenants/{tenant_id}/mfa/status`` (GET and PUT).
"""

from __future__ import annotations

import dataclasses
import time
import typing as t

from .._errors import AccessError, MalformedError, RefusedError, WaitError, trying
from .._fields import field
from .client import AcronisClient
from .tenants import Located, Tenant

ENABLED = "enabled"
DISABLED = "disabled"
DISABLE_IN_PROGRESS = "disable_in_progress"


@dataclasses.dataclass(frozen=True, slots=True)
class MfaState:
    """What a tenant's own endpoint says.

    Attributes:
        status: ``enabled``, ``disabled`` or ``disable_in_progress``.
        users_count: active users of the organization.
        users_with_totp_enabled_count: those of them who have enrolled.
        update_allowed: whether this API client may change the state.
    """

    status: str
    users_count: int
    users_with_totp_enabled_count: int
    update_allowed: bool

    def as_result(self) -> dict[str, t.Any]:
        """The state as a task returns it."""
        return dataclasses.asdict(self)


def mfa_state_from(item: dict[str, t.Any], where: str) -> MfaState:
    """Check a ``mfaTenantStatus`` object; the counts come under two spellings, depending on the server's age.

    Raises:
        MalformedError: a field is missing, or has a wrong type or value.
    """
    status = field(item, "mfa_status", str, where)
    if status not in (ENABLED, DISABLED, DISABLE_IN_PROGRESS):
        raise MalformedError(f"{where}: mfa_status is {status!r}, expected enabled, disabled or disable_in_progress")
    users = "users_count" if "users_count" in item else "users"
    enrolled = "users_with_totp_enabled_count" if "users_with_totp_enabled_count" in item else "users_with_totp_enabled"
    return MfaState(
        status=status,
        users_count=field(item, users, int, where),
        users_with_totp_enabled_count=field(item, enrolled, int, where),
        update_allowed=field(item, "update_allowed", bool, where),
    )


def read_mfa(client: AcronisClient, tenant_id: str) -> MfaState:
    """Ask a tenant's own endpoint.

    Raises:
        AccessError: it cannot be read.
    """
    with trying(f"read the MFA state of tenant {tenant_id}"):
        return mfa_state_from(client.get("tenants", tenant_id, "mfa", "status"), f"the MFA state of {tenant_id}")


def holds(state: MfaState, wanted: str) -> bool:
    """Whether nothing needs to be written for ``wanted``; switching off is under way counts as being off."""
    return state.status == wanted or (wanted == DISABLED and state.status == DISABLE_IN_PROGRESS)


def check_tenant(located: Located, state: MfaState, wanted: str) -> None:
    """Refuse what cannot work for this tenant, whoever asks, before anything is written.

    Args:
        located: the tenant.
        state: its state, which does not hold yet.
        wanted: ``enabled`` or ``disabled``.

    Raises:
        RefusedError: with the reason and who could change it.
    """
    tenant = located.tenant
    if not tenant.is_organization:
        above = located.organization
        source = (
            f"{above.kind} {above.label}"
            if above.is_organization
            else f"a tenant that this API client cannot see, {above.parent_id} or one above it"
        )
        raise RefusedError(
            f"{tenant.label} is a {tenant.kind} and has no MFA setting of its own: it inherits {state.status!r} "
            f"from {source}",
            "Change that tenant; it holds for all its folders, or units, at once.",
        )
    if wanted == DISABLED and always_enabled(tenant):
        raise RefusedError(
            f"{tenant.label} is a partner in production mode, whose MFA cannot be switched off",
            "Acronis made it mandatory with release 24.09.",
        )
    if located.shut_out:
        raise self_service_refusal(tenant)
    if tenant.is_locked_for(located.own_id):
        raise RefusedError(
            f"{tenant.label} is locked: only users of tenant {tenant.lock_owner_id} may change it",
            "Change it with an API client of that tenant, or lift the lock.",
        )


def check_allowed(located: Located, state: MfaState) -> None:
    """Refuse what the server does not let this API client do, before anything is written.

    Raises:
        RefusedError: with what is missing.
    """
    tenant = located.tenant
    if not state.update_allowed and located.shut_out_by is not None:
        raise self_service_refusal(located.shut_out_by)
    if not state.update_allowed:
        locked = " The tenant is locked against updates." if tenant.locked else ""
        raise RefusedError(
            f"the server does not let this API client change the MFA setting of {tenant.kind} {tenant.label} "
            "(update_allowed is false)",
            "The API client needs the role of an administrator of that tenant or of one above it." + locked,
        )


def always_enabled(tenant: Tenant) -> bool:
    """Whether the tenant's MFA cannot be switched off: partners in production mode, since release 24.09."""
    return tenant.kind == "partner" and tenant.pricing_mode == "production"


def self_service_refusal(tenant: Tenant) -> RefusedError:
    """Why a tenant that manages itself, and what is below it, cannot be changed from above."""
    return RefusedError(
        f"{tenant.label} manages itself: support access from the tenants above is switched off",
        "Its own administrator has to change the setting, or to grant support access first.",
    )


def switch_mfa(client: AcronisClient, tenant_id: str, wanted: str) -> MfaState:
    """Write the wanted state and return the state that the server then has.

    A PUT whose answer is lost, garbled or a server failure may or may not have worked: the tenant is read before
    anything else is decided, and written again only if it still has the old state.

    Args:
        client: the connection.
        tenant_id: an organization's id.
        wanted: ``enabled`` or ``disabled``.

    Raises:
        AccessError: the state was not reached; ``definite`` tells whether that is certain.
    """
    with trying(f"switch MFA of tenant {tenant_id} to {wanted}"):
        tries_left, wait_left = client.retries, client.retry_max_wait
        lost = False
        while True:
            try:
                answer = client.put("tenants", tenant_id, "mfa", "status", body={"enabled": wanted == ENABLED})
                state = mfa_state_from(answer, f"the answer to the change of {tenant_id}")
            except AccessError as error:
                if error.definite:
                    if lost:
                        error.certain = False
                        error.remedy = f"An earlier try was lost, and may have worked. {error.remedy}".rstrip()
                    raise
                lost = True
                state = _read_back(client, tenant_id, error)
                if holds(state, wanted):
                    return state
                if tries_left < 1 or error.retry_after > wait_left:
                    error.remedy = f"It was read back: the state is {state.status}. {error.remedy}".rstrip()
                    raise
                tries_left -= 1
                wait_left -= error.retry_after
                client.rest()
                continue
            if holds(state, wanted):
                return state
            state = _read_back(client, tenant_id, None)
            if holds(state, wanted):
                return state
            raise MalformedError(
                f"the server accepted the change of tenant {tenant_id} to {wanted}, but its state is {state.status}",
                "Look at the tenant in the console: something may be changing it back.",
            )


def _read_back(client: AcronisClient, tenant_id: str, cause: AccessError | None) -> MfaState:
    try:
        return read_mfa(client, tenant_id)
    except AccessError as error:
        if cause is None:
            raise
        cause.remedy = f"Whether it took effect is not known, because it could not be read back: {error}"
        raise cause from error


def await_disabled(client: AcronisClient, tenant_id: str, state: MfaState, timeout: float) -> MfaState:
    """Wait while MFA is being switched off.

    Args:
        client: the connection.
        tenant_id: the tenant.
        state: what is known of it; returned unchanged if nothing is in progress.
        timeout: seconds to wait at most.

    Raises:
        WaitError: still in progress after ``timeout``.
    """
    deadline = time.monotonic() + timeout
    while state.status == DISABLE_IN_PROGRESS:
        left = deadline - time.monotonic()
        if left <= 0:
            raise WaitError(
                f"MFA of tenant {tenant_id} is still being switched off after {timeout:g} seconds",
                "Run again later, or raise wait_timeout.",
            )
        time.sleep(min(client.poll, left))
        state = read_mfa(client, tenant_id)
    return state
