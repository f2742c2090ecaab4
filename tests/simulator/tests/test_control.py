# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control interface: counters, journal, settings and the hand of somebody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from ..process import Simulator, SimulatorError
from .api import Api, error
from .conftest import Make


def test_requests_are_counted_by_route(api: Api, make: Make) -> None:
    tenant, other = make(), make()
    api.cloud.reset_counters()
    for enabled in (True, True, False):
        api.put_mfa(tenant["id"], enabled)
    api.put_mfa(other["id"], "nonsense")
    api.mfa(tenant["id"])
    api.get("/nothing")
    api.request_token()
    counters = api.cloud.counters()
    assert counters["requests"] == {
        "PUT /tenants/{id}/mfa/status": 4,
        "GET /tenants/{id}/mfa/status": 1,
        "GET (unmatched)": 1,
        "POST /idp/token": 1,
    }
    assert counters["total"] == 7
    assert counters["mfa_puts"] == {tenant["id"]: 3, other["id"]: 1}
    assert counters["mfa_toggles"] == {tenant["id"]: 2}
    assert counters["tokens_issued"] == 1
    api.cloud.reset_counters()
    assert api.cloud.counters()["total"] == 0


def test_connections_are_counted(api: Api) -> None:
    api.cloud.reset_counters()
    for _unused in range(5):
        api.get(f"/tenants/{api.cloud.tenant_id}")
    assert api.cloud.counters()["connections"] <= 1
    for _unused in range(3):
        requests.get(f"{api.cloud.base_url}/idp/logout", timeout=60)
    assert 3 <= api.cloud.counters()["connections"] <= 4


def test_requests_in_flight_are_counted(api: Api) -> None:
    token = api.session.headers["Authorization"]
    api.cloud.fault("hold", times=None)
    url = f"{api.cloud.base_url}/tenants/{api.cloud.tenant_id}"

    def once(_unused: int) -> int:
        return requests.get(url, headers={"Authorization": str(token)}, timeout=60).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(once, range(4))
        api.cloud.wait_for_held(4)
        assert api.cloud.counters()["in_flight"] == 4
        api.cloud.clear_faults()
        assert list(answers) == [200] * 4
    counters = api.cloud.counters()
    assert (counters["in_flight"], counters["in_flight_max"]) == (0, 4)


def test_the_journal_tells_what_happened_without_secrets(api: Api, make: Make) -> None:
    tenant = make()
    since = api.cloud.journal()[-1]["n"]
    api.cloud.fault("error_after")
    api.put_mfa(tenant["id"], True)
    api.get("/tenants", uuids=tenant["id"])
    api.request_token()
    put, get, token = api.cloud.journal(since)
    assert put["n"] == since + 1
    assert (put["method"], put["route"]) == ("PUT", "PUT /tenants/{id}/mfa/status")
    assert put["path"] == f"/api/2/tenants/{tenant['id']}/mfa/status"
    assert (put["status"], put["fault"]) == (500, "error_after")
    assert put["body"] == {"enabled": True}
    assert put["client"] == api.client["client_id"]
    assert put["time"] <= get["time"]
    assert (get["query"], get["body"], get["fault"]) == (f"uuids={tenant['id']}", None, None)
    assert (token["route"], token["body"], token["status"]) == ("POST /idp/token", None, 200)
    assert api.client["client_secret"] not in str(api.cloud.journal())


def test_settings_can_be_read_and_changed(cloud: Simulator) -> None:
    assert cloud.settings(latency_ms=1, token_lifetime=60, ott_lifetime=5)["token_lifetime"] == 60
    settings = cloud.settings()
    assert (settings["latency_ms"], settings["ott_lifetime"], settings["rate_limit"]) == (1, 5, None)
    assert settings["switches"]["disable"] == "immediate"


