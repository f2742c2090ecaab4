# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the answers of the DoCluster API mean, in the dialects of its releases.

The API answers everything with HTTP 200 and says success or failure in words, and the words changed between releases.
So nothing here asks which release a node runs: an answer is recognised by what it says.

Sources: the vendor's manual, "Login and logout" (revision 7, 2022), and the public source of DoCluster before and after
its commit of 2022-04-30 that rewrote login and tokens.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._answer import Answer
from .._errors import MalformedError, ServerError

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
