# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that are killed at any point: what they did is in their record, the next one goes on, and all can be undone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._record.record import read_record
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._enforce.enforcing import (
    ENDPOINT,
    Estate,
    assert_honest,
    begin,
    lines,
    of_type,
    results,
    run,
    settle,
    undo,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.tasks import COLLECTION, ROOT

#: Customers to be switched on, and bytes that the record has before the last of them.
CUSTOMERS = 16
BYTES = (CUSTOMERS - 1) * 400
#: Points at which each signal strikes.
POINTS = 12
#: What the server does with the change during which it strikes; with none, it strikes while the record is written,
#: and the last change is held so that the run does not end before.
HELD = ("hold", "hold_after", None)


def records_in(folder: Path) -> list[Path]:
    """The records, oldest first."""
    return sorted(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)


def await_bytes(folder: Path, size: int, is_alive: Callable[[], bool]) -> None:
    """Wait until the record has that many bytes, or the run has ended."""

    def written() -> int:
        found = records_in(folder)
        return found[-1].stat().st_size if found else -1

    while is_alive() and written() < size:
        time.sleep(0.0005)


def look(cloud: Cloud, estate: Estate, record: Path) -> set[str]:
    """The record explains what the server saw; returns the tenants that were switched."""
    settle(cloud)
    content = record.read_bytes()
    whole = [json.loads(line) for line in content[: content.rfind(b"\n") + 1].splitlines()]
    assert read_record(str(record)) == whole
    intents = [line["tenant_id"] for line in of_type(whole, "intent")]
    assert len(set(intents)) == len(intents)
    toggles = cloud.toggles()
    assert set(toggles.values()) <= {1}
    assert cloud.puts().keys() <= set(intents)
    changed = {line["tenant_id"] for line in of_type(whole, "outcome") if line["result"] == "changed"}
    assert changed <= toggles.keys()
    assert estate.enabled() == {*toggles, *estate.on}
    if whole:
        assert whole[0]["type"] == "header"
    return set(toggles)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_is_continued_and_undone(cloud: Cloud, tmp_path: Path, number: signal.Signals) -> None:
    estate = Estate(cloud, CUSTOMERS, on=3)
    before = estate.states()
    dice = Random(number)
    for point in range(POINTS):
        folder = tmp_path / str(point)
        cloud.simulator.reset_counters()
        held = HELD[point % 3]
        after = dice.randrange(CUSTOMERS) if held else CUSTOMERS - 1
        cloud.simulator.fault(held or "hold", method="PUT", route=ENDPOINT, after=after, times=None)
        process = begin(cloud, estate.policy(), folder, timeout=600)
        if held is not None:
            cloud.simulator.wait_for_held()
        else:
            await_bytes(folder, dice.randrange(-1, BYTES), process.is_alive)
        os.kill(process.pid or 0, number)
        process.join(60)
        assert process.exitcode == -number
        cloud.simulator.clear_faults()
        switched = set[str]()
        killed = records_in(folder)
        if killed:
            switched = look(cloud, estate, killed[0])
        if point // 3 % 2:
            # The lock of the dead holds nobody up, and what is done is not done again.
            following = run(cloud, estate.policy(), records=folder)
            assert following.failure is None
            assert set(results(following)) == set(estate.off) - switched
            assert set(results(following).values()) <= {"changed"}
            assert cloud.toggles() == dict.fromkeys(estate.off, 1)
            assert estate.enabled() == {*estate.off, *estate.on}
        for record in reversed(records_in(folder)):
            undone = undo(cloud, record)
            assert undone.failure is None
            assert undone.values["conflicts"] == []
        assert estate.states() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("done", [0, CUSTOMERS // 2])
def test_the_module(cloud: Cloud, tmp_path: Path, number: signal.Signals, done: int) -> None:
    estate = Estate(cloud, CUSTOMERS)
    before = estate.states()
    cloud.simulator.fault("hold", method="PUT", route=ENDPOINT, after=done, times=None)
    folder = tmp_path / "records"
    arguments = {
        "datacenter_url": cloud.simulator.url,
        "client_id": cloud.simulator.client_id,
        "client_secret": cloud.simulator.client_secret,
        "token_cache": False,
        "concurrency": 4,
        "timeout": 600,
        "policy": estate.policy(),
        "record_dir": str(folder),
    }
    file = tmp_path / "arguments.json"
    file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(COLLECTION / "plugins" / "modules" / "acronis_mfa_policy.py"), str(file)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            # Whoever is killed leaves a directory behind.
            "TMPDIR": str(tmp_path),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    cloud.simulator.wait_for_held()
    process.send_signal(number)
    output, _nothing = process.communicate(timeout=60)
    assert (process.returncode, output) == (-number, "")
    cloud.simulator.clear_faults()
    (killed,) = records_in(folder)
    switched = look(cloud, estate, killed)
    assert len(switched) < CUSTOMERS
    undone = undo(cloud, killed)
    assert undone.values["summary"]["changed"] == len(switched)
    assert estate.states() == before
    cloud.simulator.reset_counters()
    following = run(cloud, estate.policy(), records=folder)
    assert_honest(cloud, estate, following)
    assert results(following) == dict.fromkeys(estate.off, "changed")
    whole = {undone.values["record_path"], following.values["record_path"]}
    assert {str(path) for path in records_in(folder)} == {str(killed), *whole}
    assert all(lines(Path(path))[-1]["type"] == "end" for path in whole)


def test_two_killed_one_after_the_other(cloud: Cloud, tmp_path: Path) -> None:
    estate = Estate(cloud, CUSTOMERS, on=1)
    before = estate.states()
    for _again in range(2):
        cloud.simulator.fault("hold_after", method="PUT", route=ENDPOINT, after=CUSTOMERS // 4, times=None)
        process = begin(cloud, estate.policy(), tmp_path, timeout=600)
        cloud.simulator.wait_for_held()
        process.kill()
        process.join(60)
        cloud.simulator.clear_faults()
        settle(cloud)
    outcome = run(cloud, estate.policy(), records=tmp_path)
    assert outcome.failure is None
    assert cloud.toggles() == dict.fromkeys(estate.off, 1)
    intents = [line["tenant_id"] for path in records_in(tmp_path) for line in of_type(read_record(str(path)), "intent")]
    assert set(intents) == set(estate.off)
    for record in reversed(records_in(tmp_path)):
        assert undo(cloud, record).failure is None
    assert estate.states() == before
