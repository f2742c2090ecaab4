# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that plan and look, as processes: options in, one JSON result out."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import tenant
from ansible_collections.tenantops.access.tests.unit.support.tasks import Task, run_module

Run = Callable[..., Task]
RULE = {"name": "customers", "match": {"kind": ["customer"]}, "mfa": "enabled"}


@pytest.fixture
def run(cloud: Cloud, tmp_path: Path) -> Run:
    """Runs a module with a working connection and further options."""

    def run_it(name: str = "acronis_mfa_plan", *, check: bool = False, **more: Any) -> Task:
        options = {
            "datacenter_url": cloud.simulator.url,
            "client_id": cloud.simulator.client_id,
            "client_secret": cloud.simulator.client_secret,
            "token_cache_dir": str(tmp_path / "tokens"),
            "retries": 0,
            **more,
        }
        return run_module(name, options, tmp_path, check=check)

    return run_it


@pytest.fixture
def scope(cloud: Cloud) -> str:
    """A partner with two customers, one of them without MFA."""
    partner = tenant(cloud, kind="partner", name="A partner", pricing_mode="trial")["id"]
    tenant(cloud, parent_id=partner, name="Off", users=3)
    tenant(cloud, parent_id=partner, name="On", users=3, mfa=True)
    return str(partner)


class TestPlan:
    """acronis_mfa_plan"""

    def test_a_policy_in_options_and_one_in_a_file_are_the_same(self, run: Run, scope: str, tmp_path: Path) -> None:
        # Numbers and words where YAML makes them of what is wanted as a text, a number or a truth.
        given = {"name": 2027, "scope_id": scope.upper(), "rules": [{**RULE, "not_before": "2024-01-15"}]}
        given |= {"guards": {"max_changes": "50", "allow_disable": "yes"}, "rollout": {"waves": ["50%", "100%"]}}
        path = tmp_path / "policy.yml"
        path.write_text(
            f"""\
name: "2027"
scope_id: {scope}
rules:
  - name: customers
    match: {{kind: [customer]}}
    mfa: enabled
    not_before: 2024-01-15
guards: {{max_changes: 50, allow_disable: true}}
rollout: {{waves: ["50%", "100%"]}}
""",
            encoding="utf-8",
        )
        in_options, in_a_file = run(policy=given).result, run(policy_file=str(path)).result
        assert in_options["plan"]["policy"] == in_a_file["plan"]["policy"]
        assert in_options["plan_hash"] == in_a_file["plan_hash"] == in_options["plan"]["hash"]
        assert [one["path"] for one in in_options["plan"]["changes"]] == [["A partner", "Off"]]
        assert in_options["changed"] is False

    def test_dest_is_what_changes(self, run: Run, scope: str, tmp_path: Path) -> None:
        dest = tmp_path / "plan.json"
        wanted = {"policy": {"name": "a", "scope_id": scope, "rules": [RULE]}, "dest": str(dest)}
        assert run(**wanted, check=True).result["changed"] is True
        assert not dest.exists()
        first, second = run(**wanted), run(**wanted)
        assert [first.result["changed"], second.result["changed"]] == [True, False]
        assert json.loads(dest.read_text(encoding="utf-8")) == first.result["plan"]
        assert stat.S_IMODE(dest.stat().st_mode) == 0o600
        assert first.result["diff"]["after"].count("\n") == 1

    @pytest.mark.parametrize(
        "change, words",
        [
            ({"rule": []}, "policy.rule"),
            ({"rules": [{**RULE, "mtach": {}}]}, "policy.rules.mtach"),
            ({"rules": [{**RULE, "match": {"kinds": ["customer"]}}]}, "policy.rules.match.kinds"),
            ({"rules": [{**RULE, "match": {"path": ["A/**"]}}]}, "rules[0].match: kind or id is missing"),
            ({"rules": [{**RULE, "mfa": "on"}]}, "mfa"),
            ({"guards": {"max_change": 1}}, "policy.guards.max_change"),
            ({"exceptions": [{"tenant_id": "a", "reason": "b", "owner": "c"}]}, "expires"),
        ],
        ids=str,
    )
    def test_a_slip_is_named_and_nothing_is_asked(
        self, cloud: Cloud, run: Run, change: dict[str, Any], words: str
    ) -> None:
        task = run(policy={"name": "a", "rules": [RULE], **change})
        assert words in task.message
        assert "Traceback" not in task.output
        assert cloud.simulator.counters()["total"] == 0

    @pytest.mark.parametrize(
        "given",
        [{}, {"policy": {"name": "a", "rules": [RULE]}, "policy_file": "/tmp/policy.yml"}],
        ids=["none", "both"],
    )
    def test_there_is_one_policy(self, cloud: Cloud, run: Run, given: dict[str, Any]) -> None:
        message = run(**given).message
        assert "policy" in message
        assert "policy_file" in message
        assert cloud.simulator.counters()["total"] == 0

    def test_unknown_tenants_fail_it_with_everything_else_in_the_result(
        self, cloud: Cloud, run: Run, scope: str
    ) -> None:
        (broken,) = [one["id"] for one in cloud.simulator.tenants(scope) if one["name"] == "On"]
        cloud.simulator.fault("error_text", path=f"/api/2/tenants/{broken}/mfa/status", times=None)
        task = run(policy={"name": "a", "scope_id": scope, "rules": [RULE]})
        assert broken in task.message
        assert "A partner/On" in task.message
        assert task.result["summary"]["dispositions"]["unknown"] == 1
        assert [one["path"] for one in task.result["plan"]["changes"]] == [["A partner", "Off"]]
        assert [one["tenant_id"] for one in task.result["unknown"]] == [broken]
        assert "Traceback" not in task.output

    def test_no_secret_and_no_name_beside_the_result(self, cloud: Cloud, run: Run, scope: str) -> None:
        task = run(policy={"name": "a", "scope_id": scope, "rules": [RULE]})
        assert task.betrayed(cloud.simulator.client_secret) == []
        cloud.simulator.fault("error_text", route="/tenants", times=None)
        task = run(policy={"name": "a", "scope_id": scope, "rules": [RULE]})
        assert task.result["error"]["type"] == "server"
        assert task.betrayed(cloud.simulator.client_secret) == []


