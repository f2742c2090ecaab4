# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of many tenants' MFA: read from each endpoint, or proven from a sample and never beyond it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._acronis.tenants import read_tree
from ansible_collections.tenantops.access.plugins.module_utils._acronis.tree import Tenant
from ansible_collections.tenantops.access.plugins.module_utils._errors import AccessError, MalformedError, ServerError
from ansible_collections.tenantops.access.plugins.module_utils._estate.evidence import (
    SAMPLE_SIZE,
    Evidence,
    read_all,
    read_sample,
)
from ansible_collections.tenantops.access.plugins.module_utils._text import UNKNOWN
from ansible_collections.tenantops.access.tests.unit.support.cloud import MFA, TENANT, Cloud


def organizations(client: AcronisClient) -> list[Tenant]:
    """Those with a setting of their own, as the listing shows them now."""
    return [tenant for tenant in read_tree(client) if tenant.is_organization]


def truth(cloud: Cloud) -> dict[str, str]:
    """The state of every organization."""
    return {one["id"]: one["mfa"] for one in cloud.tenants() if one["organization_id"] == one["id"]}


def said(evidence: dict[str, Evidence]) -> dict[str, str]:
    return {tenant_id: one.status for tenant_id, one in evidence.items()}


def strata_of(tenants: list[Tenant]) -> Counter[tuple[str, str | None]]:
    """How many tenants there are of each kind with each word of the listing."""
    return Counter((tenant.kind, tenant.mfa_listing) for tenant in tenants)


@pytest.fixture
def crowd(cloud: Cloud) -> list[str]:
    """30 more customers of the same sort, with MFA, so that their stratum is larger than a sample."""
    home = cloud.simulator.tenant_id
    create = cloud.simulator.create_tenant
    return [create(parent_id=home, name=f"Customer {number}", users=1, mfa=True)["id"] for number in range(30)]


class TestAll:
    """read_all"""

    def test_every_endpoint_is_read_once(self, cloud: Cloud) -> None:
        client = cloud.connect()
        tenants = organizations(client)
        evidence = read_all(client, tenants)
        assert said(evidence) == truth(cloud)
        assert {one.source for one in evidence.values()} == {"endpoint"}
        assert all(one.state and one.state.status == one.status for one in evidence.values())
        assert cloud.count(MFA) == len(tenants)

    def test_what_may_not_be_read_is_unknown_and_never_compliant(self, cloud: Cloud) -> None:
        client = cloud.connect()
        tenants = organizations(client)
        forbidden, gone = cloud.tenant("Nobody Enrolled")["id"], cloud.tenant("Everybody Enrolled")["id"]
        for tenant, status, code in ((forbidden, 403, 1002), (gone, 404, 1005)):
            path = f"/api/2/tenants/{tenant}/mfa/status"
            cloud.simulator.fault(
                "platform_error", route="/tenants/{id}/mfa/status", path=path, status=status, code=code
            )
        evidence = read_all(client, tenants)
        assert said(evidence) == {**truth(cloud), forbidden: UNKNOWN, gone: UNKNOWN}
        for tenant, words in ((forbidden, "access denied"), (gone, "tenant not found")):
            assert evidence[tenant].source == "none"
            assert words in str(evidence[tenant].problem)
            assert tenant in str(evidence[tenant].problem)

    @pytest.mark.parametrize("kind", ["error_text", "not_json", "reset_before"])
    def test_one_that_fails_is_unknown_and_the_others_are_read(self, cloud: Cloud, kind: str) -> None:
        client = cloud.connect()
        tenants = organizations(client)
        broken = tenants[5].id
        cloud.simulator.fault(kind, path=f"/api/2/tenants/{broken}/mfa/status", times=None)
        evidence = read_all(client, tenants)
        assert said(evidence) == {**truth(cloud), broken: UNKNOWN}
        assert broken in str(evidence[broken].problem)

    @pytest.mark.parametrize("kind, error", [("error_text", ServerError), ("not_json", MalformedError)])
    def test_a_server_that_fails_for_all_is_an_error(self, cloud: Cloud, kind: str, error: type[AccessError]) -> None:
        client = cloud.connect()
        tenants = organizations(client)
        cloud.simulator.fault(kind, route="/tenants/{id}/mfa/status", after=5, times=None)
        with pytest.raises(error):
            read_all(client, tenants)

    def test_nothing_is_nothing(self, cloud: Cloud) -> None:
        assert read_all(cloud.connect(), []) == {}
        assert read_sample(cloud.connect(), []) == ({}, [])
        assert cloud.simulator.counters()["total"] == 0


