# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions on a DoCluster node: reuse one that lives, log in if there is none, log out."""

from __future__ import annotations

import dataclasses
import json
import os
import typing as t

from .._errors import ForbiddenError, MalformedError, OptionError, UnauthorizedError, quoted, trying
from .._fields import field
from .._files import check_writable, read_private, write_private
from .._outcome import Outcome
from .._redact import Redactor
from .api import ClusterApi, TokenState
from .options import ClusterSettings


@dataclasses.dataclass(frozen=True)
class TokenFile:
    """A private file with the token of a session, and whom it belongs to.

    A token is only ever sent to the node, and used for the user, that the file names.

    Attributes:
        path: the file.
        url: the node.
        username: the user, or ``None`` if any will do.
    """

    path: str
    url: str
    username: str | None

    def read(self) -> tuple[str, str] | None:
        """User and token, or ``None`` if there is no file or it belongs to another node or user.

        Raises:
            OptionError: the file is not private, or not one of ours.
        """
        content = read_private(self.path)
        if content is None:
            return None
        try:
            item = json.loads(content)
            url, username, token = (field(item, name, str, self.path) for name in ("url", "username", "token"))
        except (ValueError, RecursionError, AttributeError, MalformedError):
            raise OptionError(
                f"token_path {quoted(self.path, whole=True)} does not hold a session token",
                "Name another file, or remove this one.",
            ) from None
        if url != self.url or self.username not in (None, username):
            return None
        return username, token

    def write(self, username: str, token: str) -> None:
        """Keep a token."""
        content = {"url": self.url, "username": username, "token": token}
        write_private(self.path, json.dumps(content).encode("utf-8"))

    def remove(self) -> None:
        """Forget the token."""
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise OptionError(
                f"token_path {quoted(self.path, whole=True)} cannot be removed: {error.strerror}"
            ) from error


@dataclasses.dataclass(frozen=True)
class LivingSession:
    """A token that the node accepts.

    Attributes:
        token: the token.
        username: whose it is, if known.
    """

    token: str = dataclasses.field(repr=False)
    username: str | None


class ClusterSession:
    """The session that the options mean.

    Args:
        api: the node.
        settings: checked options.
        redactor: is told every token.
    """

    def __init__(self, api: ClusterApi, settings: ClusterSettings, redactor: Redactor) -> None:
        self.api = api
        self.poll = settings.poll
        self._settings = settings
        self._redactor = redactor
        self._elsewhere = False
        self.file: TokenFile | None = None
        if settings.token_path is not None:
            self.file = TokenFile(settings.token_path, settings.url, settings.username)

    def candidates(self) -> list[LivingSession]:
        """Tokens that may be alive: the one given, then the one in the file."""
        found = []
        if self._settings.access_token is not None:
            found.append(LivingSession(self._settings.access_token, self._settings.username))
        kept = self.file.read() if self.file is not None else None
        if kept is not None:
            found.append(LivingSession(kept[1], kept[0]))
        for session in found:
            self._redactor.add(session.token)
        return found

    def living(self) -> LivingSession | None:
        """The first candidate that the node accepts.

        Raises:
            AccessError: the node cannot be asked.
        """
        for session in self.candidates():
            state = self.api.token_state(session.token)
            if state is TokenState.ALIVE:
                return session
            self._elsewhere = self._elsewhere or state is TokenState.ELSEWHERE
        return None

    def check_login(self) -> tuple[str, str]:
        """User name and password, if a login can be tried.

        Raises:
            OptionError: they were not given, and nothing was there to be reused.
            UnauthorizedError: they were not given, and the token that was is not alive.
        """
        username, password = self._settings.username, self._settings.password
        if username and password:
            return username, password
        missing = " and ".join(name for name, value in (("username", username), ("password", password)) if not value)
        remedy = f"Give {missing}, as options or as DOCLUSTER_USERNAME and DOCLUSTER_PASSWORD."
        if self._elsewhere:
            raise UnauthorizedError("the session belongs to another client's IP address", f"{remedy} Or run there.")
        if self.candidates():
            raise UnauthorizedError(
                "the node does not accept the token (any more): it expired, was logged out, belongs to another "
                "client's IP address, or the node was restarted",
                remedy,
            )
        raise OptionError(f"there is no session to reuse, and {missing} to log in with is missing", remedy)

    def log_in(self) -> LivingSession:
        """Open a session.

        Raises:
            AccessError: the node refuses, or cannot be asked.
        """
        username, password = self.check_login()
        token = self.api.login(username, password)
        self._redactor.add(token)
        return LivingSession(token, username)

    def would_end(self, token: str) -> bool:
        """Whether logging out would end a session.

        Raises:
            ForbiddenError: it could not, because the session belongs to another client's IP address.
            AccessError: the node cannot be asked.
        """
        state = self.api.token_state(token)
        if state is TokenState.ELSEWHERE:
            raise ForbiddenError("the session belongs to another client's IP address", "Log out there.")
        return state is TokenState.ALIVE

    def probe(self) -> None:
        """See that a DoCluster node answers, without opening a session.

        Raises:
            AccessError: it does not.
        """
        with trying("reach the node"):
            self.api.call("login")


def ensure_present(session: ClusterSession, check_mode: bool) -> Outcome:
    """Reuse a living session or open one; its token is returned only if no file keeps it.

    Raises:
        AccessError: there is no session and none can be opened.
    """
    living = session.living()
    if living is not None:
        return _outcome(session, living.username, before="present", after="present", reused=True)
    username, _password = session.check_login()
    if session.file is not None:
        check_writable(session.file.path)
    if check_mode:
        session.probe()
        return _outcome(session, username, before="absent", after="present")
    opened = session.log_in()
    if session.file is None:
        return _outcome(session, username, before="absent", after="present", token=opened.token)
    session.file.write(username, opened.token)
    return _outcome(session, username, before="absent", after="present")


def ensure_absent(session: ClusterSession, check_mode: bool) -> Outcome:
    """Close every session that the options name, and forget its token.

    Raises:
        AccessError: a session may still be open.
    """
    ended = False
    username = None
    for candidate in session.candidates():
        username = candidate.username or username
        if check_mode:
            ended = session.would_end(candidate.token) or ended
        else:
            ended = session.api.logout(candidate.token) or ended
    if session.file is not None and not check_mode and session.file.read() is not None:
        session.file.remove()
    return _outcome(session, username, before="present" if ended else "absent", after="absent")


def _outcome(
    session: ClusterSession,
    username: str | None,
    *,
    before: str,
    after: str,
    reused: bool = False,
    token: str | None = None,
) -> Outcome:
    values: dict[str, t.Any] = {
        "session": {
            "url": session.api.url,
            "username": username,
            "token_path": session.file.path if session.file is not None else None,
            "reused": reused,
        }
    }
    if token is not None:
        values["access_token"] = token
    return Outcome(
        changed=before != after,
        values=values,
        subject=f"session on {session.api.url}",
        before={"session": before},
        after={"session": after},
        product=(token,) if token is not None else (),
    )
