# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The MFA state of a tenant: read it, switch it and be sure of the outcome, wait until it is off.

Source: Acronis Account Management API v2, ``/tenants/{tenant_id}/mfa/status`` (GET and PUT).
"""

from __future__ import annotations

import dataclasses
import time
import typing as t

from .._errors import AccessError, MalformedError, WaitError, trying
from .._fields import field
from .._text import DISABLE_IN_PROGRESS, ENABLED, STATES, holds
from .client import AcronisClient


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

    @property
    def lockouts_max(self) -> int:
        """How many users switching on can lock out at most.

        Where MFA is off, the platform does not show who has enrolled before, so this is an upper bound.
        """
        return max(0, self.users_count - self.users_with_totp_enabled_count)


def mfa_state_from(item: dict[str, t.Any], where: str) -> MfaState:
    """Check a ``mfaTenantStatus`` object; the counts come under two spellings, depending on the server's age.

    Raises:
        MalformedError: a field is missing, or has a wrong type or value.
    """
    status = field(item, "mfa_status", str, where)
    if status not in STATES:
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


def switch_mfa(client: AcronisClient, tenant_id: str, wanted: str) -> MfaState:
    """Write the wanted state and return the state that the server then has.

    A PUT whose answer is lost, garbled or a server failure may or may not have worked: the tenant is read before
    anything else is decided, and written again only if it still has the old state.

    Args:
        client: the connection.
        tenant_id: an organization's id.
        wanted: ``enabled`` or ``disabled``.

    Raises:
        AccessError: the state was not reached; ``certain`` tells whether that is sure.
    """
    with trying(f"switch MFA of tenant {tenant_id} to {wanted}"):
        switching = _Switching(client, tenant_id, wanted)
        state = client.settled(switching.write, switching.settle)
        if not holds(state.status, wanted):
            state = switching.read_back(None)
        if not holds(state.status, wanted):
            raise MalformedError(
                f"the server accepted the change of tenant {tenant_id} to {wanted}, but its state is {state.status}",
                "Look at the tenant in the console: something may be changing it back.",
            )
        return state


class _Switching:
    """One tenant that is being switched: a try, and what has come of one that has no definite answer."""

    def __init__(self, client: AcronisClient, tenant_id: str, wanted: str) -> None:
        self._client = client
        self._tenant_id = tenant_id
        self._wanted = wanted
        self._lost = False

    def write(self) -> MfaState:
        """Send the change once."""
        body = {"enabled": self._wanted == ENABLED}
        answer = self._client.put("tenants", self._tenant_id, "mfa", "status", body=body)
        return mfa_state_from(answer, f"the answer to the change of {self._tenant_id}")

    def settle(self, error: AccessError) -> MfaState | None:
        """The state, if the change was made nevertheless; ``None`` if it may be tried again."""
        if error.definite:
            if self._lost:
                error.certain = False
                error.remedy = f"An earlier try was lost, and may have worked. {error.remedy}".rstrip()
            raise error
        self._lost = True
        state = self.read_back(error)
        if holds(state.status, self._wanted):
            return state
        error.remedy = f"It was read back: the state is {state.status}. {error.remedy}".rstrip()
        return None

    def read_back(self, cause: AccessError | None) -> MfaState:
        """The tenant's state, whatever the answer to the change was."""
        try:
            return read_mfa(self._client, self._tenant_id)
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