@pytest.mark.parametrize("wanted", [{"speed": 1}, {"latency_ms": -1}, {"latency_ms": "slow"}, {"switches": 5}])
def test_wrong_settings_are_refused(cloud: Simulator, wanted: dict[str, Any]) -> None:
    before = cloud.settings()
    with pytest.raises(SimulatorError, match="400"):
        cloud.settings(**wanted)
    assert cloud.settings() == before


def test_impossible_changes_of_clients_are_refused(cloud: Simulator) -> None:
    with pytest.raises(SimulatorError, match="404"):
        cloud.patch_client(cloud.tenant_id, "enabled")
    for changes in ({}, {"status": "dead"}, {"status": "enabled", "role": "king"}):
        with pytest.raises(SimulatorError, match="400"):
            cloud.control("PATCH", f"/clients/{cloud.client_id}", changes)
    assert cloud.control("GET", "/clients") == cloud.clients


def test_control_is_never_disturbed(cloud: Simulator) -> None:
    cloud.fault("reset_before", times=None)
    cloud.settings(latency_ms=60000, rate_limit={"requests_per_second": 0.001})
    assert cloud.counters()["total"] >= 0
    assert cloud.tenant(cloud.tenant_id)["name"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/nothing"), ("PUT", "/settings"), ("GET", "/tenants/x/y")]
)
def test_unknown_control_requests(cloud: Simulator, method: str, path: str) -> None:
    with pytest.raises(SimulatorError, match="404"):
        cloud.control(method, path)


def test_a_control_body_must_be_an_object(cloud: Simulator) -> None:
    url = cloud.ready["control_url"] + "/settings"
    for body in (b"[]", b"{", b"\xff"):
        assert requests.patch(url, data=body, timeout=60).status_code == 400


def test_somebody_else_changes_a_tenant(api: Api, make: Make) -> None:
    tenant, partner = make(), make(kind="partner")
    before = api.get(f"/tenants/{tenant['id']}").json()
    lock = {"enabled": True, "owner_id": partner["id"]}
    wanted: dict[str, Any] = {
        "name": 'new "name"',
        "enabled": False,
        "ancestral_access": False,
        "pricing_mode": "suspended",
        "parent_id": partner["id"],
        "update_lock": lock,
    }
    truth = api.cloud.patch_tenant(tenant["id"], mfa=True, **wanted)
    after = api.get(f"/tenants/{tenant['id']}").json()
    assert {name: after[name] for name in wanted} == wanted
    assert after["version"] == before["version"] + 1
    assert after["updated_at"] > before["updated_at"]
    assert truth["mfa"] == api.mfa(tenant["id"])["mfa_status"] == "enabled"
    assert truth["level"] == partner["level"] + 1
    assert api.get("/tenants", parent_id=partner["id"]).json()["items"] == [after]
    assert api.cloud.counters()["mfa_toggles"] == {}


def test_a_moved_tenant_takes_its_children_along(api: Api, make: Make) -> None:
    partner, folder = make(kind="partner"), make(kind="folder")
    customer = make(parent_id=folder["id"])
    unit = make(parent_id=customer["id"], kind="unit")
    api.cloud.patch_tenant(folder["id"], parent_id=partner["id"])
    items = api.get("/tenants", subtree_root_id=partner["id"]).json()["items"]
    assert [item["id"] for item in items] == [partner["id"], folder["id"], customer["id"], unit["id"]]
    assert api.cloud.tenant(unit["id"])["level"] == partner["level"] + 3


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "x"},
        {"enabled": 1},
        {"name": 5},
        {"pricing_mode": "free"},
        {"mfa": "enabled"},
        {"disable_polls": "2"},
        {"update_lock": True},
        {"update_lock": {"enabled": "no"}},
        {"parent_id": "{self}"},
    ],
)
def test_impossible_changes_are_refused(api: Api, make: Make, changes: dict[str, Any]) -> None:
    tenant = make()
    wanted = {name: tenant["id"] if value == "{self}" else value for name, value in changes.items()}
    with pytest.raises(SimulatorError, match="400"):
        api.cloud.patch_tenant(tenant["id"], **wanted)
    assert api.cloud.tenant(tenant["id"]) == tenant


