# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The MFA state of many tenants: by their ids or by scope, with few requests, and none of them made up."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    NotFoundError,
    OptionError,
    RefusedError,
    ServerError,
)
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.plugins.module_utils._tasks.tenant_mfa_info import (
    InfoRequest,
    gather_mfa_info,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import LISTING, MFA, Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import tenant

ENDPOINT = "/tenants/{id}/mfa/status"
NOBODY = "00000000-0000-4000-8000-000000000000"
ALL_KINDS = ["root", "partner", "folder", "customer", "unit"]


def gather(
    client: AcronisClient,
    tenant_ids: list[str] | None = None,
    scope_id: str | None = None,
    kinds: list[str] | None = None,
    verify: str = "all",
) -> Outcome:
    """What the module would return."""
    return gather_mfa_info(client, InfoRequest(tenant_ids, scope_id, kinds, verify))


def assert_true(cloud: Cloud, outcome: Outcome, expected: list[str], own: str | None = None) -> None:
    """These tenants came back, in this order, and what is said of each is so."""
    everything = {one["id"]: one for one in cloud.simulator.tenants()}
    depth = len(everything[own or cloud.simulator.tenant_id]["path"])
    assert outcome.failure is None
    assert not outcome.changed
    assert [one["id"] for one in outcome.values["tenants"]] == expected
    for one in outcome.values["tenants"]:
        truth = everything[one["id"]]
        for name in ("name", "kind", "parent_id", "pricing_mode", "enabled"):
            assert one[name] == truth[name]
        assert one["path"] == truth["path"][depth:]
        assert one["mfa"]["status"] == truth["mfa"]
        if one["mfa"]["evidence"] == "endpoint":
            counts = cloud.simulator.tenant(one["id"])
            for name in ("users_count", "users_with_totp_enabled_count"):
                assert one["mfa"][name] == counts[name]
    assert_summary(outcome)


def assert_summary(outcome: Outcome) -> None:
    """The figures are those of the tenants."""
    tenants, summary = outcome.values["tenants"], outcome.values["summary"]
    assert summary["tenants"] == len(tenants)
    for figure, key in (("status", "status"), ("evidence", "evidence")):
        counts = Counter(one["mfa"][key] for one in tenants)
        assert {name: count for name, count in summary[figure].items() if count} == counts


class TestByIds:
    """tenant_ids"""

    def test_hundreds_cost_a_request_for_each_hundred_and_each_level(self, cloud: Cloud) -> None:
        for number in range(150):
            tenant(cloud, name=f"Customer {number}")
        wanted = [one["id"] for one in cloud.tenants()]
        wanted.sort()
        assert len(wanted) > 240
        outcome = gather(cloud.connect(), wanted)
        assert_true(cloud, outcome, wanted)
        organizations = {one["organization_id"] for one in cloud.tenants()}
        assert cloud.count(MFA) == len(organizations)
        assert cloud.count(LISTING) <= 4

    def test_what_is_named_comes_back_whatever_its_kind(self, cloud: Cloud) -> None:
        paths = [("Northwind IT", "Retail"), ("Northwind IT", "Harbor Clinic", "Ward 7"), ("Northwind IT",), ()]
        wanted = [cloud.tenant(*path)["id"] for path in paths]
        outcome = gather(cloud.connect(), wanted)
        assert_true(cloud, outcome, wanted)
        folder, unit, partner, own = outcome.values["tenants"]
        assert (folder["mfa"]["organization_id"], partner["mfa"]["organization_id"]) == (partner["id"], partner["id"])
        assert unit["mfa"]["organization_id"] == cloud.tenant("Northwind IT", "Harbor Clinic")["id"]
        assert own["path"] == []
        assert [one["mfa"]["update_allowed"] for one in (folder, unit)] == [False, False]

    def test_kinds_are_a_filter_here_too(self, cloud: Cloud) -> None:
        paths = [("Northwind IT", "Retail"), ("Northwind IT", "Harbor Clinic"), ("Northwind IT",)]
        folder, customer, partner = [cloud.tenant(*path)["id"] for path in paths]
        outcome = gather(cloud.connect(), [folder, customer, partner], kinds=["folder", "customer"])
        assert_true(cloud, outcome, [folder, customer])

    def test_an_id_in_other_letters_or_twice_is_one_tenant(self, cloud: Cloud) -> None:
        wanted = cloud.tenant("Northwind IT", "Harbor Clinic")["id"]
        assert_true(cloud, gather(cloud.connect(), [wanted, f" {wanted.upper()} ", wanted]), [wanted])

    @pytest.mark.parametrize("position", [0, 57, 149])
    def test_an_unknown_id_is_an_error_that_names_it(self, cloud: Cloud, position: int) -> None:
        wanted = [one["id"] for one in cloud.tenants()] + [tenant(cloud)["id"] for _number in range(60)]
        wanted.insert(position, NOBODY)
        with pytest.raises(NotFoundError, match=NOBODY) as caught:
            gather(cloud.connect(), wanted)
        assert "1 tenants" in str(caught.value)
        assert cloud.count(MFA) == 0

    def test_a_deleted_tenant_is_unknown(self, cloud: Cloud) -> None:
        gone = tenant(cloud)["id"]
        cloud.simulator.delete_tenant(gone)
        with pytest.raises(NotFoundError, match=gone):
            gather(cloud.connect(), [gone])

    @pytest.mark.parametrize("switch", ["dropped", "403_1002"])
    def test_a_tenant_of_somebody_else_is_an_error_that_names_it(self, cloud: Cloud, switch: str) -> None:
        cloud.simulator.settings(switches={"foreign_uuids": switch})
        outside = cloud.simulator.clients["neighbour"]["tenant_id"]
        with pytest.raises(AccessError, match=outside):
            gather(cloud.connect(), [cloud.simulator.tenant_id, outside])

    def test_a_personal_tenant_is_refused_by_name(self, cloud: Cloud) -> None:
        (personal, *_others) = [one for one in cloud.simulator.tenants(cloud.simulator.tenant_id) if one["owner_id"]]
        with pytest.raises(RefusedError, match=personal["id"]):
            gather(cloud.connect(), [personal["id"]])

    @pytest.mark.parametrize("wanted", [[], [""], ["a/b"], ["*"], [NOBODY, "ü"]], ids=str)
    def test_what_is_no_id_is_refused_before_anything_is_sent(self, cloud: Cloud, wanted: list[str]) -> None:
        with pytest.raises(OptionError, match="tenant_ids"):
            gather(cloud.connect(), wanted)
        assert cloud.simulator.counters()["total"] == 0

    @pytest.mark.parametrize("client", ["partner", "customer", "unit"])
    def test_paths_begin_below_the_client_s_own_tenant(self, cloud: Cloud, client: str) -> None:
        own = cloud.simulator.clients[client]["tenant_id"]
        wanted = [one["id"] for one in cloud.simulator.tenants(own) if not one["owner_id"]]
        outcome = gather(cloud.connect(client=client), wanted)
        assert [one["id"] for one in outcome.values["tenants"]] == wanted
        everything = {one["id"]: one for one in cloud.simulator.tenants()}
        for one in outcome.values["tenants"]:
            truth = everything[one["id"]]
            assert one["path"] == truth["path"][len(everything[own]["path"]) :]
            assert one["mfa"]["status"] == truth["mfa"]

    @pytest.mark.parametrize("switch", ["dropped", "403_1002"])
    def test_a_token_alone_sees_the_same(self, cloud: Cloud, switch: str) -> None:
        cloud.simulator.settings(switches={"foreign_uuids": switch})
        paths = [("Northwind IT", "Retail", "Flagship", "Deep Down Stores"), ("Northwind IT",), (), ("Nobody Here",)]
        wanted = [cloud.tenant(*path)["id"] for path in paths]
        client = cloud.connect(token=cloud.issue_token())
        assert_true(cloud, gather(client, wanted), wanted)
        assert_true(cloud, gather(client, wanted[:1]), wanted[:1])

    @pytest.mark.parametrize("page", range(3))
    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "error_text"},
            {"kind": "cut_off"},
            {"kind": "cut_off_clean"},
            {"kind": "drop_page", "count": 1},
            {"kind": "wrong_types", "fields": {"items": 7}},
            {"kind": "wrong_types", "fields": {"parent_id": 7}},
        ],
        ids=str,
    )
    def test_a_request_that_fails_is_an_error_and_no_short_list(
        self, cloud: Cloud, fault: dict[str, Any], page: int
    ) -> None:
        # Three levels, so three requests: the tenant, its partner, and the client's own.
        wanted = cloud.tenant("Northwind IT", "Harbor Clinic")["id"]
        cloud.simulator.fault(**fault, route="/tenants", after=page, times=None)
        with pytest.raises(AccessError):
            gather(cloud.connect(), [wanted])


