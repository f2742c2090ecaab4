# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the state of a cluster, with a session that is there or one of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._cluster.session import ClusterSession
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    MalformedError,
    OptionError,
    RefusedError,
    ServerError,
    UnauthorizedError,
    WaitError,
)
from ansible_collections.tenantops.access.plugins.module_utils._tasks.cluster_info import (
    ClusterInfoRequest,
    gather_info,
)
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.tests.unit.support.docluster import Node, ensure_present
from ansible_collections.tenantops.access.tests.unit.support.servers import Reply, Serve

BOTH = ("cluster", "quorum")


@pytest.fixture(params=["manual", "head"])
def reader(request: pytest.FixtureRequest) -> Node:
    """A node of each dialect that has both calls."""
    node: Node = request.getfixturevalue(request.param)
    return node


def read(session: ClusterSession, gather: Sequence[str], wait_timeout: float) -> Outcome:
    """What the module would return."""
    return gather_info(session, ClusterInfoRequest(gather=gather, wait_timeout=wait_timeout))


class TestSessions:
    """Whose session is used, and what becomes of it."""

    def test_with_credentials_it_logs_in_and_out_again(self, reader: Node) -> None:
        outcome = read(reader.session(), BOTH, 5)
        assert not outcome.changed
        assert set(outcome.values) == {"cluster", "quorum"}
        assert (reader.count("logins"), reader.count("logouts"), reader.live()) == (1, 1, 0)

    def test_a_given_session_is_left_open(self, reader: Node) -> None:
        token = reader.log_in()
        assert read(reader.session(token=token), BOTH, 5).values["quorum"]["master"] == "vm"
        assert (reader.count("logins"), reader.count("logouts"), reader.live()) == (0, 0, 1)

    def test_a_kept_session_is_left_open_and_kept(self, reader: Node, tmp_path: Path) -> None:
        file = tmp_path / "token"
        ensure_present(reader.session(token_path=file), check_mode=False)
        kept = file.read_bytes()
        read(reader.session(login=False, token_path=file), BOTH, 5)
        assert (reader.count("logins"), reader.count("logouts"), reader.live()) == (1, 0, 1)
        assert file.read_bytes() == kept

    def test_a_session_of_its_own_is_not_kept(self, head: Node, tmp_path: Path) -> None:
        read(head.session(token_path=tmp_path / "token"), BOTH, 5)
        assert list(tmp_path.iterdir()) == []
        assert head.live() == 0

    def test_a_dead_session_is_replaced_for_the_occasion(self, head: Node) -> None:
        token = head.log_in()
        head.restart()
        read(head.session(token=token), BOTH, 5)
        assert (head.count("logins"), head.count("logouts"), head.live()) == (1, 1, 0)

    def test_without_a_session_and_credentials_nothing_is_sent(self, head: Node) -> None:
        with pytest.raises(OptionError, match="username and password"):
            read(head.session(login=False), BOTH, 5)
        assert head.count("total") == 0

    def test_wrong_credentials(self, head: Node) -> None:
        with pytest.raises(UnauthorizedError, match="Could not log in as"):
            read(head.session(password="Not-The-Password-5512"), BOTH, 5)

    @pytest.mark.parametrize("kind", ["error_html", "not_json", "wrong_types"])
    def test_a_failure_to_read_logs_out_too(self, head: Node, kind: str) -> None:
        head.fault(kind, path="quorum/status")
        with pytest.raises(AccessError, match="Could not read quorum/status"):
            read(head.session(), BOTH, 5)
        assert (head.count("logins"), head.count("logouts"), head.live()) == (1, 1, 0)

    def test_a_failing_logout_does_not_hide_the_failure_to_read(self, head: Node) -> None:
        head.fault("error_html", path="quorum/status")
        head.fault("error_html", path="logout")
        with pytest.raises(ServerError, match="Could not read quorum/status"):
            read(head.session(), BOTH, 5)


