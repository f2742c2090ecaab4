# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies enforced over a partner and customers that a test makes for itself."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from ansible_collections.tenantops.access.plugins.module_utils._estate.evaluate import evaluate
from ansible_collections.tenantops.access.plugins.module_utils._policy.document import read_policy
from ansible_collections.tenantops.access.plugins.module_utils._progress import Progress
from ansible_collections.tenantops.access.plugins.module_utils._tasks.mfa_policy import EnforceRequest, enforce
from ansible_collections.tenantops.access.plugins.module_utils._tasks.mfa_rollback import UndoRequest, roll_back
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud

#: Routes as the simulator counts them, and as faults want them.
PUT = "PUT /tenants/{id}/mfa/status"
ENDPOINT = "/tenants/{id}/mfa/status"
#: Guards that count nothing, for what is not about guards.
OPEN = {"max_changes": 1000, "max_change_percent": 100, "max_lockouts": 100000}

_NUMBERS = itertools.count(1)
Change = dict[str, Any]


class Estate:
    """A partner and its customers: ``off`` without MFA, ``on`` with it.

    Args:
        cloud: where to make them.
        off: how many of the one.
        on: how many of the other.
        users: how many each of them has.
    """

    def __init__(self, cloud: Cloud, off: int, on: int = 0, users: int = 1) -> None:
        self._cloud = cloud
        number = next(_NUMBERS)
        self.partner = cloud.simulator.create_tenant(kind="partner", name=f"Enforced {number}", mfa=True)["id"]
        self.off = [self.add(f"Off {one}", users=users) for one in range(off)]
        self.on = [self.add(f"On {one}", users=users, mfa=True) for one in range(on)]
        cloud.simulator.reset_counters()

    def add(self, name: str, **wanted: Any) -> str:
        """Make one more customer; its id."""
        return str(self._cloud.simulator.create_tenant(parent_id=self.partner, name=name, **wanted)["id"])

    def policy(self, mfa: str = "enabled", **more: Any) -> dict[str, Any]:
        """A policy that wants this of all customers, without guards that count unless ``more`` has some."""
        rules = [{"name": "customers", "match": {"kind": ["customer"]}, "mfa": mfa}]
        return {"name": "enforced", "scope_id": self.partner, "rules": rules, "guards": OPEN, **more}

    def states(self) -> dict[str, str]:
        """The truth: the state of each customer that is left."""
        everything = self._cloud.simulator.tenants(self.partner)
        return {one["id"]: one["mfa"] for one in everything if one["kind"] == "customer" and not one["deleted"]}

    def enabled(self) -> set[str]:
        """Customers that have MFA now."""
        return {tenant_id for tenant_id, state in self.states().items() if state == "enabled"}

    def plan(self, document: dict[str, Any] | None = None, **wanted: Any) -> dict[str, Any]:
        """A plan as the module for plans returns it."""
        client = self._cloud.connect(**wanted)
        made = evaluate(client, read_policy(document or self.policy()), "all", Progress(None)).plan
        data: dict[str, Any] = json.loads(json.dumps(made.as_data()))
        self._cloud.simulator.reset_counters()
        return data


def run(
    cloud: Cloud,
    source: dict[str, Any],
    *,
    approve: str | None = None,
    verify: str = "all",
    records: Path | None = None,
    scope_id: str | None = None,
    check: bool = False,
    **wanted: Any,
) -> Outcome:
    """What the module would do with a policy, or with a plan."""
    is_plan = "hash" in source
    request = EnforceRequest(
        policy=None if is_plan else source,
        policy_file=None,
        plan=source if is_plan else None,
        plan_file=None,
        scope_id=scope_id,
        approve=approve,
        verify=verify,
        record_dir=None if records is None else str(records),
        return_tenants="changed",
    )
    return enforce(cloud.connect(**wanted), request, Progress(None), check)


def undo(
    cloud: Cloud,
    source: Path | list[Change],
    *,
    allow_disable: bool = True,
    scope_id: str | None = None,
    records: Path | None = None,
    check: bool = False,
    **wanted: Any,
) -> Outcome:
    """What the module for rolling back would do with a record, or with the changes that a run returned."""
    path, changes = (str(source), None) if isinstance(source, Path) else (None, source)
    request = UndoRequest(
        record_path=path,
        changes=changes,
        scope_id=scope_id,
        record_dir=None if records is None else str(records),
        allow_disable=allow_disable,
    )
    return roll_back(cloud.connect(**wanted), request, Progress(None), check)


def results(outcome: Outcome) -> dict[str, str]:
    """The result of each change, by tenant."""
    return {one["tenant_id"]: one["result"] for one in outcome.values["changes"]}


def counted(outcome: Outcome) -> dict[str, int]:
    """How many changes came out how, without zeros."""
    counts = outcome.values["summary"].get("results", outcome.values["summary"])
    return {name: count for name, count in counts.items() if count}


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a record that is whole."""
    content = path.read_text(encoding="utf-8")
    assert content.endswith("\n")
    return [json.loads(line) for line in content.splitlines()]


def of_type(record: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Its lines of one kind."""
    return [line for line in record if line["type"] == kind]


def assert_honest(cloud: Cloud, estate: Estate, outcome: Outcome) -> None:
    """No tenant was switched twice, and what is said of each is so."""
    truth = estate.states()
    toggles = cloud.toggles()
    assert set(toggles.values()) <= {1}
    assert toggles.keys() <= results(outcome).keys()
    for change in outcome.values["changes"]:
        tenant_id = change["tenant_id"]
        assert change["status"] in (None, truth[tenant_id]), change
        if change["result"] == "changed":
            assert change["status"] == change["after"]
            assert tenant_id in toggles
        if change["result"] in ("already", "conflict", "not_started"):
            assert tenant_id not in cloud.puts()


def begin(cloud: Cloud, source: dict[str, Any], records: Path, **wanted: Any) -> ForkProcess:
    """Begin a run in a process of its own, to be killed."""
    process = multiprocessing.get_context("fork").Process(
        target=run, args=(cloud, source), kwargs={"records": records, **wanted}
    )
    process.start()
    return process


def settle(cloud: Cloud) -> None:
    """Wait until the server is done with what it was sent."""
    deadline = time.monotonic() + 60
    while cloud.simulator.counters()["in_flight"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process can grow beyond ``size`` bytes meanwhile, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
