# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The newest server behind its login: the order of its checks, the election, and what it reports."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from .talk import ELECTION, FIRST_STATUS, Talk

SUCCESS = {"msg": {}, "status": "success", "error": ""}


def error(text: str, msg: Any = None) -> dict[str, Any]:
    """An error, without content if `msg` is left out."""
    return {"msg": {} if msg is None else msg, "status": "error", "error": text}


NO_CLUSTER = error("cluster not created")
ELECTING = error("not manager master node", {"master": ""})
WRONG_PATH = error("wrong api path")


@pytest.mark.parametrize("path", ["", "login", "nope", "nope/x", "cluster", "cluster/status", "system/users/get"])
def test_nothing_works_without_a_cluster(head: Talk, path: str) -> None:
    head.control("PATCH", "/settings", {"cluster": "none"})
    assert head.call(path) == error("wrong token")
    assert head.call(path, access_token=head.login()) == NO_CLUSTER


def test_creation_and_election(head: Talk) -> None:
    head.control("PATCH", "/settings", {"cluster": "none"})
    token = head.login()
    assert head.call("cluster/create/whatever", access_token=token) == SUCCESS
    for path in ("cluster/create", "quorum/status", "cluster/status", "login", "nope"):
        assert head.call(path, access_token=token) == ELECTING
    assert head.login()
    head.advance(ELECTION + 1)
    quorum = head.call("quorum/status", access_token=token)["msg"]
    assert (quorum["status"], quorum["master"]) == ("OK", "vm")
    assert head.call("cluster/status", access_token=token)["msg"] == {"status": "", "errors": [], "nodes": {}}
    head.advance(FIRST_STATUS)
    assert head.call("cluster/status", access_token=token)["msg"]["status"] == "OK"
    assert head.call("cluster/create", access_token=token) == error("cluster already created")


def test_a_restart_elects_anew(head: Talk) -> None:
    head.control("POST", "/restart")
    assert head.call("quorum/status", access_token=head.login()) == ELECTING


def test_the_manual_elects_too(manual: Talk) -> None:
    manual.control("PATCH", "/settings", {"cluster": "none"})
    token = manual.login()
    assert manual.call("cluster/status", access_token=token) == NO_CLUSTER
    assert manual.call("cluster/create", access_token=token) == SUCCESS
    assert manual.call("cluster/status", access_token=token) == ELECTING


def test_another_host_leads(head: Talk) -> None:
    head.control("PATCH", "/settings", {"master": False})
    token = head.login()
    expected = error("not manager master node", {"master": "vm2"})
    for path in ("login", "quorum/status", "cluster/status", "cluster/create", "nope"):
        assert head.call(path, access_token=token) == expected


def test_cluster_status(head: Talk) -> None:
    answer = head.call("cluster/status/further/parts", access_token=head.login())
    assert (answer["status"], answer["error"]) == ("success", "")
    assert list(answer["msg"]) == ["status", "errors", "nodes"]
    types = {name: type(value) for name, value in answer["msg"]["nodes"]["vm"].items()}
    assert types == {
        "config_version": int,
        "cpu_percent": float,
        "memory_percent": float,
        "memory_available": str,
        "memory_used": str,
        "memory_total": str,
        "uptime": str,
        "docluster_uptime": str,
        "errors": list,
        "modules_stat": dict,
        "status": str,
    }


def test_hosts_that_are_offline(head: Talk) -> None:
    head.control("PATCH", "/settings", {"nodes": 3, "offline_nodes": ["vm2", "vm3"]})
    token = head.login()
    cluster = head.call("cluster/status", access_token=token)["msg"]
    assert (cluster["status"], cluster["errors"]) == ("WARNING", ["2 nodes are not online"])
    assert (cluster["nodes"]["vm2"], cluster["nodes"]["vm"]["status"]) == ({"status": "offline"}, "success")
    quorum = head.call("quorum/status/x", access_token=token)["msg"]
    assert (quorum["status"], quorum["master"]) == ("WARNING", "vm")
    assert [(node["node"], node["status"]) for node in quorum["nodes"]] == [
        ("vm", "success"),
        ("vm2", "offline"),
        ("vm3", "offline"),
    ]


