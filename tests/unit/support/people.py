# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users of the simulated cloud that a test makes for itself; they go with their tenant when the test ends."""

from __future__ import annotations

import itertools
from typing import Any

from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud

#: Routes as the simulator counts them.
ISSUE = "POST /idp/ott"
SIGN_IN = "POST /idp/ott/login"
SIGN_OUT = "GET /idp/logout"
SEARCH = "GET /search"
USER = "GET /users/{id}"
USERS = "GET /users"

_NUMBERS = itertools.count(1)


def tenant(cloud: Cloud, **wanted: Any) -> dict[str, Any]:
    """A new customer below the main client's tenant, or what ``wanted`` says; with its ``users``."""
    return cloud.simulator.create_tenant(**{"name": f"Test tenant {next(_NUMBERS)}", **wanted})


def person(cloud: Cloud, parent_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """A new user in a customer of its own, or in a new customer below ``parent_id``."""
    where = {} if parent_id is None else {"parent_id": parent_id}
    (made,) = tenant(cloud, users=1, **where)["users"]
    return cloud.simulator.patch_user(made["id"], **changes) if changes else made


def issued(cloud: Cloud) -> int:
    """One-time tokens that were issued since the test began."""
    return int(cloud.simulator.counters()["otts_issued"])


def used(cloud: Cloud) -> int:
    """One-time tokens that were used since the test began."""
    return int(cloud.simulator.counters()["otts_used"])


def bodies(cloud: Cloud, route: str) -> list[Any]:
    """Bodies of the requests for a route, secrets masked, oldest first; of this test and those before."""
    return [entry["body"] for entry in cloud.simulator.journal() if entry["route"] == route]
