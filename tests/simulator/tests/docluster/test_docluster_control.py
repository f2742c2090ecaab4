# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control interface: counters, journal, sessions, settings, time."""

from __future__ import annotations

from typing import Any

import pytest

from .talk import ELECTION, ELSEWHERE, HERE, LIFE, SETTINGS, Talk


def test_counters(each: Talk) -> None:
    token = each.login()
    each.call("login", username=each.username, password="wrong")
    each.call("cluster/status/", access_token=token)
    each.send("GET", "/elsewhere")
    each.call("logout", access_token=token)
    each.call("logout", access_token=token)
    assert each.control("GET", "/counters") == {
        "requests": {"/api/cluster/status": 1, "/api/login": 2, "/api/logout": 2, "/elsewhere": 1},
        "total": 6,
        "logins": 1,
        "refused_logins": 1,
        "logouts": 1,
        "tokens_issued": 1,
    }
    assert each.control("POST", "/counters/reset")["total"] == 0
    assert each.control("GET", "/counters")["requests"] == {}


def test_the_journal_holds_no_secret(each: Talk) -> None:
    before = max((entry["n"] for entry in each.simulator.journal()), default=0)
    token = each.login()
    each.call("logout", ELSEWHERE, access_token=token, password="another-secret", odd="third-secret")
    each.send("GET", f"/api/login?access_token={token}&x=1")
    login, logout, query = each.simulator.journal(before)
    assert login["fields"] == {"username": each.username, "password": "***"}
    assert (login["method"], login["path"], login["code"], login["status"]) == ("POST", "/api/login", 200, "success")
    assert (login["from"], login["fault"], login["n"]) == (HERE, None, before + 1)
    assert logout["fields"] == {"access_token": "***", "password": "***", "odd": "***"}
    assert (logout["from"], logout["status"]) == (ELSEWHERE, "error")
    assert query["query"] == ["access_token", "x"]
    for secret in (token, each.password, "another-secret", "third-secret"):
        assert secret not in str([login, logout, query])


def test_the_journal_names_faults(each: Talk) -> None:
    each.control("POST", "/faults", {"kind": "error_html"})
    each.send("POST", "/api/login")
    entry = each.simulator.journal()[-1]
    assert (entry["fault"], entry["code"]) == ("error_html", 500)


def test_sessions_are_counted_not_shown(each: Talk) -> None:
    tokens = [each.login(), each.login(), each.login(ELSEWHERE)]
    assert each.control("GET", "/tokens") == {
        "live": 3,
        "items": [
            {"username": each.username, "ip": HERE, "live": 2},
            {"username": each.username, "ip": ELSEWHERE, "live": 1},
        ],
    }
    each.call("logout", access_token=tokens[0])
    assert each.control("GET", "/tokens")["live"] == 2
    each.advance(LIFE + 2)
    assert each.control("GET", "/tokens") == {"live": 0, "items": []}


def test_settings(each: Talk) -> None:
    profile = each.simulator.ready["profile"]
    assert each.simulator.settings() == {"profile": profile, **SETTINGS}
    assert each.simulator.settings(token_timeout=5, cluster="none")["cluster"] == "none"
    each.login()
    each.advance(7)
    assert each.control("GET", "/tokens")["live"] == 0


def test_an_election_can_be_ordered_and_ended(head: Talk) -> None:
    assert head.simulator.settings(cluster="electing")["cluster"] == "electing"
    assert head.simulator.settings(cluster="created")["cluster"] == "created"
    assert head.call("cluster/status", access_token=head.login())["msg"]["status"] == "OK"


@pytest.mark.parametrize(
    "change",
    [
        {"unknown": 1},
        {"latency_ms": -1},
        {"latency_ms": "1"},
        {"token_timeout": 1.5},
        {"token_timeout": True},
        {"election_seconds": None},
        {"master": "yes"},
        {"nodes": 0},
        {"cluster": "broken"},
        {"offline_nodes": "vm2"},
        {"offline_nodes": ["vm"]},
        {"client_ip": "nowhere"},
        {"join": "maybe"},
        {"profile": "old"},
    ],
)
def test_settings_that_make_no_sense(head: Talk, change: dict[str, Any]) -> None:
    before = head.simulator.settings()
    answer = head.order("PATCH", "/settings", {"token_timeout": 9, **change})
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert head.simulator.settings() == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/advance", {}),
        ("/advance", {"seconds": -1}),
        ("/advance", {"seconds": 1, "minutes": 1}),
        ("/restart", {"down_seconds": "1"}),
        ("/restart", [1]),
    ],
)
def test_other_orders_that_make_no_sense(head: Talk, path: str, body: Any) -> None:
    assert head.order("POST", path, body).status_code == 400


def test_control_is_not_part_of_the_api(each: Talk) -> None:
    assert each.send("GET", "/counters").status_code == 404
    assert each.order("GET", "/api/login", None).status_code == 404


def test_the_clock_is_what_its_headers_say(each: Talk) -> None:
    each.simulator.set_clock("2028-02-29T12:00:00Z")
    assert each.send("GET", "/api/login").headers["Date"].startswith("Tue, 29 Feb 2028 12:")
    assert each.simulator.clock().startswith("2028-02-29T12:")
    each.advance(86400)
    assert each.simulator.clock().startswith("2028-03-01T12:")
    for wrong in ({"now": "2028-02-29"}, {"now": "1969-12-31T00:00:00Z"}, {"now": 5}, {}):
        assert each.order("POST", "/clock", wrong).status_code == 400
    each.simulator.set_clock(None)
    assert each.control("GET", "/clock")["ahead"] == 0


def test_an_election_takes_as_long_whatever_time_it_is(head: Talk) -> None:
    head.control("PATCH", "/settings", {"cluster": "electing"})
    head.simulator.set_clock("2099-01-01T00:00:00Z")
    assert head.simulator.settings()["cluster"] == "electing"
    head.simulator.set_clock("1971-01-01T00:00:00Z")
    head.advance(ELECTION + 1)
    assert head.simulator.settings()["cluster"] == "created"


def test_a_reset_puts_everything_back(each: Talk) -> None:
    before = each.simulator.settings()
    each.login()
    each.control("PATCH", "/settings", {"cluster": "none", "nodes": 3, "latency_ms": 1, "client_ip": "10.0.0.1"})
    each.control("POST", "/faults", {"kind": "error_html"})
    each.advance(5 * LIFE)
    each.control("POST", "/restart", {"down_seconds": 3600})
    each.simulator.reset()
    assert each.simulator.settings() == before
    assert each.control("GET", "/tokens") == {"live": 0, "items": []}
    assert (each.simulator.faults(), each.simulator.journal(), each.simulator.counters()["total"]) == ([], [], 0)
    assert each.control("GET", "/clock")["ahead"] == 0
    assert each.login()
    assert each.simulator.journal()[0]["n"] == 1
