# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module as a process: options in, one JSON result out, and no secret in anything it prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.tests.unit.support.cloud import TENANT, Cloud
from ansible_collections.tenantops.access.tests.unit.support.servers import Reply, Request, Serve, closed_port
from ansible_collections.tenantops.access.tests.unit.support.tasks import Task, run_module

PROXY_PASSWORD = "Pr0xy/S3cret+Passw0rd"
ENCODED_PASSWORD = "Pr0xy%2FS3cret%2BPassw0rd"

Run = Callable[..., Task]


@pytest.fixture
def options(cloud: Cloud, tmp_path: Path) -> dict[str, Any]:
    """A working connection."""
    return {
        "datacenter_url": cloud.simulator.url,
        "client_id": cloud.simulator.client_id,
        "client_secret": cloud.simulator.client_secret,
        "token_cache_dir": str(tmp_path / "tokens"),
        "retries": 0,
        "timeout": 20,
    }


@pytest.fixture
def run(options: dict[str, Any], tmp_path: Path) -> Run:
    """Runs the module with the connection and further options; ``None`` leaves an option out."""

    def run_it(*, check: bool = False, environment: dict[str, str] | None = None, **more: Any) -> Task:
        arguments = {name: value for name, value in {**options, **more}.items() if value is not None}
        return run_module("acronis_tenant_mfa", arguments, tmp_path, check=check, environment=environment)

    return run_it


class TestWork:
    """What it does."""

    def test_a_change_and_no_second_one(self, cloud: Cloud, run: Run) -> None:
        tenant = cloud.tenant("Northwind IT", "Harbor Clinic")["id"]
        predicted = run(tenant="Northwind IT/Harbor Clinic", check=True).result
        assert cloud.puts() == {}
        first = run(tenant="Northwind IT/Harbor Clinic").result
        second = run(tenant=["Northwind IT", "Harbor Clinic"]).result
        assert [one["changed"] for one in (predicted, first, second)] == [True, True, False]
        for name in ("tenant", "mfa", "diff"):
            assert predicted[name] == first[name]
        assert second["mfa"] == first["mfa"]
        assert first["tenant"]["id"] == tenant
        assert first["diff"]["before"] != first["diff"]["after"]
        assert cloud.puts() == {tenant: 1}

    def test_all_tasks_share_one_token(self, cloud: Cloud, run: Run) -> None:
        for _unused in range(3):
            assert run(tenant_id=cloud.tenant("Nobody Here")["id"], state="disabled").result["changed"] is False
        assert cloud.tokens_issued() == 1

    def test_without_a_cache_each_has_its_own(self, cloud: Cloud, run: Run, tmp_path: Path) -> None:
        for _unused in range(2):
            run(tenant_id=cloud.tenant("Nobody Here")["id"], state="disabled", token_cache=False)
        assert cloud.tokens_issued() == 2
        assert not (tmp_path / "tokens").exists()

    def test_the_connection_may_come_from_the_environment(
        self, cloud: Cloud, options: dict[str, Any], tmp_path: Path
    ) -> None:
        environment = {f"ACRONIS_{name.upper()}": str(value) for name, value in options.items()}
        arguments = {"tenant_id": cloud.tenant("Nobody Here")["id"], "state": "disabled"}
        task = run_module("acronis_tenant_mfa", arguments, tmp_path, environment=environment)
        assert task.result["changed"] is False
        assert task.betrayed(cloud.simulator.client_secret) == []
        assert (tmp_path / "tokens").is_dir()

    def test_an_option_beats_the_environment(self, cloud: Cloud, run: Run) -> None:
        environment = {
            "ACRONIS_DATACENTER_URL": f"http://127.0.0.1:{closed_port()}",
            "ACRONIS_CLIENT_SECRET": "another-secret-0123456789",
            "ACRONIS_ACCESS_TOKEN": "another-token-0123456789",
        }
        task = run(tenant_id=cloud.tenant("Nobody Here")["id"], state="disabled", environment=environment)
        assert task.result["changed"] is False
        assert task.betrayed("another-secret-0123456789", "another-token-0123456789") == []

    def test_a_token_is_enough(self, cloud: Cloud, run: Run) -> None:
        token = cloud.issue_token()
        tenant = cloud.tenant("Nobody Here")["id"]
        task = run(tenant_id=tenant, state="disabled", client_id=None, client_secret=None, access_token=token)
        assert task.result["changed"] is False
        assert task.betrayed(token) == []

    def test_plain_http_warns(self, cloud: Cloud, run: Run) -> None:
        task = run(tenant_id=cloud.tenant("Nobody Here")["id"], state="disabled")
        assert "datacenter_url is plain http" in str(task.result["warnings"])


