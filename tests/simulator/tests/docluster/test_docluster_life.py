# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a token lives, and where."""

from __future__ import annotations

import pytest

from ..waiting import wait_until
from .talk import ELSEWHERE, HERE, LIFE, Talk


def alive(talk: Talk, token: str, source: str = HERE) -> bool:
    """Whether the token counts; asking renews it."""
    return bool(talk.call("cluster/status", source, access_token=token)["status"] == "success")


def test_every_use_renews(each: Talk) -> None:
    token = each.login()
    for _unused in range(5):
        each.advance(LIFE * 0.9)
        assert alive(each, token)
    each.advance(LIFE + 2)
    assert not alive(each, token)


@pytest.mark.parametrize("path", ["no/such/path", "nothing", "login", "cluster/join", "system/hosts"])
def test_a_failing_request_renews_too(head: Talk, path: str) -> None:
    token = head.login()
    for _unused in range(3):
        head.advance(LIFE * 0.9)
        head.send("POST", f"/api/{path}", data={"access_token": token})
    assert alive(head, token)


def test_an_attempt_from_elsewhere_changes_nothing(each: Talk) -> None:
    token = each.login()
    each.advance(LIFE * 0.6)
    assert not alive(each, token, ELSEWHERE)
    assert alive(each, token)
    each.advance(LIFE * 0.6)
    assert not alive(each, token, ELSEWHERE)
    each.advance(LIFE * 0.4 + 2)
    # Its time since the last use here is up, that since the last attempt from there is not.
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


def test_real_time_passes_too(each: Talk) -> None:
    each.control("PATCH", "/settings", {"token_timeout": 0})
    each.simulator.set_clock("2028-02-29T12:00:00.900Z")
    token = each.login()
    # It lives through the second in which it was issued, however little of that is left.
    wait_until(lambda: each.control("GET", "/tokens")["live"] == 0)
    assert not alive(each, token)
