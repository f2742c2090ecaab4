# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users who must not be locked out: whom they block, who does not count, and when their listing is read at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis import users
from ansible_collections.tenantops.access.plugins.module_utils._errors import AccessError
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.planning import (
    assert_planned,
    disposition_of,
    make_plan,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.policies import (
    exception,
    in_days,
    policy,
    rule,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.truth import Truth
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import USERS, tenant

LOGIN = "backup-agent@harbor.example"


@pytest.fixture
def scope(cloud: Cloud) -> str:
    """A partner of the test's own, on trial and without MFA or users."""
    return str(tenant(cloud, kind="partner", name="A partner", pricing_mode="trial")["id"])


def place(cloud: Cloud, parent_id: str, kind: str = "customer", **changes: Any) -> str:
    """A new tenant with two users, the second of whom is called LOGIN, or what ``changes`` say."""
    made = tenant(cloud, kind=kind, parent_id=parent_id, users=2)
    cloud.simulator.patch_user(made["users"][1]["id"], **{"login": LOGIN, **changes})
    return str(made["id"])


def protecting(*patterns: str, **more: Any) -> dict[str, Any]:
    """A policy that protects whoever fits one of the patterns."""
    return policy(**more, guards={"protected_users": list(patterns)})


def reason(outcome: Outcome, tenant_id: str) -> str:
    """Why a tenant is blocked; empty if it is not."""
    return next((str(one["reason"]) for one in outcome.values["blocked"] if one["tenant_id"] == tenant_id), "")


class TestWhom:
    """which tenants are blocked"""

    @pytest.mark.parametrize(
        "changes, patterns",
        [
            ({}, [LOGIN]),
            ({}, ["backup-*"]),
            ({}, ["BACKUP-*@Harbor.EXAMPLE"]),
            ({}, ["nobody", "*@harbor.ex*mple"]),
            ({"login": "Backup-Agent@harbor.example"}, ["backup-*"]),
            ({"login": "b1@harbor.example", "email": "Backup@harbor.example"}, ["backup@*"]),
            ({"activated": False}, ["backup-*"]),
            ({"service": True}, ["backup-*"]),
            ({"totp": True}, ["backup-*"]),
        ],
        ids=str,
    )
    def test_a_tenant_whose_user_would_be_locked_out(
        self, cloud: Cloud, scope: str, changes: dict[str, Any], patterns: list[str]
    ) -> None:
        blocked, other = place(cloud, scope, **changes), str(tenant(cloud, parent_id=scope, users=2)["id"])
        document = protecting(*patterns, scope_id=scope)
        outcome = make_plan(cloud.connect(), document)
        assert_planned(outcome, Truth(cloud.simulator), document)
        assert disposition_of(outcome, blocked) == "blocked"
        assert disposition_of(outcome, other) == "drifted"
        assert changes.get("login", LOGIN) in reason(outcome, blocked)

    @pytest.mark.parametrize(
        "changes, patterns",
        [
            ({"exempt": True, "service": True}, ["backup-*"]),
            ({"enabled": False}, ["backup-*"]),
            ({"deleted": True}, ["backup-*"]),
            ({}, ["backup"]),
            ({}, ["agent@*"]),
            ({}, ["backup-\\*"]),
        ],
        ids=str,
    )
    def test_who_cannot_be_locked_out_or_does_not_fit_blocks_nobody(
        self, cloud: Cloud, scope: str, changes: dict[str, Any], patterns: list[str]
    ) -> None:
        free = place(cloud, scope, **changes)
        document = protecting(*patterns, scope_id=scope)
        outcome = make_plan(cloud.connect(), document)
        assert_planned(outcome, Truth(cloud.simulator), document)
        assert disposition_of(outcome, free) == "drifted"

    def test_a_user_of_a_unit_blocks_the_customer(self, cloud: Cloud, scope: str) -> None:
        customer = str(tenant(cloud, parent_id=scope, users=1)["id"])
        unit = str(tenant(cloud, kind="unit", parent_id=customer)["id"])
        nested = place(cloud, unit, "unit")
        outcome = make_plan(cloud.connect(), protecting("backup-*", scope_id=scope))
        assert LOGIN in reason(outcome, customer)
        assert disposition_of(outcome, nested) == "inherited"

    def test_a_user_of_a_folder_blocks_the_partner_and_not_the_customers_in_it(self, cloud: Cloud, scope: str) -> None:
        partner = str(tenant(cloud, kind="partner", parent_id=scope, pricing_mode="trial")["id"])
        folder = place(cloud, partner, "folder")
        customer = str(tenant(cloud, parent_id=folder, users=1)["id"])
        outcome = make_plan(cloud.connect(), protecting("backup-*", default="enabled", scope_id=scope))
        assert LOGIN in reason(outcome, partner)
        assert disposition_of(outcome, customer) == "drifted"

    def test_what_is_pending_is_blocked_too_and_what_is_excepted_or_compliant_is_not(
        self, cloud: Cloud, scope: str
    ) -> None:
        late, excepted, done = (
            place(cloud, scope),
            place(cloud, scope, login="backup-2"),
            place(cloud, scope, login="x"),
        )
        cloud.simulator.patch_tenant(done, mfa=True)
        document = protecting(
            "*", rules=[rule(not_before=in_days(30))], scope_id=scope, exceptions=[exception(excepted, 300)]
        )
        outcome = make_plan(cloud.connect(), document)
        found = [disposition_of(outcome, tenant_id) for tenant_id in (late, excepted, done)]
        assert found == ["blocked", "excepted", "compliant"]

    def test_many_are_counted_and_each_is_named_once(self, cloud: Cloud, scope: str) -> None:
        crowded = str(tenant(cloud, parent_id=scope, users=15)["id"])
        cloud.simulator.fault("duplicate_items", route="/users", count=15, times=None)
        outcome = make_plan(cloud.connect(), protecting("*", scope_id=scope))
        shown = reason(outcome, crowded)
        logins = [user["login"] for user in cloud.simulator.tenant(crowded)["users"]]
        assert sum(login in shown for login in logins) == 10
        assert shown.endswith("and 5 more")

    def test_a_sample_is_protected_too(self, cloud: Cloud, scope: str) -> None:
        blocked = [place(cloud, scope, login=f"backup-{number}") for number in range(25)]
        outcome = make_plan(cloud.connect(), protecting("backup-*", scope_id=scope), "sample")
        assert {one["tenant_id"] for one in outcome.values["blocked"]} == set(blocked)
        assert outcome.values["plan"]["changes"] == []


class TestReading:
    """when and how the users are listed"""

    @pytest.mark.parametrize(
        "document, requests",
        [
            (policy(), 0),
            (protecting(), 0),
            (protecting("backup-*"), 2),
            (protecting("backup-*", rules=[rule("disabled")]), 0),
            (protecting("backup-*", rules=[rule("unmanaged")]), 0),
            (protecting("backup-*", rules=[rule(not_before=in_days(30))]), 2),
        ],
        ids=["nobody protected", "nobody protected by name", "drifted", "to be disabled", "unmanaged", "pending"],
    )
    def test_they_are_read_only_where_it_matters(
        self, cloud: Cloud, scope: str, document: dict[str, Any], requests: int
    ) -> None:
        place(cloud, scope)
        make_plan(cloud.connect(), {**document, "scope_id": scope})
        # One page, and one for who changed meanwhile.
        assert cloud.count(USERS) == requests

    def test_they_are_not_read_where_all_is_well(self, cloud: Cloud, scope: str) -> None:
        cloud.simulator.patch_tenant(place(cloud, scope), mfa=True)
        make_plan(cloud.connect(), protecting("backup-*", scope_id=scope))
        assert cloud.count(USERS) == 0

    def test_only_those_of_the_scope_are_listed_page_by_page(
        self, cloud: Cloud, scope: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(users, "_PAGE", 4)
        blocked = {place(cloud, scope, login=f"backup-{number}") for number in range(5)}
        outcome = make_plan(cloud.connect(), protecting("backup-*", scope_id=scope))
        assert {one["tenant_id"] for one in outcome.values["blocked"]} == blocked
        assert cloud.count(USERS) == 4

    def test_who_changes_while_they_are_listed_counts_as_he_is_then(
        self, cloud: Cloud, scope: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(users, "_PAGE", 4)
        became, was, *others = (place(cloud, scope, login=f"someone-{number}") for number in range(5))
        first, second = (cloud.simulator.tenant(one)["users"][1]["id"] for one in (became, was))
        cloud.simulator.patch_user(second, login="backup-2")
        cloud.simulator.fault("hold", route="/users", after=1)
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(make_plan, cloud.connect(timeout=60), protecting("backup-*", scope_id=scope))
            cloud.simulator.wait_for_held()
            cloud.simulator.patch_user(first, login="backup-1")
            cloud.simulator.patch_user(second, login="someone-2")
            cloud.simulator.release()
            outcome = reading.result()
        assert {one["tenant_id"] for one in outcome.values["blocked"]} == {became}
        assert {one["tenant_id"] for one in outcome.values["plan"]["changes"]} == {was, *others}

    @pytest.mark.parametrize("page", [0, 1, 2])
    def test_a_page_that_cannot_be_read_is_an_error_and_no_plan(
        self, cloud: Cloud, scope: str, monkeypatch: pytest.MonkeyPatch, page: int
    ) -> None:
        monkeypatch.setattr(users, "_PAGE", 4)
        for number in range(5):
            place(cloud, scope, login=f"backup-{number}")
        faults: list[dict[str, Any]] = [
            {"kind": "platform_error", "status": 403, "code": 1002},
            {"kind": "error_text"},
            {"kind": "reset_before"},
            {"kind": "cut_off"},
            {"kind": "cut_off_clean"},
            {"kind": "wrong_types", "fields": {"items": None}},
            {"kind": "wrong_types", "fields": {"tenant_id": 7}},
        ]
        for fault in faults:
            cloud.simulator.reset_counters()
            cloud.simulator.fault(**fault, route="/users", after=page, times=None)
            with pytest.raises(AccessError, match="list the users"):
                make_plan(cloud.connect(), protecting("backup-*", scope_id=scope))
            assert cloud.count(USERS) == page + 1
            cloud.simulator.clear_faults()

    def test_a_failure_that_passes_is_survived(self, cloud: Cloud, scope: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(users, "_PAGE", 4)
        blocked = {place(cloud, scope, login=f"backup-{number}") for number in range(5)}
        cloud.simulator.fault("cut_off", route="/users", after=1)
        outcome = make_plan(cloud.connect(retries=1), protecting("backup-*", scope_id=scope))
        assert {one["tenant_id"] for one in outcome.values["blocked"]} == blocked
