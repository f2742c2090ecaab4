# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One tenant's MFA as a desired state: check mode is the run without writing, refusals come before any PUT."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    NoMatchError,
    NotFoundError,
    OptionError,
    RefusedError,
    WaitError,
)
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.plugins.module_utils._tasks.tenant_mfa import (
    TenantMfaRequest,
    ensure_tenant_mfa,
    tenant_reference,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import LISTING, MFA, TENANT, TOKEN, Cloud

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
CLINIC = ("Northwind IT", "Harbor Clinic")


def ensure(client: AcronisClient, tenant_id: str | None, state: str, *, check: bool = False, **wanted: Any) -> Outcome:
    """What the module does."""
    every = {"tenant_id": tenant_id, "tenant": None, "state": state, "wait": True, "wait_timeout": 60, **wanted}
    return ensure_tenant_mfa(client, TenantMfaRequest(**every), check)


def seen(client: AcronisClient, tenant_id: str, state: str, **wanted: Any) -> dict[str, Any]:
    """What a user sees of a task: its result, or its failure."""
    try:
        return ensure(client, tenant_id, state, **wanted).as_result()
    except AccessError as error:
        return {"failed": True, "msg": str(error), **error.as_result()}


def situations(cloud: Cloud) -> list[dict[str, Any]]:
    """One tenant of every sort that the estate has."""
    sorts: dict[tuple[Any, ...], dict[str, Any]] = {}
    kinds = {one["id"]: one["kind"] for one in cloud.simulator.tenants()}
    for one in cloud.tenants():
        where = (one["kind"], kinds[one["organization_id"]], one["id"] == cloud.simulator.tenant_id)
        how = (one["pricing_mode"], one["enabled"], one["ancestral_access"], one["update_lock"]["owner_id"])
        sorts.setdefault((where, how), one)
    return list(sorts.values())


@pytest.mark.parametrize("before", ["enabled", "disabled"])
@pytest.mark.parametrize("wanted", ["enabled", "disabled"])
@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"self_service": "cut_off"},
        {"guide_sample_fields": True, "count_field_names": "short"},
        {"mfa_put_answer": "empty", "self_service": "cut_off"},
    ],
    ids=["usual", "cut off", "few fields", "empty answers"],
)
def test_check_mode_says_what_the_run_does(cloud: Cloud, before: str, wanted: str, switches: dict[str, Any]) -> None:
    cloud.simulator.settings(switches=switches)
    client = cloud.connect()
    sorts = situations(cloud)
    assert {one["kind"] for one in sorts} == {"partner", "folder", "customer", "unit"}
    for one in sorts:
        organization = one["organization_id"]
        cloud.simulator.patch_tenant(organization, mfa=before == "enabled")
        cloud.simulator.reset_counters()
        predicted = seen(client, one["id"], wanted, check=True)
        assert cloud.puts() == {}, one
        assert cloud.simulator.tenant(organization)["mfa"] == before, one
        result = seen(client, one["id"], wanted)
        assert predicted == result, one
        if "failed" in result:
            # Whatever will be refused is refused before anything is sent.
            assert (cloud.puts(), cloud.simulator.tenant(organization)["mfa"]) == ({}, before), one
            continue
        assert result["changed"] == (before != wanted), one
        assert cloud.puts() == ({one["id"]: 1} if before != wanted else {}), one
        assert cloud.simulator.tenant(organization)["mfa"] == wanted, one
        again = seen(client, one["id"], wanted)
        assert again == {**result, "changed": False, "diff": {**result["diff"], "before": result["diff"]["after"]}}, one


