# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The three dialects: which checks come first, and in which words they fail."""

from __future__ import annotations

from collections.abc import Callable

from . import endpoints, old_endpoints
from .answers import Answer, failure, success
from .node import Call, Node
from .settings import THIS_NODE
from .tokens import Verdict

# The texts of the manual and of the old server for a token that does not count. An alive one has none.
_TOKEN_TEXTS = {
    Verdict.NOT_FOUND: "Token not found, please log in.",
    Verdict.OTHER_ADDRESS: "The token is not important for this IP address, please log in.",
    Verdict.EXPIRED: "Token expired please log in.",
}
_MAY_COME_FIRST = (["cluster", "create"], ["cluster", "join"])


def _head(node: Node, call: Call) -> Answer:
    """The newest server: credentials are judged before anything else, a token that does not count has one text."""
    if call.parts == ["login"] and "username" in call.args and "password" in call.args:
        username = call.args["username"]
        if not node.accepts(username, call.args["password"]):
            node.counters.refused_logins += 1
            return failure("access denied")
        return success({"access_token": node.sign_in(username, call.client_ip)})
    # Without the field the server does not even look for tokens that have expired.
    if "access_token" not in call.args or node.verdict(call) is not Verdict.ALIVE:
        return failure("wrong token")
    if call.parts == ["logout"]:
        node.sign_out(call)
        return success({})
    return _cluster_checks(node, call)


def _cluster_checks(node: Node, call: Call) -> Answer:
    if node.cluster is None:
        if call.parts[:2] not in _MAY_COME_FIRST:
            return failure("cluster not created")
    elif node.cluster.master() != THIS_NODE:
        return failure("not manager master node", {"master": node.cluster.master()})
    return endpoints.answer(node, call)


def _judge_credentials(node: Node, call: Call, refused: str) -> Answer:
    """Log in as the old server does: a missing field counts as an empty one. `refused` is the status of a failure."""
    username = call.args.get("username", "")
    if node.accepts(username, call.args.get("password", "")):
        return success({"access_token": node.sign_in(username, call.client_ip)})
    node.counters.refused_logins += 1
    return Answer({}, refused, "Wrong password." if node.knows(username) else "Username not found, please log in.")


def _old(node: Node, call: Call) -> Answer:
    """The old server: a living token beats credentials, and a logout is answered by whatever check comes after it."""
    verdict = node.verdict(call)
    if verdict is not Verdict.ALIVE:
        if call.parts == ["login"]:
            return _judge_credentials(node, call, refused="false")
        if len(call.parts) == 1 and call.parts[0] not in ("logout", "tokens"):
            return old_endpoints.WRONG_PATH
        return failure(_TOKEN_TEXTS[verdict])
    # What the answer is so far: a check or an endpoint below may still replace a part of it.
    answer = success(old_endpoints.left_over(node))
    if call.parts == ["logout"]:
        node.sign_out(call)
        answer = success("")
    elif call.parts == ["tokens"]:
        node.left_tokens = True
        answer = success(old_endpoints.left_over(node))
    elif len(call.parts) == 1 and call.parts != ["login"]:
        answer = old_endpoints.WRONG_PATH
    if node.cluster is None:
        if call.parts[:2] not in _MAY_COME_FIRST:
            return failure("Cluster not created", answer.msg)
    elif node.cluster.master() != THIS_NODE:
        return failure("not management node")
    return old_endpoints.answer(node, call) if len(call.parts) >= 2 else answer


def _manual(node: Node, call: Call) -> Answer:
    """What the manual describes, the old server's ways where it is silent, and the newest server's endpoints."""
    verdict = node.verdict(call)
    alive = verdict is Verdict.ALIVE
    if call.parts == ["login"]:
        return success({}) if alive else _judge_credentials(node, call, refused="error")
    if not alive:
        return failure(_TOKEN_TEXTS[verdict])
    if call.parts == ["logout"]:
        node.sign_out(call)
        return success("")
    return _cluster_checks(node, call)


_DIALECTS: dict[str, Callable[[Node, Call], Answer]] = {"manual": _manual, "old": _old, "head": _head}


def answer(node: Node, call: Call) -> Answer:
    """Answer a request in the dialect of the node's profile; raises ServerCrash where the real server dies."""
    return _DIALECTS[node.profile](node, call)
