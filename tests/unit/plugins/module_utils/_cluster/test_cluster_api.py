# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls, and what the answers of each dialect mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._cluster.calls import ClusterApi, TokenState
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    LostError,
    MalformedError,
    RejectedError,
    ServerError,
    UnauthorizedError,
    UnreachableError,
)
from ansible_collections.tenantops.access.plugins.module_utils._http import Http, HttpSettings
from ansible_collections.tenantops.access.plugins.module_utils._redact import Redactor
from ansible_collections.tenantops.access.tests.unit.support.docluster import ELSEWHERE, Node
from ansible_collections.tenantops.access.tests.unit.support.servers import Reply, Request, Serve, closed_port

TOKEN = "VPXGCEZHWXEDEFBFWGCQEFJZUIARHUHDOEHDFNPXLNZQLKPEYKFYKIEWKWSS"


def connect(url: str, timeout: int = 20, retries: int = 0) -> ClusterApi:
    """A node at ``url``; no second try unless wanted, and no time spent on reading certificates."""
    return ClusterApi(Http(HttpSettings(validate_certs=False, retries=retries, timeout=timeout), Redactor()), url)


def says(status: str, error: str, msg: object = None) -> Reply:
    """An answer of a node."""
    body = json.dumps({"msg": {} if msg is None else msg, "status": status, "error": error}, indent=1)
    return Reply(body=body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


class TestLogin:
    """ClusterApi.login"""

    def test_a_token_is_returned(self, node: Node) -> None:
        token = connect(node.url).login(node.username, node.password)
        assert len(token) == 60
        assert connect(node.url).token_state(token) is TokenState.ALIVE
        assert node.live() == 1

    def test_a_wrong_password(self, node: Node) -> None:
        with pytest.raises(UnauthorizedError) as caught:
            connect(node.url).login(node.username, "Not-The-Password-5512")
        assert str(caught.value).startswith(
            f'Could not log in as "{node.username}": POST {node.url}/api/login answered'
        )
        assert "Check" in caught.value.remedy
        assert "password" in caught.value.remedy
        assert "Not-The-Password-5512" not in str(caught.value)
        assert (node.count("refused_logins"), node.live()) == (1, 0)

    def test_an_unknown_user(self, node: Node) -> None:
        with pytest.raises(UnauthorizedError) as caught:
            connect(node.url).login("nobody", node.password)
        assert 'log in as "nobody"' in str(caught.value)
        assert "username" in caught.value.remedy
        assert node.live() == 0

    @pytest.mark.parametrize("profile", ["manual", "old"])
    def test_the_remedy_names_what_the_node_names(self, request: pytest.FixtureRequest, profile: str) -> None:
        node: Node = request.getfixturevalue(profile)
        with pytest.raises(UnauthorizedError) as caught:
            connect(node.url).login(node.username, "Not-The-Password-5512")
        assert caught.value.remedy == "Check password."
        with pytest.raises(UnauthorizedError, match='there is no user "nobody"'):
            connect(node.url).login("nobody", node.password)

    @pytest.mark.parametrize("state", ["none", "electing"])
    def test_the_state_of_the_cluster_does_not_matter(self, node: Node, state: str) -> None:
        node.change(cluster=state)
        assert len(connect(node.url).login(node.username, node.password)) == 60

    @pytest.mark.parametrize(("kind", "error"), [("reset_after", LostError), ("error_html", ServerError)])
    def test_a_login_that_may_have_opened_a_session_is_not_repeated(
        self, head: Node, kind: str, error: type[AccessError]
    ) -> None:
        head.fault(kind, path="login")
        with pytest.raises(error):
            connect(head.url, retries=5).login(head.username, head.password)
        assert head.count("total") == 1

    def test_a_refusal_for_another_reason_is_shown(self, serve: Serve) -> None:
        server = serve(lambda _request: says("error", "licence <expired>"))
        with pytest.raises(RejectedError, match='answered "licence <expired>"'):
            connect(server.url).login("jane", "Pass-Word-77123")

    @pytest.mark.parametrize("msg", [{}, [], "", None, {"access_token": ""}, {"access_token": 42}, {"token": TOKEN}])
    def test_a_success_without_a_token_is_none(self, serve: Serve, msg: object) -> None:
        body = json.dumps({"msg": msg, "status": "success", "error": ""}).encode()
        server = serve(lambda _request: Reply(body=body))
        with pytest.raises(MalformedError, match="no access_token"):
            connect(server.url).login("jane", "Pass-Word-77123")

    def test_the_credentials_go_into_the_form_and_nowhere_else(self, serve: Serve) -> None:
        server = serve(lambda _request: says("success", "", {"access_token": TOKEN}))
        assert connect(server.url).login("opé rator", "a+b c&d=e%41;ä€\"'<>/?#") == TOKEN
        (asked,) = server.requests
        assert (asked.method, asked.target) == ("POST", "/api/login")
        assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert asked.body == (
            b"username=op%C3%A9+rator&password=a%2Bb+c%26d%3De%2541%3B%C3%A4%E2%82%AC%22%27%3C%3E%2F%3F%23"
        )
        assert not {"Authorization", "Cookie"} & set(asked.headers)


class TestTokenState:
    """ClusterApi.token_state"""

    @pytest.mark.parametrize("settings", [{}, {"cluster": "none"}, {"cluster": "electing"}, {"master": False}])
    def test_a_living_token_whatever_the_cluster_does(self, node: Node, settings: dict[str, Any]) -> None:
        token = node.log_in()
        node.change(**settings)
        assert connect(node.url).token_state(token) is TokenState.ALIVE

    @pytest.mark.parametrize("settings", [{}, {"cluster": "none"}, {"cluster": "electing"}, {"master": False}])
    def test_a_token_that_never_was(self, node: Node, settings: dict[str, Any]) -> None:
        node.change(**settings)
        for token in (TOKEN, "x", "ä€"):
            assert connect(node.url).token_state(token) is TokenState.GONE

    def test_a_token_that_was_logged_out(self, node: Node) -> None:
        token = node.log_in()
        node.call("logout", access_token=token)
        assert connect(node.url).token_state(token) is TokenState.GONE

    def test_a_token_of_a_node_that_was_restarted(self, node: Node) -> None:
        token = node.log_in()
        node.restart()
        assert connect(node.url).token_state(token) is TokenState.GONE

    def test_a_token_whose_time_is_over(self, node: Node) -> None:
        token = node.log_in()
        node.advance(102)
        assert connect(node.url).token_state(token) is TokenState.GONE

    def test_asking_prolongs_its_life(self, node: Node) -> None:
        token = node.log_in()
        for _time in range(3):
            node.advance(60)
            assert connect(node.url).token_state(token) is TokenState.ALIVE

    def test_a_token_of_another_address(self, node: Node) -> None:
        token = node.log_in(ELSEWHERE)
        expected = TokenState.GONE if node.profile == "head" else TokenState.ELSEWHERE
        assert connect(node.url).token_state(token) is expected
        assert node.live() == 1

    def test_asking_opens_no_session(self, node: Node) -> None:
        connect(node.url).token_state(TOKEN)
        assert (node.count("logins"), node.live()) == (0, 0)

    def test_an_answer_that_says_nothing_about_the_token(self, serve: Serve) -> None:
        server = serve(lambda _request: says("error", "out of memory"))
        with pytest.raises(RejectedError, match=r"whether the session is alive.*out of memory"):
            connect(server.url).token_state(TOKEN)


class TestLogout:
    """ClusterApi.logout"""

    @pytest.mark.parametrize("settings", [{}, {"cluster": "none"}, {"cluster": "electing"}, {"master": False}])
    def test_a_session_ends_whatever_the_cluster_does(self, node: Node, settings: dict[str, Any]) -> None:
        token = node.log_in()
        node.change(**settings)
        assert connect(node.url).logout(token) is True
        assert node.live() == 0

    def test_a_session_that_has_ended(self, node: Node) -> None:
        token = node.log_in()
        assert connect(node.url).logout(token) is True
        assert connect(node.url).logout(token) is False
        assert connect(node.url).logout(TOKEN) is False

    def test_other_sessions_stay_open(self, node: Node) -> None:
        token, other = node.log_in(), node.log_in()
        assert connect(node.url).logout(token) is True
        assert connect(node.url).token_state(other) is TokenState.ALIVE

    @pytest.mark.parametrize("profile", ["manual", "old"])
    def test_a_session_of_another_address(self, request: pytest.FixtureRequest, profile: str) -> None:
        node: Node = request.getfixturevalue(profile)
        token = node.log_in(ELSEWHERE)
        with pytest.raises(ForbiddenError, match="another client's IP address"):
            connect(node.url).logout(token)
        assert node.live() == 1

    def test_a_refusal_for_another_reason_is_shown(self, serve: Serve) -> None:
        server = serve(lambda _request: says("error", "out of memory"))
        with pytest.raises(RejectedError, match=r"Could not log out.*out of memory"):
            connect(server.url).logout(TOKEN)


class TestNoAnswers:
    """What comes back is no answer of a node, or none at all."""

    @pytest.mark.parametrize(
        ("kind", "wanted", "error", "words"),
        [
            ("error_html", {}, ServerError, "look at its log"),
            ("not_json", {}, MalformedError, "instead of JSON"),
            ("empty_body", {}, MalformedError, "an empty body"),
            ("redirect", {"location": "http://127.0.0.1:1/portal"}, MalformedError, "not followed"),
            ("reset_before", {}, LostError, "lost the connection"),
            ("reset_after", {}, LostError, "lost the connection"),
            ("cut_off", {}, LostError, "lost the connection"),
            ("wrong_types", {"shape": "fields"}, MalformedError, "not DoCluster's"),
            ("wrong_types", {"shape": "list"}, MalformedError, "not DoCluster's"),
            ("wrong_types", {"shape": "null"}, MalformedError, "not DoCluster's"),
            ("wrong_types", {"shape": "token"}, MalformedError, "no access_token"),
        ],
    )
    def test_it_is_a_clear_error(
        self, head: Node, kind: str, wanted: dict[str, Any], error: type[AccessError], words: str
    ) -> None:
        head.fault(kind, **wanted)
        with pytest.raises(error) as caught:
            connect(head.url).login(head.username, head.password)
        assert words in str(caught.value)
        assert "log in as" in str(caught.value)
        assert head.password not in str(caught.value)

    def test_a_slow_answer_is_waited_for_as_long_as_allowed(self, head: Node) -> None:
        head.fault("hold")
        with pytest.raises(LostError, match="no answer within 1 seconds"):
            connect(head.url, timeout=1).token_state(TOKEN)

    def test_nobody_listens(self) -> None:
        with pytest.raises(UnreachableError, match="found no server"):
            connect(f"http://127.0.0.1:{closed_port()}").login("jane", "Pass-Word-77123")

    def test_another_server_listens(self, serve: Serve) -> None:
        server = serve(lambda _request: Reply(404, b"<html><title>404 Not Found</title></html>"))
        with pytest.raises(MalformedError, match="API port of a DoCluster node") as caught:
            connect(server.url).login("jane", "Pass-Word-77123")
        assert caught.value.status == 404

    def test_an_error_page_is_named_by_its_title_only(self, serve: Serve) -> None:
        page = b"<!doctype html><html><title>KeyError // Debugger</title><script>SECRET = 'gK3vTq0bX9zLmN4';</script>"
        server = serve(lambda _request: Reply(500, page, {"Content-Type": "text/html"}))
        with pytest.raises(ServerError, match='titled "KeyError // Debugger"') as caught:
            connect(server.url).login("jane", "Pass-Word-77123")
        assert "gK3vTq0bX9zLmN4" not in str(caught.value)

    def test_a_redirect_is_not_followed(self, head: Node, serve: Serve) -> None:
        elsewhere = serve(lambda _request: says("success", "", {"access_token": TOKEN}))
        head.fault("redirect", location=f"{elsewhere.url}/api/login", code=307)
        with pytest.raises(MalformedError, match=f"a redirect to .*{elsewhere.port}"):
            connect(head.url).login(head.username, head.password)
        assert elsewhere.requests == []

    def test_a_cookie_is_not_sent_back(self, serve: Serve) -> None:
        def respond(_request: Request) -> Reply:
            return Reply(body=says("success", "").body, headers={"Set-Cookie": "sid=abc; Path=/"})

        server = serve(respond)
        api = connect(server.url)
        api.token_state(TOKEN)
        api.token_state(TOKEN)
        assert [asked.headers.get("Cookie") for asked in server.requests] == [None, None]

    @pytest.mark.parametrize("end", [b"", b'},\n "status": "success"', b"} garbage"])
    def test_a_token_in_an_answer_that_cannot_be_read_is_not_shown(self, serve: Serve, end: bytes) -> None:
        server = serve(lambda _request: Reply(body=b'{"msg": {"access_token": "' + TOKEN.encode() + b'"' + end))
        with pytest.raises(MalformedError) as caught:
            connect(server.url).login("jane", "Pass-Word-77123")
        assert TOKEN[:8] not in str(caught.value)

    def test_an_error_that_repeats_the_token_is_masked(self, serve: Serve) -> None:
        server = serve(lambda request: says("error", f"no such thing: {request.body.decode()}"))
        redactor = Redactor()
        redactor.add(TOKEN)
        with pytest.raises(RejectedError, match=r"no such thing: access_token=\*{8}") as caught:
            ClusterApi(Http(HttpSettings(retries=0), redactor), server.url).token_state(TOKEN)
        assert TOKEN[:8] not in str(caught.value)
