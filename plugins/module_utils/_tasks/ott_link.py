# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task acronis_ott_link does: issue an external sign-in link, or keep one that is young enough."""

from __future__ import annotations

import dataclasses
import datetime
import time
import typing as t

from .._acronis.client import AcronisClient
from .._acronis.ott import LIFE, check_target, issue, link_for
from .._acronis.users import User, UserReference
from .._utc import utc_text
from .help_desk import check_user, not_looked_up
from .kept_link import KeptLink
from .outcome import Outcome


@dataclasses.dataclass(frozen=True)
class LinkRequest:
    """What a task wants.

    Attributes:
        login: for the user with this login, or
        external_id: with this id at the identity provider, or
        user_id: with this id.
        target_uri: where to go after signing in; ``None`` for the backup console of the data center.
        style: ``fragment`` or ``query``.
        dest: a file to write the link to, instead of returning it.
        reuse_seconds: how old a link in ``dest`` may be to be kept.
    """

    login: str | None
    external_id: str | None
    user_id: str | None
    target_uri: str | None
    style: str
    dest: str | None
    reuse_seconds: int

    @property
    def user(self) -> UserReference:
        """For whom."""
        return UserReference(login=self.login, external_id=self.external_id, user_id=self.user_id)

    def purpose(self, base_url: str, target_uri: str) -> dict[str, t.Any]:
        """What makes two links interchangeable."""
        return {"base_url": base_url, "user": self.user.as_body(), "target_uri": target_uri, "style": self.style}


@dataclasses.dataclass(frozen=True)
class _Link:
    """What is there, or is to be issued.

    Attributes:
        target_uri: where it leads.
        purpose: what makes two links interchangeable.
        file: where it is kept, if in a file.
        expires: end of the link in the file that is kept, in seconds since the epoch; ``None`` if one is issued.
        user: for whom, as far as that could be looked up.
    """

    target_uri: str
    purpose: dict[str, t.Any]
    file: KeptLink | None
    expires: float | None
    user: User | None


def make_link(client: AcronisClient, request: LinkRequest, check_mode: bool) -> Outcome:
    """Issue a link, or keep one that is young enough; in check mode, see that one could be issued.

    Raises:
        AccessError: nothing was issued, or whether it was is not known.
    """
    link = _look(client, request)
    if link.expires is not None:
        return _outcome(request, changed=False, expires_at=_iso(link.expires))
    if not check_mode:
        return _outcome(request, changed=True, **_issue(client, request, link))
    if link.user is None:
        raise not_looked_up(request.user)
    return _outcome(request, changed=True)


def _look(client: AcronisClient, request: LinkRequest) -> _Link:
    """See what is there, and that whatever a new link needs is there too."""
    default_target = f"{client.base_url.removesuffix('/api/2')}/bc/"
    target_uri = check_target(request.target_uri or default_target, request.style)
    purpose = request.purpose(client.base_url, target_uri)
    file = KeptLink(request.dest) if request.dest is not None else None
    if file is not None:
        file.check_writable()
        expires = file.expires(purpose) if request.reuse_seconds > 0 else None
        left = expires - time.time() if expires is not None else 0.0
        # Nobody can sign in with a link that is over, however old it was allowed to be.
        if 0 < left <= LIFE and LIFE - left < request.reuse_seconds:
            return _Link(target_uri, purpose, file, expires, None)
    return _Link(target_uri, purpose, file, None, check_user(client, request.user))


def _issue(client: AcronisClient, request: LinkRequest, link: _Link) -> dict[str, str]:
    """Issue the link and put it into its file, or into the values that are returned."""
    ott, expires = issue(client, request.user, link.user)
    text = link_for(client.base_url, ott, link.target_uri, request.style)
    if link.file is None:
        return {"expires_at": _iso(expires), "link": text, "ott": ott}
    client.redactor.add(ott, text)
    link.file.write(text, link.purpose, expires)
    return {"expires_at": _iso(expires)}


def _iso(moment: float) -> str:
    return utc_text(datetime.datetime.fromtimestamp(moment, datetime.UTC))


def _outcome(request: LinkRequest, *, changed: bool, **values: str) -> Outcome:
    before = {"link": "absent" if changed else "present"}
    secrets = tuple(values[name] for name in ("ott", "link") if name in values)
    return Outcome(changed, values, f"sign-in link for {request.user}", before, {"link": "present"}, secrets)
