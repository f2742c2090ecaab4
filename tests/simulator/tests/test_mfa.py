# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two-factor authentication of tenants and users (section 9 of the contract)."""

from __future__ import annotations

import pytest

from .api import Api, error
from .conftest import Make


def test_the_object_as_documented(api: Api, make: Make) -> None:
    tenant = make(users=3)
    answer = api.get(f"/tenants/{tenant['id']}/mfa/status")
    assert list(answer.json().items()) == [
        ("mfa_status", "disabled"),
        ("users_with_totp_enabled_count", 0),
        ("users_count", 3),
        ("update_allowed", True),
    ]
    assert answer.headers["Content-Type"] == "application/json"


def test_enabling_and_disabling(api: Api, make: Make) -> None:
    tenant = make(users=1)
    before = api.get(f"/tenants/{tenant['id']}").json()
    answer = api.put_mfa(tenant["id"], True)
    assert answer.status_code == 200
    expected = {"mfa_status": "enabled", "users_with_totp_enabled_count": 0, "users_count": 1, "update_allowed": True}
    assert answer.json() == expected == api.mfa(tenant["id"])
    after = api.get(f"/tenants/{tenant['id']}").json()
    assert after["version"] == before["version"] + 1
    assert after["updated_at"] > before["updated_at"]
    assert after["mfa_status"] == "enabled"
    assert api.put_mfa(tenant["id"], False).json()["mfa_status"] == "disabled"
    assert api.get(f"/tenants/{tenant['id']}").json()["mfa_status"] == "disabled"


def test_asking_for_the_present_state_changes_nothing(api: Api, make: Make) -> None:
    tenant = make()
    before = api.get(f"/tenants/{tenant['id']}").json()
    assert api.put_mfa(tenant["id"], False).json() == api.mfa(tenant["id"])
    assert api.get(f"/tenants/{tenant['id']}").json() == before
    counters = api.cloud.counters()
    assert counters["mfa_puts"] == {tenant["id"]: 1}
    assert counters["mfa_toggles"] == {}


def test_an_organization_is_a_customer_with_its_units(api: Api, make: Make) -> None:
    customer = make(users=2)
    unit = make(kind="unit", parent_id=customer["id"], users=3)
    nested = make(kind="unit", parent_id=unit["id"], users=1)
    api.put_mfa(customer["id"], True)
    for tenant in (unit, nested):
        status = api.mfa(tenant["id"])
        assert (status["mfa_status"], status["update_allowed"], status["users_count"]) == ("enabled", False, 6)
        assert api.get(f"/tenants/{tenant['id']}").json()["mfa_status"] == "enabled"
    assert api.mfa(customer["id"])["users_count"] == 6


def test_an_organization_is_a_partner_with_its_folders(api: Api, make: Make) -> None:
    partner = make(kind="partner", pricing_mode="trial", users=1)
    folder = make(kind="folder", parent_id=partner["id"], users=2)
    customer = make(parent_id=folder["id"], users=4)
    sub = make(kind="partner", parent_id=folder["id"], users=8, pricing_mode="trial")
    api.put_mfa(partner["id"], True)
    assert api.mfa(partner["id"])["users_count"] == 3
    assert api.mfa(folder["id"]) == {**api.mfa(partner["id"]), "update_allowed": False}
    assert api.mfa(customer["id"])["mfa_status"] == "disabled"
    assert api.mfa(sub["id"])["mfa_status"] == "disabled"


@pytest.mark.parametrize("kind", ["folder", "unit"])
def test_folders_and_units_cannot_be_set(api: Api, make: Make, kind: str) -> None:
    above = make(kind="customer" if kind == "unit" else "partner")
    tenant = make(kind=kind, parent_id=above["id"])
    for enabled in (True, False):
        answer = api.put_mfa(tenant["id"], enabled)
        assert error(answer) == (400, 1027)
        assert kind in answer.json()["error"]["details"]["info"]
        assert answer.json()["error"]["context"] == {"id": tenant["id"]}


def test_active_users_are_counted(api: Api, make: Make) -> None:
    tenant = make(users=6)
    changes = [{"totp": True}, {"enabled": False, "totp": True}, {"activated": False}, {"deleted": True}]
    for user, change in zip(tenant["users"], changes, strict=False):
        api.cloud.patch_user(user["id"], **change)
    status = api.mfa(tenant["id"])
    assert (status["users_count"], status["users_with_totp_enabled_count"]) == (4, 1)


