# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulated cloud for all tests, as it was at the start for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ..process import Simulator
from .api import Api

Make = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def running_cloud() -> Iterator[Simulator]:
    """The process that the tests share."""
    with Simulator(tenants=200, seed=7) as cloud:
        yield cloud


@pytest.fixture
def cloud(running_cloud: Simulator) -> Simulator:
    """The shared process as it was at its start."""
    running_cloud.reset()
    return running_cloud


@pytest.fixture
def api(cloud: Simulator) -> Api:
    """The main client: an administrator of the MSP."""
    return Api(cloud)


@pytest.fixture
def make(cloud: Simulator) -> Make:
    """Creates a tenant with two active users below the MSP, or wherever and however the test says."""
    names = iter(range(1000))

    def create(**wanted: Any) -> dict[str, Any]:
        return cloud.create_tenant(**{"name": f"made {next(names)}", "kind": "customer", "users": 2, **wanted})

    return create
