# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A session that is wanted present or absent, in every dialect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._cluster.token_file import TokenFile
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    MalformedError,
    OptionError,
    UnauthorizedError,
    UnreachableError,
)
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.tests.unit.support.docluster import (
    ELSEWHERE,
    Node,
    ensure_absent,
    ensure_present,
)
from ansible_collections.tenantops.access.tests.unit.support.servers import Reply, Serve, closed_port

DEAD = "QWJHZKXLVBNMTREWQPOIUYASDFGHJKLZXCVBNMQWERTYUIOPASDFGHJKLZXC"


def states(outcome: Outcome) -> tuple[str, str]:
    """Before and after, as the diff shows them."""
    return outcome.before["session"], outcome.after["session"]


class TestPresent:
    """ensure_present"""

    def test_without_a_session_one_is_opened(self, node: Node) -> None:
        outcome = ensure_present(node.session(), check_mode=False)
        assert outcome.changed
        assert states(outcome) == ("absent", "present")
        assert outcome.subject == f"session on {node.url}"
        token = outcome.values["access_token"]
        assert outcome.product == (token,)
        assert outcome.values["session"] == {
            "url": node.url,
            "username": node.username,
            "token_path": None,
            "reused": False,
        }
        assert (node.count("logins"), node.live()) == (1, 1)
        assert ensure_present(node.session(login=False, token=token), check_mode=False).values["session"]["reused"]

    def test_a_living_one_is_reused(self, node: Node) -> None:
        token = node.log_in()
        outcome = ensure_present(node.session(token=token), check_mode=False)
        assert not outcome.changed
        assert states(outcome) == ("present", "present")
        assert outcome.values["session"]["reused"]
        assert "access_token" not in outcome.values
        assert (node.count("logins"), node.count("logouts"), node.live()) == (0, 0, 1)

    @pytest.mark.parametrize("settings", [{"cluster": "none"}, {"cluster": "electing"}, {"master": False}])
    def test_it_is_reused_whatever_the_cluster_does(self, node: Node, settings: dict[str, object]) -> None:
        token = node.log_in()
        node.change(**settings)
        outcome = ensure_present(node.session(login=False, token=token), check_mode=False)
        assert not outcome.changed
        assert outcome.values["session"]["username"] is None

    def test_without_one_credentials_are_needed(self, node: Node) -> None:
        with pytest.raises(OptionError) as caught:
            ensure_present(node.session(login=False), check_mode=False)
        assert "username and password" in str(caught.value)
        assert "DOCLUSTER_USERNAME" in caught.value.remedy
        assert node.count("total") == 0

    def test_half_of_the_credentials_is_not_enough(self, head: Node) -> None:
        with pytest.raises(OptionError, match="Give password, as"):
            ensure_present(head.session(login=False, username="jane"), check_mode=False)
        with pytest.raises(OptionError, match="Give username, as"):
            ensure_present(head.session(login=False, password="Pass-Word-77123"), check_mode=False)
        assert head.count("total") == 0

    @pytest.mark.parametrize("end", ["logged out", "expired", "restarted", "unknown"])
    def test_a_dead_token_is_replaced_by_a_login(self, node: Node, end: str) -> None:
        token = DEAD if end == "unknown" else node.log_in()
        if end == "logged out":
            node.call("logout", access_token=token)
        elif end == "expired":
            node.advance(102)
        elif end == "restarted":
            node.restart()
        node.simulator.reset_counters()
        outcome = ensure_present(node.session(token=token), check_mode=False)
        assert outcome.changed
        assert outcome.values["access_token"] not in (token, "")
        assert not outcome.values["session"]["reused"]
        assert (node.count("logins"), node.live()) == (1, 1)

    def test_a_dead_token_without_credentials_is_an_error(self, node: Node) -> None:
        with pytest.raises(UnauthorizedError) as caught:
            ensure_present(node.session(login=False, token=DEAD), check_mode=False)
        assert "restarted" in str(caught.value)
        assert "username and password" in str(caught.value)
        assert DEAD not in str(caught.value)

    def test_a_token_of_another_address_is_not_used(self, node: Node) -> None:
        token = node.log_in(ELSEWHERE)
        with pytest.raises(UnauthorizedError, match="another client's IP address") as caught:
            ensure_present(node.session(login=False, token=token), check_mode=False)
        # The newest release does not tell why, the others do.
        assert ("restarted" in str(caught.value)) == (node.profile == "head")
        assert ensure_present(node.session(token=token), check_mode=False).changed
        assert node.live() == 2

    @pytest.mark.parametrize("wrong", [{"password": "Not-The-Password-5512"}, {"username": "nobody"}])
    def test_wrong_credentials(self, node: Node, wrong: dict[str, Any]) -> None:
        with pytest.raises(UnauthorizedError, match="Could not log in as"):
            ensure_present(node.session(**wrong), check_mode=False)
        assert node.live() == 0


