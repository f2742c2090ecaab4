# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""External sign-in links and sign-ins for the help desk: looked up first, then issued once."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import time
import typing as t

from .._errors import MalformedError, OptionError
from .._fields import field
from .._files import check_writable, read_private, write_private
from .._outcome import Outcome
from .client import AcronisClient
from .ott import LIFE, check_target, check_user, issue, link_for, sign_in
from .users import UserReference


@dataclasses.dataclass(frozen=True)
class LinkRequest:
    """What a task wants.

    Attributes:
        user: for whom.
        target_uri: where to go after signing in; ``None`` for the backup console of the data center.
        style: ``fragment`` or ``query``.
        dest: a file to write the link to, instead of returning it.
        reuse_seconds: how old a link in ``dest`` may be to be kept.
    """

    user: UserReference
    target_uri: str | None
    style: str
    dest: str | None
    reuse_seconds: int

    def purpose(self, base_url: str, target_uri: str) -> dict[str, t.Any]:
        """What makes two links interchangeable."""
        return {"base_url": base_url, "user": self.user.as_body(), "target_uri": target_uri, "style": self.style}


class KeptLink:
    """A link in a file, and beside it, in a hidden file, what it is for; both with mode 0600.

    Args:
        dest: the file that holds the link and nothing else.
    """

    def __init__(self, dest: str) -> None:
        self.dest = os.path.abspath(os.path.expanduser(dest))
        folder, name = os.path.split(self.dest)
        self._about = os.path.join(folder, f".{name}.issued")

    def check_writable(self) -> None:
        """See that the link can be written, before one is issued.

        Raises:
            OptionError: it cannot.
        """
        check_writable(self.dest)
        check_writable(self._about)

    def write(self, link: str, purpose: dict[str, t.Any], expires: float) -> None:
        """Replace the link; a symbolic link in its place is replaced, not followed.

        Raises:
            OptionError: the files cannot be written.
        """
        about = {**purpose, "expires": expires, "digest": self._digest(f"{link}\n".encode())}
        write_private(self._about, json.dumps(about).encode())
        write_private(self.dest, f"{link}\n".encode())

    def expires(self, purpose: dict[str, t.Any]) -> float | None:
        """When the link ends, in seconds since the epoch, if there is one for the same purpose; else ``None``."""
        try:
            link, about = read_private(self.dest), json.loads(read_private(self._about) or b"{}")
            if link is None or about.pop("digest") != self._digest(link):
                return None
            expires = field(about, "expires", float, self._about)
            return expires if about == {**purpose, "expires": expires} else None
        except (OptionError, MalformedError, ValueError, RecursionError, AttributeError, KeyError, TypeError):
            return None

    @staticmethod
    def _digest(content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()


def _iso(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_link(client: AcronisClient, request: LinkRequest, check_mode: bool) -> Outcome:
    """Issue a link, or keep one that is young enough; in check mode, see that one could be issued.

    Raises:
        AccessError: nothing was issued, or whether it was is not known.
    """
    default_target = f"{client.base_url.removesuffix('/api/2')}/bc/"
    target_uri = check_target(request.target_uri or default_target, request.style)
    purpose = request.purpose(client.base_url, target_uri)
    kept = KeptLink(request.dest) if request.dest is not None else None
    if kept is not None:
        kept.check_writable()
        expires = kept.expires(purpose) if request.reuse_seconds > 0 else None
        left = expires - time.time() if expires is not None else 0.0
        # Nobody can sign in with a link that is over, however old it was allowed to be.
        if expires is not None and 0 < left <= LIFE and LIFE - left < request.reuse_seconds:
            return _outcome(request, changed=False, expires_at=_iso(expires))
    found = check_user(client, request.user)
    if check_mode and found is None:
        raise _not_looked_up(request.user)
    if check_mode:
        return _outcome(request, changed=True)
    ott, expires = issue(client, request.user, found)
    link = link_for(client.base_url, ott, target_uri, request.style)
    if kept is None:
        return _outcome(request, changed=True, expires_at=_iso(expires), link=link, ott=ott)
    client.redactor.add(ott, link)
    kept.write(link, purpose, expires)
    return _outcome(request, changed=True, expires_at=_iso(expires))


def _not_looked_up(user: UserReference) -> OptionError:
    return OptionError(
        f"the user with {user} cannot be looked up, because the API client's own tenant is not known",
        "Give client_id beside the access token, or name the user by user_id.",
    )


def _outcome(request: LinkRequest, *, changed: bool, **values: str) -> Outcome:
    before = {"link": "absent" if changed else "present"}
    secrets = tuple(values[name] for name in ("ott", "link") if name in values)
    return Outcome(changed, values, f"sign-in link for {request.user}", before, {"link": "present"}, secrets)


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
    found = check_user(client, user) if user is not None else None
    if check_mode and user is not None and found is None:
        raise _not_looked_up(user)
    account, problem = found, None
    if not check_mode:
        token = issue(client, user, found)[0] if user is not None else (ott or "")
        client.redactor.add(token)
        account, problem = sign_in(client, token, logout)
    values = {"user": account.as_result()} if account is not None else {}
    return Outcome(True, values, "sign-in", {"signed_in": False}, {"signed_in": True}, failure=problem)
