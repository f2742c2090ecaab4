# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task cluster_info does: read what a cluster says of its nodes and its quorum."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import typing as t

from .._cluster.dialects import Reply
from .._cluster.session import ClusterSession
from .._errors import AccessError, MalformedError, RefusedError, RejectedError, UnauthorizedError, WaitError, trying
from .._text import quoted
from .outcome import Outcome

#: Calls by the name under which their answer is returned.
_CALLS = {"cluster": "cluster/status", "quorum": "quorum/status"}
#: What is returned of an answer. Older releases put the whole configuration beside it, hashes and keys included.
_FIELDS = ("status", "errors", "nodes", "master")


@dataclasses.dataclass(frozen=True)
class ClusterInfoRequest:
    """What a task wants to know.

    Attributes:
        gather: of ``cluster`` and ``quorum``.
        wait_timeout: seconds to wait for a master to be elected.
    """

    gather: t.Sequence[str]
    wait_timeout: float


def gather_info(session: ClusterSession, request: ClusterInfoRequest) -> Outcome:
    """Read the wanted parts; a session that this call had to open is closed again.

    Args:
        session: where, and as whom.
        request: what is wanted.

    Raises:
        AccessError: a part could not be read.
    """
    living = session.living()
    if living is not None:
        return Outcome(changed=False, values=_read(session, living.token, request))
    opened = session.log_in()
    try:
        values = _read(session, opened.token, request)
    except BaseException:
        # The session expires by itself; why the reading failed is what matters.
        with contextlib.suppress(AccessError):
            session.api.logout(opened.token)
        raise
    try:
        session.api.logout(opened.token)
    except AccessError as error:
        return Outcome(changed=False, values=values, warnings=(f"The session expires by itself. {error}",))
    return Outcome(changed=False, values=values)


def _read(session: ClusterSession, token: str, request: ClusterInfoRequest) -> dict[str, t.Any]:
    deadline = time.monotonic() + request.wait_timeout
    return {name: _status(session, _CALLS[name], token, deadline) for name in request.gather}


def _status(session: ClusterSession, path: str, token: str, deadline: float) -> dict[str, t.Any]:
    with trying(f"read {path}"):
        while True:
            reply = session.api.call(path, access_token=token)
            if reply.ok:
                if not isinstance(reply.msg, dict):
                    raise MalformedError(f"{reply.request} answered without an object in msg")
                # A new master has no state for the first seconds.
                if reply.msg.get("status") != "" or time.monotonic() + session.poll > deadline:
                    return {name: reply.msg[name] for name in _FIELDS if name in reply.msg}
                time.sleep(session.poll)
                continue
            if not reply.election_pending:
                raise _refusal(reply)
            if time.monotonic() + session.poll > deadline:
                raise WaitError("the cluster has not elected its master", "Run again later, or raise wait_timeout.")
            time.sleep(session.poll)


def _refusal(reply: Reply) -> RefusedError | UnauthorizedError | RejectedError:
    said = f"{reply.request} answered {quoted(reply.error)}"
    if reply.master:
        return RefusedError(said, f"Ask the master node, {quoted(reply.master)}, instead.")
    if reply.words == "wrong api path":
        return RejectedError(said, "This release has no such call. Leave it out of gather.")
    if reply.words == "not management node":
        return RefusedError(said, "Ask a node of the quorum instead.")
    if reply.words == "cluster not created":
        return RefusedError(said, "The node belongs to no cluster yet.")
    if reply.token_refused:
        return UnauthorizedError(said, "The session ended in between. Run again.")
    return RejectedError(said)