@pytest.mark.usefixtures("crowd")
class TestSample:
    """read_sample"""

    @pytest.mark.parametrize("mapping", ["plain", "setup_required_if_none", "setup_required_unless_all"])
    def test_a_word_with_one_meaning_is_learnt_from_a_sample(self, cloud: Cloud, mapping: str) -> None:
        cloud.simulator.settings(switches={"listing_mfa_mapping": mapping})
        client = cloud.connect()
        tenants = organizations(client)
        evidence, strata = read_sample(client, tenants)
        sizes = strata_of(tenants)
        assert max(sizes.values()) > SAMPLE_SIZE
        assert said(evidence) == truth(cloud)
        assert cloud.count(MFA) == sum(min(size, SAMPLE_SIZE) for size in sizes.values())
        assert {(one.kind, one.listing): (one.count, one.read) for one in strata} == {
            key: (size, min(size, SAMPLE_SIZE)) for key, size in sizes.items()
        }
        assert {one.status for one in strata} == {"enabled", "disabled"}

    def test_what_was_read_and_what_was_inferred_stay_apart(self, cloud: Cloud) -> None:
        client = cloud.connect()
        evidence, strata = read_sample(client, organizations(client))
        assert Counter(one.source for one in evidence.values()) == {
            "endpoint": sum(one.read for one in strata),
            "listing": sum(one.count - one.read for one in strata),
        }
        assert all((one.state is None) == (one.source == "listing") for one in evidence.values())

    def test_the_bound_is_that_of_the_sample(self, cloud: Cloud) -> None:
        client = cloud.connect()
        _evidence, strata = read_sample(client, organizations(client))
        for one in strata:
            # Of 20 equal answers, with 95 % confidence: 1 - 0.05 ** (1 / 20).
            assert one.bound_percent == (13.9 if one.count > SAMPLE_SIZE else 0.0)

    @pytest.mark.parametrize("mapping", ["unreliable", "always_disabled", "absent"])
    def test_a_word_without_one_meaning_leads_to_all(self, cloud: Cloud, mapping: str) -> None:
        cloud.simulator.settings(switches={"listing_mfa_mapping": mapping})
        client = cloud.connect()
        tenants = organizations(client)
        evidence, strata = read_sample(client, tenants)
        assert said(evidence) == truth(cloud)
        assert {one.source for one in evidence.values()} == {"endpoint"}
        assert all((one.read, one.bound_percent) == (one.count, 0.0) for one in strata)
        assert len([one for one in strata if one.status is None]) >= 1

    @pytest.mark.parametrize("word", ["enforced", "", "ENABLED", "disable_in_progress"])
    def test_a_word_that_is_not_documented_is_never_inferred_from(self, cloud: Cloud, word: str) -> None:
        cloud.simulator.fault("wrong_types", route="/tenants", fields={"mfa_status": word}, times=None)
        client = cloud.connect()
        tenants = organizations(client)
        assert {tenant.mfa_listing for tenant in tenants} == {word}
        evidence, _strata = read_sample(client, tenants)
        assert said(evidence) == truth(cloud)
        assert cloud.count(MFA) == len(tenants)

    def test_the_same_tenants_are_the_sample_every_time(self, cloud: Cloud) -> None:
        client = cloud.connect()
        tenants = organizations(client)
        samples = [
            {tenant_id for tenant_id, one in read_sample(client, some)[0].items() if one.source == "endpoint"}
            for some in (tenants, tenants[::-1])
        ]
        assert samples[0] == samples[1]

    def test_a_server_that_fails_for_all_is_an_error(self, cloud: Cloud) -> None:
        client = cloud.connect()
        tenants = organizations(client)
        cloud.simulator.fault("error_text", route="/tenants/{id}/mfa/status", after=10, times=None)
        with pytest.raises(ServerError):
            read_sample(client, tenants)


