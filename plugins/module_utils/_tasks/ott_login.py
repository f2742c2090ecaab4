# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task acronis_ott_login does: sign in with a one-time token, once."""

from __future__ import annotations

import dataclasses

from .._acronis.client import AcronisClient
from .._acronis.ott import issue, sign_in
from .._acronis.users import UserReference
from .._errors import OptionError
from .help_desk import check_user, not_looked_up
from .outcome import Outcome


def sign_in_once(
    client: AcronisClient, ott: str | None, user: UserReference | None, logout: bool, check_mode: bool
) -> Outcome:
    """Sign in with a one-time token, given or issued for a user, and report whose account it is.

    Args:
        client: the connection; its credentials are needed to issue a token only.
        ott: a token, or
        user: whom to issue one for.
        logout: whether to sign out again.
        check_mode: look the user up, issue and use nothing. A given token cannot be tested without using it up.

    Raises:
        AccessError: nobody was signed in, or whether somebody was is not known.
    """
    if user is None and not ott:
        raise OptionError("ott is empty", "Give a one-time token, or a user to issue one for.")
    account = check_user(client, user) if user is not None else None
    if check_mode and user is not None and account is None:
        raise not_looked_up(user)
    problem = None
    if not check_mode:
        token = issue(client, user, account)[0] if user is not None else (ott or "")
        client.redactor.add(token)
        account, problem = sign_in(client, token, logout)
    values = {"user": dataclasses.asdict(account)} if account is not None else {}
    return Outcome(True, values, "sign-in", {"signed_in": False}, {"signed_in": True}, failure=problem)
