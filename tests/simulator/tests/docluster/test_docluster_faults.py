# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand, and restarts."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from ..waiting import Unanswered, wait_until
from .talk import ELSEWHERE, Talk


def fault(talk: Talk, kind: str, **order: Any) -> None:
    """Order a fault."""
    talk.control("POST", "/faults", {"kind": kind, **order})


def post_login(talk: Talk) -> requests.Response:
    """Try to log in; the response may be anything."""
    return talk.send("POST", "/api/login", data={"username": talk.username, "password": talk.password})


def try_to_log_in(talk: Talk) -> Unanswered:
    """Log in without waiting for the answer."""
    return Unanswered.form(f"{talk.simulator.url}/api/login", username=talk.username, password=talk.password)


def tokens_issued(talk: Talk) -> int:
    """How many tokens the server has handed out."""
    return int(talk.control("GET", "/counters")["tokens_issued"])


def test_which_requests_a_fault_befalls(each: Talk) -> None:
    fault(each, "empty_body", path="login", after=1, times=2)
    bodies = [bool(each.send("POST", path).content) for path in ("/api/login/", "/api/logout", "/api/login")]
    bodies += [bool(each.send("POST", "/api/login//").content) for _unused in range(2)]
    assert bodies == [True, True, False, False, True]
    (seen,) = each.control("GET", "/faults")["items"]
    assert (seen["path"], seen["seen"], seen["hits"]) == ("/api/login", 3, 2)
    fault(each, "empty_body", times=None)
    assert [each.send("POST", path).content for path in ("/", "/api/x", "/api/y/z")] == [b"", b"", b""]
    each.control("DELETE", "/faults")
    assert each.send("POST", "/api/login").content


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [("error_html", 500, "Werkzeug Debugger"), ("not_json", 200, "Please sign in"), ("empty_body", 200, "")],
)
def test_something_else_than_json(each: Talk, kind: str, status: int, text: str) -> None:
    fault(each, kind)
    answer = post_login(each)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert text in answer.text
    assert bool(answer.text) == bool(text)
    assert tokens_issued(each) == 0


def test_redirect(each: Talk) -> None:
    fault(each, "redirect", location="http://other.example.com/api/login")
    answer = post_login(each)
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://other.example.com/api/login")
    fault(each, "redirect", location="https://x/", code=301)
    assert post_login(each).status_code == 301
    assert tokens_issued(each) == 0


@pytest.mark.parametrize(("kind", "issued"), [("reset_before", 0), ("reset_after", 1)])
def test_reset(each: Talk, kind: str, issued: int) -> None:
    fault(each, kind)
    with pytest.raises(requests.ConnectionError):
        post_login(each)
    assert tokens_issued(each) == issued
    assert each.login()


def test_cut_off(each: Talk) -> None:
    fault(each, "cut_off")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="66 bytes read, 67 more expected"):
        post_login(each)
    assert tokens_issued(each) == 1


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("fields", {"msg": "", "status": 1, "error": None}), ("null", None)],
)
def test_wrong_types(each: Talk, shape: str, expected: Any) -> None:
    fault(each, "wrong_types", shape=shape)
    assert json.loads(post_login(each).text) == expected
    assert tokens_issued(each) == 1


def test_wrong_types_around_a_right_answer(each: Talk) -> None:
    fault(each, "wrong_types", shape="list")
    (answer,) = json.loads(post_login(each).text)
    assert answer["status"] == "success"
    fault(each, "wrong_types", shape="token")
    assert post_login(each).json() == {"msg": {"access_token": 42}, "status": "success", "error": ""}


def test_slow(each: Talk) -> None:
    fault(each, "slow", seconds=600)
    with try_to_log_in(each) as request:
        wait_until(lambda: each.simulator.faults()[0]["hits"])
        assert request.is_waiting()
    assert each.login()
    fault(each, "slow", seconds=0.05)
    assert post_login(each).json()["status"] == "success"


def test_latency(each: Talk) -> None:
    each.control("PATCH", "/settings", {"latency_ms": 600_000})
    with try_to_log_in(each) as request:
        wait_until(each.simulator.journal)
        assert request.is_waiting()
    each.control("PATCH", "/settings", {"latency_ms": 10})
    assert each.login()


def test_a_pretended_address(each: Talk) -> None:
    token = each.login()
    each.control("PATCH", "/settings", {"client_ip": "192.0.2.9"})
    assert each.call("logout", access_token=token)["status"] == "error"
    each.control("PATCH", "/settings", {"client_ip": None})
    assert each.call("logout", access_token=token)["status"] == "success"