class TestResult:
    """What a task returns."""

    def test_the_tenant_its_state_and_the_difference(self, cloud: Cloud) -> None:
        tenant = cloud.tenant(*CLINIC)["id"]
        result = ensure(cloud.connect(), tenant, "enabled").as_result()
        truth = cloud.simulator.tenant(tenant)
        assert result["changed"] is True
        assert result["tenant"] == {"id": tenant, "name": "Harbor Clinic", "kind": "customer", "path": list(CLINIC)}
        assert result["mfa"] == {
            "status": "enabled",
            "users_count": truth["users_count"],
            "users_with_totp_enabled_count": truth["users_with_totp_enabled_count"],
            "update_allowed": True,
        }
        diff = result["diff"]
        assert (diff["before"], diff["after"]) == ({"mfa_status": "disabled"}, {"mfa_status": "enabled"})
        assert "Harbor Clinic" in diff["before_header"]

    def test_nothing_to_do_costs_no_put_and_few_requests(self, cloud: Cloud) -> None:
        tenant = cloud.tenant("Nobody Here")["id"]
        result = ensure(cloud.connect(), tenant, "disabled").as_result()
        assert (result["changed"], cloud.puts()) == (False, {})
        assert result["diff"]["before"] == result["diff"]["after"]
        assert (cloud.count(TENANT), cloud.count(MFA), cloud.count(LISTING), cloud.count(TOKEN)) == (2, 1, 0, 1)

    def test_an_id_may_be_written_in_capitals(self, cloud: Cloud) -> None:
        tenant = cloud.tenant("Nobody Here")["id"]
        assert ensure(cloud.connect(), f" {tenant.upper()} ", "enabled").changed
        assert cloud.puts() == {tenant: 1}


class TestFinding:
    """By id, path or name."""

    @pytest.mark.parametrize("reference", ["Northwind IT/Harbor Clinic", list(CLINIC), "Deep Down Stores"])
    def test_by_path_or_by_name(self, cloud: Cloud, reference: str | list[str]) -> None:
        outcome = ensure(cloud.connect(), None, "enabled", tenant=reference)
        assert outcome.changed
        assert list(cloud.puts()) == [outcome.values["tenant"]["id"]]

    @pytest.mark.parametrize("name", ["Lab/Test", "{{ 7*7 }}", "*", "[x]", "-v", "Müller", "a\u2028b", 'say "so"', "/"])
    def test_a_name_is_only_a_name(self, cloud: Cloud, name: str) -> None:
        parent = cloud.tenant("Northwind IT")["id"]
        tenant = cloud.simulator.create_tenant(parent_id=parent, name=f"{name} of ours")["id"]
        for reference in (["Northwind IT", f"{name} of ours"], f"{name} of ours"):
            found = ensure(cloud.connect(), None, "disabled", tenant=reference)
            assert found.values["tenant"]["id"] == tenant

    def test_a_name_of_several_changes_none(self, cloud: Cloud) -> None:
        with pytest.raises(NoMatchError) as caught:
            ensure(cloud.connect(), None, "enabled", tenant="Harbor Clinic")
        for path in (CLINIC, ("Summit Trial Partner", "Harbor Clinic")):
            assert cloud.tenant(*path)["id"] in str(caught.value)
        assert cloud.puts() == {}

    @pytest.mark.parametrize("reference", ["No Such Tenant", ["Harbor Clinic"], "Northwind IT/"])
    def test_nothing_found_changes_nothing(self, cloud: Cloud, reference: str | list[str]) -> None:
        with pytest.raises(NoMatchError):
            ensure(cloud.connect(), None, "enabled", tenant=reference)
        assert cloud.puts() == {}

    def test_an_unknown_id_changes_nothing(self, cloud: Cloud) -> None:
        with pytest.raises(NotFoundError):
            ensure(cloud.connect(), UNKNOWN_ID, "enabled")
        assert cloud.puts() == {}

    @pytest.mark.parametrize("value", [123, 1.5, True, {}, [], "", [""], ["a", 5], ["a", None], [["a"]], {"a": 1}])
    def test_another_type_is_refused_before_anything_is_sent(self, cloud: Cloud, value: Any) -> None:
        with pytest.raises(OptionError, match=r"^tenant"):
            tenant_reference(value)
        with pytest.raises(OptionError, match=r"^tenant"):
            ensure(cloud.connect(), None, "enabled", tenant=value)
        assert cloud.simulator.counters()["total"] == 0

    @pytest.mark.parametrize("value", ["", "a/b", "../x"])
    def test_what_is_no_id_is_refused_before_anything_is_sent(self, cloud: Cloud, value: str) -> None:
        with pytest.raises(OptionError, match=r"^tenant_id"):
            ensure(cloud.connect(), value, "enabled")
        assert cloud.simulator.counters()["total"] == 0


