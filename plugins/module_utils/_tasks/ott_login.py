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


@dataclasses.dataclass(frozen=True)
class LoginRequest:
    """What a task wants.

    Attributes:
        ott: a one-time token to sign in with, or
        login: a user to issue one for, by the login, or
        external_id: by the id at the identity provider, or
        user_id: by the id.
        logout: whether to sign out again.
    """

    ott: str | None
    login: str | None
    external_id: str | None
    user_id: str | None
    logout: bool

    @property
    def user(self) -> UserReference | None:
        """Whom to issue a token for, unless one is given."""
        if self.ott is not None:
            return None
        return UserReference(login=self.login, external_id=self.external_id, user_id=self.user_id)


def sign_in_once(client: AcronisClient, request: LoginRequest, check_mode: bool) -> Outcome:
    """Sign in with a one-time token, given or issued for a user, and report whose account it is.

    Args:
        client: the connection; its credentials are needed to issue a token only.
        request: what is wanted.
        check_mode: look the user up, issue and use nothing. A given token cannot be tested without using it up.

    Raises:
        AccessError: nobody was signed in, or whether somebody was is not known.
    """
    user = request.user
    if user is None and not request.ott:
        raise OptionError("ott is empty", "Give a one-time token, or a user to issue one for.")
    account = check_user(client, user) if user is not None else None
    if check_mode and user is not None and account is None:
        raise not_looked_up(user)
    problem = None
    if not check_mode:
        token = issue(client, user, account)[0] if user is not None else (request.ott or "")
        client.redactor.add(token)
        account, problem = sign_in(client, token, request.logout)
    values = {"user": dataclasses.asdict(account)} if account is not None else {}
    return Outcome(True, values, "sign-in", {"signed_in": False}, {"signed_in": True}, failure=problem)