class TestPresentInCheckMode:
    """ensure_present in check mode"""

    def test_it_equals_the_run_and_opens_nothing(self, node: Node, tmp_path: Path) -> None:
        file = tmp_path / "token"
        planned = ensure_present(node.session(token_path=file), check_mode=True)
        assert (node.count("logins"), node.live()) == (0, 0)
        assert list(tmp_path.iterdir()) == []
        assert planned == ensure_present(node.session(token_path=file), check_mode=False)
        planned = ensure_present(node.session(token_path=file), check_mode=True)
        assert planned == ensure_present(node.session(token_path=file), check_mode=False)
        assert not planned.changed
        assert node.count("logins") == 1

    def test_no_token_is_returned(self, head: Node) -> None:
        outcome = ensure_present(head.session(), check_mode=True)
        assert outcome.changed
        assert "access_token" not in outcome.values

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_it_fails_where_the_run_does(self, head: Node, serve: Serve, tmp_path: Path, check_mode: bool) -> None:
        page = serve(lambda _request: Reply(404, b"<html><title>404 Not Found</title></html>"))
        (tmp_path / "directory").mkdir()
        cases: list[tuple[dict[str, Any], type[AccessError]]] = [
            ({"login": False}, OptionError),
            ({"login": False, "token": DEAD}, UnauthorizedError),
            ({"url": f"http://127.0.0.1:{closed_port()}"}, UnreachableError),
            ({"url": page.url}, MalformedError),
            ({"token_path": tmp_path / "missing" / "token"}, OptionError),
            ({"token_path": tmp_path / "directory"}, OptionError),
        ]
        for wanted, error in cases:
            with pytest.raises(error):
                ensure_present(head.session(**wanted), check_mode)
        assert (head.count("logins"), head.live()) == (0, 0)


class TestAbsent:
    """ensure_absent"""

    def test_a_session_is_closed_once(self, node: Node) -> None:
        token, other = node.log_in(), node.log_in()
        planned = ensure_absent(node.session(token=token), check_mode=True)
        assert (node.count("logouts"), node.live()) == (0, 2)
        outcome = ensure_absent(node.session(token=token), check_mode=False)
        assert planned == outcome
        assert outcome.changed
        assert states(outcome) == ("present", "absent")
        assert outcome.values == {
            "session": {"url": node.url, "username": node.username, "token_path": None, "reused": False}
        }
        assert (node.count("logouts"), node.live()) == (1, 1)
        planned = ensure_absent(node.session(token=token), check_mode=True)
        assert planned == ensure_absent(node.session(token=token), check_mode=False)
        assert not planned.changed
        assert states(planned) == ("absent", "absent")
        assert not ensure_present(node.session(token=other), check_mode=False).changed

    def test_without_a_token_there_is_nothing_to_do(self, head: Node) -> None:
        assert not ensure_absent(head.session(), check_mode=False).changed
        assert not ensure_absent(head.session(login=False), check_mode=False).changed
        assert head.count("total") == 0

    @pytest.mark.parametrize("end", ["expired", "restarted", "unknown"])
    def test_a_session_that_ended_by_itself_is_unchanged(self, node: Node, end: str) -> None:
        token = DEAD if end == "unknown" else node.log_in()
        if end == "expired":
            node.advance(102)
        elif end == "restarted":
            node.restart()
        assert not ensure_absent(node.session(login=False, token=token), check_mode=True).changed
        assert not ensure_absent(node.session(login=False, token=token), check_mode=False).changed

    @pytest.mark.parametrize("settings", [{"cluster": "none"}, {"cluster": "electing"}, {"master": False}])
    def test_the_state_of_the_cluster_does_not_matter(self, node: Node, settings: dict[str, object]) -> None:
        token = node.log_in()
        node.change(**settings)
        planned = ensure_absent(node.session(token=token), check_mode=True)
        assert planned == ensure_absent(node.session(token=token), check_mode=False)
        assert planned.changed
        assert node.live() == 0

    @pytest.mark.parametrize("check_mode", [True, False])
    @pytest.mark.parametrize("profile", ["manual", "old"])
    def test_a_session_of_another_address_stays_open(
        self, request: pytest.FixtureRequest, profile: str, tmp_path: Path, check_mode: bool
    ) -> None:
        node: Node = request.getfixturevalue(profile)
        file = tmp_path / "token"
        TokenFile(str(file), node.url, node.username).write(node.username, node.log_in(ELSEWHERE))
        with pytest.raises((ForbiddenError, UnauthorizedError), match="another client's IP address"):
            ensure_absent(node.session(token_path=file), check_mode)
        assert file.exists()
        assert node.live() == 1

    def test_the_given_session_and_the_kept_one_are_closed(self, node: Node, tmp_path: Path) -> None:
        file = tmp_path / "token"
        ensure_present(node.session(token_path=file), check_mode=False)
        token = node.log_in()
        session = node.session(token=token, token_path=file)
        assert ensure_absent(session, check_mode=False).changed
        assert node.live() == 0
        assert not file.exists()

    def test_a_logout_whose_answer_was_lost_is_a_change(self, head: Node) -> None:
        token = head.log_in()
        head.fault("reset_after", path="logout")
        assert ensure_absent(head.session(token=token), check_mode=False).changed
        assert head.live() == 0

    @pytest.mark.parametrize("kind", ["reset_before", "error_html", "not_json", "empty_body"])
    def test_a_logout_that_did_not_happen_is_an_error(self, node: Node, kind: str) -> None:
        token = node.log_in()
        node.fault(kind, path="logout")
        with pytest.raises(AccessError, match="Could not log out"):
            ensure_absent(node.session(token=token), check_mode=False)
        assert node.live() == 1

    def test_a_node_that_cannot_be_asked_is_an_error(self, head: Node, tmp_path: Path) -> None:
        file = tmp_path / "token"
        ensure_present(head.session(token_path=file), check_mode=False)
        head.fault("error_html", path="logout")
        with pytest.raises(AccessError, match="Could not log out"):
            ensure_absent(head.session(token_path=file), check_mode=False)
        assert head.live() == 1
        # Kept, so that it can be closed later.
        assert ensure_absent(head.session(token_path=file), check_mode=False).changed
        assert not file.exists()