class TestByScope:
    """scope_id, or the client's own tenant"""

    @pytest.mark.parametrize("verify", ["all", "sample"])
    def test_partners_and_customers_unless_other_kinds_are_wanted(self, cloud: Cloud, verify: str) -> None:
        everything = cloud.tenants()
        for kinds in (None, ["unit", "folder"], ALL_KINDS, ["root"]):
            wanted = [one["id"] for one in everything if one["kind"] in (kinds or ["partner", "customer"])]
            outcome = gather(cloud.connect(), kinds=kinds, verify=verify)
            assert_true(cloud, outcome, wanted)

    def test_only_organizations_of_wanted_tenants_are_read(self, cloud: Cloud) -> None:
        units = [one for one in cloud.tenants() if one["kind"] == "unit"]
        gather(cloud.connect(), kinds=["unit"])
        assert cloud.count(MFA) == len({one["organization_id"] for one in units})
        assert cloud.count(LISTING) == 2

    def test_a_sample_reads_twenty_of_each_stratum(self, cloud: Cloud) -> None:
        outcome = gather(cloud.connect(), verify="sample")
        strata = outcome.values["summary"]["strata"]
        assert cloud.count(MFA) == sum(min(one["count"], 20) for one in strata) < len(outcome.values["tenants"])
        for one in outcome.values["tenants"]:
            inferred = one["mfa"]["evidence"] == "listing"
            assert (one["mfa"]["users_count"] is None) == inferred
            assert (one["mfa"]["update_allowed"] is None) == inferred

    @pytest.mark.parametrize("path", [("Northwind IT",), ("Northwind IT", "Retail"), ("Northwind IT", "Harbor Clinic")])
    def test_a_scope_is_a_partner_a_folder_or_a_customer(self, cloud: Cloud, path: tuple[str, ...]) -> None:
        scope = cloud.tenant(*path)["id"]
        below = [one["id"] for one in cloud.simulator.tenants(scope) if not one["owner_id"]]
        assert_true(cloud, gather(cloud.connect(), scope_id=f"{scope.upper()} ", kinds=ALL_KINDS), below)

    @pytest.mark.parametrize("wanted", [{"scope_id": ""}, {"scope_id": "a/b"}, {"kinds": []}], ids=str)
    def test_what_is_empty_or_no_id_is_refused(self, cloud: Cloud, wanted: dict[str, Any]) -> None:
        with pytest.raises(OptionError, match=next(iter(wanted))):
            gather(cloud.connect(), **wanted)
        assert cloud.count(MFA) == 0

    def test_a_token_alone_needs_a_scope(self, cloud: Cloud) -> None:
        client = cloud.connect(token=cloud.issue_token())
        with pytest.raises(OptionError, match="scope_id"):
            gather(client)
        scope = cloud.tenant("Northwind IT")["id"]
        below = [one["id"] for one in cloud.simulator.tenants(scope) if one["kind"] in ("partner", "customer")]
        assert_true(cloud, gather(client, scope_id=scope), below)