class TestRefusals:
    """Before any PUT, with the reason and who could change it."""

    @pytest.mark.parametrize(
        "path, organization",
        [
            (("Northwind IT", "Retail"), ("Northwind IT",)),
            (("Northwind IT", "Retail", "Flagship"), ("Northwind IT",)),
            ((*CLINIC, "Ward 7"), CLINIC),
            ((*CLINIC, "Ward 7", "Cellar"), CLINIC),
        ],
    )
    @pytest.mark.parametrize("check", [True, False])
    def test_what_inherits_its_state(
        self, cloud: Cloud, path: tuple[str, ...], organization: tuple[str, ...], check: bool
    ) -> None:
        one, above = cloud.tenant(*path), cloud.tenant(*organization)
        wanted = {"enabled": "disabled", "disabled": "enabled"}[one["mfa"]]
        unchanged = ensure(cloud.connect(), one["id"], one["mfa"], check=check)
        assert (unchanged.changed, unchanged.values["mfa"]["update_allowed"]) == (False, False)
        with pytest.raises(RefusedError) as caught:
            ensure(cloud.connect(), one["id"], wanted, check=check)
        for words in (one["kind"], above["name"], above["id"], one["mfa"]):
            assert words in str(caught.value)
        assert cloud.puts() == {}

    @pytest.mark.parametrize(
        "path, wanted, words",
        [
            ((), "disabled", "production"),
            (("Northwind IT",), "disabled", "production"),
            (("Self-Service Ltd",), "enabled", "support access"),
            (("Self-Service Partner", "Behind Self-Service"), "enabled", "support access"),
            (("Locked From Above",), "enabled", "locked"),
        ],
    )
    @pytest.mark.parametrize("check", [True, False])
    def test_what_cannot_be_changed(
        self, cloud: Cloud, path: tuple[str, ...], wanted: str, words: str, check: bool
    ) -> None:
        with pytest.raises(RefusedError, match=words) as caught:
            ensure(cloud.connect(), cloud.tenant(*path)["id"], wanted, check=check)
        # The one that stands in the way.
        assert cloud.tenant(*path[:1])["id"] in str(caught.value)
        assert cloud.puts() == {}

    def test_a_self_service_tenant_that_shows_nothing(self, cloud: Cloud) -> None:
        cloud.simulator.settings(switches={"self_service": "cut_off"})
        with pytest.raises(RefusedError, match="support access"):
            ensure(cloud.connect(), cloud.tenant("Self-Service Ltd")["id"], "enabled")
        with pytest.raises((RefusedError, ForbiddenError)):
            ensure(cloud.connect(), cloud.tenant("Self-Service Ltd", "Inside Self-Service")["id"], "enabled")
        assert cloud.puts() == {}

    @pytest.mark.parametrize("check", [True, False])
    def test_a_client_without_the_role(self, cloud: Cloud, check: bool) -> None:
        with pytest.raises(RefusedError, match="update_allowed"):
            ensure(cloud.connect(client="readonly"), cloud.tenant("Nobody Here")["id"], "enabled", check=check)
        assert cloud.puts() == {}

    def test_whatever_the_server_says_about_it(self, cloud: Cloud) -> None:
        fields = {"update_allowed": False}
        cloud.simulator.fault("wrong_types", route="/tenants/{id}/mfa/status", fields=fields, times=None)
        with pytest.raises(RefusedError, match="update_allowed"):
            ensure(cloud.connect(), cloud.tenant("Nobody Here")["id"], "enabled")
        assert cloud.puts() == {}

    def test_what_need_not_be_changed_is_not_refused(self, cloud: Cloud) -> None:
        for path in (("Self-Service Ltd",), ("Locked From Above",)):
            one = cloud.tenant(*path)
            assert not ensure(cloud.connect(client="readonly"), one["id"], one["mfa"]).changed
        assert cloud.puts() == {}

    @pytest.mark.parametrize("path", [("Northwind IT", "Locked By Home"), ("Closed Down Inc",), ("Nobody Here",)])
    def test_others_are_changed(self, cloud: Cloud, path: tuple[str, ...]) -> None:
        assert ensure(cloud.connect(), cloud.tenant(*path)["id"], "enabled").changed


