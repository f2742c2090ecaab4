# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only the old server does."""

from __future__ import annotations

import json

import pytest

from .talk import ELSEWHERE, Talk

WRONG_PATH = {"msg": {}, "status": "error", "error": "Wrong API path"}


def test_observed_bodies(old: Talk) -> None:
    token = old.login()
    said = [
        old.form("/api/login", access_token="NOPE").body,
        old.form("/api/login", username="nobody", password="x").body,
        old.form("/api/login", username=old.username, password="x").body,
        old.form("/api/login", access_token=token).body,
        old.send("POST", "/api/logout", ELSEWHERE, data={"access_token": token}).content,
        old.form("/api/logout", access_token=token).body,
        old.form("/api/logout", access_token=token).body,
        old.form("/api/logout").body,
        old.form("/api/nope", access_token=token).body,
    ]
    expected = [
        '{"msg": {}, "status": "false", "error": "Username not found, please log in."}',
        '{"msg": {}, "status": "false", "error": "Username not found, please log in."}',
        '{"msg": {}, "status": "false", "error": "Wrong password."}',
        '{"msg": {}, "status": "success", "error": ""}',
        '{"msg": {}, "status": "error", "error": "The token is not important for this IP address, please log in."}',
        '{"msg": "", "status": "success", "error": ""}',
        '{"msg": {}, "status": "error", "error": "Token expired please log in."}',
        '{"msg": {}, "status": "error", "error": "Token not found, please log in."}',
        '{"msg": {}, "status": "error", "error": "Wrong API path"}',
    ]
    assert said == [json.dumps(json.loads(text), indent=1).encode() for text in expected]


def test_the_end_of_a_session_is_no_success_without_a_cluster(old: Talk) -> None:
    old.control("PATCH", "/settings", {"cluster": "none"})
    token = old.login()
    assert old.call("logout", access_token=token) == {"msg": "", "status": "error", "error": "Cluster not created"}
    assert old.control("GET", "/tokens")["live"] == 0
    assert old.call("logout", access_token=token)["error"] == "Token expired please log in."


def test_a_host_outside_of_the_quorum(old: Talk) -> None:
    old.control("PATCH", "/settings", {"master": False})
    token = old.login()
    expected = {"msg": {}, "status": "error", "error": "not management node"}
    assert old.call("cluster/status", access_token=token) == expected
    assert old.call("login", access_token=token) == expected
    assert old.call("logout", access_token=token) == expected
    assert old.control("GET", "/tokens")["live"] == 0


@pytest.mark.parametrize("path", ["nope", "nope/x", "cluster/nope", "quorum/status", "system/users/get", "logout/x"])
def test_unknown_paths(old: Talk, path: str) -> None:
    assert old.call(path, access_token=old.login()) == WRONG_PATH


def test_a_single_unknown_part_needs_no_token(old: Talk) -> None:
    assert old.call("nope") == WRONG_PATH
    assert old.call("nope/x")["error"] == "Token not found, please log in."
    assert old.call("")["error"] == "Token not found, please log in."


def test_no_election(old: Talk) -> None:
    old.control("PATCH", "/settings", {"cluster": "none"})
    token = old.login()
    assert old.call("cluster/create", access_token=token) == {"msg": {}, "status": "success", "error": ""}
    assert old.call("cluster/status", access_token=token)["status"] == "success"
    assert old.call("cluster/create", access_token=token)["error"] == "cluster already created"


def test_status_shows_the_configuration_and_an_error(old: Talk) -> None:
    answer = old.call("cluster/status", access_token=old.login())
    assert (answer["status"], answer["error"]) == ("success", "wrong api path")
    assert answer["msg"]["status"] == "OK"
    assert list(answer["msg"]["config"]) == ["version", "systems", "cluster"]
    assert answer["msg"]["config"]["cluster"]["quorum"] == [{"node": "vm", "main": True}]


def test_users(old: Talk) -> None:
    token = old.login()
    assert list(old.call("systems/users/get", access_token=token)["msg"]) == [old.username]
    assert old.call("systems/users/get", access_token=token, username="x")["error"] == "username not found"
    assert old.call("systems/users", access_token=token)["error"] == "wrong api path"


def test_tokens_once_asked_for_show_up_everywhere(old: Talk) -> None:
    token, other = old.login(), old.login()
    listed = old.call("tokens", access_token=token)["msg"]["tokens"]
    assert list(listed) == [token, other]
    assert list(listed[token]) == ["username", "ip", "expiration"]
    assert list(old.call("login", access_token=token)["msg"]["tokens"]) == [token, other]
    assert old.call("logout", access_token=token)["msg"] == ""
    old.control("POST", "/restart")
    assert old.call("login", access_token=old.login())["msg"] == {}


def test_crashes(old: Talk) -> None:
    answer = old.send("POST", "/api/cluster/username", data={"access_token": old.login()})
    assert answer.status_code == 500
    assert "not callable" in answer.text
