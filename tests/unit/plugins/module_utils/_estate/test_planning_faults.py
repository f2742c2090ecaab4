# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults at every position: one tenant is unknown and named, a listing is complete or an error, nothing is guessed."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis import tenants
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    MalformedError,
    RateLimitedError,
    ServerError,
    UnauthorizedError,
)
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.planning import (
    ENDPOINT,
    assert_planned,
    make_plan,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.policies import policy
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.truth import Truth
from ansible_collections.tenantops.access.tests.unit.support.cloud import LISTING, MFA, Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import tenant

#: What may be wrong with one tenant's endpoint.
BROKEN: list[dict[str, Any]] = [
    {"kind": "platform_error", "status": 403, "code": 1002},
    {"kind": "platform_error", "status": 404, "code": 1005},
    {"kind": "platform_error", "status": 400, "code": 1027},
    {"kind": "error_text"},
    {"kind": "error_html"},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "cut_off"},
    {"kind": "cut_off_clean"},
    {"kind": "empty_body"},
    {"kind": "wrong_types", "fields": {"mfa_status": 7}},
    {"kind": "wrong_types", "fields": {"mfa_status": "on"}},
    {"kind": "wrong_types", "fields": {"users_count": "12"}},
    {"kind": "wrong_types", "fields": {"update_allowed": None}},
    {"kind": "drop_fields", "names": ["mfa_status"]},
    {"kind": "drop_fields", "names": ["users_with_totp_enabled_count"]},
]
#: What is worth another try.
PASSING = ["error_text", "error_html", "reset_before", "reset_after", "cut_off", "cut_off_clean", "empty_body"]
#: What may be wrong with a page of a listing.
UNREADABLE: list[dict[str, Any]] = [
    {"kind": "platform_error", "status": 403, "code": 1002},
    {"kind": "platform_error", "status": 404, "code": 1005},
    {"kind": "error_text"},
    {"kind": "reset_before"},
    {"kind": "cut_off"},
    {"kind": "cut_off_clean"},
    {"kind": "empty_body"},
    {"kind": "wrong_types", "fields": {"items": None}},
    {"kind": "wrong_types", "fields": {"paging": 7}},
    {"kind": "drop_fields", "names": ["items"]},
    {"kind": "drop_fields", "names": ["timestamp"]},
]
#: What may be wrong with the tenants on it; the last page, for what changed meanwhile, has none.
MALFORMED: list[dict[str, Any]] = [
    {"kind": "wrong_types", "fields": {"kind": 7}},
    {"kind": "wrong_types", "fields": {"ancestral_access": "yes"}},
    {"kind": "drop_fields", "names": ["parent_id"]},
]


@pytest.fixture
def scope(cloud: Cloud) -> str:
    """A partner of the test's own with a folder and ten customers in it, every other one with MFA."""
    partner = tenant(cloud, kind="partner", name="A partner", pricing_mode="trial")["id"]
    folder = tenant(cloud, kind="folder", name="A folder", parent_id=partner)["id"]
    for number in range(10):
        tenant(cloud, parent_id=folder, name=f"Customer {number}", mfa=number % 2 == 0, users=2)
    return str(partner)


def customers(cloud: Cloud, scope: str) -> list[str]:
    """Ids of the scope's customers."""
    return [one["id"] for one in cloud.simulator.tenants(scope) if one["kind"] == "customer"]


