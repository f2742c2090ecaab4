# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task cluster_session does: there is a session, or there is none."""

from __future__ import annotations

import dataclasses
import typing as t

from .._cluster.session import ClusterSession, LivingSession
from .._files import check_writable
from .outcome import Outcome

PRESENT = "present"
ABSENT = "absent"


@dataclasses.dataclass(frozen=True)
class _Change:
    """What is to be done about a session.

    Attributes:
        before: ``present`` or ``absent``.
        after: likewise, what the task wants.
        username: whose session it is, if known.
        ending: the living sessions that have to end.
    """

    before: str
    after: str
    username: str | None
    ending: tuple[LivingSession, ...] = ()


def ensure_session(session: ClusterSession, state: str, check_mode: bool) -> Outcome:
    """Reuse a living session or open one, or end every session that the options name and forget its token.

    A new session's token is returned only if no file keeps it.

    Args:
        session: where, and as whom.
        state: ``present`` or ``absent``.
        check_mode: ask the node, and neither log in nor out.

    Raises:
        AccessError: there is no session and none can be opened, or one may still be open.
    """
    change = _opening(session) if state == PRESENT else _closing(session)
    token = None
    if not check_mode:
        token = _write(session, change)
    elif change.before != change.after == PRESENT:
        # A login would find out whether a node answers. Asking for none is an error to the node, so no run does it.
        session.probe()
    return _outcome(session, change, token)


def _opening(session: ClusterSession) -> _Change:
    """What has to be done for a session to be there, as far as that can be known without logging in."""
    living = session.living()
    if living is not None:
        return _Change(PRESENT, PRESENT, living.username)
    username, _password = session.check_login()
    if session.file is not None:
        check_writable(session.file.path)
    return _Change(ABSENT, PRESENT, username)


def _closing(session: ClusterSession) -> _Change:
    """What has to be done for no session to be there."""
    candidates = session.candidates()
    ending = tuple(candidate for candidate in candidates if session.would_end(candidate.token))
    usernames = [candidate.username for candidate in candidates if candidate.username]
    return _Change(PRESENT if ending else ABSENT, ABSENT, usernames[-1] if usernames else None, ending)


def _write(session: ClusterSession, change: _Change) -> str | None:
    """Make the change; returns a new session's token if no file keeps it."""
    if change.after == ABSENT:
        _close(session, change.ending)
        return None
    return _open(session) if change.before == ABSENT else None


def _open(session: ClusterSession) -> str | None:
    opened = session.log_in()
    if session.file is None:
        return opened.token
    session.file.write(opened.username or "", opened.token)
    return None


def _close(session: ClusterSession, ending: t.Iterable[LivingSession]) -> None:
    """End the living sessions, and forget the token of the file whether it lived or not."""
    for living in ending:
        session.api.logout(living.token)
    if session.file is not None and session.file.read() is not None:
        session.file.remove()


def _outcome(session: ClusterSession, change: _Change, token: str | None) -> Outcome:
    values: dict[str, t.Any] = {
        "session": {
            "url": session.api.url,
            "username": change.username,
            "token_path": session.file.path if session.file is not None else None,
            "reused": change.before == PRESENT == change.after,
        }
    }
    if token is not None:
        values["access_token"] = token
    return Outcome(
        changed=change.before != change.after,
        values=values,
        subject=f"session on {session.api.url}",
        before={"session": change.before},
        after={"session": change.after},
        product=(token,) if token is not None else (),
    )
