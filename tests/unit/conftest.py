# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated clouds for all tests of a process, and the settings of hypothesis.

ansible-test runs every test in a fork of its own, where a fixture of a wider scope would be made anew each time and
never torn down. So the simulators are started by hooks, before the first fork, and ended after the last one.
"""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# The simulator is a package of its own beside the unit tests.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ansible_collections.tenantops.access.tests.unit.support.certificates import Authority
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.length import LENGTH
from ansible_collections.tenantops.access.tests.unit.support.servers import Respond, Serve, Server
from simulator.process import Simulator

SIMULATORS = pytest.StashKey[dict[str, Simulator]]()
#: Clouds by the fixture that hands them out.
CLOUDS: dict[str, dict[str, Any]] = {
    "cloud": {"tenants": 100, "seed": 1},
    # Its tenants do not fit into one page.
    "large": {"tenants": 5200, "seed": 3, "users_per_tenant": "1"},
}
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")
PREFIXES = ("ACRONIS_", "DOCLUSTER_")

# Machines are slow at times. A usual run is repeatable; a long one looks further each time.
hypothesis.settings.register_profile("usual", deadline=None, derandomize=True, database=None, print_blob=False)
hypothesis.settings.register_profile("long", deadline=None, database=None, max_examples=100 * LENGTH)
hypothesis.settings.load_profile("usual" if LENGTH == 1 else "long")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start each cloud that a test wants."""
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    session.config.stash[SIMULATORS] = {
        name: Simulator(**options) for name, options in CLOUDS.items() if name in wanted
    }


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the clouds."""
    for simulator in session.config.stash.get(SIMULATORS, {}).values():
        simulator.stop()


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine reaches a test: no credentials, proxies or certificates, and no home directory."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in list(os.environ):
        if name.startswith(PREFIXES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Cloud:
    """The simulated cloud, as it was at its start."""
    return Cloud(request.config.stash[SIMULATORS]["cloud"])


@pytest.fixture
def large(request: pytest.FixtureRequest) -> Cloud:
    """A simulated cloud with thousands of tenants, as it was at its start."""
    return Cloud(request.config.stash[SIMULATORS]["large"])


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts small HTTP servers for what no API does; see :class:`Server` for the arguments."""
    servers: list[Server] = []

    def start(respond: Respond, context: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(respond, context))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A private certificate authority."""
    return Authority(tmp_path / "authority")
