# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated node of each dialect for all tests of a process, started and ended by hooks as the cloud is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.tenantops.access.tests.unit.support.docluster import OPTIONS, PROFILES, Node
from simulator.process import Simulator

NODES = pytest.StashKey[dict[str, Simulator]]()
FIXTURES = {"node", *PROFILES}


def _start(profile: str) -> Simulator:
    return Simulator("docluster", arguments=["--profile", profile, *OPTIONS])


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the nodes if a test wants one."""
    if any(FIXTURES.intersection(getattr(item, "fixturenames", ())) for item in session.items):
        with ThreadPoolExecutor(len(PROFILES)) as starting:
            started = dict(zip(PROFILES, starting.map(_start, PROFILES), strict=True))
        session.config.stash[NODES] = started


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the nodes."""
    for simulator in session.config.stash.get(NODES, {}).values():
        simulator.stop()


def _fresh(request: pytest.FixtureRequest, profile: str) -> Node:
    node = Node(request.config.stash[NODES][profile])
    node.reset()
    return node


@pytest.fixture(params=PROFILES)
def node(request: pytest.FixtureRequest) -> Node:
    """A node of each dialect in turn."""
    return _fresh(request, request.param)


@pytest.fixture
def manual(request: pytest.FixtureRequest) -> Node:
    """A node as the manual describes it."""
    return _fresh(request, "manual")


@pytest.fixture
def old(request: pytest.FixtureRequest) -> Node:
    """A node of the older releases."""
    return _fresh(request, "old")


@pytest.fixture
def head(request: pytest.FixtureRequest) -> Node:
    """A node of the newest release."""
    return _fresh(request, "head")
