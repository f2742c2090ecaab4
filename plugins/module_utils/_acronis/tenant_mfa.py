# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One tenant's MFA as a desired state: before and after are decided first, then written in one place."""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import ForbiddenError, MalformedError, OptionError, RefusedError
from .._outcome import Outcome
from .client import AcronisClient, clean_id
from .mfa import (
    DISABLE_IN_PROGRESS,
    DISABLED,
    ENABLED,
    MfaState,
    always_enabled,
    await_disabled,
    check_allowed,
    check_tenant,
    holds,
    read_mfa,
    self_service_refusal,
    switch_mfa,
)
from .tenants import Located, Tenant, locate, read_tree


def tenant_reference(value: t.Any) -> str | list[str]:
    """Check the option ``tenant``: a name, a path written with slashes, or a list of names.

    Raises:
        OptionError: anything else.
    """
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list) and value and all(isinstance(name, str) and name for name in value):
        return value
    raise OptionError(
        "tenant is neither a text nor a list of texts", "Put names that look like numbers or dates in quotes."
    )


@dataclasses.dataclass(frozen=True)
class TenantMfaRequest:
    """What a task wants.

    Attributes:
        tenant_id: the tenant by its id, or
        tenant: by its path or name.
        state: ``enabled`` or ``disabled``.
        wait: whether to wait while MFA is being switched off.
        wait_timeout: seconds to wait at most.
    """

    tenant_id: str | None
    tenant: t.Any
    state: str
    wait: bool
    wait_timeout: int

    def find(self, client: AcronisClient) -> Located:
        """Look the tenant up.

        Raises:
            AccessError: there is none, or more than one, or it cannot be read.
        """
        if self.tenant_id is not None:
            return locate(client, clean_id(self.tenant_id, "tenant_id"))
        reference = tenant_reference(self.tenant)
        return read_tree(client).find(reference)


def _seen_from(tenant: Tenant, state: MfaState) -> MfaState:
    """An organization's state as it is for a tenant in it: a folder or a unit cannot be changed itself."""
    return state if tenant.is_organization else dataclasses.replace(state, update_allowed=False)


def _current(client: AcronisClient, located: Located) -> MfaState:
    """The state that holds for a tenant."""
    try:
        state = read_mfa(client, located.organization.id)
    except ForbiddenError as error:
        if located.shut_out:
            raise self_service_refusal(located.tenant) from error
        raise
    return _seen_from(located.tenant, state)


def ensure_tenant_mfa(client: AcronisClient, request: TenantMfaRequest, check_mode: bool) -> Outcome:
    """Bring one tenant's MFA into the wanted state; in check mode, say what that would mean.

    Raises:
        AccessError: the tenant cannot be found, read or changed. Check mode raises what the run would.
    """
    located = request.find(client)
    before = _current(client, located)
    if before.status == DISABLE_IN_PROGRESS:
        before = _settled(client, located, before, request, check_mode)
    if holds(before, request.state):
        return _outcome(located, before, before, changed=False)
    check_tenant(located, before, request.state)
    check_allowed(located, before)
    if check_mode:
        allowed = not (request.state == ENABLED and always_enabled(located.tenant))
        after = dataclasses.replace(before, status=request.state, update_allowed=allowed)
        return _outcome(located, before, after, changed=True)
    after = switch_mfa(client, located.tenant.id, request.state)
    if request.wait:
        after = await_disabled(client, located.tenant.id, after, request.wait_timeout)
    if not holds(after, request.state):
        raise MalformedError(
            f"MFA of {located.tenant.label} was switched to {request.state}, but then became {after.status}",
            "Somebody else is changing it: look at the tenant in the console.",
        )
    return _outcome(located, before, after, changed=True)


def _settled(
    client: AcronisClient, located: Located, before: MfaState, request: TenantMfaRequest, check_mode: bool
) -> MfaState:
    """The state to start from while somebody is switching MFA off."""
    if request.state != DISABLED:
        # Nobody should wait for a refusal. What the server allows may change when it is done.
        check_tenant(located, before, request.state)
    if not request.wait:
        if request.state == DISABLED:
            return before
        raise RefusedError(
            f"MFA of {located.tenant.label} is just being switched off",
            "Switch it on when that is done: run again later, or set wait.",
        )
    if check_mode:
        return dataclasses.replace(before, status=DISABLED)
    after = await_disabled(client, located.organization.id, before, request.wait_timeout)
    return _seen_from(located.tenant, after)


def _outcome(located: Located, before: MfaState, after: MfaState, *, changed: bool) -> Outcome:
    tenant = located.tenant
    return Outcome(
        changed=changed,
        values={
            "tenant": {"id": tenant.id, "name": tenant.name, "kind": tenant.kind, "path": list(located.path)},
            "mfa": after.as_result(),
        },
        subject=f"MFA of tenant {tenant.label}",
        before={"mfa_status": before.status},
        after={"mfa_status": after.status},
    )
