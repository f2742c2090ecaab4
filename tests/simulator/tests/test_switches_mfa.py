# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every value of every switch about MFA, beside its default."""

from __future__ import annotations

from typing import Any

import pytest

from .api import Api, error
from .conftest import Make
from .switching import Checks, set_to

CHECKS = Checks()


@CHECKS.of("mfa_folder_unit", "403_1002")
def folder_unit(api: Api, make: Make) -> None:
    folder = make(kind="folder")
    assert error(api.put_mfa(folder["id"], True)) == (403, 1002)


@CHECKS.of("mfa_role", "403_403")
def role(api: Api, make: Make) -> None:
    assert error(Api(api.cloud, "readonly").put_mfa(make()["id"], True)) == (403, 403)


@CHECKS.of("mfa_locked", "400_1012")
def locked(api: Api, make: Make) -> None:
    tenant = make(update_lock={"enabled": True})
    assert error(api.put_mfa(tenant["id"], True)) == (400, 1012)


@CHECKS.of("mfa_self_service", "400_1027")
def put_self_service(api: Api, make: Make) -> None:
    tenant = make(ancestral_access=False)
    assert error(api.put_mfa(tenant["id"], True)) == (400, 1027)


@CHECKS.of("mfa_production_partner", "403_1002", "allowed")
def production_partner(api: Api, make: Make) -> None:
    partner = make(kind="partner", pricing_mode="production", mfa=True)
    if set_to(api, "mfa_production_partner") == "allowed":
        assert api.mfa(partner["id"])["update_allowed"] is True
        assert api.put_mfa(partner["id"], False).json()["mfa_status"] == "disabled"
    else:
        assert error(api.put_mfa(partner["id"], False)) == (403, 1002)


@CHECKS.of("mfa_disabled_tenant", "400_1003")
def disabled_tenant(api: Api, make: Make) -> None:
    tenant = make(enabled=False)
    assert api.mfa(tenant["id"])["update_allowed"] is False
    assert error(api.put_mfa(tenant["id"], True)) == (400, 1003)


@CHECKS.of("mfa_put_answer", "empty")
def put_answer(api: Api, make: Make) -> None:
    tenant = make()
    answer = api.put_mfa(tenant["id"], True)
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.mfa(tenant["id"])["mfa_status"] == "enabled"


@CHECKS.of("mfa_bumps_version", "false")
def no_bump(api: Api, make: Make) -> None:
    tenant = make()
    before = api.get(f"/tenants/{tenant['id']}").json()
    api.put_mfa(tenant["id"], True)
    assert api.get(f"/tenants/{tenant['id']}").json() == {**before, "mfa_status": "enabled"}


@CHECKS.of("disable", "polls:3")
def slow_disable(api: Api, make: Make) -> None:
    tenant = make(mfa=True)
    states = [api.put_mfa(tenant["id"], False).json(), *(api.mfa(tenant["id"]) for _unused in range(4))]
    assert [state["mfa_status"] for state in states] == ["disable_in_progress"] * 4 + ["disabled"]


@CHECKS.of("count_field_names", "short")
def short_names(api: Api, make: Make) -> None:
    tenant = make(users=2)
    status = api.mfa(tenant["id"])
    assert status == {
        "mfa_status": "disabled",
        "users_with_totp_enabled": 0,
        "users": 2,
        "update_allowed": True,
    }


@CHECKS.of("users_count", "enabled_activated", "without_exempt")
def active(api: Api, make: Make) -> None:
    tenant = make(users=4)
    api.cloud.patch_user(tenant["users"][0]["id"], activated=False)
    for user in tenant["users"][1:3]:
        api.cloud.patch_user(user["id"], exempt=True, totp=True)
    expected = {"enabled_activated": 3, "without_exempt": 2}[set_to(api, "users_count")]
    assert api.mfa(tenant["id"])["users_count"] == expected


@CHECKS.of("totp_count_when_off", "zero")
def totp_off(api: Api, make: Make) -> None:
    tenant = make(users=2)
    api.cloud.patch_user(tenant["users"][0]["id"], totp=True)
    assert api.mfa(tenant["id"])["users_with_totp_enabled_count"] == 0
    assert api.put_mfa(tenant["id"], True).json()["users_with_totp_enabled_count"] == 1


def listed(api: Api, tenant: dict[str, Any]) -> object:
    """What the listing says about a tenant's MFA; None if it says nothing."""
    item = api.get("/tenants", uuids=tenant["id"]).json()["items"][0]
    assert api.get(f"/tenants/{tenant['id']}").json() == item
    return item.get("mfa_status")


@CHECKS.of("listing_mfa_mapping", "setup_required_if_none", "setup_required_unless_all")
def setup_required(api: Api, make: Make) -> None:
    off, none, some, everybody = make(), make(mfa=True), make(mfa=True), make(mfa=True)
    for user in (some["users"][0], *everybody["users"]):
        api.cloud.patch_user(user["id"], totp=True)
    partly = {"setup_required_if_none": "enabled", "setup_required_unless_all": "setup_required"}
    assert [listed(api, tenant) for tenant in (off, none, some, everybody)] == [
        "disabled",
        "setup_required",
        partly[set_to(api, "listing_mfa_mapping")],
        "enabled",
    ]


@CHECKS.of("listing_mfa_mapping", "unreliable")
def unreliable(api: Api, _make: Make) -> None:
    items = api.get("/tenants", subtree_root_id=api.cloud.tenant_id).json()["items"]
    truth = {tenant["id"]: tenant["mfa"] for tenant in api.cloud.tenants()}
    wrong = [item for item in items if item["mfa_status"] != truth[item["id"]]]
    assert len(items) * 0.1 < len(wrong) < len(items) * 0.2


@CHECKS.of("listing_mfa_mapping", "always_disabled", "absent")
def useless(api: Api, make: Make) -> None:
    tenant = make(mfa=True)
    assert listed(api, tenant) == {"always_disabled": "disabled", "absent": None}[set_to(api, "listing_mfa_mapping")]
    assert api.mfa(tenant["id"])["mfa_status"] == "enabled"


@CHECKS.of("listing_mfa_inherited", "disabled")
def listed_units(api: Api, make: Make) -> None:
    tenant = make(mfa=True)
    unit = make(kind="unit", parent_id=tenant["id"])
    assert (listed(api, tenant), listed(api, unit)) == ("enabled", "disabled")
    assert api.mfa(unit["id"])["mfa_status"] == "enabled"


@CHECKS.of("user_mfa_disable", "service_only")
def service_only(api: Api, make: Make) -> None:
    person, service = (user["id"] for user in make(users=2)["users"])
    api.cloud.patch_user(service, service=True)
    assert error(api.put(f"/users/{person}/mfa/status", {"enabled": False})) == (400, 1027)
    assert api.put(f"/users/{service}/mfa/status", {"enabled": False}).status_code == 200
    assert api.put(f"/users/{person}/mfa/status", {"enabled": True}).status_code == 200


@pytest.mark.parametrize(("switch", "value"), list(CHECKS))
def test_value(api: Api, make: Make, switch: str, value: str) -> None:
    api.cloud.settings(switches={switch: value})
    CHECKS[switch, value](api, make)
