# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing: waves, failures, and servers whose answers do not tell what they did."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._enforce.enforcing import (
    ENDPOINT,
    Estate,
    assert_honest,
    counted,
    lines,
    results,
    run,
    settle,
    undo,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.length import seeds

#: What can happen to a request, with the arguments that the simulator wants.
FAULTS: dict[str, dict[str, Any]] = {
    "reset_before": {},
    "reset_after": {},
    "error_after": {},
    "error_text": {"status": 500},
    "error_html": {"status": 502},
    "unavailable": {},
    "cut_off": {},
    "cut_off_clean": {},
    "empty_body": {},
    "not_json": {"body": "<html>"},
    "wrong_types": {"fields": {"mfa_status": 1}},
    "drop_fields": {"names": ["mfa_status"]},
    "rate_limited": {"retry_after": "0"},
    "expired_token": {},
    "slow": {"seconds": 0.1},
    "platform_error": {"status": 403, "code": 1002, "message": "no"},
}


def path_of(tenant_id: str) -> str:
    """Path of a tenant's own endpoint."""
    return f"/api/2/tenants/{tenant_id}/mfa/status"


def refuse(cloud: Cloud, *tenant_ids: str) -> None:
    """Let the server refuse these changes; all of them if none is named."""
    wanted = {"status": 403, "code": 1002, "message": "no", "method": "PUT", "times": None}
    if not tenant_ids:
        cloud.simulator.fault("platform_error", route=ENDPOINT, **wanted)
    for tenant_id in tenant_ids:
        cloud.simulator.fault("platform_error", path=path_of(tenant_id), **wanted)