def test_users(head: Talk) -> None:
    token = head.login()
    stored = {head.username: {"password": hashlib.md5(head.password.encode()).hexdigest()}}
    assert head.call("system/users/get", access_token=token) == {**SUCCESS, "msg": stored}
    assert head.call("system/users/get", access_token=token, username=head.username)["msg"] == stored
    assert head.call("system/users/get", access_token=token, username="nobody") == error("username not found")
    assert head.call("system/users/get/x", access_token=token) == WRONG_PATH
    assert head.call("system/users", access_token=token) == WRONG_PATH


def test_users_can_be_managed(head: Talk) -> None:
    token = head.login()
    add = {"access_token": token, "username": "bob", "password": "secret-word-1"}
    assert head.call("system/users/add", access_token=token, username="bob") == error("data not submitted")
    empty = head.call("system/users/add", access_token=token, username="", password="x")
    assert empty == error("username and password must not be empty")
    assert list(head.call("system/users/add", **add)["msg"]) == ["bob"]
    assert head.call("system/users/add", **add) == error("user already exists")
    assert head.call("login", username="bob", password="secret-word-1")["status"] == "success"
    assert head.call("system/users/set", access_token=token, username="x") == error("user does not exist")
    changed = head.call("system/users/set", access_token=token, username="bob", email="b@example.com", password="p2")
    assert changed["msg"]["bob"]["email"] == "b@example.com"
    wrong = head.call("system/users/set", access_token=token, username="bob", email="x")
    assert wrong == error("wrong email format")
    assert head.call("login", username="bob", password="p2")["status"] == "success"
    assert head.call("system/users/delete", access_token=token) == error("data not submitted")
    assert head.call("system/users/delete", access_token=token, username="bob") == SUCCESS
    assert head.call("system/users/delete", access_token=token, username="bob") == error("user does not exist")
    last = head.call("system/users/delete", access_token=token, username=head.username)
    assert last == error("Can not delete last user")


def test_the_configuration_counts_its_versions(head: Talk) -> None:
    token = head.login()
    before = head.call("system/config/get", access_token=token)["msg"]
    assert list(before) == ["version", "system", "cluster", "quorum"]
    assert list(before["cluster"]["nodes"]["vm"]) == ["machine", "API_key", "MNG_IP"]
    head.call("system/config/save", access_token=token)
    assert head.call("system/config/read", access_token=token)["msg"]["version"] == before["version"] + 1
    nodes = head.call("quorum/status", access_token=token)["msg"]["nodes"]
    assert nodes[0]["config_version"] == before["version"] + 1
    head.call("system/config/read", access_token=token)


def test_further_readings(head: Talk) -> None:
    token = head.login()
    for path, fields in (("get", {}), ("get", {"id": "x"}), ("stop", {}), ("test", {}), ("nope", {})):
        answer = head.call(f"system/tasks/{path}", access_token=token, **fields)
        assert answer == error("no tasks in the system", [])
    assert head.call("system/hosts/get", access_token=token) == error("there is nothing to output")
    assert len(head.call("system/loops/get", access_token=token)["msg"]) == 5


@pytest.mark.parametrize("lead", [{"nodes": 2}, {"nodes": 1}])
def test_quorum_refusals(head: Talk, lead: dict[str, int]) -> None:
    head.control("PATCH", "/settings", lead)
    token = head.login()
    for path in ("quorum/nodes", "quorum/nodes/x", "quorum/nodes/add/x"):
        assert head.call(path, access_token=token, node="vm") == WRONG_PATH
    for path in ("quorum/nodes/add", "quorum/nodes/delete"):
        assert head.call(path, access_token=token) == error("data not submitted")
        assert head.call(path, access_token=token, node="other") == error("node is not in cluster")
    assert head.call("quorum/nodes/add", access_token=token, node="vm") == error("node already in quorum")
    expected = "can not delete master node" if lead["nodes"] == 2 else "can not delete last node"
    assert head.call("quorum/nodes/delete", access_token=token, node="vm") == error(expected)