class TestSwitchingOff:
    """While the platform, or somebody else, is at it."""

    @pytest.fixture
    def busy(self, cloud: Cloud) -> str:
        """A customer whose MFA somebody is switching off; it takes one look."""
        tenant = cloud.simulator.create_tenant(name="Busy", users=2, mfa=True)["id"]
        cloud.simulator.create_tenant(parent_id=tenant, kind="unit", name="Busy unit")
        cloud.simulator.patch_tenant(tenant, disable_polls=1)
        return str(tenant)

    @pytest.mark.parametrize("path", [("Busy",), ("Busy", "Busy unit")])
    def test_off_is_awaited_and_no_change(self, cloud: Cloud, busy: str, path: tuple[str, ...]) -> None:
        client, tenant = cloud.connect(), cloud.tenant(*path)["id"]
        predicted = seen(client, tenant, "disabled", check=True)
        cloud.simulator.patch_tenant(busy, mfa=True, disable_polls=1)
        result = seen(client, tenant, "disabled")
        assert result == predicted
        assert (result["changed"], result["mfa"]["status"], cloud.puts()) == (False, "disabled", {})

    def test_on_comes_after_that(self, cloud: Cloud, busy: str) -> None:
        client = cloud.connect()
        predicted = seen(client, busy, "enabled", check=True)
        cloud.simulator.patch_tenant(busy, mfa=True, disable_polls=1)
        result = seen(client, busy, "enabled")
        assert result == predicted
        assert (result["changed"], result["mfa"]["status"], cloud.puts()) == (True, "enabled", {busy: 1})

    @pytest.mark.parametrize("check", [True, False])
    def test_without_waiting_it_counts_as_off(self, cloud: Cloud, busy: str, check: bool) -> None:
        cloud.simulator.patch_tenant(busy, disable_polls=1000)
        outcome = ensure(cloud.connect(), busy, "disabled", wait=False, check=check)
        assert (outcome.changed, outcome.values["mfa"]["status"]) == (False, "disable_in_progress")
        with pytest.raises(RefusedError, match="being switched off"):
            ensure(cloud.connect(), busy, "enabled", wait=False, check=check)
        assert cloud.puts() == {}

    def test_a_refusal_is_not_waited_for(self, cloud: Cloud, busy: str) -> None:
        cloud.simulator.patch_tenant(busy, disable_polls=1000)
        unit = cloud.tenant("Busy", "Busy unit")["id"]
        for check in (True, False):
            with pytest.raises(RefusedError, match="no MFA setting of its own"):
                ensure(cloud.connect(), unit, "enabled", check=check)
        assert cloud.count(MFA) == 2

    def test_the_task_waits_for_its_own_change(self, cloud: Cloud) -> None:
        cloud.simulator.settings(switches={"disable": "polls:1"})
        tenant = cloud.tenant("Everybody Enrolled")["id"]
        client = cloud.connect()
        predicted = seen(client, tenant, "disabled", check=True)
        result = seen(client, tenant, "disabled")
        assert predicted == result
        assert (result["mfa"]["status"], cloud.puts()) == ("disabled", {tenant: 1})

    def test_or_it_does_not_if_told_so(self, cloud: Cloud) -> None:
        cloud.simulator.settings(switches={"disable": "polls:1000"})
        tenant = cloud.tenant("Everybody Enrolled")["id"]
        outcome = ensure(cloud.connect(), tenant, "disabled", wait=False)
        assert (outcome.changed, outcome.values["mfa"]["status"]) == (True, "disable_in_progress")
        again = ensure(cloud.connect(), tenant, "disabled", wait=False)
        assert (again.changed, cloud.puts()) == (False, {tenant: 1})

    def test_too_long_is_an_error_that_says_so(self, cloud: Cloud) -> None:
        cloud.simulator.settings(switches={"disable": "polls:1000"})
        tenant = cloud.tenant("Everybody Enrolled")["id"]
        with pytest.raises(WaitError, match="wait_timeout"):
            ensure(cloud.connect(), tenant, "disabled", wait_timeout=0.1)
        assert cloud.puts() == {tenant: 1}
