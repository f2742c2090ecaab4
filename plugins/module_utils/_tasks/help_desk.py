# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the help desk's tasks have in common: whether a user can be signed in, before anything is issued."""

from __future__ import annotations

from .._acronis.client import AcronisClient
from .._acronis.tenants import locate
from .._acronis.users import User, UserReference, find_user
from .._errors import OptionError, RefusedError, trying


def check_user(client: AcronisClient, reference: UserReference) -> User | None:
    """See that a user exists and may be signed in, before anything is issued.

    Returns:
        the user, or ``None`` where it cannot be looked up because the client's own tenant is not known.

    Raises:
        NoMatchError: there is no such user.
        RefusedError: the user or the tenant is not open to this.
        AccessError: a request failed.
    """
    root_id = client.own_tenant_id()
    if root_id is None and "user_id" not in reference.as_body():
        return None
    user = find_user(client, reference, root_id or "")
    with trying(f"sign in as {user.label}"):
        if user.enabled is False:
            raise RefusedError("the account is disabled", "Enable it first.")
        located = locate(client, user.tenant_id)
        if located.self_managing is not None:
            raise RefusedError(
                f"support access is disabled in tenant {located.self_managing.label}",
                "Its own administrator has to grant it first.",
            )
    return user


def not_looked_up(user: UserReference) -> OptionError:
    """Why check mode fails where a run would issue a token for a user that it cannot look up."""
    return OptionError(
        f"the user with {user} cannot be looked up, because the API client's own tenant is not known",
        "Give client_id beside the access token, or name the user by user_id.",
    )
