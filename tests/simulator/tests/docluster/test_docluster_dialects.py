# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Login and logout, case by case, in the words of each dialect."""

from __future__ import annotations

from typing import Any

import pytest

from .talk import ELSEWHERE, LIFE, Talk

NO_USER = "Username not found, please log in."
NO_PASSWORD = "Wrong password."
NO_TOKEN = "Token not found, please log in."
NOT_HERE = "The token is not important for this IP address, please log in."
EXPIRED = "Token expired please log in."
# The status of a refused login.
REFUSED = {"manual": "error", "old": "false"}


def error(text: str) -> dict[str, Any]:
    """An error without content."""
    return {"msg": {}, "status": "error", "error": text}


def refused(talk: Talk, worded: str, at_head: str) -> dict[str, Any]:
    """A refused login: `worded` in the dialects that have words for it."""
    profile = talk.simulator.ready["profile"]
    return error(at_head) if profile == "head" else {"msg": {}, "status": REFUSED[profile], "error": worded}


def unwelcome(talk: Talk, worded: str) -> dict[str, Any]:
    """A token that does not count, anywhere but at login."""
    return error("wrong token" if talk.simulator.ready["profile"] == "head" else worded)


def success(msg: Any) -> dict[str, Any]:
    """A success with this content."""
    return {"msg": msg, "status": "success", "error": ""}


def is_new_token(answer: dict[str, Any]) -> bool:
    """Whether the answer hands out a token and nothing else."""
    token = answer["msg"]["access_token"]
    return answer == success({"access_token": token}) and len(token) == 60 and token.isalpha() and token.isupper()


def test_right_credentials(each: Talk) -> None:
    tokens = [each.call(path, username=each.username, password=each.password) for path in ("login", "login/")]
    assert all(is_new_token(answer) for answer in tokens)
    assert tokens[0] != tokens[1]


def test_wrong_password(each: Talk) -> None:
    answer = each.call("login", username=each.username, password="wrong")
    assert answer == refused(each, NO_PASSWORD, "access denied")


def test_unknown_user(each: Talk) -> None:
    assert each.call("login", username="nobody", password="x") == refused(each, NO_USER, "access denied")


def test_empty_credentials(each: Talk) -> None:
    assert each.call("login", username="", password="") == refused(each, NO_USER, "access denied")


def test_half_of_the_credentials(each: Talk) -> None:
    assert each.call("login", username=each.username) == refused(each, NO_PASSWORD, "wrong token")
    assert each.call("login", password=each.password) == refused(each, NO_USER, "wrong token")


def test_nothing_at_all(each: Talk) -> None:
    expected = refused(each, NO_USER, "wrong token")
    assert each.call("login") == expected
    good = {"username": each.username, "password": each.password}
    assert each.send("POST", "/api/login", json=good).json() == expected
    assert each.send("POST", "/api/login", params=good).json() == expected
    assert each.send("GET", "/api/login", params=good).json() == expected


@pytest.mark.parametrize(
    ("profile", "cluster", "expected"),
    [
        ("manual", "created", success({})),
        ("manual", "none", success({})),
        ("old", "created", success({})),
        ("old", "none", error("Cluster not created")),
        ("head", "created", error("wrong api path")),
        ("head", "none", error("cluster not created")),
    ],
)
def test_living_token_alone(talks: dict[str, Talk], profile: str, cluster: str, expected: dict[str, Any]) -> None:
    talk = talks[profile]
    talk.reset()
    talk.control("PATCH", "/settings", {"cluster": cluster})
    assert talk.call("login", access_token=talk.login()) == expected


def test_dead_tokens_alone(each: Talk) -> None:
    expected = refused(each, NO_USER, "wrong token")
    token = each.login()
    assert each.call("login", ELSEWHERE, access_token=token) == expected
    assert each.call("login", access_token="NOPE") == expected
    assert each.call("login", access_token="") == expected
    each.advance(LIFE + 2)
    assert each.call("login", access_token=token) == expected


def test_credentials_with_a_dead_token(each: Talk) -> None:
    assert is_new_token(each.call("login", username=each.username, password=each.password, access_token="NOPE"))


def test_credentials_with_a_living_token(each: Talk) -> None:
    token = each.login()
    right = each.call("login", username=each.username, password=each.password, access_token=token)
    wrong = each.call("login", username=each.username, password="wrong", access_token=token)
    if each.simulator.ready["profile"] == "head":
        assert is_new_token(right)
        assert right["msg"]["access_token"] != token
        assert wrong == error("access denied")
    else:
        assert right == wrong == success({})


def test_logout(each: Talk) -> None:
    token, other = each.login(), each.login()
    done = {} if each.simulator.ready["profile"] == "head" else ""
    assert each.call("logout", ELSEWHERE, access_token=token) == unwelcome(each, NOT_HERE)
    assert each.call("logout", access_token=token) == success(done)
    # The first request after it finds the token as expired, and drops it.
    assert each.call("logout", access_token=token) == unwelcome(each, EXPIRED)
    assert each.call("logout", access_token=token) == unwelcome(each, NO_TOKEN)
    assert each.call("logout", access_token=other) == success(done)


def test_logout_without_a_token(each: Talk) -> None:
    assert each.call("logout") == unwelcome(each, NO_TOKEN)
    assert each.call("logout", access_token="") == unwelcome(each, NO_TOKEN)
    assert each.call("logout", access_token="NOPE") == unwelcome(each, NO_TOKEN)
    assert each.send("GET", "/api/logout").json() == unwelcome(each, NO_TOKEN)


def test_logout_of_an_expired_token(each: Talk) -> None:
    token, other = each.login(), each.login()
    each.advance(LIFE + 2)
    assert each.call("logout", access_token=token) == unwelcome(each, EXPIRED)
    # Whoever comes first makes the server drop all that has expired.
    assert each.call("logout", access_token=other) == unwelcome(each, NO_TOKEN)
    assert each.call("logout", access_token=token) == unwelcome(each, NO_TOKEN)


@pytest.mark.parametrize("change", [{"cluster": "none"}, {"cluster": "electing"}, {"master": False}])
@pytest.mark.parametrize("profile", ["manual", "head"])
def test_logout_whatever_the_cluster(talks: dict[str, Talk], profile: str, change: dict[str, Any]) -> None:
    talk = talks[profile]
    talk.reset()
    talk.control("PATCH", "/settings", change)
    assert talk.call("logout", access_token=talk.login())["status"] == "success"
    assert is_new_token(talk.call("login", username=talk.username, password=talk.password))


def test_tokens_at_other_paths(each: Talk) -> None:
    token = each.login()
    assert each.call("cluster/status", ELSEWHERE, access_token=token) == unwelcome(each, NOT_HERE)
    assert each.call("cluster/status", access_token="NOPE") == unwelcome(each, NO_TOKEN)
    assert each.call("cluster/status") == unwelcome(each, NO_TOKEN)
    each.advance(LIFE + 2)
    assert each.call("cluster/status", access_token=token) == unwelcome(each, EXPIRED)


def test_login_and_logout_have_one_part(each: Talk) -> None:
    good = {"username": each.username, "password": each.password}
    assert each.call("login/x", **good) == unwelcome(each, NO_TOKEN)
    token = each.login()
    assert "path" in each.call("logout/x", access_token=token)["error"]
    assert each.call("logout", access_token=token)["status"] == "success"