def test_units_have_no_setting_for_the_control_interface_either(api: Api, make: Make) -> None:
    unit = make(kind="unit", parent_id=make()["id"])
    with pytest.raises(SimulatorError, match="400"):
        api.cloud.patch_tenant(unit["id"], mfa=True)


def test_disabling_in_progress_by_order(api: Api, make: Make) -> None:
    tenant = make(mfa=True)
    api.cloud.patch_tenant(tenant["id"], disable_polls=1)
    assert [api.mfa(tenant["id"])["mfa_status"] for _unused in range(2)] == ["disable_in_progress", "disabled"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"kind": "house"},
        {"kind": "unit"},
        {"kind": "root"},
        {"users": -1},
        {"users": "many"},
        {"name": ""},
        {"id": "x"},
        {"size": 5},
        {"mfa": 1},
    ],
)
def test_impossible_tenants_are_refused(cloud: Simulator, wanted: dict[str, Any]) -> None:
    number = len(cloud.tenants())
    with pytest.raises(SimulatorError, match="400"):
        cloud.create_tenant(**{"name": "impossible", **wanted})
    assert len(cloud.tenants()) == number


def test_a_tenant_with_a_given_id(api: Api, make: Make) -> None:
    wanted = "12345678-9abc-4def-8123-456789abcdef"
    assert make(id=wanted)["id"] == wanted
    assert api.get(f"/tenants/{wanted}").status_code == 200
    with pytest.raises(SimulatorError, match="400"):
        make(id=wanted)


def test_deleting_takes_all_below_and_their_users(api: Api, make: Make) -> None:
    customer = make()
    unit = make(kind="unit", parent_id=customer["id"], users=1)
    assert api.cloud.delete_tenant(customer["id"])["deleted"] == [customer["id"], unit["id"]]
    assert error(api.get(f"/tenants/{unit['id']}")) == (404, 1005)
    assert error(api.get(f"/users/{unit['users'][0]['id']}")) == (404, 404)
    with pytest.raises(SimulatorError, match="400"):
        api.cloud.delete_tenant(api.cloud.tenant_id)


def test_somebody_else_changes_a_user(api: Api, make: Make) -> None:
    user = make()["users"][0]
    before = api.get(f"/users/{user['id']}").json()
    wanted = {"login": "nobody@example.com", "firstname": "No", "lastname": "Body", "email": "n@example.com"}
    truth = api.cloud.patch_user(user["id"], enabled=False, activated=False, service=True, **wanted)
    assert {name: truth[name] for name in wanted} == wanted
    assert api.cloud.user(user["id"]) == truth
    after = api.get(f"/users/{user['id']}").json()
    assert (after["login"], after["enabled"], after["activated"]) == ("nobody@example.com", False, False)
    assert after["contact"]["email"] == "n@example.com"
    assert after["version"] == before["version"] + 1


def test_changing_flags_keeps_the_login(api: Api) -> None:
    user = api.cloud.tenant(api.cloud.tenant_id)["users"][0]
    changed = api.cloud.patch_user(user["id"], service=not user["service"])
    api.cloud.patch_user(user["id"], service=user["service"])
    assert changed["login"] == user["login"]


def test_impossible_changes_of_users_are_refused(api: Api, make: Make) -> None:
    user = make()["users"][0]
    for changes in ({"enabled": "no"}, {"login": 5}, {"color": "red"}):
        with pytest.raises(SimulatorError, match="400"):
            api.cloud.patch_user(user["id"], **changes)
    assert api.cloud.user(user["id"]) == user
    for unknown in ("x", "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(SimulatorError, match="404"):
            api.cloud.patch_user(unknown, enabled=True)
        with pytest.raises(SimulatorError, match="404"):
            api.cloud.tenant(unknown)
