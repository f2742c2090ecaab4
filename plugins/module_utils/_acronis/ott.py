# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One-time tokens: issue one, make a link of it, sign in with it.

Sources: Acronis Account Management API v2, ``/idp/ott``, ``/idp/ott/login`` and ``/idp/external-login``, and the pages
"Logging in using a one-time token" and "Generating an external login URL" of its guide. A token is valid for 30 seconds
and for one sign-in. Issuing and using one are never repeated after an indefinite answer.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from .._errors import (
    AccessError,
    ForbiddenError,
    MalformedError,
    OptionError,
    RejectedError,
    UnauthorizedError,
    trying,
)
from .._fields import field
from .._text import quoted
from .client import AcronisClient, UserSession
from .users import User, UserReference, user_from

#: Seconds that a one-time token is valid after it was issued.
LIFE = 30
FRAGMENT = "fragment"
QUERY = "query"


def check_target(target_uri: str, style: str) -> str:
    """A target that the sign-in page can go to in the given style.

    The page takes its fragment apart at every ``&`` and ``=`` and does not decode the target, so the fragment cannot
    carry a target with either of them.

    Raises:
        OptionError: it is no absolute http or https URL, or the style cannot carry it.
    """
    try:
        parts = urlsplit(target_uri)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f\x7f\\]", target_uri):
        raise OptionError(
            f"target_uri is not an absolute http or https URL: {quoted(target_uri)}",
            "It looks like https://eu2-cloud.example.com/bc/, without white space.",
        )
    if style == FRAGMENT and ("&" in target_uri or "=" in target_uri):
        raise OptionError(
            f"a link of style fragment cannot carry the target_uri {quoted(target_uri)}: the sign-in page would cut it "
            "at & or =",
            "Use style query.",
        )
    return target_uri


def link_for(base_url: str, ott: str, target_uri: str, style: str) -> str:
    """The external sign-in link.

    Args:
        base_url: root of the API.
        ott: the one-time token.
        target_uri: where to go after signing in, see :func:`check_target`.
        style: ``fragment``, where only the token is encoded, or ``query``, where both are.
    """
    page = f"{base_url}/idp/external-login"
    if style == FRAGMENT:
        return f"{page}#ott={quote(ott, safe='')}&targetURI={target_uri}"
    return f"{page}?ott={quote(ott, safe='')}&targetURI={quote(target_uri, safe='')}"


def issue(client: AcronisClient, reference: UserReference, user: User | None) -> tuple[str, float]:
    """Issue a one-time token; needs an API client with the right to administer users.

    Args:
        client: the connection.
        reference: for whom.
        user: that user, if looked up; a login is sent as the platform writes it.

    Returns:
        the token, and the moment in seconds since the epoch at which it ends: 30 seconds after the request was sent.

    Raises:
        AccessError: none was issued, or its answer was lost.
    """
    with trying(f"issue a one-time token for the user with {reference}"):
        whom = reference.as_body()
        if user is not None and "login" in whom:
            whom = {"login": user.login}
        answer, sent = client.post_for_secret("idp", "ott", body={"purpose": "user_login", **whom})
        ott = field(answer, "ott", str, "the answer to POST /idp/ott")
        if not ott:
            raise MalformedError("the answer to POST /idp/ott has an empty one-time token")
        return ott, sent + LIFE


def sign_in(client: AcronisClient, ott: str, logout: bool) -> tuple[User, str | None]:
    """Sign in with a one-time token, as the vendor's page does, and out again unless told not to.

    Returns:
        the account, and why it could not be signed out again, if so.

    Raises:
        UnauthorizedError: the token is used up, expired, or none at all.
        AccessError: whether it was used is not known.
    """
    session = client.user_session()
    with trying("sign in with the one-time token"):
        try:
            user = user_from(session.post("idp", "ott", "login", body={"ott": ott}))
        except (UnauthorizedError, ForbiddenError, RejectedError) as error:
            raise _spent(error) from error
        except MalformedError as error:
            # Somebody may be signed in, and nobody will use the session.
            problem = _sign_out(session, "an unknown account")
            error.remedy = " ".join(text for text in (error.remedy, problem) if text)
            raise
    return user, _sign_out(session, user.label) if logout else None


def _sign_out(session: UserSession, label: str) -> str | None:
    """End a session; returns why that was not possible, if so."""
    try:
        with trying(f"sign out again from the account {label}"):
            session.visit("idp", "logout")
    except AccessError as error:
        return str(error)
    return None


def _spent(error: AccessError) -> UnauthorizedError:
    return UnauthorizedError(
        f"the server does not accept it ({error.came_back})",
        f"A one-time token can be used once, within {LIFE} seconds. Issue a new one.",
        status=error.status,
        code=error.code,
        code_name=error.code_name,
    )