class TestInfo:
    """acronis_tenant_mfa_info"""

    def test_tenants_and_figures(self, cloud: Cloud, run: Run, scope: str) -> None:
        for check in (False, True):
            result = run("acronis_tenant_mfa_info", scope_id=scope, kinds=["customer"], check=check).result
            assert [(one["name"], one["mfa"]["status"]) for one in result["tenants"]] == [
                ("Off", "disabled"),
                ("On", "enabled"),
            ]
            assert result["summary"]["status"] == {
                "enabled": 1,
                "disabled": 1,
                "disable_in_progress": 0,
                "unknown": 0,
            }
            assert result["changed"] is False
        ids = [one["id"] for one in result["tenants"]]
        assert run("acronis_tenant_mfa_info", tenant_ids=ids).result["tenants"] == result["tenants"]

    @pytest.mark.parametrize(
        "wanted, words",
        [
            ({"tenant_ids": ["a"], "scope_id": "b"}, "mutually exclusive"),
            ({"tenant_ids": []}, "tenant_ids"),
            ({"kinds": ["personal"]}, "kinds"),
            ({"kinds": []}, "kinds"),
            ({"verify": "none"}, "verify"),
        ],
        ids=str,
    )
    def test_a_slip_is_named(self, run: Run, wanted: dict[str, Any], words: str) -> None:
        task = run("acronis_tenant_mfa_info", **wanted)
        assert words in task.message
        assert "Traceback" not in task.output

    def test_unknown_tenants_fail_it_with_the_rest_in_the_result(self, cloud: Cloud, run: Run, scope: str) -> None:
        (broken,) = [one["id"] for one in cloud.simulator.tenants(scope) if one["name"] == "On"]
        cloud.simulator.fault("reset_before", path=f"/api/2/tenants/{broken}/mfa/status", times=None)
        task = run("acronis_tenant_mfa_info", scope_id=scope)
        assert broken in task.message
        assert [one["mfa"]["status"] for one in task.result["tenants"]] == ["disabled", "disabled", "unknown"]
        assert task.result["summary"]["status"]["unknown"] == 1
