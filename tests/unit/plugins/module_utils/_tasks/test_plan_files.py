# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan as a file: private, whole, and written again only if it says something else."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._errors import OptionError
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.planning import ENDPOINT, make_plan
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.policies import policy
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import tenant

LONG_AGO = "2026-01-01T00:00:00Z"


@pytest.fixture
def document(cloud: Cloud) -> dict[str, Any]:
    """A policy for a partner with one customer that has drifted."""
    partner = tenant(cloud, kind="partner", pricing_mode="trial")["id"]
    tenant(cloud, parent_id=partner, name="Müller & Söhne\n🚀", users=2)
    return policy(scope_id=partner)


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    """Where the plan is written to."""
    return tmp_path / "plan.json"


def written(cloud: Cloud, document: dict[str, Any], dest: Path, **more: Any) -> Outcome:
    """Plan into the file."""
    return make_plan(cloud.connect(), document, dest=str(dest), **more)


def age(dest: Path) -> None:
    """Make the file say that it was made long ago, and nothing else."""
    dest.write_text(json.dumps({**json.loads(dest.read_text(encoding="utf-8")), "created_at": LONG_AGO}), "utf-8")


def test_it_holds_the_plan_and_is_private(cloud: Cloud, document: dict[str, Any], dest: Path) -> None:
    old = os.umask(0)
    try:
        outcome = written(cloud, document, dest)
    finally:
        os.umask(old)
    assert outcome.changed
    assert json.loads(dest.read_text(encoding="utf-8")) == outcome.values["plan"]
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600
    assert [path.name for path in dest.parent.iterdir()] == ["plan.json"]


def test_a_second_run_leaves_it_alone_though_the_time_differs(
    cloud: Cloud, document: dict[str, Any], dest: Path
) -> None:
    written(cloud, document, dest)
    age(dest)
    content, node = dest.read_bytes(), dest.stat().st_ino
    outcome = written(cloud, document, dest)
    assert not outcome.changed
    assert outcome.values["plan"]["created_at"] != LONG_AGO
    assert (dest.read_bytes(), dest.stat().st_ino) == (content, node)


@pytest.mark.parametrize("change", ["state", "name", "guards", "rollout"])
def test_another_plan_is_written(cloud: Cloud, document: dict[str, Any], dest: Path, change: str) -> None:
    first = written(cloud, document, dest)
    (customer,) = [one["tenant_id"] for one in first.values["plan"]["changes"]]
    if change == "state":
        cloud.simulator.patch_tenant(customer, mfa=True)
    elif change == "name":
        cloud.simulator.patch_tenant(customer, name="Renamed")
    else:
        document[change] = {"guards": {"max_changes": 7}, "rollout": {"max_per_run": 7}}[change]
    age(dest)
    outcome = written(cloud, document, dest)
    assert outcome.changed
    assert json.loads(dest.read_text(encoding="utf-8")) == outcome.values["plan"]
    assert (outcome.values["plan_hash"] == first.values["plan_hash"]) == (change != "state")


def test_check_mode_says_what_the_run_would_do_and_writes_nothing(
    cloud: Cloud, document: dict[str, Any], dest: Path
) -> None:
    predicted = written(cloud, document, dest, check=True)
    assert predicted.changed
    assert list(dest.parent.iterdir()) == []
    outcome = written(cloud, document, dest)
    for name in ("plan_hash", "summary", "tenants", "guard_violations"):
        assert predicted.values[name] == outcome.values[name]
    assert predicted.after == outcome.after
    assert not written(cloud, document, dest, check=True).changed


def test_without_a_file_nothing_ever_changes(cloud: Cloud, document: dict[str, Any]) -> None:
    assert not make_plan(cloud.connect(), document).changed


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "7", '{"format": 1}', "[" * 100_000, "\0"], ids=lambda c: c[:9]
)
def test_whatever_else_is_there_is_replaced(cloud: Cloud, document: dict[str, Any], dest: Path, content: str) -> None:
    dest.write_text(content, encoding="utf-8")
    dest.chmod(0o600)
    outcome = written(cloud, document, dest)
    assert outcome.changed
    assert json.loads(dest.read_text(encoding="utf-8")) == outcome.values["plan"]


def test_a_file_that_others_can_read_is_made_private(cloud: Cloud, document: dict[str, Any], dest: Path) -> None:
    written(cloud, document, dest)
    dest.chmod(0o644)
    assert written(cloud, document, dest).changed
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600
    assert not written(cloud, document, dest).changed


def test_a_link_is_replaced_and_never_followed(cloud: Cloud, document: dict[str, Any], dest: Path) -> None:
    other = dest.parent / "other"
    other.write_text("kept", encoding="utf-8")
    dest.symlink_to(other)
    assert written(cloud, document, dest).changed
    assert not dest.is_symlink()
    assert other.read_text(encoding="utf-8") == "kept"


def test_a_link_to_a_pipe_does_not_stop_it(cloud: Cloud, document: dict[str, Any], dest: Path) -> None:
    os.mkfifo(dest.parent / "pipe")
    dest.symlink_to(dest.parent / "pipe")
    assert written(cloud, document, dest).changed


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("place", ["absent/plan.json", ".", "pipe", "a" * 300], ids=lambda place: place[:9])
def test_what_cannot_be_written_is_refused_before_anything_is_read(
    cloud: Cloud, document: dict[str, Any], tmp_path: Path, place: str, check: bool
) -> None:
    os.mkfifo(tmp_path / "pipe")
    cloud.simulator.reset_counters()
    with pytest.raises(OptionError):
        written(cloud, document, tmp_path / place, check=check)
    assert cloud.simulator.counters()["total"] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_plan_with_unknown_tenants_is_written_without_them(
    cloud: Cloud, document: dict[str, Any], dest: Path
) -> None:
    tenant(cloud, parent_id=document["scope_id"])
    cloud.simulator.fault("platform_error", status=403, code=1002, route=ENDPOINT, after=1, times=1)
    outcome = written(cloud, document, dest)
    assert outcome.failure is not None
    assert outcome.changed
    assert json.loads(dest.read_text(encoding="utf-8")) == outcome.values["plan"]
