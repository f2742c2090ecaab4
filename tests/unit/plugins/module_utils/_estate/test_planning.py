# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans over small estates made by hand: exceptions, guards, scopes, and what the platform may leave open."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._errors import AccessError, OptionError
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.planning import (
    assert_planned,
    disposition_of,
    make_plan,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.policies import (
    NOBODY,
    exception,
    in_days,
    policy,
    rule,
)
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._estate.truth import Truth
from ansible_collections.tenantops.access.tests.unit.support.cloud import LISTING, MFA, Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import tenant


@pytest.fixture
def scope(cloud: Cloud) -> str:
    """A partner of the test's own, on trial and without MFA; there is nothing below it yet."""
    return str(tenant(cloud, kind="partner", name="A partner", pricing_mode="trial")["id"])


def customer(cloud: Cloud, parent_id: str, **wanted: Any) -> str:
    """A new customer with two users, or what ``wanted`` says."""
    return str(tenant(cloud, parent_id=parent_id, **{"users": 2, **wanted})["id"])


class TestExceptions:
    """exceptions suspend the rules for a while"""

    @pytest.mark.parametrize("days, disposition", [(0, "excepted"), (1, "excepted"), (-1, "drifted")])
    def test_one_holds_through_its_day(self, cloud: Cloud, scope: str, days: int, disposition: str) -> None:
        excepted, other = customer(cloud, scope), customer(cloud, scope)
        document = policy(scope_id=scope, exceptions=[exception(excepted, days)])
        outcome = make_plan(cloud.connect(), document)
        assert_planned(outcome, Truth(cloud.simulator), document)
        assert disposition_of(outcome, excepted) == disposition
        assert disposition_of(outcome, other) == "drifted"
        assert [one["tenant_id"] for one in outcome.values["tenants"] if one["exception_expires"]] == [excepted]

    @pytest.mark.parametrize(
        "days, word", [(-1, "expired after"), (0, "expires soon"), (14, "expires soon"), (15, None)]
    )
    def test_one_that_ends_is_announced(self, cloud: Cloud, scope: str, days: int, word: str | None) -> None:
        excepted = customer(cloud, scope, name="Vendor's appliance")
        outcome = make_plan(cloud.connect(), policy(scope_id=scope, exceptions=[exception(excepted, days)]))
        assert len(outcome.warnings) == (word is not None)
        for text in outcome.warnings:
            assert word and word in text
            assert excepted in text
            assert "A partner/Vendor's appliance" in text
            assert "jane@example.com" in text
            assert in_days(days) in text

    def test_one_that_fits_nobody_is_a_warning(self, cloud: Cloud, scope: str) -> None:
        customer(cloud, scope)
        outcome = make_plan(cloud.connect(), policy(scope_id=scope, exceptions=[exception(NOBODY, 300)]))
        (found,) = outcome.values["exceptions"]
        assert (found["matched"], found["name"], found["path"]) == (False, None, None)
        (text,) = outcome.warnings
        assert NOBODY in text
        assert "fits no tenant" in text
        assert outcome.failure is None

    @pytest.mark.parametrize("called", ["Old name", "A partner/Old name", ["A partner", "Old name"]], ids=str)
    def test_a_tenant_with_another_name_is_a_warning(self, cloud: Cloud, scope: str, called: str | list[str]) -> None:
        excepted = customer(cloud, scope, name="Old name")
        document = policy(scope_id=scope, exceptions=[exception(excepted, 300, tenant=called)])
        assert make_plan(cloud.connect(), document).warnings == ()
        cloud.simulator.patch_tenant(excepted, name="New name")
        outcome = make_plan(cloud.connect(), document)
        (text,) = outcome.warnings
        assert "Old name" in text
        assert "New name" in text
        # It is about the id, so it holds nevertheless.
        assert disposition_of(outcome, excepted) == "excepted"

    def test_one_for_a_unit_is_a_warning(self, cloud: Cloud, scope: str) -> None:
        unit = tenant(cloud, kind="unit", parent_id=customer(cloud, scope))["id"]
        outcome = make_plan(cloud.connect(), policy(scope_id=scope, exceptions=[exception(unit, 300)]))
        (text,) = outcome.warnings
        assert unit in text
        assert "no effect" in text
        assert disposition_of(outcome, unit) == "inherited"

    def test_many_warnings_are_counted(self, cloud: Cloud, scope: str) -> None:
        customer(cloud, scope)
        exceptions = [exception(f"{NOBODY[:-2]}{number}", 300) for number in range(10, 40)]
        warnings = make_plan(cloud.connect(), policy(scope_id=scope, exceptions=exceptions)).warnings
        assert len(warnings) == 11
        assert warnings[-1].startswith("20 more")

    def test_an_exception_never_writes(self, cloud: Cloud, scope: str) -> None:
        enabled = customer(cloud, scope, mfa=True)
        document = policy(rule("enabled"), scope_id=scope, exceptions=[exception(enabled, 300)])
        outcome = make_plan(cloud.connect(), document)
        assert disposition_of(outcome, enabled) == "excepted"
        assert outcome.values["plan"]["changes"] == []


class TestDays:
    """not_before"""

    @pytest.mark.parametrize("days, disposition", [(1, "pending"), (0, "drifted"), (-1, "drifted")])
    def test_a_rule_begins_on_its_day(self, cloud: Cloud, scope: str, days: int, disposition: str) -> None:
        late, done = customer(cloud, scope), customer(cloud, scope, mfa=True)
        document = policy(rule(not_before=in_days(days)), scope_id=scope)
        outcome = make_plan(cloud.connect(), document)
        assert_planned(outcome, Truth(cloud.simulator), document)
        assert disposition_of(outcome, late) == disposition
        assert disposition_of(outcome, done) == "compliant"
        plan = outcome.values["plan"]
        assert [one["tenant_id"] for one in plan["pending" if days > 0 else "changes"]] == [late]

    def test_what_is_pending_is_no_part_of_the_hash(self, cloud: Cloud, scope: str) -> None:
        customer(cloud, scope, mfa=True)
        document = policy(rule(not_before=in_days(30)), scope_id=scope)
        before = make_plan(cloud.connect(), document).values["plan_hash"]
        customer(cloud, scope)
        after = make_plan(cloud.connect(), document)
        assert len(after.values["plan"]["pending"]) == 1
        assert after.values["plan_hash"] == before


class TestRules:
    """rules that decide nobody, and states that come about by themselves"""

    def test_a_rule_that_decides_nobody_is_an_error(self, cloud: Cloud, scope: str) -> None:
        customer(cloud, scope)
        renamed = rule(name="the old name", match={"kind": ["customer"], "path": ["A partner/Renamed/**"]})
        with pytest.raises(OptionError, match=r"rules\[1\].*'the old name'.*allow_empty"):
            make_plan(cloud.connect(), policy(rule(match={"id": [scope]}), renamed, scope_id=scope))
        renamed["allow_empty"] = True
        assert make_plan(cloud.connect(), policy(rule(), renamed, scope_id=scope)).failure is None

    @pytest.mark.parametrize("state, disposition", [("disabled", "converging"), ("enabled", "drifted")])
    def test_while_it_is_being_switched_off(self, cloud: Cloud, scope: str, state: str, disposition: str) -> None:
        busy = customer(cloud, scope, mfa=True, disable_polls=1000)
        outcome = make_plan(cloud.connect(), policy(rule(state), scope_id=scope))
        assert disposition_of(outcome, busy) == disposition
        assert [one["before"] for one in outcome.values["plan"]["changes"]] == (
            ["disable_in_progress"] if state == "enabled" else []
        )

    def test_switching_off_locks_nobody_out(self, cloud: Cloud, scope: str) -> None:
        customer(cloud, scope, mfa=True)
        outcome = make_plan(cloud.connect(), policy(rule("disabled"), scope_id=scope))
        assert outcome.values["summary"]["lockouts_max"] == 0
        assert [one["lockouts_max"] for one in outcome.values["plan"]["changes"]] == [0]

    def test_a_disabled_tenant_is_not_managed(self, cloud: Cloud, scope: str) -> None:
        closed = customer(cloud, scope, enabled=False)
        outcome = make_plan(cloud.connect(), policy(scope_id=scope))
        assert disposition_of(outcome, closed) == "unmanaged"
        assert outcome.values["summary"]["compliance_percent"] is None

    def test_an_organization_brings_its_folders_and_units_along(self, cloud: Cloud, scope: str) -> None:
        folder = tenant(cloud, kind="folder", parent_id=scope)["id"]
        inside = customer(cloud, folder, mfa=True)
        unit = tenant(cloud, kind="unit", parent_id=inside, users=3)["id"]
        outcome = make_plan(cloud.connect(), policy(default="enabled", scope_id=scope))
        found = {one["tenant_id"]: one for one in outcome.values["tenants"]}
        assert (found[folder]["disposition"], found[folder]["mfa_status"]) == ("inherited", "disabled")
        assert (found[unit]["disposition"], found[unit]["mfa_status"]) == ("inherited", "enabled")
        assert "A partner" in found[folder]["reason"]
        assert found[inside]["users_count"] == 5


class TestScopes:
    """whose tenants a policy is about"""

    def test_a_folder_shows_the_state_of_the_partner_above_it(self, cloud: Cloud, scope: str) -> None:
        folder = tenant(cloud, kind="folder", name="A folder", parent_id=scope)["id"]
        inside = customer(cloud, folder, name="Inside")
        document = policy(scope_id=folder)
        outcome = make_plan(cloud.connect(), document)
        assert_planned(outcome, Truth(cloud.simulator), document)
        found = {one["tenant_id"]: one for one in outcome.values["tenants"]}
        assert found.keys() == {folder, inside}
        assert found[folder]["mfa_status"] == "disabled"
        assert found[inside]["path"] == ["A partner", "A folder", "Inside"]
        assert outcome.values["summary"]["evidence"]["endpoint"] == 1

    def test_a_unit_shows_the_state_of_the_customer_above_it(self, cloud: Cloud, scope: str) -> None:
        unit = tenant(cloud, kind="unit", parent_id=customer(cloud, scope, mfa=True))["id"]
        outcome = make_plan(cloud.connect(), policy(default="enabled", scope_id=unit, rules=[]))
        (found,) = outcome.values["tenants"]
        assert (found["tenant_id"], found["disposition"], found["mfa_status"]) == (unit, "inherited", "enabled")

    def test_the_client_of_a_unit_sees_what_it_inherits(self, cloud: Cloud) -> None:
        own = cloud.simulator.clients["unit"]["tenant_id"]
        outcome = make_plan(cloud.connect(client="unit"), policy(default="enabled", rules=[]))
        assert outcome.failure is None
        (found,) = [one for one in outcome.values["tenants"] if one["tenant_id"] == own]
        assert (found["disposition"], found["mfa_status"]) == ("inherited", cloud.simulator.tenant(own)["mfa"])

    def test_its_root_changes_only_if_a_rule_names_its_id(self, cloud: Cloud, scope: str) -> None:
        everybody = rule(match={"kind": ["partner", "customer"], "path": ["**"]})
        customer(cloud, scope)
        spared = make_plan(cloud.connect(), policy(everybody, default="enabled", scope_id=scope))
        assert disposition_of(spared, scope) == "unmanaged"
        named = make_plan(cloud.connect(), policy(rule(match={"id": [scope]}), scope_id=scope))
        assert disposition_of(named, scope) == "drifted"
        assert [one["tenant_id"] for one in named.values["plan"]["changes"]] == [scope]

    def test_a_token_alone_needs_a_scope(self, cloud: Cloud, scope: str) -> None:
        client = cloud.connect(token=cloud.issue_token())
        cloud.simulator.reset_counters()
        with pytest.raises(OptionError, match="scope_id"):
            make_plan(client, policy())
        assert cloud.simulator.counters()["total"] == 0
        inside = customer(cloud, scope, name="Inside")
        outcome = make_plan(client, policy(scope_id=scope))
        assert disposition_of(outcome, inside) == "drifted"
        assert outcome.values["plan"]["changes"][0]["path"] == ["A partner", "Inside"]

    @pytest.mark.parametrize("switch", ["403_1002", "404_1005"])
    def test_a_scope_out_of_reach_is_an_error_that_names_it(self, cloud: Cloud, switch: str) -> None:
        cloud.simulator.settings(switches={"outside_subtree": switch})
        outside = cloud.simulator.clients["neighbour"]["tenant_id"]
        with pytest.raises(AccessError, match=outside) as caught:
            make_plan(cloud.connect(), policy(scope_id=outside))
        assert caught.value.status == int(switch[:3])

    def test_hash_and_plan_name_the_scope_that_was_found_out(self, cloud: Cloud) -> None:
        own = cloud.simulator.clients["customer"]["tenant_id"]
        mine = policy(rule(match={"id": [own]}, mfa="unmanaged"))
        implied = make_plan(cloud.connect(client="customer"), mine)
        named = make_plan(cloud.connect(), {**mine, "scope_id": own})
        assert implied.values["plan"]["policy"]["scope_id"] == own
        assert implied.values["plan_hash"] == named.values["plan_hash"]


class TestGuards:
    """guards never fail a plan"""

    @pytest.mark.parametrize(
        "state, guards, guard, value",
        [
            ("enabled", {"max_changes": 11}, "max_changes", 12),
            ("enabled", {"max_change_percent": 99.9}, "max_change_percent", 100),
            ("enabled", {"max_lockouts": 23}, "max_lockouts", 24),
            ("disabled", {"max_change_percent": 100}, "allow_disable", 12),
        ],
    )
    def test_what_a_run_would_violate_is_listed(
        self, cloud: Cloud, scope: str, state: str, guards: dict[str, Any], guard: str, value: float
    ) -> None:
        for _number in range(12):
            customer(cloud, scope, mfa=state == "disabled")
        guards = {"max_change_percent": 100, **guards}
        outcome = make_plan(cloud.connect(), policy(rule(state), scope_id=scope, guards=guards))
        (found,) = outcome.values["guard_violations"]
        assert (found["guard"], found["value"]) == (guard, value)
        assert found["approvable"] == (guard != "allow_disable")
        assert guard in found["message"]
        assert outcome.failure is None
        assert not outcome.changed

    def test_an_expired_exception_does_not_change_a_tenant_unseen(self, cloud: Cloud, scope: str) -> None:
        expired = customer(cloud, scope)
        document = policy(scope_id=scope, exceptions=[exception(expired, -1)])
        (found,) = make_plan(cloud.connect(), document).values["guard_violations"]
        assert (found["guard"], found["value"]) == ("enforce_expired", 1)
        allowed = make_plan(cloud.connect(), {**document, "guards": {"enforce_expired": True}})
        assert allowed.values["guard_violations"] == []

    def test_only_what_the_next_run_would_do_counts(self, cloud: Cloud, scope: str) -> None:
        for _number in range(5):
            customer(cloud, scope)
        document = policy(scope_id=scope, guards={"max_changes": 2}, rollout={"max_per_run": 2})
        outcome = make_plan(cloud.connect(), document)
        assert_planned(outcome, Truth(cloud.simulator), document)
        assert outcome.values["guard_violations"] == []
        assert len(outcome.values["plan"]["changes"]) == 5
        assert outcome.values["summary"]["changes"] == 2
        assert outcome.values["summary"]["dispositions"]["drifted"] == 5

    def test_a_sample_does_not_know_how_many_are_locked_out(self, cloud: Cloud, scope: str) -> None:
        for _number in range(25):
            customer(cloud, scope)
        document = policy(scope_id=scope, guards={"max_change_percent": 100})
        outcome = make_plan(cloud.connect(), document, "sample")
        assert outcome.values["summary"]["lockouts_max"] is None
        (found,) = outcome.values["guard_violations"]
        assert (found["guard"], found["value"]) == ("max_lockouts", None)


class TestPlatform:
    """what the platform's documentation leaves open"""

    @pytest.mark.parametrize(
        "verify, switches",
        [
            ("sample", {"listing_mfa_mapping": "setup_required_if_none"}),
            ("sample", {"listing_mfa_mapping": "setup_required_unless_all"}),
            ("all", {"listing_mfa_mapping": "unreliable"}),
            ("sample", {"listing_mfa_inherited": "disabled", "count_field_names": "short"}),
            ("all", {"count_field_names": "short", "guide_sample_fields": "true"}),
            ("sample", {"timestamps": "naive", "page_end": "no_paging", "versions": "epoch_ms"}),
        ],
        ids=str,
    )
    def test_it_makes_no_difference(self, cloud: Cloud, switches: dict[str, str], verify: str) -> None:
        document = policy(default="enabled", exceptions=[exception(cloud.tenant("Nobody Here")["id"], 300)])
        cloud.simulator.settings(switches=switches)
        outcome = make_plan(cloud.connect(), document, verify)
        assert_planned(outcome, Truth(cloud.simulator), document, inferred=verify == "sample")
        summary = outcome.values["summary"]
        assert cloud.count(MFA) == summary["evidence"]["endpoint"]
        assert (summary["evidence"]["listing"] > 0) == (verify == "sample")
        assert cloud.count(LISTING) == 2
        assert cloud.puts() == {}

    @pytest.mark.parametrize(
        "switches",
        [
            {"listing_mfa_mapping": "unreliable"},
            {"listing_mfa_mapping": "always_disabled"},
            {"listing_mfa_mapping": "absent"},
            {"guide_sample_fields": "true"},
        ],
        ids=str,
    )
    def test_where_the_listing_means_nothing_all_are_read(self, cloud: Cloud, switches: dict[str, str]) -> None:
        # Customers without MFA are more than a sample, so that it matters what the listing says of them.
        for _number in range(22):
            customer(cloud, cloud.simulator.tenant_id)
        document = policy(default="enabled")
        cloud.simulator.settings(switches=switches)
        outcome = make_plan(cloud.connect(), document, "sample")
        assert_planned(outcome, Truth(cloud.simulator), document)
        strata = outcome.values["summary"]["strata"]
        customers = [one for one in strata if one["kind"] == "customer" and one["count"] > 20]
        assert customers
        for one in customers:
            assert (one["read"], one["status"], one["bound_percent"]) == (one["count"], None, 0.0)
        # Whoever contradicts the others is read twice.
        reads = sum(one["read"] for one in strata)
        assert reads <= cloud.count(MFA) <= reads + len(strata)

    def test_a_tenant_without_a_field_that_a_rule_asks_for_is_unknown(self, cloud: Cloud, scope: str) -> None:
        lacking, other = customer(cloud, scope), customer(cloud, scope)
        cloud.simulator.fault("drop_fields", route="/tenants", names=["pricing_mode"], times=None)
        asking = rule(match={"id": [lacking], "pricing_mode": ["production"]})
        outcome = make_plan(cloud.connect(), policy(asking, rule(name="the others"), scope_id=scope))
        assert disposition_of(outcome, lacking) == "unknown"
        assert disposition_of(outcome, other) == "drifted"
        assert outcome.failure is not None
        assert lacking in outcome.failure
        assert "pricing_mode" in outcome.failure

    def test_a_read_only_client_can_change_nobody(self, cloud: Cloud, scope: str) -> None:
        customer(cloud, scope)
        outcome = make_plan(cloud.connect(client="readonly"), policy(scope_id=scope))
        (found,) = outcome.values["blocked"]
        assert "update_allowed" in found["reason"]

    def test_who_is_behind_a_self_service_partner_is_blocked_in_a_sample_too(self, cloud: Cloud, scope: str) -> None:
        behind = [customer(cloud, scope) for _number in range(25)]
        cloud.simulator.patch_tenant(scope, ancestral_access=False)
        for verify in ("all", "sample"):
            outcome = make_plan(cloud.connect(), policy(scope_id=scope), verify)
            found = {one["tenant_id"]: one["reason"] for one in outcome.values["blocked"]}
            assert found.keys() == set(behind)
            assert all("A partner" in reason for reason in found.values())
        assert outcome.values["summary"]["evidence"] == {"endpoint": 21, "listing": 5, "none": 0}


class TestResult:
    """what comes back beside the plan"""

    def test_all_tenants_are_there_only_if_wanted(self, cloud: Cloud, scope: str) -> None:
        drifted, _done = customer(cloud, scope), customer(cloud, scope, mfa=True)
        changed = make_plan(cloud.connect(), policy(scope_id=scope), return_tenants="changed")
        assert [one["tenant_id"] for one in changed.values["plan"]["changes"]] == [drifted]
        assert "tenants" not in changed.values
        every = make_plan(cloud.connect(), policy(scope_id=scope), return_tenants="all")
        assert len(every.values["tenants"]) == 3
        assert changed.values["plan_hash"] == every.values["plan_hash"]

    def test_the_plan_has_the_policy_with_its_defaults(self, cloud: Cloud, scope: str) -> None:
        customer(cloud, scope)
        document = policy(scope_id=scope)
        kept = make_plan(cloud.connect(), document).values["plan"]["policy"]
        assert (kept["name"], kept["scope_id"], kept["default"]) == ("baseline", scope, "unmanaged")
        assert kept["guards"]["max_changes"] == 100
        assert kept["rollout"]["waves"] == ["5%", "25%", "100%"]
        # What a plan holds can be planned by again.
        again = make_plan(cloud.connect(), kept)
        assert again.values["plan_hash"] == make_plan(cloud.connect(), document).values["plan_hash"]

    def test_guards_and_rollout_are_no_part_of_the_hash_and_the_rest_is(self, cloud: Cloud, scope: str) -> None:
        first = customer(cloud, scope)
        customer(cloud, scope)

        def hash_of(**more: Any) -> str:
            return str(make_plan(cloud.connect(), policy(**{"scope_id": scope, **more})).values["plan_hash"])

        base = hash_of()
        assert hash_of(guards={"max_changes": 1}, rollout={"max_per_run": 1}) == base
        different = {
            hash_of(rules=[rule(name="another name")]),
            hash_of(default="enabled"),
            hash_of(exceptions=[exception(first, 300)]),
            hash_of(scope_id=first, rules=[rule(allow_empty=True)]),
        }
        assert len(different | {base}) == 5
        cloud.simulator.patch_tenant(first, mfa=True)
        assert hash_of() not in different | {base}

    def test_a_hostile_name_takes_one_line_of_the_diff(self, cloud: Cloud, scope: str) -> None:
        names = ["line\nbreak", "carriage\rreturn", "\u2028separator", "bell\x07", "\u202eevil", "{{ 7*7 }}", "a" * 255]
        for name in names:
            customer(cloud, scope, name=name)
        outcome = make_plan(cloud.connect(), policy(scope_id=scope))
        lines = outcome.after.split("\n")
        assert lines.pop() == ""
        assert len(lines) == len(names)
        assert all(line.isprintable() for line in lines)
        assert all(line.endswith(": disabled -> enabled") for line in lines)
        assert any("{{ 7*7 }}" in line for line in lines)