class TestFailures:
    """One sentence, the error as data, and no traceback."""

    @pytest.mark.parametrize(
        "more, kind, words",
        [
            ({"tenant": "Harbor Clinic"}, "no_match", "tenants are called"),
            ({"tenant": 123}, "option", "tenant is neither"),
            ({"tenant_id": "00000000-0000-4000-8000-000000000000"}, "not_found", "tenant not found"),
            ({"tenant_id": "a/b"}, "option", "tenant_id"),
            ({"tenant": "Northwind IT", "state": "disabled"}, "refused", "production"),
            ({"tenant": "x", "client_secret": "wrong-secret-0123456789"}, "unauthorized", "invalid_client"),
            ({"tenant": "x", "timeout": 0}, "option", "timeout"),
            ({"tenant": "x", "datacenter_url": "eu2-cloud.acronis.com"}, "option", "datacenter_url"),
            ({"tenant": "x", "client_id": None, "client_secret": None}, "option", "ACRONIS_CLIENT_ID"),
        ],
        ids=str,
    )
    def test_it_says_what_and_why(self, cloud: Cloud, run: Run, more: dict[str, Any], kind: str, words: str) -> None:
        task = run(**more)
        assert words in task.message
        assert task.result["error"]["type"] == kind
        assert "Traceback" not in task.output
        assert cloud.puts() == {}
        assert task.betrayed(cloud.simulator.client_secret) == []

    @pytest.mark.parametrize(
        "more, words",
        [
            ({}, "tenant_id"),
            ({"tenant": "x", "tenant_id": "y"}, "mutually exclusive"),
            ({"tenant": "x", "state": "on"}, "state"),
            ({"tenant": "x", "datacenter_url": None}, "datacenter_url"),
        ],
        ids=str,
    )
    def test_a_wrong_call_names_the_option(self, cloud: Cloud, run: Run, more: dict[str, Any], words: str) -> None:
        task = run(**more)
        assert words in task.message
        assert cloud.simulator.counters()["total"] == 0

    def test_the_vendors_code_is_shown_by_name(self, cloud: Cloud, run: Run) -> None:
        cloud.simulator.fault("platform_error", route="/tenants/{id}", status=403, code=1002, times=None)
        task = run(tenant_id=cloud.simulator.tenant_id)
        expected = {"type": "forbidden", "status": 403, "code": 1002, "code_name": "access denied"}
        assert {name: task.result["error"][name] for name in expected} == expected
        assert "code 1002 (access denied)" in task.message

    def test_without_requests_it_says_what_to_install(self, options: dict[str, Any], tmp_path: Path) -> None:
        (tmp_path / "hiding").mkdir()
        (tmp_path / "hiding" / "requests.py").write_text("raise ImportError('not installed')\n", encoding="utf-8")
        arguments = {**options, "tenant": "x"}
        task = run_module("acronis_tenant_mfa", arguments, tmp_path, python_path=tmp_path / "hiding")
        assert "requests" in task.message
        assert "Python library" in task.message


