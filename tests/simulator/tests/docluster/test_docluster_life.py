# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a token lives, and where."""

from __future__ import annotations

import time

import pytest

from ...process import Simulator
from .talk import ELSEWHERE, HERE, Talk


def alive(talk: Talk, token: str, source: str = HERE) -> bool:
    """Whether the token counts; asking renews it."""
    return bool(talk.call("cluster/status", source, access_token=token)["status"] == "success")


def test_every_use_renews(each: Talk) -> None:
    token = each.login()
    for _unused in range(5):
        each.advance(95)
        assert alive(each, token)
    each.advance(102)
    assert not alive(each, token)


@pytest.mark.parametrize("path", ["no/such/path", "nothing", "login", "cluster/join", "system/hosts"])
def test_a_failing_request_renews_too(head: Talk, path: str) -> None:
    token = head.login()
    for _unused in range(3):
        head.advance(95)
        head.send("POST", f"/api/{path}", data={"access_token": token})
    assert alive(head, token)


def test_an_attempt_from_elsewhere_changes_nothing(each: Talk) -> None:
    token = each.login()
    each.advance(60)
    assert not alive(each, token, ELSEWHERE)
    assert alive(each, token)
    each.advance(60)
    assert not alive(each, token, ELSEWHERE)
    each.advance(42)
    # 102 seconds after its last use here, 42 after the last attempt from there.
    assert not alive(each, token)


def test_each_address_has_tokens_of_its_own(each: Talk) -> None:
    here, there = each.login(HERE), each.login(ELSEWHERE)
    assert (alive(each, here, HERE), alive(each, there, ELSEWHERE)) == (True, True)
    assert (alive(each, here, ELSEWHERE), alive(each, there, HERE)) == (False, False)


def test_a_header_does_not_change_the_address(each: Talk) -> None:
    token = each.login()
    answer = each.send(
        "POST", "/api/logout", ELSEWHERE, data={"access_token": token}, headers={"X-Forwarded-For": HERE}
    )
    assert answer.json()["status"] == "error"
    assert alive(each, token)


def test_a_login_leaves_other_tokens_alone(each: Talk) -> None:
    tokens = [each.login() for _unused in range(3)]
    assert len(set(tokens)) == 3
    each.call("logout", access_token=tokens[1])
    assert [alive(each, token) for token in tokens] == [True, False, True]


def test_a_restart_forgets(each: Talk) -> None:
    token = each.login()
    each.control("POST", "/restart")
    assert each.control("GET", "/tokens") == {"live": 0, "items": []}
    assert not alive(each, token)
    assert each.login()


def test_real_time_passes_too() -> None:
    with Simulator("docluster", arguments=["--token-timeout=1"]) as simulator:
        talk = Talk(simulator)
        token = talk.login()
        assert talk.control("GET", "/tokens")["live"] == 1
        time.sleep(2.1)
        assert talk.control("GET", "/tokens")["live"] == 0
        assert not alive(talk, token)
        talk.close()