class TestContradictions:
    """What one member of a sample does to its stratum."""

    def sample(self, cloud: Cloud, client: AcronisClient, tenants: list[Tenant], crowd: list[str]) -> list[str]:
        """Which of the crowd are read."""
        evidence, _strata = read_sample(client, tenants)
        cloud.simulator.reset_counters()
        return [tenant for tenant in crowd if evidence[tenant].source == "endpoint"]

    def stratum(self, tenants: list[Tenant]) -> int:
        """How many customers the listing calls enabled."""
        return strata_of(tenants)["customer", "enabled"]

    def rest(self, tenants: list[Tenant]) -> int:
        """Requests for all the other strata."""
        sizes = strata_of(tenants)
        del sizes["customer", "enabled"]
        return sum(min(size, SAMPLE_SIZE) for size in sizes.values())

    def test_one_that_was_switched_meanwhile_is_no_contradiction(self, cloud: Cloud, crowd: list[str]) -> None:
        client = cloud.connect()
        tenants = organizations(client)
        switched, *_others = self.sample(cloud, client, tenants, crowd)
        cloud.simulator.patch_tenant(switched, mfa=False)
        evidence, strata = read_sample(client, tenants)
        assert said(evidence) == truth(cloud)
        assert Counter(one.source for one in evidence.values())["listing"] >= self.stratum(tenants) - SAMPLE_SIZE
        # The one that differs is read again, and so is what the listing says of it now.
        assert cloud.count(MFA) == self.rest(tenants) + SAMPLE_SIZE + 1
        assert cloud.count(TENANT) == 1
        assert [one.status for one in strata if (one.kind, one.listing) == ("customer", "enabled")] == ["enabled"]

    def test_one_that_goes_on_differing_leads_to_all(self, cloud: Cloud, crowd: list[str]) -> None:
        client = cloud.connect()
        tenants = organizations(client)
        different, *_others = self.sample(cloud, client, tenants, crowd)
        path = f"/api/2/tenants/{different}/mfa/status"
        fault: dict[str, Any] = {"fields": {"mfa_status": "disabled"}, "path": path, "times": None}
        cloud.simulator.fault("wrong_types", route="/tenants/{id}/mfa/status", **fault)
        evidence, strata = read_sample(client, tenants)
        assert said(evidence) == {**truth(cloud), different: "disabled"}
        (found,) = [one for one in strata if (one.kind, one.listing) == ("customer", "enabled")]
        assert (found.read, found.status, found.bound_percent) == (found.count, None, 0.0)
        assert cloud.count(MFA) == self.rest(tenants) + self.stratum(tenants) + 1

    @pytest.mark.parametrize("status, code", [(403, 1002), (404, 1005)])
    def test_one_that_may_not_be_read_leads_to_all(
        self, cloud: Cloud, crowd: list[str], status: int, code: int
    ) -> None:
        client = cloud.connect()
        tenants = organizations(client)
        hidden, *_others = self.sample(cloud, client, tenants, crowd)
        cloud.simulator.fault(
            "platform_error",
            route="/tenants/{id}/mfa/status",
            path=f"/api/2/tenants/{hidden}/mfa/status",
            status=status,
            code=code,
            times=None,
        )
        evidence, strata = read_sample(client, tenants)
        assert said(evidence) == {**truth(cloud), hidden: UNKNOWN}
        assert [one.read for one in strata] == [
            one.count if (one.kind, one.listing) == ("customer", "enabled") else min(one.count, SAMPLE_SIZE)
            for one in strata
        ]

    def test_one_that_is_just_being_switched_off_is_said_so(self, cloud: Cloud, crowd: list[str]) -> None:
        client = cloud.connect()
        tenants = organizations(client)
        busy, *_others = self.sample(cloud, client, tenants, crowd)
        cloud.simulator.patch_tenant(busy, disable_polls=1000)
        evidence, _strata = read_sample(client, tenants)
        assert said(evidence) == truth(cloud)
        assert evidence[busy].status == "disable_in_progress"