class TestContent:
    """What is returned."""

    def test_both_parts(self, reader: Node) -> None:
        reader.change(nodes=2, offline_nodes=["vm2"])
        values = read(reader.session(), BOTH, 5).values
        assert values["quorum"]["master"] == "vm"
        assert [node["node"] for node in values["quorum"]["nodes"]] == ["vm", "vm2"]
        assert (values["quorum"]["status"], values["cluster"]["status"]) == ("WARNING", "WARNING")
        assert values["cluster"]["errors"] == ["1 nodes are not online"]
        assert values["cluster"]["nodes"]["vm2"] == {"status": "offline"}
        assert values["cluster"]["nodes"]["vm"]["memory_total"] == "35.8G"

    @pytest.mark.parametrize("part", BOTH)
    def test_only_what_was_asked_for(self, head: Node, part: str) -> None:
        assert set(read(head.session(), [part], 5).values) == {part}
        requests = head.simulator.counters()["requests"]
        assert [path for path in requests if path.endswith("/status")] == [f"/api/{part}/status"]

    def test_nothing_secret_comes_along(self, node: Node) -> None:
        # The older releases add their whole configuration: hashes of passwords, and keys of nodes.
        values = read(node.session(), ["cluster"], 5).values
        text = json.dumps(values)
        assert "API_key" not in text
        assert "password" not in text
        assert values["cluster"]["status"] == "OK"

    def test_a_release_without_a_quorum_says_so(self, old: Node) -> None:
        with pytest.raises(AccessError, match="quorum") as caught:
            read(old.session(), BOTH, 5)
        assert "gather" in caught.value.remedy
        assert old.live() == 0

    @pytest.mark.parametrize("msg", ["[]", '""', "null", "7"])
    def test_a_state_that_is_no_object(self, serve: Serve, head: Node, msg: str) -> None:
        server = serve(lambda _request: Reply(body=b'{"msg": %s, "status": "success", "error": ""}' % msg.encode()))
        with pytest.raises(MalformedError, match="cluster/status"):
            read(head.session(token="T" * 60, url=server.url), ["cluster"], 5)


class TestElection:
    """The seconds in which nobody leads, and nodes that do not lead."""

    def test_it_is_waited_out(self, reader: Node) -> None:
        reader.change(cluster="electing")
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read, reader.session(), BOTH, 120)
            # Until it has logged in and looked three times.
            while reader.count("total") < 4 and not reading.done():
                time.sleep(0.005)
            assert not reading.done()
            reader.advance(30)
            values = reading.result().values
        assert values["quorum"]["master"] == "vm"
        assert values["cluster"]["status"] == "OK"
        assert (reader.count("logins"), reader.live()) == (1, 0)

    def test_but_not_longer_than_allowed(self, reader: Node) -> None:
        reader.change(cluster="electing")
        with pytest.raises(WaitError, match="has not elected its master") as caught:
            read(reader.session(), BOTH, 0)
        assert "wait_timeout" in caught.value.remedy
        assert reader.live() == 0

    def test_a_node_that_does_not_lead_names_the_one_that_does(self, reader: Node) -> None:
        reader.change(nodes=3, master=False)
        with pytest.raises(RefusedError) as caught:
            read(reader.session(), BOTH, 60)
        assert 'the master node, "vm2"' in caught.value.remedy
        assert reader.live() == 0

    def test_a_node_outside_of_the_quorum_of_an_older_release(self, old: Node) -> None:
        old.change(nodes=3, master=False)
        with pytest.raises(RefusedError, match="not management node"):
            read(old.session(), ["cluster"], 60)
        assert old.live() == 0

    def test_a_node_without_a_cluster(self, node: Node) -> None:
        node.change(cluster="none")
        with pytest.raises(RefusedError) as caught:
            read(node.session(), ["cluster"], 60)
        assert "belongs to no cluster" in caught.value.remedy
        assert node.live() == 0
