# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task about one tenant and a policy about all of them refuse the same tenants, in the same words."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._errors import AccessError, RefusedError
from ansible_collections.tenantops.access.plugins.module_utils._tasks.tenant_mfa import (
    TenantMfaRequest,
    ensure_tenant_mfa,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.planning import make_plan
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.length import seeds

#: What the plan says of a tenant that the task about it would switch.
WRITTEN = {"drifted"}
#: What it says of one about which there is nothing to do.
IDLE = {"compliant", "converging"}


def refusal(client: AcronisClient, tenant_id: str, state: str) -> AccessError | None:
    """Why the task does not switch a tenant, if so; it would if it returns nothing."""
    request = TenantMfaRequest(tenant_id=tenant_id, tenant=None, state=state, wait=True, wait_timeout=60)
    try:
        ensure_tenant_mfa(client, request, check_mode=True)
    except AccessError as error:
        return error
    return None


def upset(cloud: Cloud, random: Random) -> None:
    """Tenants of the estate manage themselves, are locked, are switched off or change their pricing mode."""
    for tenant in cloud.tenants():
        if tenant["id"] != cloud.simulator.tenant_id and random.random() < 0.15:
            lock = {"enabled": True, "owner_id": random.choice([cloud.simulator.tenant_id, tenant["parent_id"]])}
            changes: list[dict[str, Any]] = [
                {"ancestral_access": False},
                {"update_lock": lock},
                {"mfa": not tenant["mfa"]},
                {"pricing_mode": random.choice(["production", "trial"])},
            ]
            cloud.simulator.patch_tenant(tenant["id"], **random.choice(changes))


@pytest.mark.parametrize("switches", [{}, {"self_service": "cut_off"}, {"guide_sample_fields": True}], ids=str)
@pytest.mark.parametrize("seed", seeds(3))
@pytest.mark.parametrize("wanted", ["enabled", "disabled"])
def test_both_refuse_the_same_tenants(cloud: Cloud, wanted: str, seed: int, switches: dict[str, Any]) -> None:
    upset(cloud, Random(seed))
    cloud.simulator.settings(switches=switches)
    client = cloud.connect(concurrency=16)
    ids = [tenant["id"] for tenant in cloud.tenants() if tenant["enabled"]]
    rules = [{"name": "all", "match": {"id": ids}, "mfa": wanted}]
    outcome = make_plan(client, {"name": "all", "rules": rules, "guards": {"allow_disable": True}})
    seen = set()
    for tenant in outcome.values["tenants"]:
        if tenant["tenant_id"] not in ids:
            continue
        disposition, error = tenant["disposition"], refusal(client, tenant["tenant_id"], wanted)
        seen.add(disposition)
        if disposition == "blocked" or (disposition == "inherited" and tenant["mfa_status"] not in (wanted, "unknown")):
            assert isinstance(error, RefusedError), tenant
            assert tenant["reason"] in str(error)
        elif disposition == "unknown" or tenant["mfa_status"] == "unknown":
            assert error is not None
        else:
            assert error is None, (tenant, str(error))
            assert disposition in WRITTEN | IDLE | {"inherited"}
    assert {"blocked", "inherited", "drifted", "compliant"} <= seen
