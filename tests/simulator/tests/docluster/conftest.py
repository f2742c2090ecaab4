# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulator per profile for the whole run; every test finds it as it was at the start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ...process import Simulator
from .talk import OPTIONS, Talk

PROFILES = ("manual", "old", "head")


@pytest.fixture(scope="session")
def talks() -> Iterator[dict[str, Talk]]:
    """All three simulators by profile."""
    found: dict[str, Talk] = {}
    try:
        for profile in PROFILES:
            found[profile] = Talk(Simulator("docluster", arguments=["--profile", profile, *OPTIONS]))
        yield found
    finally:
        for talk in found.values():
            talk.close()
            talk.simulator.stop()


def _fresh(talks: dict[str, Talk], profile: str) -> Talk:
    talks[profile].reset()
    return talks[profile]


@pytest.fixture
def head(talks: dict[str, Talk]) -> Talk:
    """The newest server."""
    return _fresh(talks, "head")


@pytest.fixture
def old(talks: dict[str, Talk]) -> Talk:
    """The old server."""
    return _fresh(talks, "old")


@pytest.fixture
def manual(talks: dict[str, Talk]) -> Talk:
    """The server of the manual."""
    return _fresh(talks, "manual")


@pytest.fixture(params=PROFILES)
def each(request: pytest.FixtureRequest, talks: dict[str, Talk]) -> Talk:
    """Each of the three in turn."""
    return _fresh(talks, request.param)