class TestFaults:
    """Never a state that the server does not have, never a second toggle, and the next run brings the rest."""

    @pytest.mark.parametrize("seed", seeds(5))
    @pytest.mark.parametrize("source", ["policy", "plan"])
    def test_at_random(self, cloud: Cloud, tmp_path: Path, seed: int, source: str) -> None:
        estate = Estate(cloud, 14, on=2)
        before = estate.states()
        dice = Random(seed)
        wanted = estate.policy(rollout={"max_failures": dice.choice([0, 3, 99])})
        given = estate.plan(wanted) if source == "plan" else wanted
        for tenant_id in dice.sample(estate.off, 6):
            kind = dice.choice(list(FAULTS))
            cloud.simulator.fault(kind, method="PUT", path=path_of(tenant_id), **FAULTS[kind])
            if dice.random() < 0.5:
                # What is read back after that PUT; every tenant was read once before.
                kind = dice.choice(list(FAULTS))
                cloud.simulator.fault(kind, method="GET", path=path_of(tenant_id), after=1, **FAULTS[kind])
        outcome = run(cloud, given, records=tmp_path, concurrency=dice.randint(1, 5))
        settle(cloud)
        assert_honest(cloud, estate, outcome)
        assert results(outcome).keys() == set(estate.off)
        counts = counted(outcome)
        assert set(counts) <= {"changed", "failed", "not_started"}
        assert (outcome.failure is None) is (counts == {"changed": 14})
        failed = {one["tenant_id"]: one for one in outcome.values["changes"] if one["result"] == "failed"}
        assert all(one["detail"] and tenant_id in (outcome.failure or "") for tenant_id, one in failed.items())
        # A failure of which nothing is known may have been a change; any other was none.
        for tenant_id, one in failed.items():
            assert one["status"] is None or tenant_id not in cloud.toggles()
        outcomes = {one["tenant_id"]: one for one in lines(next(tmp_path.glob("*.jsonl"))) if one["type"] == "outcome"}
        assert {tenant_id: one["result"] for tenant_id, one in outcomes.items()} == {
            tenant_id: result for tenant_id, result in results(outcome).items() if result != "not_started"
        }

        cloud.simulator.clear_faults()
        following = run(cloud, wanted, records=tmp_path)
        assert following.failure is None
        assert cloud.toggles() == dict.fromkeys(estate.off, 1)
        assert estate.enabled() == {*estate.off, *estate.on}
        for record in sorted(tmp_path.glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
            undone = undo(cloud, record)
            assert undone.failure is None
        assert estate.states() == before

    @pytest.mark.parametrize(
        "kind", ["reset_after", "error_after", "cut_off", "cut_off_clean", "empty_body", "not_json"]
    )
    def test_a_change_whose_answer_is_lost_is_settled_by_reading(self, cloud: Cloud, kind: str) -> None:
        estate = Estate(cloud, 5)
        cloud.simulator.fault(kind, method="PUT", route=ENDPOINT, times=None, **FAULTS[kind])
        outcome = run(cloud, estate.policy())
        assert results(outcome) == dict.fromkeys(estate.off, "changed")
        assert cloud.toggles() == cloud.puts() == dict.fromkeys(estate.off, 1)
        assert_honest(cloud, estate, outcome)

    def test_one_that_comes_true_after_the_last_look(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 1)
        cloud.simulator.fault("hold", method="PUT", route=ENDPOINT)
        # The answer does not come, and reading back finds the state of before.
        outcome = run(cloud, estate.policy(), records=tmp_path, timeout=3)
        assert cloud.simulator.release() == 1
        settle(cloud)
        assert cloud.toggles() == {estate.off[0]: 1}
        assert_honest(cloud, estate, outcome)
        assert counted(outcome) == {"failed": 1}
        assert undo(cloud, Path(outcome.values["record_path"])).failure is None
        assert estate.enabled() == set()

    def test_the_token_ends_in_mid_run(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 8)
        cloud.simulator.fault("expired_token", method="PUT", route=ENDPOINT, after=3)
        assert results(run(cloud, estate.policy())) == dict.fromkeys(estate.off, "changed")
        assert cloud.toggles() == dict.fromkeys(estate.off, 1)
        assert cloud.tokens_issued() == 2

    def test_too_many_requests_for_a_while(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 8)
        cloud.simulator.fault("rate_limited", method="PUT", route=ENDPOINT, after=2, times=2, retry_after="0")
        assert results(run(cloud, estate.policy())) == dict.fromkeys(estate.off, "changed")
        assert cloud.toggles() == dict.fromkeys(estate.off, 1)

    def test_another_try_where_it_is_safe(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 4)
        for tenant_id, kind in zip(
            estate.off, ("reset_before", "error_text", "reset_after", "unavailable"), strict=True
        ):
            cloud.simulator.fault(kind, method="PUT", path=path_of(tenant_id))
        outcome = run(cloud, estate.policy(), retries=1)
        assert results(outcome) == dict.fromkeys(estate.off, "changed")
        assert cloud.toggles() == dict.fromkeys(estate.off, 1)
        assert cloud.puts()[estate.off[2]] == 1

    @pytest.mark.parametrize("switch", [{"mfa_put_answer": "empty"}, {"count_field_names": "short"}])
    def test_other_servers(self, cloud: Cloud, switch: dict[str, str]) -> None:
        estate = Estate(cloud, 3)
        cloud.simulator.settings(switches=switch)
        outcome = run(cloud, estate.policy())
        assert results(outcome) == dict.fromkeys(estate.off, "changed")
        assert cloud.puts() == dict.fromkeys(estate.off, 1)

    def test_switching_off_takes_its_time(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 0, on=3)
        cloud.simulator.settings(switches={"disable": "polls:9"})
        wanted = estate.policy("disabled", guards={"allow_disable": True})
        outcome = run(cloud, wanted)
        assert outcome.failure is None
        assert results(outcome) == dict.fromkeys(estate.on, "changed")
        assert {one["status"] for one in outcome.values["changes"]} == {"disable_in_progress"}
        again = run(cloud, wanted)
        assert (again.changed, again.failure, again.values["changes"]) == (False, None, [])
        assert cloud.puts() == dict.fromkeys(estate.on, 1)


class TestFailures:
    """After too many, nothing else is begun."""

    @pytest.mark.parametrize("allowed", [0, 2])
    def test_one_at_a_time(self, cloud: Cloud, allowed: int) -> None:
        estate = Estate(cloud, 8)
        refuse(cloud)
        outcome = run(cloud, estate.policy(rollout={"max_failures": allowed}), concurrency=1)
        assert counted(outcome) == {"failed": allowed + 1, "not_started": 7 - allowed}
        assert len(cloud.puts()) == allowed + 1
        assert outcome.failure is not None
        assert f"{7 - allowed} were not begun" in outcome.failure
        assert not outcome.changed

    @pytest.mark.parametrize("allowed", [0, 3])
    def test_those_under_way_are_finished(self, cloud: Cloud, tmp_path: Path, allowed: int) -> None:
        estate = Estate(cloud, 20)
        cloud.simulator.settings(latency_ms=20)
        refuse(cloud)
        wanted = estate.policy(rollout={"max_failures": allowed, "waves": ["100%"]})
        outcome = run(cloud, wanted, records=tmp_path, concurrency=4)
        puts = len(cloud.puts())
        assert allowed + 1 <= puts <= allowed + 4
        assert counted(outcome) == {"failed": puts, "not_started": 20 - puts}
        kinds = [line["type"] for line in lines(Path(outcome.values["record_path"]))]
        assert (kinds.count("intent"), kinds.count("outcome"), kinds[-1]) == (puts, puts, "end")

    def test_as_many_as_are_allowed(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 10)
        refuse(cloud, *estate.off[:3])
        outcome = run(cloud, estate.policy(rollout={"max_failures": 3}))
        assert counted(outcome) == {"changed": 7, "failed": 3}
        assert outcome.changed
        assert outcome.failure is not None
        assert estate.enabled() == set(estate.off[3:])
        assert_honest(cloud, estate, outcome)


class TestWaves:
    """One wave after the other, each a share of all changes."""

    @pytest.mark.parametrize(
        ("waves", "sizes"),
        [
            (["100%"], [11]),
            (["5%", "25%", "100%"], [1, 2, 8]),
            (["10%", "50%", "100%"], [2, 4, 5]),
            (["1%", "2%", "3%", "100%"], [1, 0, 0, 10]),
        ],
    )
    def test_each_ends_before_the_next(self, cloud: Cloud, tmp_path: Path, waves: list[str], sizes: list[int]) -> None:
        estate = Estate(cloud, 11)
        cloud.simulator.fault("slow", method="PUT", route=ENDPOINT, times=None, probability=0.3, seed=1, seconds=0.05)
        outcome = run(cloud, estate.policy(rollout={"waves": waves}), records=tmp_path)
        order = [one["tenant_id"] for one in outcome.values["changes"]]
        assert sum(sizes) == len(order) == 11
        written = lines(Path(outcome.values["record_path"]))[1:-1]
        for size in sizes:
            wave, written = written[: 2 * size], written[2 * size :]
            expected, order = set(order[:size]), order[size:]
            for kind in ("intent", "outcome"):
                assert {line["tenant_id"] for line in wave if line["type"] == kind} == expected
        assert written == []

    def test_a_failure_keeps_the_next_from_beginning(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 12)
        wanted = estate.policy(rollout={"waves": ["25%", "100%"]})
        first = [one["tenant_id"] for one in estate.plan(wanted)["changes"][: math.ceil(12 * 0.25)]]
        refuse(cloud, first[-1])
        outcome = run(cloud, wanted, concurrency=12)
        assert cloud.puts().keys() <= set(first)
        assert counted(outcome) == {"changed": 2, "failed": 1, "not_started": 9}

    @pytest.mark.parametrize("concurrency", [1, 3])
    def test_no_more_connections_than_allowed(self, cloud: Cloud, concurrency: int) -> None:
        estate = Estate(cloud, 12)
        cloud.simulator.settings(latency_ms=10)
        assert run(cloud, estate.policy(), concurrency=concurrency).failure is None
        assert cloud.simulator.counters()["in_flight_max"] <= concurrency
