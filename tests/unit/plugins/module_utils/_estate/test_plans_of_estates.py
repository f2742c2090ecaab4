# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random policies over random estates: the plan is what follows from the simulator's truth."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._estate.evidence import SAMPLE_SIZE
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.planning import (
    assert_planned,
    make_plan,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.policies import Dice
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.truth import Truth
from ansible_collections.tenantops.access.tests.unit.support.cloud import LISTING, MFA, TENANT, TOKEN, Cloud
from ansible_collections.tenantops.access.tests.unit.support.length import seeds
from ansible_collections.tenantops.access.tests.unit.support.people import USERS
from simulator.process import Simulator

#: Requests beside those for pages and for organizations.
FEW = 5


@pytest.mark.parametrize("seed", seeds(8))
def test_a_random_policy_and_scope(cloud: Cloud, seed: int) -> None:
    client = "partner" if seed % 4 == 3 else "admin"
    truth = Truth(cloud.simulator, client)
    estate = truth.facts()
    dice = Dice(seed, estate)
    for number, verify in enumerate(["all", "sample", "all"]):
        document = dice.policy()
        if number:
            document["scope_id"] = Random(seed * 10 + number).choice(estate).id
        outcome = make_plan(cloud.connect(client=client), document, verify)
        assert_planned(outcome, truth, document, inferred=verify == "sample")
    assert cloud.puts() == {}


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_a_random_estate(seed: int) -> None:
    with Simulator(tenants=400, seed=seed) as simulator:
        cloud = Cloud(simulator)
        truth = Truth(simulator)
        estate = truth.facts()
        organizations = [one for one in estate if one.inherits_from is None]
        dice = Dice(seed, estate)
        for verify in ("all", "sample", "sample"):
            document = dice.policy()
            simulator.reset_counters()
            outcome = make_plan(cloud.connect(), document, verify)
            assert_planned(outcome, truth, document, inferred=verify == "sample")
            assert_few_requests(cloud, outcome.values["summary"]["strata"], len(organizations))


def assert_few_requests(cloud: Cloud, strata: list[dict[str, Any]], organizations: int) -> None:
    """As many requests as the evidence needs, and none that writes."""
    counters = cloud.simulator.counters()
    requests = counters["requests"]
    reading = sum(min(one["count"], SAMPLE_SIZE) for one in strata) if strata else organizations
    assert requests[MFA] == reading
    pages = requests[LISTING] + requests.get(USERS, 0)
    assert pages <= 4
    assert counters["total"] <= pages + reading + FEW
    assert set(requests) <= {TOKEN, "GET /clients/{id}", LISTING, USERS, MFA, TENANT}
    assert counters["mfa_puts"] == {}
