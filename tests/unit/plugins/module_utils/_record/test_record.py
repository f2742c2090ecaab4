# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a run and the lock of its scope: who, what and when, private, whole, and one run at a time."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._errors import OptionError, RefusedError
from ansible_collections.tenantops.access.plugins.module_utils._record.lock import ScopeLock
from ansible_collections.tenantops.access.plugins.module_utils._record.record import Record, read_record
from ansible_collections.tenantops.access.plugins.module_utils._record.run import Run
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._enforce.enforcing import (
    ENDPOINT,
    Estate,
    assert_honest,
    begin,
    counted,
    lines,
    of_type,
    results,
    room_for,
    run,
    undo,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud

SCOPE = "5a5d3fb4-0000-4000-8000-000000000001"


def only(folder: Path) -> Path:
    """The record in a directory that has one."""
    (found,) = folder.glob("*.jsonl")
    return found


class TestContent:
    """What stands in it."""

    def test_every_write_is_announced_and_reported(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 7, on=2)
        outcome = run(cloud, estate.policy(), records=tmp_path)
        path = only(tmp_path)
        assert outcome.values["record_path"] == str(path)
        record = lines(path)
        assert read_record(str(path)) == record
        header, end = record[0], record[-1]
        assert (header["type"], end["type"]) == ("header", "end")
        assert header["run_id"] == outcome.values["run_id"]
        assert header["plan_hash"] == outcome.values["plan_hash"]
        assert (header["scope_id"], header["policy"]) == (estate.partner, "enforced")
        assert header["pid"] == os.getpid()
        assert header["host"]
        assert header["actor"]
        for tenant_id in estate.off:
            of_it = [line for line in record if line.get("tenant_id") == tenant_id]
            assert [line["type"] for line in of_it] == ["intent", "outcome"]
            assert (of_it[0]["before"], of_it[0]["after"]) == ("disabled", "enabled")
            assert (of_it[1]["result"], of_it[1]["status"]) == ("changed", "enabled")
        assert len(record) == 2 + 2 * 7
        assert end["refused"] is None
        assert {name: count for name, count in end["results"].items() if count} == counted(outcome)

    def test_what_is_passed_over_and_who_approved(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 40)
        plan = estate.plan()
        done, moved, *others = estate.off
        cloud.simulator.patch_tenant(done, mfa=True)
        cloud.simulator.patch_tenant(moved, enabled=False)
        outcome = run(cloud, plan, approve=plan["hash"], records=tmp_path)
        record = lines(only(tmp_path))
        assert record[0]["approved"] is True
        (passed_over,) = of_type(record, "passed_over")
        found = {one["tenant_id"]: one["result"] for one in passed_over["tenants"]}
        assert found == {done: "already", moved: "conflict"}
        assert len(of_type(record, "intent")) == len(others)
        assert results(outcome) == {**found, **dict.fromkeys(others, "changed")}

    def test_the_job_of_awx(self, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JOB_ID", "4711")
        run(cloud, Estate(cloud, 1).policy(), records=tmp_path)
        assert lines(only(tmp_path))[0]["job"] == "4711"

    def test_it_is_private(self, cloud: Cloud, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            run(cloud, Estate(cloud, 1).policy(), records=tmp_path / "below" / "records")
        finally:
            os.umask(before)
        folder = tmp_path / "below" / "records"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.lstat().st_mode) for path in folder.iterdir()} == {0o600}

    def test_each_run_has_its_own(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 2)
        paths = [run(cloud, estate.policy(), records=tmp_path).values["record_path"] for _unused in range(3)]
        assert len(set(paths)) == 3
        assert [len(of_type(lines(Path(path)), "intent")) for path in paths] == [2, 0, 0]

    def test_names_of_customers_stay_text(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 0)
        names = ['a"b\\c', "line\nbreak\u2028and\u0085more", "{{ 7 * 7 }}", "../../up", "\U0001f512 日本"]
        for name in names:
            estate.off.append(estate.add(name, users=1))
        outcome = run(cloud, estate.policy(), records=tmp_path)
        record = read_record(str(only(tmp_path)))
        assert sorted(line["path"][-1] for line in of_type(record, "intent")) == sorted(names)
        assert counted(undo(cloud, Path(outcome.values["record_path"]))) == {"changed": 5}
        assert estate.enabled() == set()

    def test_no_secret(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 4)
        secret = cloud.simulator.client_secret
        for tenant_id in estate.off:
            cloud.simulator.fault(
                "platform_error",
                path=f"/api/2/tenants/{tenant_id}/mfa/status",
                method="PUT",
                status=403,
                code=1002,
                message=f"not with {secret}",
            )
        outcome = run(cloud, estate.policy(rollout={"max_failures": 9}), records=tmp_path)
        assert counted(outcome) == {"failed": 4}
        assert secret not in only(tmp_path).read_text(encoding="utf-8")


class TestReading:
    """What can be read of it, whatever became of its run."""

    def test_it_can_be_cut_at_any_byte(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 2)
        run(cloud, estate.policy(), records=tmp_path)
        path = only(tmp_path)
        content = path.read_bytes()
        whole = [json.loads(line) for line in content.splitlines()]
        for size in reversed(range(len(content) + 1)):
            os.truncate(path, size)
            assert read_record(str(path)) == whole[: content[:size].count(b"\n")]

    @pytest.mark.parametrize(
        "content",
        [
            "no json\n",
            "[1]\n",
            '{"type": "intent"}\n',
            '{"type": "header", "format": 99}\n',
            "\xff\n",
            "[" * 9999 + "\n",
        ],
    )
    def test_something_else_is_refused(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "other.jsonl"
        path.write_text(content, encoding="latin-1")
        with pytest.raises(OptionError, match=r"other\.jsonl"):
            read_record(str(path))

    @pytest.mark.parametrize("name", ["missing.jsonl", ".", "nul\0byte"])
    def test_what_cannot_be_read(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(OptionError, match="cannot be read"):
            read_record(f"{tmp_path}/{name}")

    def test_many_threads_write_whole_lines(self, tmp_path: Path) -> None:
        record = Record(str(tmp_path), SCOPE, Run.begin())
        record.write("header", format=1)

        def write(number: int) -> None:
            for one in range(40):
                record.write("intent", tenant_id=f"{number}-{one}", text="x" * 100 * number)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        record.close()
        found = of_type(read_record(record.path), "intent")
        assert sorted(line["tenant_id"] for line in found) == sorted(f"{a}-{b}" for a in range(8) for b in range(40))


class TestFullDisk:
    """Nothing is changed that cannot be recorded, and what was changed is known."""

    def test_a_part_of_a_line_does_not_spoil_the_others(self, tmp_path: Path) -> None:
        record = Record(str(tmp_path), SCOPE, Run.begin())
        record.write("header", format=1)
        with room_for(os.path.getsize(record.path) + 20), pytest.raises(OptionError, match="cannot be written"):
            record.write("intent", tenant_id="one")
        record.write("outcome", tenant_id="two")
        record.close()
        assert [line.get("tenant_id") for line in read_record(record.path)] == [None, "two"]

    @pytest.mark.parametrize("room", [1200, 1700, 2200])
    def test_the_run_stops_and_says_what_it_has_done(self, cloud: Cloud, tmp_path: Path, room: int) -> None:
        estate = Estate(cloud, 12)
        with room_for(room):
            outcome = run(cloud, estate.policy(), records=tmp_path, concurrency=2)
        assert outcome.failure is not None
        assert str(only(tmp_path)) in outcome.failure
        assert_honest(cloud, estate, outcome)
        switched = estate.enabled()
        assert len(switched) < 12
        assert {tenant for tenant, result in results(outcome).items() if result == "changed"} == switched
        intents = {line["tenant_id"] for line in of_type(read_record(str(only(tmp_path))), "intent")}
        assert cloud.puts().keys() == switched <= intents
        assert undo(cloud, outcome.values["changes"]).failure is None
        assert estate.enabled() == set()

    def test_an_outcome_that_cannot_be_written_is_told(
        self, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        estate = Estate(cloud, 1)
        write = Record.write

        def full(record: Record, kind: str, **values: Any) -> None:
            if kind == "outcome":
                raise OptionError("the record cannot be written", "Make room.")
            write(record, kind, **values)

        with monkeypatch.context() as disk:
            disk.setattr(Record, "write", full)
            done = run(cloud, estate.policy(), records=tmp_path)
            undone = undo(cloud, Path(done.values["record_path"]))
        for outcome in (done, undone):
            assert results(outcome) == {estate.off[0]: "changed"}
            assert "cannot be written" in (outcome.failure or "")
        assert estate.enabled() == set()

    def test_nothing_is_written_when_there_is_no_room_at_all(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 3)
        with room_for(10), pytest.raises(OptionError, match="cannot be written"):
            run(cloud, estate.policy(), records=tmp_path)
        assert cloud.puts() == {}


class TestDirectory:
    """Directories that cannot hold records are refused before anything is written, in check mode too."""

    def others_may_write(self, path: Path) -> None:
        path.mkdir()
        path.chmod(0o777)

    def a_file(self, path: Path) -> None:
        path.write_text("", encoding="utf-8")

    @pytest.mark.parametrize("check", [False, True])
    @pytest.mark.parametrize("spoil", [others_may_write, a_file])
    def test_it_is_refused(
        self, cloud: Cloud, tmp_path: Path, spoil: Callable[[TestDirectory, Path], None], check: bool
    ) -> None:
        estate = Estate(cloud, 1)
        spoil(self, tmp_path / "records")
        with pytest.raises(OptionError, match="records"):
            run(cloud, estate.policy(), records=tmp_path / "records", check=check)
        assert cloud.puts() == {}

    def test_a_lock_that_is_a_link(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 1)
        victim = tmp_path / "victim"
        victim.write_text("precious", encoding="utf-8")
        records = tmp_path / "records"
        records.mkdir(mode=0o700)
        (records / f"{estate.partner}.lock").symlink_to(victim)
        with pytest.raises(OptionError, match="lock"):
            run(cloud, estate.policy(), records=records)
        assert victim.read_text(encoding="utf-8") == "precious"
        assert cloud.puts() == {}


class TestLock:
    """One run at a time on a scope."""

    def test_the_second_is_told_who_is_at_it(self, cloud: Cloud, tmp_path: Path) -> None:
        estate, other = Estate(cloud, 4), Estate(cloud, 2)
        cloud.simulator.fault("hold_after", method="PUT", route=ENDPOINT)
        first = begin(cloud, estate.policy(), tmp_path, timeout=600)
        cloud.simulator.wait_for_held()
        header = read_record(str(only(tmp_path)))[0]
        for source in (estate.policy(), estate.plan()):
            with pytest.raises(RefusedError) as refused:
                run(cloud, source, records=tmp_path)
            for known in (header["run_id"], str(first.pid), header["host"], header["actor"], header["started_at"]):
                assert known in str(refused.value)
        # The second has no record, because it has done nothing.
        assert len(list(tmp_path.glob("*.jsonl"))) == 1
        # Another scope goes on.
        assert results(run(cloud, other.policy(), records=tmp_path)) == dict.fromkeys(other.off, "changed")

        first.kill()
        first.join(60)
        cloud.simulator.clear_faults()
        assert run(cloud, estate.policy(), records=tmp_path).failure is None
        assert estate.enabled() == set(estate.off)

    def test_check_mode_is_told_too(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 1)
        holder = Run.begin()
        lock = ScopeLock(str(tmp_path), estate.partner, holder)
        before = sorted(tmp_path.iterdir())
        with pytest.raises(RefusedError, match=holder.run_id):
            run(cloud, estate.policy(), records=tmp_path, check=True)
        lock.release()
        assert results(run(cloud, estate.policy(), records=tmp_path, check=True)) == {estate.off[0]: "changed"}
        assert sorted(tmp_path.iterdir()) == before

    def test_it_ends_with_the_run(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 1)
        for number in range(3):
            lock = ScopeLock(str(tmp_path), estate.partner, Run.begin())
            with pytest.raises(RefusedError):
                run(cloud, estate.policy(), records=tmp_path)
            lock.release()
            assert bool(results(run(cloud, estate.policy(), records=tmp_path))) is (number == 0)

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"run_id": 1}', b"\xff" * 9000])
    def test_what_is_left_of_a_lock_does_not_hold(self, cloud: Cloud, tmp_path: Path, content: bytes) -> None:
        estate = Estate(cloud, 1)
        tmp_path.chmod(0o700)
        lock = tmp_path / f"{estate.partner}.lock"
        lock.write_bytes(content)
        assert results(run(cloud, estate.policy(), records=tmp_path)) == {estate.off[0]: "changed"}

    def test_a_run_that_fails_lets_go(self, cloud: Cloud, tmp_path: Path) -> None:
        estate = Estate(cloud, 1)
        with pytest.raises(OptionError, match="decides"):
            run(
                cloud,
                estate.policy(rules=[{"name": "n", "match": {"kind": ["root"]}, "mfa": "enabled"}]),
                records=tmp_path,
            )
        assert run(cloud, estate.policy(), records=tmp_path).failure is None
