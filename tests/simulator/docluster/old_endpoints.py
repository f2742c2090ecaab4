# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lies behind the checks of the old server. It shares one place for answers between requests: what cluster/status
and tokens put there shows up in later answers.
"""

from __future__ import annotations

from typing import Any

from .answers import Answer, failure, success
from .crashes import call_attribute
from .endpoints import join_refusal
from .node import Call, Node
from .users import users

WRONG_PATH = failure("Wrong API path")
# A known area says it in lower case.
_WRONG_ACTION = "wrong api path"


def left_over(node: Node) -> dict[str, Any]:
    """Return the `msg` of an answer whose handler sets none: empty, or the tokens after they were asked for once."""
    return {"tokens": node.tokens.listing()} if node.left_tokens else {}


def _left_status(node: Node) -> dict[str, Any]:
    return {"status": "OK", "config": node.configuration()} if node.left_status else {}


def _cluster(node: Node, call: Call) -> Answer | None:
    action = call.parts[1]
    if action == "status":
        node.left_status = True
        return Answer(_left_status(node), "success", _WRONG_ACTION)
    if action == "create":
        if node.cluster is not None:
            return failure("cluster already created", _left_status(node))
        node.create_cluster(call.server_ip)
        return success({})
    if action == "join":
        return join_refusal(node, call) or failure("network problem: ConnectionError")
    return None


def _systems(node: Node, call: Call) -> Answer | None:
    if call.parts[1] != "users":
        return None
    return users(node, call) or failure(_WRONG_ACTION)


def answer(node: Node, call: Call) -> Answer:
    """Answer a request that passed every check; raises ServerCrash where the real server dies."""
    if len(call.parts) < 2:
        return WRONG_PATH
    area = {"cluster": _cluster, "systems": _systems}.get(call.parts[0])
    if area is None:
        return WRONG_PATH
    return area(node, call) or (failure(_WRONG_ACTION) if call_attribute(call.parts[1]) else WRONG_PATH)