class TestUnknown:
    """what could not be read"""

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "platform_error", "status": 403, "code": 1002},
            {"kind": "platform_error", "status": 404, "code": 1005},
            {"kind": "error_text"},
            {"kind": "reset_before"},
            {"kind": "cut_off"},
            {"kind": "wrong_types", "fields": {"mfa_status": True}},
        ],
        ids=str,
    )
    def test_a_tenant_that_cannot_be_read_is_named_and_the_rest_comes_back(
        self, cloud: Cloud, fault: dict[str, Any]
    ) -> None:
        clinic = cloud.tenant("Northwind IT", "Harbor Clinic")["id"]
        unit = cloud.tenant("Northwind IT", "Harbor Clinic", "Ward 7")["id"]
        other = cloud.tenant("Northwind IT")["id"]
        cloud.simulator.fault(**fault, path=f"/api/2/tenants/{clinic}/mfa/status", times=None)
        outcome = gather(cloud.connect(), [clinic, unit, other])
        assert outcome.failure is not None
        assert "unknown for 2" in outcome.failure
        for tenant_id in (clinic, unit):
            assert tenant_id in outcome.failure
        assert other not in outcome.failure
        assert [one["mfa"]["status"] for one in outcome.values["tenants"]] == [
            "unknown",
            "unknown",
            cloud.simulator.tenant(other)["mfa"],
        ]
        assert_summary(outcome)

    def test_a_service_that_fails_altogether_ends_the_task(self, cloud: Cloud) -> None:
        cloud.simulator.fault("error_text", route=ENDPOINT, times=None)
        with pytest.raises(ServerError):
            gather(cloud.connect())
        assert cloud.count(MFA) <= 30
