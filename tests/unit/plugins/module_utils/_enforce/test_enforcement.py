# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy or a plan carried out: guards and approval, check mode, conflicts, several runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._errors import AccessError, OptionError
from ansible_collections.tenantops.access.plugins.module_utils._record.record import read_record
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._enforce.enforcing import (
    ENDPOINT,
    OPEN,
    Estate,
    assert_honest,
    counted,
    of_type,
    results,
    run,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import MFA, Cloud

Document = dict[str, Any]
#: What differs between a run and its check: time, identity, record.
OWN = ("plan", "run_id", "record_path")


def assert_refused(cloud: Cloud, outcome: Outcome, folder: Path, *words: str) -> None:
    """Nothing was written, and result and record say why."""
    assert cloud.puts() == {}
    assert outcome.failure is not None
    assert not outcome.changed
    assert all(word in outcome.failure for word in words), outcome.failure
    assert set(results(outcome).values()) <= {"not_started", "conflict", "already"}
    record = read_record(outcome.values["record_path"])
    assert [line["type"] for line in record if line["type"] != "passed_over"] == ["header", "end"]
    assert record[-1]["refused"]
    assert record[-1]["refused"] in outcome.failure
    assert len(list(folder.glob("*.jsonl"))) == 1


def assert_alike(checked: Outcome, done: Outcome) -> None:
    """Check mode said what the run then did."""
    assert (checked.changed, checked.failure, checked.warnings) == (done.changed, done.failure, done.warnings)
    assert checked.as_result()["diff"] == done.as_result()["diff"]
    assert checked.values.keys() == done.values.keys()
    for name in checked.values.keys() - set(OWN):
        assert checked.values[name] == done.values[name], name
    assert checked.values["record_path"] is None


class TestGuards:
    """Each stops before the first write; an approval passes those that count."""

    @pytest.mark.parametrize(
        ("guards", "guard"),
        [
            ({"max_changes": 11}, "max_changes"),
            ({"max_change_percent": 79}, "max_change_percent"),
            ({"max_lockouts": 23}, "max_lockouts"),
        ],
    )
    def test_one_that_counts(self, cloud: Cloud, tmp_path: Path, guards: Document, guard: str) -> None:
        estate = Estate(cloud, 12, on=3, users=2)
        wanted = estate.policy()
        wanted["guards"] = {**wanted["guards"], **guards}
        outcome = run(cloud, wanted, records=tmp_path)
        assert_refused(cloud, outcome, tmp_path, guard)
        assert [one["guard"] for one in outcome.values["guard_violations"]] == [guard]
        assert results(outcome) == dict.fromkeys(estate.off, "not_started")
        for source in (wanted, estate.plan(wanted)):
            checked = run(cloud, source, check=True, records=tmp_path)
            assert checked.failure == outcome.failure
        approved = run(cloud, wanted, records=tmp_path, approve=outcome.values["plan_hash"])
        assert approved.failure is None
        assert results(approved) == dict.fromkeys(estate.off, "changed")

    def test_the_limits_themselves_are_allowed(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 12, on=3, users=2)
        limits = {"max_changes": 12, "max_change_percent": 80, "max_lockouts": 24}
        assert run(cloud, estate.policy(guards=limits)).failure is None

    def test_an_approval_does_not_pass_the_weakening_one(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 1, on=3)
        outcome = run(cloud, estate.policy("disabled"), records=tmp_path)
        assert_refused(cloud, outcome, tmp_path, "allow_disable")
        for check in (False, True):
            again = run(cloud, estate.policy("disabled"), approve=outcome.values["plan_hash"], check=check)
            assert "allow_disable" in (again.failure or "")
        assert cloud.puts() == {}
        wanted = estate.policy("disabled", guards={"allow_disable": True})
        assert results(run(cloud, wanted)) == dict.fromkeys(estate.on, "changed")
        assert estate.enabled() == set()

    def test_an_expired_exception(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 2)
        exception = {"tenant_id": estate.off[0], "reason": "r", "owner": "o", "expires": "2020-01-31"}
        wanted = estate.policy(exceptions=[exception])
        outcome = run(cloud, wanted, records=tmp_path)
        assert_refused(cloud, outcome, tmp_path, "xpired")
        assert any(estate.off[0] in warning for warning in outcome.warnings)
        approved = run(cloud, wanted, approve=outcome.values["plan_hash"])
        assert results(approved) == dict.fromkeys(estate.off, "changed")

    def test_protected_users_are_not_locked_out(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 3)
        (user,) = cloud.simulator.tenant(estate.off[1])["users"]
        wanted = estate.policy(guards={"protected_users": [user["login"].upper()]})
        outcome = run(cloud, wanted)
        assert outcome.failure is None
        assert [one["tenant_id"] for one in outcome.values["blocked"]] == [estate.off[1]]
        assert estate.enabled() == {estate.off[0], estate.off[2]}

    @pytest.mark.parametrize("check", [False, True])
    def test_what_is_in_the_way_since_a_plan_was_made(self, cloud: Cloud, check: bool) -> None:
        estate = Estate(cloud, 5)
        locked, alone, asleep, guarded, free = estate.off
        (user,) = cloud.simulator.tenant(guarded)["users"]
        guards = {**OPEN, "protected_users": ["guard-*@example.com"], "max_conflicts_percent": 100}
        plan = estate.plan(estate.policy(guards=guards))
        cloud.simulator.patch_tenant(locked, update_lock={"enabled": True})
        cloud.simulator.patch_tenant(alone, ancestral_access=False)
        cloud.simulator.patch_tenant(asleep, enabled=False)
        cloud.simulator.patch_user(user["id"], login="guard-1@example.com")
        outcome = run(cloud, plan, check=check)
        assert outcome.failure is None
        assert results(outcome) == {**dict.fromkeys((locked, alone, asleep, guarded), "conflict"), free: "changed"}
        details = {one["tenant_id"]: one["detail"] for one in outcome.values["changes"]}
        assert "guard-1@example.com" in details[guarded]
        assert "disabled" in details[asleep]
        assert cloud.puts() == ({} if check else {free: 1})

    @pytest.mark.parametrize("check", [False, True])
    def test_a_stale_approval(self, cloud: Cloud, check: bool) -> None:
        estate = Estate(cloud, 4)
        wanted = estate.policy()
        plan = estate.plan(wanted)
        other = {**wanted, "rules": [{**wanted["rules"][0], "match": {"kind": ["customer", "partner"]}}]}
        for source, approve in ((other, plan["hash"]), (wanted, "0" * 64), (wanted, ""), (plan, "f" * 64)):
            outcome = run(cloud, source, approve=approve, check=check)
            assert "Look at the plan again" in (outcome.failure or "")
            assert set(results(outcome).values()) == {"not_started"}
        estate.add("one more", users=1)
        assert "Look at the plan again" in (run(cloud, wanted, approve=plan["hash"], check=check).failure or "")
        assert cloud.puts() == {}

    def test_guards_and_rollout_are_no_part_of_what_is_approved(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 12)
        approve = estate.plan(estate.policy())["hash"]
        wanted = estate.policy(guards={"max_changes": 0}, rollout={"waves": ["100%"]})
        assert counted(run(cloud, wanted, approve=approve)) == {"changed": 12}


class TestCheckMode:
    """It says what the run does, and leaves nothing behind."""

    @pytest.mark.parametrize("with_plan", [False, True])
    @pytest.mark.parametrize("rollout", [{}, {"max_per_run": 3}])
    def test_it_equals_the_run(self, cloud: Cloud, tmp_path: Path, with_plan: bool, rollout: Document) -> None:
        estate = Estate(cloud, 9, on=2)
        wanted = estate.policy(rollout=rollout, guards={"max_conflicts_percent": 100})
        source = estate.plan(wanted) if with_plan else wanted
        planned = [one["tenant_id"] for one in estate.plan(wanted)["changes"]]
        if with_plan:
            cloud.simulator.patch_tenant(planned[0], mfa=True)
            cloud.simulator.patch_tenant(planned[1], pricing_mode="suspended")
        checked = run(cloud, source, check=True, records=tmp_path / "records")
        assert cloud.puts() == {}
        assert list(tmp_path.iterdir()) == []
        done = run(cloud, source, records=tmp_path / "records")
        assert_alike(checked, done)
        assert_honest(cloud, estate, done)
        # What is passed over does not count as one of the run's.
        assert len(done.values["changes"]) == (3 + 2 * with_plan if rollout else 9)
        assert done.changed

    def test_what_a_diff_shows(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 3, on=1)
        outcome = run(cloud, estate.policy(), check=True)
        shown = outcome.after.splitlines()
        assert len(shown) == 3
        for tenant_id in estate.off:
            assert sum(f"({tenant_id}): disabled -> enabled" in line for line in shown) == 1

    def test_tenants_that_cannot_be_read(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 4)
        path = f"/api/2/tenants/{estate.off[0]}/mfa/status"
        cloud.simulator.fault("error_text", path=path, times=None)
        checked = run(cloud, estate.policy(), check=True)
        done = run(cloud, estate.policy())
        assert_alike(checked, done)
        assert estate.off[0] in (done.failure or "")
        assert results(done) == dict.fromkeys(estate.off[1:], "changed")


class TestPlan:
    """A plan that was made before is carried out as it is, or not at all."""

    def test_exactly_that_plan(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 5, on=1)
        plan = estate.plan()
        newer = [estate.add(f"Newer {number}", users=1) for number in range(2)]
        outcome = run(cloud, plan)
        assert outcome.failure is None
        assert [one["tenant_id"] for one in outcome.values["changes"]] == [one["tenant_id"] for one in plan["changes"]]
        assert estate.enabled() == {*estate.off, *estate.on}
        assert outcome.values["summary"]["created_since"] >= len(newer)
        again = run(cloud, plan)
        assert (again.changed, again.failure) == (False, None)
        assert results(again) == dict.fromkeys(estate.off, "already")
        assert cloud.toggles() == cloud.puts() == dict.fromkeys(estate.off, 1)

    @pytest.mark.parametrize(
        "edit",
        [
            lambda plan: plan["changes"].pop(),
            lambda plan: plan["changes"].append(plan["changes"][0]),
            lambda plan: plan["changes"].reverse(),
            lambda plan: plan["changes"][0].update(tenant_id=plan["scope_id"]),
            lambda plan: plan["changes"][0].update(after="disabled"),
            lambda plan: plan["changes"][0].update(before="enabled"),
            lambda plan: plan["changes"][0].update(parent_id="x"),
            lambda plan: plan["changes"][0].update(path=["elsewhere"]),
            lambda plan: plan["changes"][0].update(lockouts_max=0),
            lambda plan: plan.update(scope_id="00000000-0000-4000-8000-000000000000"),
            lambda plan: plan.update(wanted=100000),
            lambda plan: plan.update(wanted=float("inf")),
            lambda plan: plan.update(hash="0" * 64),
            lambda plan: plan.update(format=2),
            lambda plan: plan["policy"]["rules"][0].update(mfa="unmanaged"),
            lambda plan: plan["policy"]["guards"].update(allow_disable=True),
            lambda plan: plan["policy"].update(default="enabled"),
            lambda plan: plan.pop("changes"),
            lambda plan: plan.update(changes=7),
            lambda plan: plan.update(changes=["x"]),
            lambda plan: plan.pop("policy"),
        ],
    )
    def test_an_edited_one_is_refused(self, cloud: Cloud, edit: Callable[[Document], object]) -> None:
        estate = Estate(cloud, 3)
        plan = estate.plan()
        edit(plan)
        with pytest.raises(OptionError, match="the plan cannot be used"):
            run(cloud, plan)
        assert cloud.puts() == {}

    def test_one_of_another_scope(self, cloud: Cloud) -> None:
        estate, other = Estate(cloud, 1), Estate(cloud, 1)
        plan = estate.plan()
        with pytest.raises(OptionError, match=other.partner):
            run(cloud, plan, scope_id=other.partner)
        assert results(run(cloud, plan, scope_id=estate.partner.upper())) == {estate.off[0]: "changed"}

    def test_one_that_went_through_a_file(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 0)
        estate.off.append(estate.add("\U0001f512 \u201cZoë\u201d \u2028 {{ x }}", users=1))
        plan = json.loads(json.dumps(estate.plan(), indent=3, ensure_ascii=False))
        assert results(run(cloud, plan)) == {estate.off[0]: "changed"}

    def test_one_of_somebody_else(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 2)
        plan = estate.plan()
        for client in ("neighbour", "customer"):
            with pytest.raises(AccessError):
                run(cloud, plan, client=client)
        with pytest.raises(AccessError):
            run(cloud, estate.policy(), client="neighbour")
        assert cloud.puts() == {}
        assert estate.enabled() == set()

    def test_a_client_that_may_not_change_anything(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 2)
        outcome = run(cloud, estate.plan(), client="readonly")
        assert outcome.failure is not None
        assert results(outcome) == dict.fromkeys(estate.off, "conflict")
        assert cloud.puts() == {}

    def test_what_others_have_changed_since(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 10)
        elsewhere = Estate(cloud, 0).partner
        folder = cloud.simulator.create_tenant(parent_id=estate.partner, kind="folder", name="Folder")["id"]
        plan = estate.plan(estate.policy(guards={"max_conflicts_percent": 60}))
        enabled, moved, gone, repriced, deleted, locked, alone, *others = estate.off
        cloud.simulator.patch_tenant(enabled, mfa=True)
        cloud.simulator.patch_tenant(moved, parent_id=folder)
        cloud.simulator.patch_tenant(gone, parent_id=elsewhere)
        cloud.simulator.patch_tenant(repriced, pricing_mode="trial")
        cloud.simulator.delete_tenant(deleted)
        cloud.simulator.patch_tenant(locked, update_lock={"enabled": True})
        cloud.simulator.patch_tenant(alone, ancestral_access=False)
        outcome = run(cloud, plan)
        conflicts = {moved, gone, repriced, deleted, locked, alone}
        assert results(outcome) == {
            enabled: "already",
            **dict.fromkeys(conflicts, "conflict"),
            **dict.fromkeys(others, "changed"),
        }
        assert outcome.failure is None
        assert cloud.puts() == dict.fromkeys(others, 1)
        assert outcome.values["summary"]["changes"] == len(others)
        (warning,) = outcome.warnings
        assert all(tenant_id in warning for tenant_id in conflicts)
        assert all(one["detail"] for one in outcome.values["changes"] if one["result"] == "conflict")

    @pytest.mark.parametrize(("limit", "stops"), [(19, True), (20, False)])
    def test_too_many_conflicts_stop_it(self, cloud: Cloud, tmp_path: Path, limit: float, stops: bool) -> None:
        estate = Estate(cloud, 10)
        plan = estate.plan(estate.policy(guards={"max_conflicts_percent": limit}))
        for tenant_id in estate.off[:2]:
            cloud.simulator.patch_tenant(tenant_id, pricing_mode="trial")
        checked = run(cloud, plan, check=True)
        outcome = run(cloud, plan, records=tmp_path)
        assert checked.failure == outcome.failure
        if stops:
            assert_refused(cloud, outcome, tmp_path, *estate.off[:2], "max_conflicts_percent")
        else:
            assert counted(outcome) == {"changed": 8, "conflict": 2}

    def test_users_who_came_since_count(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 3, users=2)
        (first, *_more) = cloud.simulator.tenant(estate.off[0])["users"]
        cloud.simulator.patch_user(first["id"], enabled=False)
        plan = estate.plan(estate.policy(guards={"max_lockouts": 5}))
        assert sum(one["lockouts_max"] for one in plan["changes"]) == 5
        cloud.simulator.patch_user(first["id"], enabled=True)
        assert_refused(cloud, run(cloud, plan, records=tmp_path), tmp_path, "max_lockouts")

    def test_one_without_changes(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 0, on=2)
        outcome = run(cloud, estate.plan(), records=tmp_path)
        assert (outcome.changed, outcome.failure, outcome.values["changes"]) == (False, None, [])
        assert len(read_record(outcome.values["record_path"])) == 2


class TestSeveralRuns:
    """A run does a part of it, and the next ones do the rest."""

    def test_max_per_run(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 10, on=1)
        wanted = estate.policy(rollout={"max_per_run": 4})
        order = [one["tenant_id"] for one in estate.plan(wanted)["changes"]]
        for part in (order[:4], order[4:8], order[8:]):
            outcome = run(cloud, wanted, records=tmp_path)
            assert (outcome.changed, outcome.failure) == (True, None)
            assert results(outcome) == dict.fromkeys(part, "changed")
        last = run(cloud, wanted, records=tmp_path)
        assert (last.changed, last.failure, last.values["changes"], last.after) == (False, None, [], "")
        assert cloud.toggles() == cloud.puts() == dict.fromkeys(estate.off, 1)
        records = [read_record(str(path)) for path in tmp_path.glob("*.jsonl")]
        assert sorted(len(of_type(record, "intent")) for record in records) == [0, 2, 4, 4]

    def test_a_plan_that_is_run_again_goes_on(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 10)
        plan = estate.plan(estate.policy(rollout={"max_per_run": 4}))
        order = [one["tenant_id"] for one in plan["changes"]]
        done: list[str] = []
        for part in (order[:4], order[4:8], order[8:], []):
            outcome = run(cloud, plan, approve=plan["hash"], records=tmp_path)
            assert (outcome.changed, outcome.failure) == (bool(part), None)
            assert results(outcome) == {**dict.fromkeys(done, "already"), **dict.fromkeys(part, "changed")}
            done += part
        assert cloud.toggles() == cloud.puts() == dict.fromkeys(estate.off, 1)

    def test_conflicts_do_not_stand_in_the_way_of_the_others(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 6)
        guards = {**OPEN, "max_conflicts_percent": 100}
        plan = estate.plan(estate.policy(guards=guards, rollout={"max_per_run": 2}))
        first, second, *others = (one["tenant_id"] for one in plan["changes"])
        for tenant_id in (first, second):
            cloud.simulator.patch_tenant(tenant_id, pricing_mode="trial")
        for _run in range(3):
            run(cloud, plan)
        assert estate.enabled() == set(others)
        assert cloud.puts() == dict.fromkeys(others, 1)

    def test_an_approved_run_that_is_done_is_done(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 3)
        approved = estate.plan()["hash"]
        cloud.simulator.fault("error_text", method="PUT", route=ENDPOINT, times=None)
        assert run(cloud, estate.policy(), approve=approved, concurrency=1).failure is not None
        cloud.simulator.clear_faults()
        assert run(cloud, estate.policy(), approve=approved).failure is None
        again = run(cloud, estate.policy(), approve=approved)
        assert (again.changed, again.failure, again.values["changes"]) == (False, None, [])

    def test_what_was_not_made_is_not_in_the_diff(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 4)
        cloud.simulator.fault("error_text", method="PUT", route=ENDPOINT, after=1, times=None)
        outcome = run(cloud, estate.policy(), concurrency=1)
        (made,) = (one for one, result in results(outcome).items() if result == "changed")
        assert len(str(outcome.after).splitlines()) == 1
        assert made in str(outcome.after)

    def test_what_is_not_due_yet_waits(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 2)
        wanted = estate.policy()
        wanted["rules"][0]["not_before"] = "2199-01-01"
        outcome = run(cloud, wanted)
        assert (outcome.changed, outcome.failure) == (False, None)
        assert len(outcome.values["plan"]["pending"]) == 2
        assert cloud.puts() == {}


class TestSample:
    """What was only inferred is read before it is written."""

    def test_inferred_tenants_are_read_first(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 26)
        outcome = run(cloud, estate.policy(), verify="sample")
        assert outcome.values["summary"]["evidence"]["listing"] > 0
        assert results(outcome) == dict.fromkeys(estate.off, "changed")
        assert [one["lockouts_max"] for one in outcome.values["changes"]] == [1] * 26
        # Each customer and the partner once, whether in the sample or before the write.
        assert cloud.count(MFA) == 27
        seen: set[str] = set()
        journal = cloud.simulator.journal()
        for entry in journal[len(journal) - cloud.simulator.counters()["total"] :]:
            if entry["route"].endswith("/mfa/status"):
                if entry["method"] == "PUT":
                    assert entry["path"] in seen
                seen.add(entry["path"])

    @pytest.mark.parametrize("verify", ["all", "sample"])
    @pytest.mark.parametrize("rollout", [{}, {"max_per_run": 3}])
    def test_a_client_that_may_only_read(self, cloud: Cloud, verify: str, rollout: Document) -> None:
        estate = Estate(cloud, 40)
        outcome = run(cloud, estate.policy(rollout=rollout), verify=verify, client="readonly")
        assert (outcome.changed, outcome.failure) == (False, None)
        assert set(results(outcome).values()) <= {"conflict"}
        assert len(outcome.values["blocked"]) + len(outcome.values["changes"]) == 40

    def test_check_mode_says_the_same(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 26)
        checked = run(cloud, estate.policy(), verify="sample", check=True)
        done = run(cloud, estate.policy(), verify="sample")
        assert counted(checked) == counted(done) == {"changed": 26}
        assert checked.after == done.after