def test_the_quorum_changes(head: Talk) -> None:
    head.control("PATCH", "/settings", {"nodes": 3})
    token = head.login()
    assert head.call("quorum/nodes/delete", access_token=token, node="vm2") == SUCCESS
    assert head.call("quorum/nodes/delete", access_token=token, node="vm2") == error("node is not in quorum")
    nodes = head.call("quorum/status", access_token=token)["msg"]["nodes"]
    assert [node["node"] for node in nodes] == ["vm", "vm3"]
    assert head.call("quorum/nodes/add", access_token=token, node="vm2") == SUCCESS
    nodes = head.call("quorum/status", access_token=token)["msg"]["nodes"]
    assert [node["node"] for node in nodes] == ["vm", "vm3", "vm2"]


JOIN = {"cluster_ip": "192.0.2.7", "cluster_username": "admin", "cluster_password": "secret-word-2"}


@pytest.mark.parametrize("missing", list(JOIN))
def test_join_refusals(each: Talk, missing: str) -> None:
    token = each.login()
    assert each.call("cluster/join", access_token=token, **JOIN) == error("cluster already created")
    each.control("PATCH", "/settings", {"cluster": "none"})
    fields = {name: value for name, value in JOIN.items() if name != missing}
    assert each.call("cluster/join", access_token=token, **fields) == error("data not submitted")


def test_join_relays_what_the_other_host_said(head: Talk) -> None:
    head.control("PATCH", "/settings", {"cluster": "none"})
    token = head.login()
    answer = head.call("cluster/join", access_token=token, **JOIN)
    assert answer == {"msg": {}, "status": "offline", "error": "network problem: ConnectionError"}
    head.control("PATCH", "/settings", {"join": "critical"})
    assert head.call("cluster/join", access_token=token, **JOIN)["status"] == "critical"
    head.control("PATCH", "/settings", {"join": "success"})
    joined = head.call("cluster/join", access_token=token, **JOIN)
    assert (joined["status"], list(joined["msg"]["cluster"]["nodes"])) == ("success", ["vm", "vm2"])
    # The configuration of the other cluster replaces this host's own, and every session ends.
    assert head.call("login", access_token=token) == error("wrong token")
    head.advance(ELECTION + 1)
    assert head.call("login", access_token=head.login())["msg"] == {"master": "vm2"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("cluster/username", "TypeError: &#x27;str&#x27; object is not callable"),
        ("quorum/url", "TypeError: &#x27;list&#x27; object is not callable"),
        ("cluster/__doc__", "TypeError: &#x27;NoneType&#x27; object is not callable"),
        ("cluster/SendToNode", "TypeError: api.SendToNode() missing 3 required positional arguments"),
        ("system/__init__", "TypeError: api.__init__() missing 5 required positional arguments"),
        ("cluster/__setattr__", "TypeError: "),
        ("system/config", "IndexError: list index out of range"),
        ("system/hosts", "IndexError: list index out of range"),
        ("system/loops", "IndexError: list index out of range"),
        ("system/tasks", "IndexError: list index out of range"),
        ("system/hosts/add", "NotImplementedError: the simulator writes no hosts file"),
    ],
)
def test_crashes(head: Talk, path: str, kind: str) -> None:
    token = head.login()
    answer = head.send("POST", f"/api/{path}", data={"access_token": token})
    assert (answer.status_code, answer.reason) == (500, "INTERNAL SERVER ERROR")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Werkzeug Debugger</title>" in answer.text
    assert f'<p class="errormsg">{kind}' in answer.text
    assert token not in answer.text
    assert "SECRET" not in answer.text


@pytest.mark.parametrize("path", ["", "nope", "nope/x", "cluster/nope", "cluster/__str__", "tokens", "api/status"])
def test_unknown_paths(head: Talk, path: str) -> None:
    assert head.call(path, access_token=head.login()) == WRONG_PATH
    assert head.call(path) == error("wrong token")