def test_users_follow_their_tenant(api: Api, make: Make) -> None:
    tenant = make(users=3)
    enrolled, other, service = (user["id"] for user in tenant["users"])
    api.cloud.patch_user(enrolled, totp=True)
    api.cloud.patch_user(service, exempt=True, service=True)

    def states() -> list[str]:
        return [api.get(f"/users/{user}").json()["mfa_status"] for user in (enrolled, other, service)]

    assert states() == ["disabled", "disabled", "forcibly_disabled"]
    api.put_mfa(tenant["id"], True)
    assert states() == ["enabled", "setup_required", "forcibly_disabled"]
    api.put_mfa(tenant["id"], False)
    assert states() == ["disabled", "disabled", "forcibly_disabled"]
    api.put_mfa(tenant["id"], True)
    assert states() == ["enabled", "setup_required", "forcibly_disabled"]


def test_users_of_units_follow_the_customer(api: Api, make: Make) -> None:
    customer = make(mfa=True)
    unit = make(kind="unit", parent_id=customer["id"], users=1)
    assert api.get(f"/users/{unit['users'][0]['id']}").json()["mfa_status"] == "setup_required"


def test_a_production_partner_cannot_be_switched_off(api: Api, make: Make) -> None:
    partner = make(kind="partner", pricing_mode="production", mfa=True)
    assert api.mfa(partner["id"])["update_allowed"] is False
    assert error(api.put_mfa(partner["id"], False)) == (400, 1027)
    assert api.put_mfa(partner["id"], True).status_code == 200
    off = make(kind="partner", pricing_mode="production")
    assert api.mfa(off["id"])["update_allowed"] is True
    assert api.put_mfa(off["id"], True).json()["update_allowed"] is False


def test_a_trial_partner_can_be_switched_off(api: Api, make: Make) -> None:
    partner = make(kind="partner", pricing_mode="trial", mfa=True)
    assert api.mfa(partner["id"])["update_allowed"] is True
    assert api.put_mfa(partner["id"], False).json()["mfa_status"] == "disabled"


def test_readers_may_read_only(api: Api, make: Make) -> None:
    tenant = make()
    readonly = Api(api.cloud, "readonly")
    assert readonly.mfa(tenant["id"])["update_allowed"] is False
    assert error(readonly.put_mfa(tenant["id"], True)) == (403, 1002)
    assert error(readonly.put(f"/users/{tenant['users'][0]['id']}/mfa/status", {"enabled": False})) == (403, 1002)


def test_unit_administrators_may_not(api: Api) -> None:
    unit = Api(api.cloud, "unit")
    assert unit.mfa(unit.client["tenant_id"])["update_allowed"] is False
    assert error(unit.put_mfa(unit.client["tenant_id"], True)) == (403, 1002)


def test_company_administrators_may(api: Api) -> None:
    customer = Api(api.cloud, "customer")
    own = customer.client["tenant_id"]
    wanted = customer.mfa(own)["mfa_status"] == "disabled"
    assert customer.put_mfa(own, wanted).status_code == 200
    assert customer.put_mfa(own, not wanted).status_code == 200


def test_self_service_keeps_ancestors_out(api: Api, make: Make) -> None:
    partner = make(kind="partner", pricing_mode="trial", ancestral_access=False)
    customer = make(parent_id=partner["id"])
    for tenant in (partner, customer):
        assert api.mfa(tenant["id"])["update_allowed"] is False
        answer = api.put_mfa(tenant["id"], True)
        assert error(answer) == (403, 1002)
    answer = api.put(f"/users/{customer['users'][0]['id']}/mfa/status", {"enabled": False})
    assert error(answer) == (403, 1002)


def test_self_service_does_not_keep_out_those_inside(cloud_partner: Api, make: Make) -> None:
    own = cloud_partner.client["tenant_id"]
    tenant = make(parent_id=own)
    cloud_partner.cloud.patch_tenant(own, ancestral_access=False)
    try:
        assert cloud_partner.put_mfa(tenant["id"], True).status_code == 200
    finally:
        cloud_partner.cloud.patch_tenant(own, ancestral_access=True)


