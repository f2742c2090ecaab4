# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lies behind the checks of the newest server: cluster/..., quorum/... and system/..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .answers import Answer, ServerCrash, failure, success
from .cluster import Cluster
from .crashes import call_attribute
from .node import Call, Node
from .users import users

WRONG_PATH = failure("wrong api path")

# Background loops that the server lists, with their pause in seconds.
_LOOPS = {
    "cluster-Loop_NodesStatus": 5,
    "system-Loop_Cluster_Task_Processor": 1,
    "system-Loop_Cluster_Task_Status": 1,
    "system-Loop_Local_Task_Processor": 1,
    "quorum-Loop_QuorumStatus": 3,
}


def _cluster_of(node: Node) -> Cluster:
    """Return the cluster; the checks before an endpoint let nothing through without one but create and join."""
    if node.cluster is None:
        raise ServerCrash("KeyError", "'cluster'")
    return node.cluster


def _third_part(call: Call) -> str:
    if len(call.parts) < 3:
        raise ServerCrash("IndexError", "list index out of range")
    return call.parts[2]


def _cluster_status(node: Node, _call: Call) -> Answer:
    return success(_cluster_of(node).status(node.version, node.started))


def _cluster_create(node: Node, call: Call) -> Answer:
    if node.cluster is not None:
        return failure("cluster already created")
    node.create_cluster(call.server_ip)
    return success({})


def join_refusal(node: Node, call: Call) -> Answer | None:
    """Return why this host cannot even try to join a cluster, or None."""
    if node.cluster is not None:
        return failure("cluster already created")
    if not {"cluster_ip", "cluster_username", "cluster_password"} <= call.args.keys():
        return failure("data not submitted")
    return None


def _cluster_join(node: Node, call: Call) -> Answer:
    # The real server asks the other host now, and relays its answer. The simulator calls nobody: a setting decides.
    refusal = join_refusal(node, call)
    if refusal:
        return refusal
    if node.settings.join == "offline":
        return Answer({}, "offline", "network problem: ConnectionError")
    if node.settings.join == "critical":
        return Answer({}, "critical", "answer problem: Expecting value: line 1 column 1 (char 0)")
    node.settings.master = False
    node.create_cluster(call.args["cluster_ip"])
    node.tokens.forget()
    return success(node.configuration())


def _quorum_status(node: Node, _call: Call) -> Answer:
    return success(_cluster_of(node).quorum_status(node.version))


def _quorum_nodes(node: Node, call: Call) -> Answer:
    if len(call.parts) != 3 or call.parts[2] not in ("add", "delete"):
        return WRONG_PATH
    cluster = _cluster_of(node)
    name = call.args.get("node")
    if name is None:
        return failure("data not submitted")
    if name not in cluster.hosts():
        return failure("node is not in cluster")
    if call.parts[2] == "add":
        if name in cluster.quorum:
            return failure("node already in quorum")
        cluster.quorum.append(name)
    else:
        if name not in cluster.quorum:
            return failure("node is not in quorum")
        if len(cluster.quorum) == 1:
            return failure("can not delete last node")
        if name == cluster.master():
            return failure("can not delete master node")
        cluster.quorum.remove(name)
    node.save()
    return success({})


def _hosts(_node: Node, call: Call) -> Answer | None:
    action = _third_part(call)
    if action in ("add", "delete"):
        # The real server rewrites /etc/hosts on every node here. No test may come to rely on that.
        raise ServerCrash("NotImplementedError", "the simulator writes no hosts file")
    return failure("there is nothing to output") if action == "get" else None


def _config(node: Node, call: Call) -> Answer | None:
    action = _third_part(call)
    if action == "save":
        node.save()
    return success(node.configuration()) if action in ("get", "save", "read") else None


def _loops(node: Node, call: Call) -> Answer | None:
    if _third_part(call) != "get":
        return None
    running = node.clock.elapsed() - node.started
    return success(
        {
            name: {
                "isAlive": True,
                "counter": int(running / (pause + 1)),
                "ident": str(139_838_000_000_000 + number),
                "native_id": str(4000 + number),
                "timeout": str(pause),
            }
            for number, (name, pause) in enumerate(_LOOPS.items())
        }
    )


def _tasks(_node: Node, call: Call) -> Answer:
    action = _third_part(call)
    if action == "test" and "node" in call.args:
        raise ServerCrash("NotImplementedError", "the simulator runs no task")
    if action == "stop" and "id" in call.args:
        raise ServerCrash("KeyError", "'cluster_tasks'")
    return failure("no tasks in the system", msg=[])


Endpoint = Callable[[Node, Call], Answer | None]

_ENDPOINTS: dict[str, dict[str, Endpoint]] = {
    "cluster": {"status": _cluster_status, "create": _cluster_create, "join": _cluster_join},
    "quorum": {"status": _quorum_status, "nodes": _quorum_nodes},
    "system": {"users": users, "hosts": _hosts, "config": _config, "loops": _loops, "tasks": _tasks},
}


def answer(node: Node, call: Call) -> Answer:
    """Answer a request that passed every check; raises ServerCrash where the real server dies."""
    area: dict[str, Any] | None = _ENDPOINTS.get(call.parts[0]) if len(call.parts) >= 2 else None
    if area is None:
        return WRONG_PATH
    endpoint = area.get(call.parts[1])
    if endpoint is None:
        call_attribute(call.parts[1])
        return WRONG_PATH
    return endpoint(node, call) or WRONG_PATH