class TestSecrets:
    """What no output may hold, at any verbosity."""

    def proxy(self, port: int) -> str:
        return f"http://jane:{ENCODED_PASSWORD}@127.0.0.1:{port}"

    @pytest.mark.parametrize("more", [{"state": "on"}, {"timeout": "soon"}, {"timeout": 0}, {}], ids=str)
    def test_a_proxys_password(self, run: Run, serve: Serve, more: dict[str, Any]) -> None:
        server = serve(lambda _request: Reply(407, b"who are you"))
        task = run(tenant="x", proxy=self.proxy(server.port), **more)
        assert task.message
        assert task.betrayed(PROXY_PASSWORD, ENCODED_PASSWORD) == []

    @pytest.mark.parametrize("name", ["ACRONIS_PROXY", "HTTP_PROXY"])
    def test_a_proxys_password_in_the_environment(self, run: Run, name: str) -> None:
        task = run(tenant="x", environment={name: self.proxy(closed_port())})
        assert task.result["error"]["type"] == "unreachable"
        assert task.betrayed(PROXY_PASSWORD, ENCODED_PASSWORD) == []

    @pytest.mark.parametrize("separator", ["/", "@", "#"])
    def test_a_proxys_password_that_was_not_encoded(self, run: Run, separator: str) -> None:
        password = f"Pr0xy-S3cret{separator}Passw0rd-4711"
        task = run(tenant="x", proxy=f"http://jane:{password}@127.0.0.1:{closed_port()}")
        assert task.message
        assert task.betrayed(*password.split(separator)) == []

    @pytest.mark.parametrize("url", ["https://jane:{}@127.0.0.1:9", "jane:{}@127.0.0.1"])
    def test_a_password_in_the_url(self, run: Run, url: str) -> None:
        task = run(tenant="x", datacenter_url=url.format(PROXY_PASSWORD))
        assert "datacenter_url" in task.message
        assert task.betrayed(PROXY_PASSWORD) == []

    @pytest.mark.parametrize("name", ["client_secret", "access_token"])
    @pytest.mark.parametrize("more", [{}, {"state": "on"}], ids=str)
    def test_secrets_that_cannot_be_used(self, run: Run, name: str, more: dict[str, Any]) -> None:
        task = run(**{"tenant": "x", name: "S3cret-with-a-line-end-4711\n", **more})
        assert task.message
        assert task.betrayed("S3cret-with-a-line-end-4711") == []

    def test_a_secret_with_a_byte_that_is_no_text(self, run: Run) -> None:
        task = run(tenant="x", client_secret="S3cret-\udcff-0123456789")
        assert "client_secret" in task.message
        assert "Traceback" not in task.output

    @pytest.mark.parametrize("padding", [0, 90])
    def test_secrets_that_the_server_repeats(self, run: Run, serve: Serve, padding: int) -> None:
        secret, token = "kH7+w/2Qz9=Lm4_Vb8-Xc1~Rt5.Np3", "eyJhbGciOiJSUzI1NiJ9.eyJqdGkiOiI0NzExIn0.c2lnbmF0dXJl"

        def respond(request: Request) -> Reply:
            if request.method == "POST":
                return Reply(200, f'{{"access_token": "{token}"}}'.encode())
            words = "x" * padding + f" {token} {secret}"
            return Reply(403, f'{{"error": {{"code": "{words}", "message": "{words}"}}}}'.encode())

        task = run(tenant_id="x", datacenter_url=serve(respond).url, client_secret=secret)
        assert task.result["error"]["type"] == "forbidden"
        assert task.betrayed(secret, token) == []

    @pytest.mark.parametrize("kind", ["not_json", "reset_before", "expired_token"])
    def test_whatever_goes_wrong(self, cloud: Cloud, run: Run, tmp_path: Path, kind: str) -> None:
        cloud.simulator.fault(kind, route=TENANT.split()[1], times=None)
        task = run(tenant_id=cloud.simulator.tenant_id)
        assert task.message
        assert task.betrayed(cloud.simulator.client_secret) == []
        kept = [json.loads(path.read_text(encoding="utf-8"))["text"] for path in (tmp_path / "tokens").glob("*.json")]
        assert len(kept) == 1
        assert task.betrayed(*kept) == []