def shown(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """What the outcome says of each tenant."""
    return {one["tenant_id"]: one for one in outcome.values["tenants"]}


def assert_one_unknown(outcome: Outcome, healthy: Outcome, tenant_id: str) -> None:
    """The task fails and names one tenant; about all others it says what it would say without the fault."""
    assert outcome.failure is not None
    assert "1 of 12" in outcome.failure
    assert tenant_id in outcome.failure
    assert [one["tenant_id"] for one in outcome.values["unknown"]] == [tenant_id]
    assert outcome.values["unknown"][0]["reason"] in outcome.failure
    found, expected = shown(outcome), shown(healthy)
    one = found.pop(tenant_id)
    assert (one["disposition"], one["mfa_status"], one["evidence"]) == ("unknown", "unknown", "none")
    del expected[tenant_id]
    assert {key: value["disposition"] for key, value in found.items()} == {
        key: value["disposition"] for key, value in expected.items()
    }
    before, after = healthy.values["summary"], outcome.values["summary"]
    assert after["tenants"] == before["tenants"]
    assert after["compliance_percent"] <= before["compliance_percent"]
    assert tenant_id not in [change["tenant_id"] for change in outcome.values["plan"]["changes"]]


class TestOneTenant:
    """an endpoint that cannot be read"""

    @pytest.mark.parametrize("verify", ["all", "sample"])
    def test_it_is_unknown_and_named_and_the_rest_is_done(self, cloud: Cloud, scope: str, verify: str) -> None:
        document = policy(scope_id=scope)
        healthy = make_plan(cloud.connect(), document, verify)
        for number, fault in enumerate(BROKEN):
            broken = Random(number).choice(customers(cloud, scope))
            cloud.simulator.fault(**fault, path=f"/api/2/tenants/{broken}/mfa/status", times=None)
            assert_one_unknown(make_plan(cloud.connect(), document, verify), healthy, broken)
            cloud.simulator.clear_faults()
        assert cloud.puts() == {}

    def test_whichever_answer_fails(self, cloud: Cloud, scope: str) -> None:
        document = policy(scope_id=scope)
        healthy = make_plan(cloud.connect(), document)
        for position in range(11):
            cloud.simulator.fault("error_text", route=ENDPOINT, after=position)
            outcome = make_plan(cloud.connect(), document)
            (unknown,) = outcome.values["unknown"]
            assert_one_unknown(outcome, healthy, unknown["tenant_id"])
            cloud.simulator.clear_faults()

    def test_failures_that_pass_are_survived(self, cloud: Cloud, scope: str) -> None:
        document = policy(scope_id=scope)
        for kind, tenant_id in zip(PASSING, customers(cloud, scope), strict=False):
            cloud.simulator.fault(kind, path=f"/api/2/tenants/{tenant_id}/mfa/status")
        outcome = make_plan(cloud.connect(retries=1), document)
        assert_planned(outcome, Truth(cloud.simulator), document)
        assert cloud.count(MFA) == 11 + len(PASSING)

    def test_a_server_that_wants_a_pause_gets_it(self, cloud: Cloud, scope: str) -> None:
        document = policy(scope_id=scope)
        cloud.simulator.fault("rate_limited", route=ENDPOINT, after=3, retry_after="0", times=2)
        cloud.simulator.fault("unavailable", route="/tenants", after=1, retry_after="0")
        outcome = make_plan(cloud.connect(retry_max_wait=20), document)
        assert_planned(outcome, Truth(cloud.simulator), document)

    def test_a_folder_of_an_unknown_partner_is_inherited(self, cloud: Cloud, scope: str) -> None:
        cloud.simulator.fault(
            "platform_error", status=403, code=1002, path=f"/api/2/tenants/{scope}/mfa/status", times=None
        )
        outcome = make_plan(cloud.connect(), policy(scope_id=scope))
        assert outcome.values["summary"]["dispositions"]["unknown"] == 1
        (folder,) = [one for one in outcome.values["tenants"] if one["kind"] == "folder"]
        assert (folder["disposition"], folder["mfa_status"]) == ("inherited", "unknown")

    def test_all_are_named_in_the_result_though_not_in_the_message(self, cloud: Cloud, scope: str) -> None:
        for number in range(10):
            tenant(cloud, parent_id=scope, name=f"More {number}")
        cloud.simulator.fault("platform_error", status=403, code=1002, route=ENDPOINT, times=None)
        outcome = make_plan(cloud.connect(), policy(scope_id=scope), return_tenants="changed")
        assert outcome.failure is not None
        assert "21 of 22" in outcome.failure
        assert outcome.failure.endswith("and 11 more")
        named = {one["tenant_id"] for one in outcome.values["unknown"]}
        assert named == {scope, *customers(cloud, scope)}
        assert outcome.values["plan"]["changes"] == []
        assert outcome.values["summary"]["compliance_percent"] == 0

    def test_an_unknown_one_never_makes_a_rule_empty(self, cloud: Cloud, scope: str) -> None:
        cloud.simulator.fault("platform_error", status=403, code=1002, route=ENDPOINT, times=None)
        outcome = make_plan(cloud.connect(), policy(scope_id=scope))
        assert {one["rule"] for one in outcome.values["unknown"]} == {"customers", None}


class TestTheService:
    """what says nothing about a single tenant ends the task"""

    @pytest.mark.parametrize(
        "fault, error",
        [
            ({"kind": "error_text"}, ServerError),
            ({"kind": "unavailable"}, ServerError),
            ({"kind": "not_json", "body": "<html>", "content_type": "text/html"}, MalformedError),
            ({"kind": "expired_token"}, UnauthorizedError),
            ({"kind": "rate_limited", "retry_after": "600"}, RateLimitedError),
        ],
        ids=str,
    )
    def test_where_all_fail_it_gives_up(self, cloud: Cloud, fault: dict[str, Any], error: type[AccessError]) -> None:
        cloud.simulator.fault(**fault, route=ENDPOINT, times=None)
        with pytest.raises(error, match="read the MFA state of tenant"):
            make_plan(cloud.connect(retry_max_wait=5), policy())
        # Not each of the 90 organizations is tried.
        assert cloud.count(MFA) <= 30

    def test_a_dead_service_is_unreachable(self, cloud: Cloud) -> None:
        cloud.simulator.fault("reset_before", route="*", times=None)
        with pytest.raises(AccessError):
            make_plan(cloud.connect(), policy())

    def test_a_token_that_ends_meanwhile_is_renewed_once(self, cloud: Cloud, scope: str) -> None:
        document = policy(scope_id=scope)
        cloud.simulator.fault("expired_token", route=ENDPOINT, after=4)
        outcome = make_plan(cloud.connect(), document)
        assert_planned(outcome, Truth(cloud.simulator), document)
        assert cloud.tokens_issued() == 2


class TestListing:
    """a listing is complete, or an error"""

    @pytest.fixture(autouse=True)
    def small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Four tenants to a page: the scope is three pages, and a last one for what changed meanwhile."""
        monkeypatch.setattr(tenants, "_PAGE", 4)

    def test_the_pages_are_those(self, cloud: Cloud, scope: str) -> None:
        make_plan(cloud.connect(), policy(scope_id=scope))
        listings = [one["query"] for one in cloud.simulator.journal() if one["path"] == "/api/2/tenants"]
        assert ["updated_since" in query for query in listings] == [False, False, False, True]
        assert ["after" in query for query in listings] == [False, True, True, False]

    @pytest.mark.parametrize("page", range(4))
    def test_a_page_that_cannot_be_read_is_an_error_and_no_plan(self, cloud: Cloud, scope: str, page: int) -> None:
        for fault in UNREADABLE + MALFORMED * (page < 3):
            cloud.simulator.reset_counters()
            cloud.simulator.fault(**fault, route="/tenants", after=page, times=None)
            with pytest.raises(AccessError, match=f"list the tenants below {scope}"):
                make_plan(cloud.connect(), policy(scope_id=scope))
            assert cloud.count(LISTING) == page + 1
            assert cloud.count(MFA) == 0
            cloud.simulator.clear_faults()

    @pytest.mark.parametrize(
        "page, kind", [(0, "cut_off"), (1, "reset_before"), (2, "error_text"), (3, "cut_off_clean")]
    )
    def test_a_failure_that_passes_is_survived(self, cloud: Cloud, scope: str, kind: str, page: int) -> None:
        document = policy(scope_id=scope)
        cloud.simulator.fault(kind, route="/tenants", after=page)
        outcome = make_plan(cloud.connect(retries=1), document)
        assert_planned(outcome, Truth(cloud.simulator), document)

    def test_a_tenant_that_comes_twice_counts_once(self, cloud: Cloud, scope: str) -> None:
        document = policy(scope_id=scope)
        cloud.simulator.fault("duplicate_items", count=3, route="/tenants", times=None)
        outcome = make_plan(cloud.connect(), document)
        assert_planned(outcome, Truth(cloud.simulator), document)

    def test_a_page_without_somebody_s_parent_is_an_error(self, cloud: Cloud, scope: str) -> None:
        # The first page has the partner, the folder and two customers; without the last three the folder is missing.
        cloud.simulator.fault("drop_page", count=3, route="/tenants", times=1)
        with pytest.raises(MalformedError, match="incomplete"):
            make_plan(cloud.connect(), policy(scope_id=scope))
        assert cloud.count(MFA) == 0

    def test_a_page_without_the_scope_itself_is_an_error(self, cloud: Cloud, scope: str) -> None:
        cloud.simulator.fault("drop_page", count=4, route="/tenants", times=1)
        with pytest.raises(MalformedError, match=scope):
            make_plan(cloud.connect(), policy(scope_id=scope))

    def test_a_cursor_that_goes_round_is_an_error(self, cloud: Cloud, scope: str) -> None:
        cloud.simulator.fault("loop_cursor", route="/tenants", times=None)
        with pytest.raises(MalformedError, match="comes round"):
            make_plan(cloud.connect(), policy(scope_id=scope))
