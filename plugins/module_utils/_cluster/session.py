# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions on a DoCluster node: which one the options mean, whether it lives, and opening one."""

from __future__ import annotations

import dataclasses

from .._errors import ForbiddenError, OptionError, UnauthorizedError, trying
from .._redact import Redactor
from .calls import ClusterApi, TokenState
from .settings import ClusterSettings
from .token_file import TokenFile


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
        sessions = []
        if self._settings.access_token is not None:
            sessions.append(LivingSession(self._settings.access_token, self._settings.username))
        kept = self.file.read() if self.file is not None else None
        if kept is not None:
            sessions.append(LivingSession(kept[1], kept[0]))
        for session in sessions:
            self._redactor.add(session.token)
        return sessions

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
