# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a long task writes down while it works: counts, no names, and never in the way of the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._progress import FILE_NAME, Progress
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.planning import (
    assert_planned,
    make_plan,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.policies import policy
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.truth import Truth
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import tenant


class Recorded(Progress):
    """Remembers every state that could be read in between, and writes each step unless ``wanted`` says otherwise."""

    def __init__(self, directory: Path, **wanted: Any) -> None:
        super().__init__(str(directory), **{"interval": 0.0, **wanted})
        self.seen: list[dict[str, Any]] = []
        self._file = directory / FILE_NAME

    def _look(self) -> None:
        self.seen.append(json.loads(self._file.read_text(encoding="utf-8")))

    def begin(self, phase: str, total: int) -> None:
        super().begin(phase, total)
        self._look()

    def reached(self, count: int) -> None:
        super().reached(count)
        self._look()

    def done(self, *, changed: bool = False, failed: bool = False) -> None:
        super().done(changed=changed, failed=failed)
        self._look()

    def phases(self) -> dict[str, tuple[int, int]]:
        """The last of done and total of each phase, in the order of the phases."""
        return {one["phase"]: (one["done"], one["total"]) for one in self.seen}


class TestCounts:
    """what is written"""

    def test_steps_and_phases(self, tmp_path: Path) -> None:
        recorded = Recorded(tmp_path)
        recorded.begin("read", 3)
        recorded.done()
        recorded.done(failed=True)
        recorded.begin("written", 2)
        recorded.done(changed=True)
        shown = [(one["phase"], one["done"], one["total"], one["changed"], one["failed"]) for one in recorded.seen]
        assert shown == [
            ("read", 0, 3, 0, 0),
            ("read", 1, 3, 0, 0),
            ("read", 2, 3, 0, 1),
            ("written", 0, 2, 0, 0),
            ("written", 1, 2, 1, 0),
        ]
        assert all(one["seconds"] >= 0 for one in recorded.seen)
        assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]

    @pytest.mark.parametrize("verify", ["all", "sample"])
    def test_a_plan_shows_each_of_its_phases_to_the_end(self, cloud: Cloud, tmp_path: Path, verify: str) -> None:
        partner = tenant(cloud, kind="partner", name="Secret partner", pricing_mode="trial")["id"]
        for _number in range(25):
            tenant(cloud, parent_id=partner, name="Secret customer", users=2)
        recorded = Recorded(tmp_path)
        document = policy(scope_id=partner, guards={"protected_users": ["nobody"]})
        make_plan(cloud.connect(), document, verify, progress=recorded)
        assert list(recorded.phases().items()) == [
            ("tenants listed", (26, 0)),
            ("read", (26, 26)),
            ("users listed", (50, 0)),
        ]
        done = [one["done"] for one in recorded.seen if one["phase"] == "read"]
        assert done == list(range(27))

    @pytest.mark.parametrize("mapping", ["unreliable", "absent"])
    def test_a_sample_that_becomes_a_reading_of_all_is_counted_too(
        self, cloud: Cloud, tmp_path: Path, mapping: str
    ) -> None:
        cloud.simulator.settings(switches={"listing_mfa_mapping": mapping})
        recorded = Recorded(tmp_path)
        outcome = make_plan(cloud.connect(), policy(), "sample", progress=recorded)
        organizations = sum(outcome.values["summary"]["evidence"].values())
        assert recorded.phases()["read"] == (organizations, organizations)

    def test_no_name_and_no_id_is_written(self, cloud: Cloud, tmp_path: Path) -> None:
        recorded = Recorded(tmp_path)
        make_plan(cloud.connect(), policy(guards={"protected_users": ["*"]}), progress=recorded)
        assert {name for one in recorded.seen for name in one} == {
            "phase",
            "seconds",
            "done",
            "total",
            "changed",
            "failed",
        }
        words = {one.pop("phase") for one in recorded.seen}
        assert words == {"tenants listed", "read", "users listed"}
        assert all(isinstance(value, (int, float)) for one in recorded.seen for value in one.values())

    def test_a_directory_that_goes_away_does_not_disturb_the_work(self, cloud: Cloud, tmp_path: Path) -> None:
        partner = tenant(cloud, kind="partner", pricing_mode="trial")["id"]
        tenant(cloud, parent_id=partner)
        document = policy(scope_id=partner)
        outcome = make_plan(cloud.connect(), document, progress=Progress(str(tmp_path / "gone")))
        assert_planned(outcome, Truth(cloud.simulator), document)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


# Of a machine that has just booted, of one that began to count below zero, and of one that runs for years.
@pytest.mark.parametrize("now", [0.0, 0.001, -5.0, 1e9])
class TestHowOften:
    """The file is written when it is due, whatever the clock says."""

    def test_the_first_step_of_each_phase_is_shown_at_once(self, tmp_path: Path, now: float) -> None:
        recorded = Recorded(tmp_path, interval=0.5, clock=Clock(now))
        for phase in ("read", "written"):
            recorded.begin(phase, 5)
            assert recorded.seen[-1] == {
                "phase": phase,
                "seconds": 0.0,
                "done": 0,
                "total": 5,
                "changed": 0,
                "failed": 0,
            }

    def test_after_that_twice_a_second_at_most(self, tmp_path: Path, now: float) -> None:
        clock = Clock(now)
        recorded = Recorded(tmp_path, interval=0.5, clock=clock)
        recorded.begin("read", 1000)
        for _number in range(8):
            recorded.done()
            clock.now += 0.125
        # Done at 0, 0.125, ... 0.875 seconds: what is done at 0.5 is the fifth.
        assert [one["done"] for one in recorded.seen] == [0, 0, 0, 0, 0, 5, 5, 5, 5]
        assert recorded.seen[-1]["seconds"] == 0.5


def test_it_is_written_twice_a_second_unless_told_otherwise(tmp_path: Path) -> None:
    clock = Clock(0.0)
    progress = Progress(str(tmp_path), clock=clock)
    progress.begin("read", 2)
    clock.now = 0.499
    progress.done()
    assert json.loads((tmp_path / FILE_NAME).read_text(encoding="utf-8"))["done"] == 0
    clock.now = 0.5
    progress.done()
    assert json.loads((tmp_path / FILE_NAME).read_text(encoding="utf-8"))["done"] == 2


def test_whoever_wants_none_gets_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    silent = Progress(None)
    silent.begin("read", 2)
    silent.done()
    silent.reached(2)
    assert list(tmp_path.iterdir()) == []
