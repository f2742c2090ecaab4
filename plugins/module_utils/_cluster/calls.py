# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of the DoCluster API."""

from __future__ import annotations

import enum

from .._errors import AccessError, ForbiddenError, MalformedError, RejectedError, UnauthorizedError, trying
from .._http import Http
from .._text import quoted
from .dialects import Reply, reply_from


class TokenState(enum.Enum):
    """What a node says of a token."""

    ALIVE = "alive"
    GONE = "gone"
    ELSEWHERE = "elsewhere"


class ClusterApi:
    """The calls. Arguments go into a form body, the only place where the API reads them.

    Args:
        http: the network.
        url: the node, ``http://HOST:3033``.
    """

    def __init__(self, http: Http, url: str) -> None:
        self._http = http
        self.url = url

    def call(self, path: str, *, repeatable: bool = True, confidential: bool = False, **arguments: str) -> Reply:
        """One call.

        Args:
            path: below ``/api/``.
            repeatable: whether it may be sent again when its answer is lost.
            confidential: whether the answer brings a secret.
            arguments: fields of the form.

        Raises:
            AccessError: no usable answer came.
        """
        url = f"{self.url}/api/{path}"
        return reply_from(
            self._http.request("POST", url, repeatable=repeatable, confidential=confidential, form=arguments)
        )

    def token_state(self, token: str) -> TokenState:
        """Whether a token is alive for this client. Asking keeps it alive: its life slides.

        A login with nothing but a token is asked for. That succeeds in the manual and in older releases; newer ones
        answer a living token with an error about the path or the cluster, and a dead one with an error about the token.

        Raises:
            AccessError: the answer shows neither.
        """
        with trying("find out whether the session is alive"):
            reply = self.call("login", access_token=token)
            if reply.accepted_token:
                return TokenState.ALIVE
            if reply.token_refused:
                # Older releases tell by a login only that the token is of no use, and why by any other call.
                reason = self.call("cluster/status", access_token=token)
                return TokenState.ELSEWHERE if reason.bound_elsewhere else TokenState.GONE
            raise RejectedError(f"{reply.request} answered {quoted(reply.error)}, which says nothing about the token")

    def login(self, username: str, password: str) -> str:
        """A new token.

        Raises:
            UnauthorizedError: the node does not accept user name or password.
            AccessError: no usable answer came.
        """
        with trying(f"log in as {quoted(username)}"):
            reply = self.call("login", repeatable=False, confidential=True, username=username, password=password)
            if not reply.ok:
                raise self._refused_login(reply, username)
            token = reply.msg.get("access_token") if isinstance(reply.msg, dict) else None
            if not isinstance(token, str) or not token:
                raise MalformedError(f"{reply.request} reports success, but has no access_token")
            return token

    @staticmethod
    def _refused_login(reply: Reply, username: str) -> UnauthorizedError | RejectedError:
        said = f"{reply.request} answered {quoted(reply.error)}"
        if reply.words.startswith("username not found"):
            return UnauthorizedError(f"{said}: there is no user {quoted(username)}", "Check username.", status=200)
        if reply.words == "wrong password.":
            return UnauthorizedError(said, "Check password.", status=200)
        if reply.words == "access denied":
            return UnauthorizedError(said, "Check username and password; the node does not tell which.", status=200)
        return RejectedError(said, status=200)

    def logout(self, token: str) -> bool:
        """End a session; ``False`` if it had ended already.

        Raises:
            ForbiddenError: the session belongs to another client's IP address.
            AccessError: no usable answer came, and the session may still be alive.
        """
        with trying("log out"):

            def settle(error: AccessError) -> bool | None:
                if error.definite:
                    raise error
                return True if self.token_state(token) is TokenState.GONE else None

            return self._http.settled(
                lambda: self._logged_out(self.call("logout", repeatable=False, access_token=token)), settle
            )

    @staticmethod
    def _logged_out(reply: Reply) -> bool:
        # Releases before the rewrite end the session, and then answer with what stands in the way of another call.
        if reply.accepted_token:
            return True
        said = f"{reply.request} answered {quoted(reply.error)}"
        if reply.bound_elsewhere:
            raise ForbiddenError(
                said,
                "The session belongs to another client's IP address: log out there, through the same network path.",
            )
        if reply.token_refused:
            return False
        raise RejectedError(said)