def test_going_down_and_coming_back(each: Talk) -> None:
    each.login()
    each.control("POST", "/restart", {"down_seconds": 60})
    with pytest.raises(requests.ConnectionError):
        each.send("POST", "/api/login")
    # A second restart ends the first one's pause.
    each.control("POST", "/restart")
    assert each.login()


def test_a_pause_ends_when_its_time_is_up(each: Talk) -> None:
    each.control("POST", "/restart", {"down_seconds": 36_000})
    for seconds in (0, 18_000, 9_000):
        each.advance(seconds)
        with pytest.raises(requests.ConnectionError):
            each.send("POST", "/api/login")
    each.advance(9_000)
    assert each.login()


def test_coming_back_by_itself(each: Talk) -> None:
    each.control("POST", "/restart", {"down_seconds": 0.05})
    tokens: list[str] = []

    def is_back() -> bool:
        try:
            tokens.append(each.login())
        except requests.ConnectionError:
            return False
        return True

    wait_until(is_back)
    assert each.control("GET", "/tokens")["live"] == 1


def test_a_restart_ends_open_connections(each: Talk) -> None:
    with each.connection() as connection:
        each.exchange(connection, "POST", "/api/login")
        each.control("POST", "/restart")
        assert connection.recv(1) == b""


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"kind": "unheard_of"},
        {"kind": "slow"},
        {"kind": "slow", "seconds": "1"},
        {"kind": "redirect"},
        {"kind": "redirect", "location": "x\r\nSet-Cookie: y"},
        {"kind": "redirect", "location": "x", "code": 200},
        {"kind": "cut_off", "times": 0},
        {"kind": "cut_off", "after": -1},
        {"kind": "cut_off", "after": True},
        {"kind": "cut_off", "path": ""},
        {"kind": "cut_off", "pth": "login"},
        {"kind": "wrong_types", "shape": "round"},
        [],
    ],
)
def test_orders_that_make_no_sense(head: Talk, order: Any) -> None:
    answer = head.order("POST", "/faults", order)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert head.control("GET", "/faults") == {"items": []}
    assert head.login()


@pytest.mark.parametrize("kind", ["hold", "hold_after"])
def test_a_request_is_held_until_it_may_go_on(each: Talk, kind: str) -> None:
    number = each.simulator.fault(kind, path="login")
    with ThreadPoolExecutor(1) as pool:
        token = pool.submit(each.login)
        each.simulator.wait_for_held(1, number)
        assert each.control("GET", "/tokens")["live"] == (1 if kind == "hold_after" else 0)
        assert each.send("POST", "/api/logout", ELSEWHERE).status_code == 200
        assert not token.done()
        assert each.simulator.release(number) == 1
        assert token.result(60)
    assert (each.simulator.held(), each.simulator.release()) == (0, 0)
    assert each.order("POST", "/release", {"id": number + 1}).status_code == 400


def test_what_is_held_at_a_reset_changes_nothing_after_it(each: Talk) -> None:
    each.simulator.fault("hold", path="login")
    with ThreadPoolExecutor(1) as pool:
        token = pool.submit(each.login)
        each.simulator.wait_for_held()
        each.simulator.reset()
        assert token.result(60)
    assert each.control("GET", "/tokens")["live"] == 0


@pytest.mark.parametrize("kind", ["hold", "hold_after"])
def test_a_restart_ends_what_is_held(each: Talk, kind: str) -> None:
    each.simulator.fault(kind, path="login")
    with ThreadPoolExecutor(1) as pool:
        token = pool.submit(each.login)
        each.simulator.wait_for_held()
        each.control("POST", "/restart")
        with pytest.raises(requests.ConnectionError):
            token.result(60)
    assert (each.simulator.held(), each.control("GET", "/tokens")["live"]) == (0, 0)


def test_a_held_request_is_processed_although_its_client_has_gone(each: Talk) -> None:
    each.simulator.fault("hold", path="login")
    with try_to_log_in(each):
        each.simulator.wait_for_held()
    assert each.control("GET", "/tokens")["live"] == 0
    each.simulator.clear_faults()
    wait_until(lambda: each.control("GET", "/tokens")["live"] == 1)


@pytest.mark.parametrize("end", ["clear_faults", "reset"])
def test_what_is_on_its_way_to_a_fault_that_is_forgotten_is_not_held(each: Talk, end: str) -> None:
    each.control("PATCH", "/settings", {"latency_ms": 300})
    number = each.simulator.fault("hold", path="login")
    with ThreadPoolExecutor(1) as pool:
        token = pool.submit(each.login)
        while not any(one["hits"] for one in each.simulator.faults() if one["id"] == number):
            assert not token.done()
        getattr(each.simulator, end)()
        assert token.result(60)
