# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of the DoCluster API, and what its answers mean in the dialects of its releases.

The API answers everything with HTTP 200 and says success or failure in words, and the words changed between releases.
So nothing here asks which release a node runs: an answer is recognised by what it says.

Sources: the vendor's manual, "Login and logout" (revision 7, 2022), and the public source of DoCluster before and after
its commit of 2022-04-30 that rewrote login and tokens.
"""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from .._answer import Answer
from .._errors import (
    AccessError,
    ForbiddenError,
    MalformedError,
    RejectedError,
    ServerError,
    UnauthorizedError,
    quoted,
    trying,
)
from .._http import Http

#: Errors that a node gives only to a caller whose token it has accepted.
_PAST_THE_DOOR = frozenset({"wrong api path", "cluster not created", "not manager master node", "not management node"})
#: Errors about the token itself: the newer release has one for all of them, the older one and the manual four.
_TOKEN_GONE = frozenset(
    {
        "wrong token",
        "token not found, please log in.",
        "token expired please log in.",
        "username not found, please log in.",
        "wrong password.",
    }
)
_OTHER_ADDRESS = "the token is not important for this ip address, please log in."
_ELECTION = "not manager master node"


@dataclasses.dataclass(frozen=True)
class Reply:
    """A decoded answer of the API.

    Attributes:
        request: method and URL, for messages.
        ok: whether the node did what was asked.
        error: its words if not.
        msg: what it returns: an object, a list or a text.
    """

    request: str
    ok: bool
    error: str
    msg: t.Any

    @property
    def words(self) -> str:
        """The error in lower case, to be compared."""
        return self.error.strip().lower()

    @property
    def token_refused(self) -> bool:
        """Whether the node does not know the token (any more), or not from this client's address."""
        return not self.ok and (self.words in _TOKEN_GONE or self.bound_elsewhere)

    @property
    def bound_elsewhere(self) -> bool:
        """Whether the node says that the token belongs to another client's IP address. Only older releases do."""
        return not self.ok and self.words == _OTHER_ADDRESS

    @property
    def accepted_token(self) -> bool:
        """Whether the answer shows that the token is alive, whatever else it says."""
        return self.ok or self.words in _PAST_THE_DOOR

    @property
    def election_pending(self) -> bool:
        """Whether the cluster has no master yet: the few seconds after its creation."""
        return self.words == _ELECTION and not self.master

    @property
    def master(self) -> str:
        """Name of the node to ask instead, in the answer of one that is not the master."""
        name = self.msg.get("master") if isinstance(self.msg, dict) else None
        return name if isinstance(name, str) else ""


def reply_from(answer: Answer) -> Reply:
    """Decode an answer; its content type says HTML in every release, so it is not consulted.

    Raises:
        ServerError: HTTP 5xx; the node's own error page.
        MalformedError: no JSON, or not of the API's form.
    """
    if answer.status >= 500:
        raise ServerError(
            f"{answer.request} answered {answer.status} with {answer.summary()}",
            "The node failed: look at its log.",
            status=answer.status,
        )
    if answer.status != 200:
        raise MalformedError(
            f"{answer.request} answered {answer.status} with {answer.summary()}",
            "Is this the API port of a DoCluster node (usually 3033)?",
            status=answer.status,
        )
    item = answer.json()
    if not isinstance(item, dict) or not isinstance(item.get("status"), str):
        raise MalformedError(
            f"{answer.request} answered JSON that is not DoCluster's", "Is this the API port of a DoCluster node?"
        )
    error = item.get("error", "")
    if not isinstance(error, str):
        raise MalformedError(f"{answer.request}: the field error is a {type(error).__name__}, expected a text")
    return Reply(answer.request, item["status"] == "success", answer.mask(error), item.get("msg"))


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
            tries_left = self._http.settings.retries
            while True:
                try:
                    return self._logged_out(self.call("logout", repeatable=False, access_token=token))
                except AccessError as error:
                    if error.definite:
                        raise
                    if self.token_state(token) is TokenState.GONE:
                        return True
                    if tries_left < 1:
                        raise
                    tries_left -= 1

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
