# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rolling back: what one run has changed and nobody has changed since, and nothing else."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._enforce.undoing import UndoJob
from ansible_collections.tenantops.access.plugins.module_utils._errors import OptionError, RefusedError
from ansible_collections.tenantops.access.plugins.module_utils._record.lock import ScopeLock
from ansible_collections.tenantops.access.plugins.module_utils._record.record import read_record
from ansible_collections.tenantops.access.plugins.module_utils._record.run import Run
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._enforce.enforcing import (
    ENDPOINT,
    Change,
    Estate,
    counted,
    results,
    room_for,
    run,
    undo,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import MFA, Cloud


def source_of(outcome: Outcome, what: str) -> Path | list[Change]:
    """The record of a run, or the changes that it returned, as they come through JSON."""
    if what == "record":
        return Path(outcome.values["record_path"])
    changes: list[Change] = json.loads(json.dumps(outcome.values["changes"]))
    return changes


@pytest.fixture(params=["record", "changes"])
def what(request: pytest.FixtureRequest) -> Iterator[str]:
    """From what to roll back."""
    yield request.param


class TestUndoing:
    """The state from before the run."""

    def test_a_whole_run(self, cloud: Cloud, tmp_path: Path, what: str) -> None:
        estate = Estate(cloud, 6, on=3)
        before = estate.states()
        source = source_of(run(cloud, estate.policy(), records=tmp_path), what)
        cloud.simulator.reset_counters()
        checked = undo(cloud, source, check=True)
        assert cloud.puts() == {}
        done = undo(cloud, source)
        kept = {"run_id": None, "record_path": None}
        assert checked.as_result() == {**done.as_result(), **kept}
        assert (done.changed, done.failure, done.values["conflicts"]) == (True, None, [])
        assert results(done) == dict.fromkeys(estate.off, "changed")
        assert {(one["before"], one["after"], one["status"]) for one in done.values["changes"]} == {
            ("enabled", "disabled", "disabled")
        }
        assert all(one["path"][-1].startswith("Off ") for one in done.values["changes"])
        assert len(done.after.splitlines()) == 6
        assert cloud.puts() == dict.fromkeys(estate.off, 1)
        assert estate.states() == before

        for check in (True, False):
            again = undo(cloud, source, check=check)
            assert (again.changed, again.failure, again.after) == (False, None, "")
            assert results(again) == dict.fromkeys(estate.off, "already")
        assert cloud.puts() == dict.fromkeys(estate.off, 1)

    @pytest.mark.parametrize("check", [False, True])
    def test_weakening_must_be_allowed(self, cloud: Cloud, tmp_path: Path, what: str, check: bool) -> None:
        estate = Estate(cloud, 3)
        source = source_of(run(cloud, estate.policy(), records=tmp_path), what)
        cloud.simulator.reset_counters()
        outcome = undo(cloud, source, allow_disable=False, check=check)
        # The option, and the variable of the playbook, whose user has never seen the option.
        assert re.search(r"\ballow_disable\b.*\bmfa_rollback_allow_disable\b", outcome.failure or "")
        assert not outcome.changed
        assert results(outcome) == dict.fromkeys(estate.off, "not_started")
        assert cloud.puts() == {}
        assert estate.enabled() == set(estate.off)

    def test_strengthening_needs_no_leave(self, cloud: Cloud, tmp_path: Path, what: str) -> None:
        estate = Estate(cloud, 1, on=3)
        before = estate.states()
        wanted = estate.policy("disabled", guards={"allow_disable": True})
        source = source_of(run(cloud, wanted, records=tmp_path), what)
        done = undo(cloud, source, allow_disable=False)
        assert results(done) == dict.fromkeys(estate.on, "changed")
        assert estate.states() == before

    def test_one_of_both_kinds_without_leave(self, cloud: Cloud, tmp_path: Path, what: str) -> None:
        estate = Estate(cloud, 2, on=2)
        on, off = (
            {"name": f"to {mfa}", "match": {"id": ids}, "mfa": mfa}
            for mfa, ids in (("enabled", estate.off), ("disabled", estate.on))
        )
        wanted = estate.policy(rules=[on, off], guards={"allow_disable": True})
        source = source_of(run(cloud, wanted, records=tmp_path), what)
        assert estate.enabled() == set(estate.off)
        cloud.simulator.reset_counters()
        assert undo(cloud, source, allow_disable=False).failure is not None
        assert cloud.puts() == {}
        assert undo(cloud, source).failure is None
        assert estate.enabled() == set(estate.on)

    def test_only_what_that_run_has_changed(self, cloud: Cloud, tmp_path: Path, what: str) -> None:
        estate = Estate(cloud, 6)
        plan = estate.plan(estate.policy(guards={"max_conflicts_percent": 100}, rollout={"max_failures": 9}))
        already, conflict, refused, *others = estate.off
        cloud.simulator.patch_tenant(already, mfa=True)
        cloud.simulator.patch_tenant(conflict, pricing_mode="trial")
        fault = {"method": "PUT", "path": f"/api/2/tenants/{refused}/mfa/status"}
        cloud.simulator.fault("platform_error", status=403, code=1002, message="no", **fault)
        outcome = run(cloud, plan, records=tmp_path)
        assert counted(outcome) == {"already": 1, "conflict": 1, "failed": 1, "changed": 3}
        # Whoever sees to the rest by hand finds it as it was.
        for tenant_id in (conflict, refused):
            cloud.simulator.patch_tenant(tenant_id, mfa=True)
        done = undo(cloud, source_of(outcome, what))
        assert results(done) == dict.fromkeys(others, "changed")
        assert estate.enabled() == {already, conflict, refused}

    @pytest.mark.parametrize("kind", ["reset_after", "reset_before"])
    def test_a_failure_that_may_have_been_a_change(self, cloud: Cloud, tmp_path: Path, what: str, kind: str) -> None:
        estate = Estate(cloud, 1)
        cloud.simulator.fault(kind, method="PUT", route=ENDPOINT)
        cloud.simulator.fault("error_text", method="GET", route=ENDPOINT, after=2, times=1)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        assert counted(outcome) == {"failed": 1}
        done = undo(cloud, source_of(outcome, what))
        assert done.failure is None
        assert results(done) == {estate.off[0]: "changed" if kind == "reset_after" else "already"}
        assert estate.enabled() == set()

    def test_check_mode_has_changed_nothing(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 1)
        checked = run(cloud, estate.policy(), check=True)
        assert undo(cloud, checked.values["changes"]).changed is False
        assert cloud.puts() == {}

    def test_a_roll_back_can_be_rolled_back(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 2)
        undone = undo(cloud, run(cloud, estate.policy()).values["changes"])
        assert undo(cloud, undone.values["changes"], allow_disable=False).failure is None
        assert estate.enabled() == set(estate.off)


class TestRecord:
    """A roll back keeps a record and a lock of its own, where the run did."""

    def test_it_is_beside_that_of_the_run_and_can_be_rolled_back(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 3)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        undone = undo(cloud, Path(outcome.values["record_path"]))
        path = Path(undone.values["record_path"])
        assert path.parent == tmp_path
        record = read_record(str(path))
        assert (record[0]["undoes"], record[0]["run_id"]) == (outcome.values["run_id"], undone.values["run_id"])
        assert record[0]["scope_id"] == estate.partner
        for tenant_id in estate.off:
            of_it = [line for line in record if line.get("tenant_id") == tenant_id]
            assert [line["type"] for line in of_it] == ["intent", "outcome"]
            assert (of_it[0]["before"], of_it[0]["after"], of_it[1]["result"]) == ("enabled", "disabled", "changed")
        assert record[-1]["results"]["changed"] == 3
        again = undo(cloud, path, allow_disable=False)
        assert results(again) == dict.fromkeys(estate.off, "changed")
        assert estate.enabled() == set(estate.off)

    def test_a_record_that_was_brought_elsewhere(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 1)
        outcome = run(cloud, estate.policy(), records=tmp_path / "records")
        moved = Path(shutil.copy(outcome.values["record_path"], tmp_path))
        assert undo(cloud, moved, check=True).values["record_path"] is None
        undone = undo(cloud, moved)
        assert (undone.changed, undone.values["record_path"]) == (True, None)
        assert "neither a record nor a lock" in " ".join(undone.warnings)
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [moved.name]

    def test_by_changes_it_is_where_one_says(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 1)
        undone = undo(cloud, run(cloud, estate.policy()).values["changes"], records=tmp_path)
        header = read_record(undone.values["record_path"])[0]
        assert (header["scope_id"], header["undoes"]) == (cloud.simulator.tenant_id, None)
        again = undo(cloud, undone.values["changes"], records=tmp_path, scope_id=estate.partner.upper())
        assert read_record(again.values["record_path"])[0]["scope_id"] == estate.partner
        with pytest.raises(OptionError, match="absolute"):
            undo(cloud, [], records=Path("records"))

    @pytest.mark.parametrize("check", [False, True])
    def test_a_run_on_the_scope_keeps_it_away(self, cloud: Cloud, tmp_path: Path, check: bool) -> None:
        estate = Estate(cloud, 1)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        cloud.simulator.reset_counters()
        holder = Run.begin()
        lock = ScopeLock(str(tmp_path), estate.partner, holder)
        with pytest.raises(RefusedError, match=holder.run_id):
            undo(cloud, Path(outcome.values["record_path"]), check=check)
        assert cloud.puts() == {}
        lock.release()
        assert undo(cloud, Path(outcome.values["record_path"]), check=check).changed

    def test_of_another_data_center(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 1)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        path = Path(outcome.values["record_path"])
        here = cloud.simulator.base_url
        path.write_text(path.read_text(encoding="utf-8").replace(here, "https://eu8-cloud.example.com/api/2"), "utf-8")
        cloud.simulator.reset_counters()
        with pytest.raises(OptionError, match="eu8-cloud"):
            undo(cloud, path)
        assert cloud.simulator.counters()["total"] == 0

    def test_of_another_account(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 2)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        undone = undo(cloud, Path(outcome.values["record_path"]), client="neighbour")
        assert results(undone) == dict.fromkeys(estate.off, "not_started")
        assert undone.failure is not None
        assert undone.values["conflicts"] == []

    def test_what_a_run_still_writes_meanwhile_is_undone_too(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 6)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        path = Path(outcome.values["record_path"])
        whole = path.read_bytes()
        path.write_bytes(b"".join(whole.splitlines(keepends=True)[:5]))
        job = job_of(str(path))
        path.write_bytes(whole)
        assert len(job.done()) == 6

    def test_what_cannot_be_recorded_is_not_done(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 5)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        cloud.simulator.reset_counters()
        with room_for(1500):
            undone = undo(cloud, Path(outcome.values["record_path"]), concurrency=1)
        assert undone.failure is not None
        assert "cannot be written" in undone.failure
        changed = {one for one, result in results(undone).items() if result == "changed"}
        assert 0 < len(changed) < 5
        assert cloud.puts() == dict.fromkeys(changed, 1)
        assert estate.enabled() == set(estate.off) - changed


class TestConflicts:
    """What others have changed since is left alone, and listed."""

    def test_what_is_no_longer_as_the_run_left_it(self, cloud: Cloud, tmp_path: Path, what: str) -> None:
        estate = Estate(cloud, 6)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        undone, in_progress, deleted, locked, alone, other = estate.off
        cloud.simulator.patch_tenant(undone, mfa=False)
        cloud.simulator.patch_tenant(in_progress, disable_polls=50)
        cloud.simulator.delete_tenant(deleted)
        cloud.simulator.patch_tenant(locked, update_lock={"enabled": True})
        cloud.simulator.patch_tenant(alone, ancestral_access=False)
        cloud.simulator.reset_counters()
        checked = undo(cloud, source_of(outcome, what), check=True)
        done = undo(cloud, source_of(outcome, what))
        kept = {"run_id": None, "record_path": None}
        assert checked.as_result() == {**done.as_result(), **kept}
        assert done.failure is None
        conflicts = {deleted, locked, alone}
        assert results(done) == {
            undone: "already",
            in_progress: "already",
            **dict.fromkeys(conflicts, "conflict"),
            other: "changed",
        }
        assert {one["tenant_id"] for one in done.values["conflicts"]} == conflicts
        assert all(one["detail"] for one in done.values["conflicts"])
        assert cloud.puts() == {other: 1}

    def test_a_partner_that_became_one_in_production(self, cloud: Cloud, what: str, tmp_path: Path) -> None:
        estate = Estate(cloud, 1)
        partner = estate.add("Partner", kind="partner", pricing_mode="trial")
        rules = [{"name": "partners", "match": {"id": [partner]}, "mfa": "enabled"}]
        outcome = run(cloud, estate.policy(rules=rules), records=tmp_path)
        assert results(outcome) == {partner: "changed"}
        cloud.simulator.patch_tenant(partner, pricing_mode="production")
        cloud.simulator.reset_counters()
        for check in (True, False):
            assert results(undo(cloud, source_of(outcome, what), check=check)) == {partner: "conflict"}
        assert cloud.puts() == {}

    def test_switching_off_that_is_still_under_way(self, cloud: Cloud, tmp_path: Path, what: str) -> None:
        estate = Estate(cloud, 0, on=2)
        cloud.simulator.settings(switches={"disable": "polls:30"})
        wanted = estate.policy("disabled", guards={"allow_disable": True})
        outcome = run(cloud, wanted, records=tmp_path)
        done = undo(cloud, source_of(outcome, what))
        assert results(done) == dict.fromkeys(estate.on, "changed")
        assert estate.enabled() == set(estate.on)

    def test_a_tenant_that_cannot_be_read(self, cloud: Cloud, tmp_path: Path, what: str) -> None:
        estate = Estate(cloud, 3)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        first, *others = estate.off
        cloud.simulator.fault("error_text", path=f"/api/2/tenants/{first}/mfa/status", times=None)
        done = undo(cloud, source_of(outcome, what))
        assert first in (done.failure or "")
        assert results(done) == {first: "not_started", **dict.fromkeys(others, "changed")}
        assert estate.enabled() == {first}

    @pytest.mark.parametrize("kind", ["reset_after", "error_after", "empty_body", "cut_off"])
    def test_a_change_whose_answer_is_lost(self, cloud: Cloud, kind: str) -> None:
        estate = Estate(cloud, 3)
        outcome = run(cloud, estate.policy())
        cloud.simulator.reset_counters()
        cloud.simulator.fault(kind, method="PUT", route=ENDPOINT, times=None)
        done = undo(cloud, outcome.values["changes"])
        assert results(done) == dict.fromkeys(estate.off, "changed")
        assert cloud.toggles() == cloud.puts() == dict.fromkeys(estate.off, 1)
        assert estate.enabled() == set()

    def test_each_is_read_once(self, cloud: Cloud) -> None:
        estate = Estate(cloud, 5)
        outcome = run(cloud, estate.policy())
        cloud.simulator.reset_counters()
        undo(cloud, outcome.values["changes"])
        assert cloud.count(MFA) == 5


def job_of(source: str | list[dict[str, Any]]) -> UndoJob:
    """The undoing of a run, by its record or by the changes that it returned."""
    path, changes = (source, None) if isinstance(source, str) else (None, source)
    return UndoJob(record_path=path, changes=changes, scope_id=None, directory=None, allow_disable=True)


class TestSources:
    """What is no record, and no list of changes."""

    @pytest.mark.parametrize(
        "changed",
        [
            {"tenant_id": 7},
            {"path": "a/b"},
            {"before": "off"},
            {"after": None},
            {"after": "disable_in_progress"},
        ],
    )
    def test_changes_that_are_none(self, changed: dict[str, Any]) -> None:
        good = {"tenant_id": "a", "path": ["a"], "before": "disabled", "after": "enabled", "result": "changed"}
        assert len(job_of([good]).done()) == 1
        with pytest.raises(OptionError):
            job_of([{**good, **changed}]).done()
        missing = {name: value for name, value in good.items() if name not in changed}
        with pytest.raises(OptionError):
            job_of([missing]).done()

    @pytest.mark.parametrize("content", ["no newline", "{}", "\n", '{"hash": "x"}\n'])
    def test_records_that_are_none(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "record.jsonl"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(OptionError):
            job_of(str(path)).done()

    def test_nothing_to_undo(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 0, on=1)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        sources: list[Path | list[Change]] = [Path(outcome.values["record_path"]), []]
        for source in sources:
            done = undo(cloud, source, allow_disable=False)
            assert (done.changed, done.failure, done.values["changes"]) == (False, None, [])
