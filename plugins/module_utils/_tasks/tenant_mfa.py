# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task acronis_tenant_mfa does: one tenant's MFA as a desired state."""

from __future__ import annotations

import dataclasses
import typing as t

from .._acronis.client import AcronisClient
from .._acronis.mfa import MfaState, await_disabled, read_mfa, switch_mfa
from .._acronis.tenants import locate, read_tree
from .._acronis.tree import Located
from .._errors import ForbiddenError, MalformedError, OptionError, RefusedError
from .._estate.evidence import Evidence
from .._estate.facts import facts_of
from .._options import clean_id
from .._policy.facts import Facts, Obstacle, obstacle
from .._text import DISABLE_IN_PROGRESS, DISABLED, ENABLED, ENDPOINT, NONE, UNKNOWN, holds, quoted
from .outcome import Outcome


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


def ensure_tenant_mfa(client: AcronisClient, request: TenantMfaRequest, check_mode: bool) -> Outcome:
    """Bring one tenant's MFA into the wanted state; in check mode, say what that would mean.

    Raises:
        AccessError: the tenant cannot be found, read or changed. Check mode raises what the run would.
    """
    located = request.find(client)
    before = _read(client, located)
    changed = not holds(before.status, request.state)
    if changed:
        _check(located, before, request)
    after = _expected(located, before, request)
    if after.status != before.status and not check_mode:
        after = _write(client, located, before, request)
    return _outcome(located, before, _seen_from(located, after), changed=changed)


def _read(client: AcronisClient, located: Located) -> MfaState:
    """The state that holds for a tenant."""
    try:
        return _seen_from(located, read_mfa(client, located.organization.id))
    except ForbiddenError as error:
        if located.self_managing is None:
            raise
        facts = facts_of(located, Evidence(UNKNOWN, NONE, error=error))
        raise _refused(facts, "read", Obstacle.MANAGES_ITSELF) from error


def _seen_from(located: Located, state: MfaState) -> MfaState:
    """An organization's state as it is for a tenant in it: a folder or a unit cannot be changed itself."""
    return state if located.tenant.is_organization else dataclasses.replace(state, update_allowed=False)


def _check(located: Located, before: MfaState, request: TenantMfaRequest) -> None:
    """Refuse what cannot work, before anything is written or waited for.

    Raises:
        RefusedError: with the reason and who could change it.
    """
    ending = before.status == DISABLE_IN_PROGRESS
    # What the server allows may change when MFA is off.
    state = dataclasses.replace(before, update_allowed=True) if ending else before
    facts = facts_of(located, Evidence(before.status, ENDPOINT, state))
    in_the_way = obstacle(facts, request.state)
    if in_the_way is not None:
        raise _refused(facts, "switched on" if request.state == ENABLED else "switched off", in_the_way)
    if ending and not request.wait:
        raise RefusedError(
            f"MFA of {located.tenant.label} is just being switched off",
            "Switch it on when that is done: run again later, or set wait.",
        )


def _refused(facts: Facts, done: str, in_the_way: Obstacle) -> RefusedError:
    what = f"MFA of {facts.kind} {quoted(facts.name)} ({facts.id}) cannot be {done}"
    return RefusedError(f"{what}: {in_the_way.reason(facts)}", in_the_way.remedy)


def _expected(located: Located, before: MfaState, request: TenantMfaRequest) -> MfaState:
    """The state after the task."""
    if holds(before.status, request.state):
        ending = before.status == DISABLE_IN_PROGRESS and request.wait
        return dataclasses.replace(before, status=DISABLED) if ending else before
    allowed = not (request.state == ENABLED and located.tenant.always_enabled)
    return dataclasses.replace(before, status=request.state, update_allowed=allowed)


def _write(client: AcronisClient, located: Located, before: MfaState, request: TenantMfaRequest) -> MfaState:
    """Wait for what is in progress, switch if that is still to be done, and wait for that.

    Returns:
        the state by then.

    Raises:
        AccessError: it is not the wanted one.
    """
    organization_id = located.organization.id
    after = await_disabled(client, organization_id, before, request.wait_timeout)
    if not holds(after.status, request.state):
        _check(located, after, request)
        after = switch_mfa(client, organization_id, request.state)
    if request.wait:
        after = await_disabled(client, organization_id, after, request.wait_timeout)
    if not holds(after.status, request.state):
        raise MalformedError(
            f"MFA of {located.tenant.label} was switched to {request.state}, but then became {after.status}",
            "Somebody else is changing it: look at the tenant in the console.",
        )
    return after


def _outcome(located: Located, before: MfaState, after: MfaState, *, changed: bool) -> Outcome:
    tenant = located.tenant
    return Outcome(
        changed=changed,
        values={
            "tenant": {"id": tenant.id, "name": tenant.name, "kind": tenant.kind, "path": list(located.path)},
            "mfa": dataclasses.asdict(after),
        },
        subject=f"MFA of tenant {tenant.label}",
        # What somebody else is switching off becomes off by itself: that is no difference that this task makes.
        before={"mfa_status": before.status if changed else after.status},
        after={"mfa_status": after.status},
    )