@pytest.fixture
def cloud_partner(api: Api) -> Api:
    """The client of a sub-partner."""
    return Api(api.cloud, "partner")


def test_a_lock_admits_its_owner_only(cloud_partner: Api, api: Api, make: Make) -> None:
    lock = {"enabled": True, "owner_id": api.cloud.tenant_id}
    tenant = make(parent_id=cloud_partner.client["tenant_id"], update_lock=lock)
    assert cloud_partner.mfa(tenant["id"])["update_allowed"] is False
    assert error(cloud_partner.put_mfa(tenant["id"], True)) == (403, 1012)
    assert api.mfa(tenant["id"])["update_allowed"] is True
    assert api.put_mfa(tenant["id"], True).status_code == 200
    assert api.get(f"/tenants/{tenant['id']}").json()["update_lock"] == lock


def test_a_disabled_tenant_can_be_set(api: Api, make: Make) -> None:
    tenant = make(enabled=False)
    assert api.put_mfa(tenant["id"], True).json()["mfa_status"] == "enabled"


def test_disabling_can_take_its_time(api: Api, make: Make) -> None:
    tenant = make(mfa=True, users=1)
    unit = make(kind="unit", parent_id=tenant["id"])
    api.cloud.settings(switches={"disable": "polls:2"})
    assert api.put_mfa(tenant["id"], False).json()["mfa_status"] == "disable_in_progress"
    assert api.put_mfa(tenant["id"], False).json()["mfa_status"] == "disable_in_progress"
    assert api.get(f"/tenants/{tenant['id']}").json()["mfa_status"] == "enabled"
    assert api.get(f"/users/{tenant['users'][0]['id']}").json()["mfa_status"] == "setup_required"
    assert api.mfa(unit["id"])["mfa_status"] == "disable_in_progress"
    assert [api.mfa(tenant["id"])["mfa_status"] for _unused in range(3)] == [
        "disable_in_progress",
        "disabled",
        "disabled",
    ]
    assert api.get(f"/tenants/{tenant['id']}").json()["mfa_status"] == "disabled"
    assert api.cloud.counters()["mfa_toggles"] == {tenant["id"]: 1}


def test_disabling_can_be_called_back(api: Api, make: Make) -> None:
    tenant = make(mfa=True)
    api.cloud.settings(switches={"disable": "polls:5"})
    api.put_mfa(tenant["id"], False)
    assert api.put_mfa(tenant["id"], True).json()["mfa_status"] == "enabled"
    assert api.mfa(tenant["id"])["mfa_status"] == "enabled"


def test_a_user_can_be_exempt(api: Api, make: Make) -> None:
    tenant = make(users=2, mfa=True)
    user, other = (user["id"] for user in tenant["users"])
    api.cloud.patch_user(other, totp=True)
    path = f"/users/{user}/mfa/status"
    before = api.get(f"/users/{user}").json()
    answer = api.put(path, {"enabled": False})
    assert (answer.status_code, answer.content) == (200, b"")
    after = api.get(f"/users/{user}").json()
    assert after["mfa_status"] == "forcibly_disabled"
    assert after["version"] == before["version"] + 1
    assert after["updated_at"] > before["updated_at"]
    assert api.put(path, {"enabled": False}).status_code == 200
    assert api.get(f"/users/{user}").json() == after
    api.put(path, {"enabled": True})
    assert api.get(f"/users/{user}").json()["mfa_status"] == "setup_required"
    api.put(f"/users/{other}/mfa/status", {"enabled": False})
    api.put(f"/users/{other}/mfa/status", {"enabled": True})
    assert api.get(f"/users/{other}").json()["mfa_status"] == "enabled"


def test_users_out_of_reach(api: Api) -> None:
    neighbour = api.cloud.tenant(api.cloud.clients["neighbour"]["tenant_id"])["users"][0]["id"]
    assert error(api.put(f"/users/{neighbour}/mfa/status", {"enabled": True})) == (403, 1002)
    unknown = "00000000-0000-4000-8000-000000000000"
    assert error(api.put(f"/users/{unknown}/mfa/status", {"enabled": True})) == (404, 404)
