# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evidence: the facts about every tenant of a scope that a policy decides by."""

from __future__ import annotations

import dataclasses

from .._acronis.client import AcronisClient
from .._acronis.tenants import read_tree
from .._acronis.tree import TenantTree
from .._policy.facts import Facts
from .._progress import Progress
from .evidence import Stratum, read_evidence
from .facts import facts_of


@dataclasses.dataclass(frozen=True)
class Collected:
    """What was read of a scope.

    Attributes:
        tree: every tenant of the scope.
        facts: the same tenants, as a policy sees them.
        strata: what a sample showed; empty if all were read.
    """

    tree: TenantTree
    facts: list[Facts]
    strata: list[Stratum]


def collect(client: AcronisClient, scope_id: str | None, verify: str, progress: Progress) -> Collected:
    """Read a scope: all its tenants, and the MFA state of its organizations.

    Args:
        client: the connection.
        scope_id: root of the scope; default: the API client's own tenant.
        verify: ``all`` reads every organization's own endpoint, ``sample`` as few as prove the rest.
        progress: is told how far the reading is.

    Raises:
        AccessError: the tenants could not be read completely, or the server or network failed. A single tenant that
            may not be read is unknown, not an error.
    """
    progress.begin("tenants listed", 0)
    tree = read_tree(client, scope_id, progress.reached)
    # Of a scope that is a folder or a unit, the organization lies above.
    organizations = {located.organization.id: located.organization for located in tree.located()}
    progress.begin("read", len(organizations))
    evidence, strata = read_evidence(client, organizations.values(), verify, progress.done)
    facts = [
        facts_of(located, evidence[located.organization.id], is_root=located.tenant.id == tree.root_id)
        for located in tree.located()
    ]
    return Collected(tree, facts, strata)
