# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every value of every switch, beside its default; the defaults are what the other tests see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from ..process import Simulator, SimulatorError
from ..switches import SWITCHES
from .api import Api, error
from .conftest import Make

Check = Callable[[Api, Make], None]
CHECKS: dict[tuple[str, str], Check] = {}


def of(switch: str, *values: str) -> Callable[[Check], Check]:
    """Register a check for values of a switch, which are set before it is called."""

    def register(check: Check) -> Check:
        CHECKS.update({(switch, value): check for value in values})
        return check

    return register


def refusal(value: str) -> tuple[int, int]:
    """The expected status and code of a value such as 403_1002 or 400."""
    status, _, code = value.partition("_")
    return int(status), int(code or status)


def set_to(api: Api, switch: str) -> str:
    """The present value of a switch."""
    return str(api.cloud.settings()["switches"][switch])


@of("mfa_folder_unit", "403_1002")
def folder_unit(api: Api, make: Make) -> None:
    folder = make(kind="folder")
    assert error(api.put_mfa(folder["id"], True)) == (403, 1002)


@of("mfa_role", "403_403")
def role(api: Api, make: Make) -> None:
    assert error(Api(api.cloud, "readonly").put_mfa(make()["id"], True)) == (403, 403)


@of("mfa_locked", "400_1012")
def locked(api: Api, make: Make) -> None:
    tenant = make(update_lock={"enabled": True})
    assert error(api.put_mfa(tenant["id"], True)) == (400, 1012)


@of("mfa_self_service", "400_1027")
def put_self_service(api: Api, make: Make) -> None:
    tenant = make(ancestral_access=False)
    assert error(api.put_mfa(tenant["id"], True)) == (400, 1027)


@of("mfa_production_partner", "403_1002", "allowed")
def production_partner(api: Api, make: Make) -> None:
    partner = make(kind="partner", pricing_mode="production", mfa=True)
    if set_to(api, "mfa_production_partner") == "allowed":
        assert api.mfa(partner["id"])["update_allowed"] is True
        assert api.put_mfa(partner["id"], False).json()["mfa_status"] == "disabled"
    else:
        assert error(api.put_mfa(partner["id"], False)) == (403, 1002)


@of("mfa_disabled_tenant", "400_1003")
def disabled_tenant(api: Api, make: Make) -> None:
    tenant = make(enabled=False)
    assert api.mfa(tenant["id"])["update_allowed"] is False
    assert error(api.put_mfa(tenant["id"], True)) == (400, 1003)


@of("mfa_put_answer", "empty")
def put_answer(api: Api, make: Make) -> None:
    tenant = make()
    answer = api.put_mfa(tenant["id"], True)
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.mfa(tenant["id"])["mfa_status"] == "enabled"


@of("mfa_bumps_version", "false")
def no_bump(api: Api, make: Make) -> None:
    tenant = make()
    before = api.get(f"/tenants/{tenant['id']}").json()
    api.put_mfa(tenant["id"], True)
    assert api.get(f"/tenants/{tenant['id']}").json() == {**before, "mfa_status": "enabled"}


@of("disable", "polls:3")
def slow_disable(api: Api, make: Make) -> None:
    tenant = make(mfa=True)
    states = [api.put_mfa(tenant["id"], False).json(), *(api.mfa(tenant["id"]) for _ in range(4))]
    assert [state["mfa_status"] for state in states] == ["disable_in_progress"] * 4 + ["disabled"]


@of("count_field_names", "short")
def short_names(api: Api, make: Make) -> None:
    tenant = make(users=2)
    status = api.mfa(tenant["id"])
    assert status == {
        "mfa_status": "disabled",
        "users_with_totp_enabled": 0,
        "users": 2,
        "update_allowed": True,
    }


@of("users_count", "enabled_activated", "without_exempt")
def active(api: Api, make: Make) -> None:
    tenant = make(users=4)
    api.cloud.patch_user(tenant["users"][0]["id"], activated=False)
    for user in tenant["users"][1:3]:
        api.cloud.patch_user(user["id"], exempt=True, totp=True)
    expected = {"enabled_activated": 3, "without_exempt": 2}[set_to(api, "users_count")]
    assert api.mfa(tenant["id"])["users_count"] == expected


@of("totp_count_when_off", "zero")
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


@of("listing_mfa_mapping", "setup_required_if_none", "setup_required_unless_all")
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


@of("listing_mfa_mapping", "unreliable")
def unreliable(api: Api, _make: Make) -> None:
    items = api.get("/tenants", subtree_root_id=api.cloud.tenant_id).json()["items"]
    truth = {tenant["id"]: tenant["mfa"] for tenant in api.cloud.tenants()}
    wrong = [item for item in items if item["mfa_status"] != truth[item["id"]]]
    assert len(items) * 0.1 < len(wrong) < len(items) * 0.2


@of("listing_mfa_mapping", "always_disabled", "absent")
def useless(api: Api, make: Make) -> None:
    tenant = make(mfa=True)
    assert listed(api, tenant) == {"always_disabled": "disabled", "absent": None}[set_to(api, "listing_mfa_mapping")]
    assert api.mfa(tenant["id"])["mfa_status"] == "enabled"


@of("listing_mfa_inherited", "disabled")
def listed_units(api: Api, make: Make) -> None:
    tenant = make(mfa=True)
    unit = make(kind="unit", parent_id=tenant["id"])
    assert (listed(api, tenant), listed(api, unit)) == ("enabled", "disabled")
    assert api.mfa(unit["id"])["mfa_status"] == "enabled"


@of("user_mfa_disable", "service_only")
def service_only(api: Api, make: Make) -> None:
    person, service = (user["id"] for user in make(users=2)["users"])
    api.cloud.patch_user(service, service=True)
    assert error(api.put(f"/users/{person}/mfa/status", {"enabled": False})) == (400, 1027)
    assert api.put(f"/users/{service}/mfa/status", {"enabled": False}).status_code == 200
    assert api.put(f"/users/{person}/mfa/status", {"enabled": True}).status_code == 200


@of("self_service", "cut_off")
def cut_off(api: Api, make: Make) -> None:
    partner = make(kind="partner", ancestral_access=False, name="Closed Shop")
    customer = make(parent_id=partner["id"], name="Closed Shop's customer")
    user = customer["users"][0]["id"]
    subtree = api.all_pages("/tenants", subtree_root_id=api.cloud.tenant_id)
    assert {partner["id"], customer["id"]} & {item["id"] for item in subtree} == {partner["id"]}
    assert api.get(f"/tenants/{partner['id']}").status_code == 200
    for path in ("/tenants/{}/mfa/status", "/tenants/{}/children", "/tenants/{}/users"):
        assert error(api.get(path.format(partner["id"]))) == (403, 1002)
    assert error(api.get(f"/tenants/{customer['id']}")) == (403, 1002)
    assert error(api.get(f"/users/{user}")) == (403, 1002)
    assert error(api.get("/tenants", parent_id=partner["id"])) == (403, 1002)
    assert api.get("/users", uuids=user).json()["items"] == []
    assert user not in [item["id"] for item in api.all_pages("/users", subtree_root_tenant_id=api.cloud.tenant_id)]
    found = api.get("/search", tenant=api.cloud.tenant_id, text="closed shop", limit=100).json()["items"]
    assert [item["id"] for item in found] == [partner["id"]]


@of("outside_subtree", "404_1005")
def outside(api: Api, _make: Make) -> None:
    assert error(api.get(f"/tenants/{api.cloud.clients['neighbour']['tenant_id']}")) == (404, 1005)


@of("foreign_uuids", "403_1002")
def foreign(api: Api, make: Make) -> None:
    neighbour = api.cloud.tenant(api.cloud.clients["neighbour"]["tenant_id"])
    mine = make()
    assert error(api.get("/tenants", uuids=f"{mine['id']},{neighbour['id']}")) == (403, 1002)
    wanted = f"{mine['users'][0]['id']},{neighbour['users'][0]['id']}"
    assert error(api.get("/users", uuids=wanted)) == (403, 1002)


@of("malformed_uuid", "400")
def malformed(api: Api, _make: Make) -> None:
    assert error(api.get("/tenants/nonsense")) == (400, 400)


@of("guide_sample_fields", "true")
def guide_fields(api: Api, make: Make) -> None:
    content = api.get(f"/tenants/{make()['id']}").json()
    assert {"id", "name", "kind", "parent_id", "version"} <= set(content)
    assert not {"created_at", "updated_at", "deleted_at", "mfa_status", "contacts"} & set(content)


@of("children_include_details", "ignored")
def no_details(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    child = make(parent_id=partner["id"])
    assert api.get(f"/tenants/{partner['id']}/children", include_details=True).json() == {"items": [child["id"]]}


@of("embed_path", "ids")
def path_of_ids(api: Api, make: Make) -> None:
    tenant = make()
    content = api.get(f"/tenants/{tenant['id']}", embed_path=True).json()
    assert content["path"] == [api.cloud.tenant_id, tenant["id"]]


@of("relative_path", "field")
def path_as_field(api: Api, make: Make) -> None:
    tenant = make()
    items = api.get("/tenants", uuids=tenant["id"], include_relative_path=True).json()["items"]
    assert [item["relative_path"] for item in items] == [[api.cloud.tenant_id, tenant["id"]]]


@of("page_end", "no_paging")
def no_paging(api: Api, make: Make) -> None:
    tenant = make()
    assert "paging" not in api.get("/tenants", uuids=tenant["id"]).json()
    assert "paging" not in api.get("/users", subtree_root_tenant_id=tenant["id"]).json()
    assert api.get("/users", subtree_root_tenant_id=tenant["id"], limit=1).json()["paging"]["cursors"]["after"]


@of("cursor_with_filters", "ignored")
def filters_ignored(api: Api, make: Make) -> None:
    tenant = make(users=3)
    query = {"subtree_root_tenant_id": tenant["id"], "limit": 2}
    after = api.get("/users", **query).json()["paging"]["cursors"]["after"]
    assert len(api.get("/users", after=after, **query).json()["items"]) == 1


@of("search_match", "prefix")
def prefix(api: Api, make: Make) -> None:
    make(name="Zanzibar Spices")
    assert len(api.get("/search", tenant=api.cloud.tenant_id, text="zanzi").json()["items"]) == 1
    assert api.get("/search", tenant=api.cloud.tenant_id, text="bar spices").json()["items"] == []


@of("timestamps", "z", "naive")
def timestamps(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    content = api.get("/tenants", subtree_root_id=partner["id"]).json()
    for text in (content["timestamp"], content["items"][0]["created_at"]):
        assert len(text) == {"z": 27, "naive": 19}[set_to(api, "timestamps")]
        assert text.endswith("Z") is (set_to(api, "timestamps") == "z")
    changed = make(parent_id=partner["id"])
    query = {"subtree_root_id": partner["id"], "updated_since": content["timestamp"]}
    assert changed["id"] in [item["id"] for item in api.get("/tenants", **query).json()["items"]]


@of("versions", "epoch_ms")
def versions(api: Api, make: Make) -> None:
    tenant = make(users=1)
    before = api.get(f"/tenants/{tenant['id']}").json()["version"]
    assert before > 1_700_000_000_000
    api.put_mfa(tenant["id"], True)
    assert api.get(f"/tenants/{tenant['id']}").json()["version"] > before
    assert api.get(f"/users/{tenant['users'][0]['id']}").json()["version"] > 1_700_000_000_000


@of("unknown_query", "400")
def unknown_query(api: Api, make: Make) -> None:
    tenant = make()
    assert error(api.get("/tenants", uuids=tenant["id"], kind="customer")) == (400, 400)
    assert error(api.get(f"/tenants/{tenant['id']}/mfa/status", lod="full")) == (400, 400)
    assert error(api.get("/users", uuids=tenant["id"], order="name")) == (400, 400)
    assert api.get("/tenants", uuids=tenant["id"], lod="full", limit=1).status_code == 200
    token = str(api.session.headers["Authorization"]).removeprefix("Bearer ")
    url = f"{api.cloud.base_url}/tenants/{tenant['id']}"
    assert requests.get(url, params={"access_token": token}, timeout=10).status_code == 200


@of("trailing_slash", "ignored")
def trailing_slash(api: Api, make: Make) -> None:
    tenant = make()
    assert api.get(f"/tenants/{tenant['id']}/mfa/status/").status_code == 200
    assert error(api.get(f"/tenants/{tenant['id']}//")) == (404, 404)


@of("error_shape", "short")
def short_errors(api: Api, _make: Make) -> None:
    answer = api.get("/tenants/00000000-0000-4000-8000-000000000000")
    assert answer.json() == {"error": {"code": 1005, "message": "Tenant not found"}}


@of("www_authenticate", "bearer")
def challenge(api: Api, _make: Make) -> None:
    answer = requests.get(f"{api.cloud.base_url}/tenants/{api.cloud.tenant_id}", timeout=10)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@of("both_tokens", "401")
def both_tokens(api: Api, _make: Make) -> None:
    assert error(api.get(f"/tenants/{api.cloud.tenant_id}", access_token="x")) == (401, 401)


@of("emit_expires_on", "false")
def no_expires_on(api: Api, _make: Make) -> None:
    assert set(api.request_token().json()) == {"access_token", "token_type", "id_token"}


@of("emit_expires_in", "true")
def expires_in(api: Api, _make: Make) -> None:
    content = api.request_token().json()
    assert content["expires_in"] == 7200
    assert "expires_on" in content


@of("unsupported_grant", "unsupported_grant_type")
def grant(api: Api, _make: Make) -> None:
    assert api.request_token(grant_type="password").json()["error"] == "unsupported_grant_type"


@of("disabled_client", "403")
def disabled_client(api: Api, _make: Make) -> None:
    client = api.cloud.clients["disabled"]
    form = {"grant_type": "client_credentials"}
    pair = (client["client_id"], client["client_secret"])
    answer = requests.post(f"{api.cloud.base_url}/idp/token", data=form, auth=pair, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")


@of("revoke_unknown", "400")
def revoke_unknown(api: Api, _make: Make) -> None:
    pair = (api.cloud.client_id, api.cloud.client_secret)
    answer = requests.post(f"{api.cloud.base_url}/idp/revoke_token", data={"token": "x"}, auth=pair, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def issue(api: Api, user: dict[str, Any], **more: str) -> requests.Response:
    """Ask for a one-time token."""
    return api.post("/idp/ott", {"purpose": "user_login", "user_id": user["id"], **more})


@of("ott_unknown_user", "403_1002", "400_400")
def ott_unknown(api: Api, _make: Make) -> None:
    answer = issue(api, {"id": "00000000-0000-4000-8000-000000000000"})
    assert error(answer) == refusal(set_to(api, "ott_unknown_user"))


@of("ott_outside", "400_1033")
def ott_outside(api: Api, _make: Make) -> None:
    neighbour = api.cloud.tenant(api.cloud.clients["neighbour"]["tenant_id"])["users"][0]
    assert error(issue(api, neighbour)) == (400, 1033)


@of("ott_support_off", "400_1027")
def ott_support_off(api: Api, make: Make) -> None:
    assert error(issue(api, make(ancestral_access=False)["users"][0])) == (400, 1027)


@of("ott_disabled_user", "400_1018", "issued")
def ott_disabled_user(api: Api, make: Make) -> None:
    user = make()["users"][0]
    api.cloud.patch_user(user["id"], enabled=False)
    answer = issue(api, user)
    if set_to(api, "ott_disabled_user") == "issued":
        assert error(api.post("/idp/ott/login", {"ott": answer.json()["ott"]})) == (401, 401)
    else:
        assert error(answer) == (400, 1018)


@of("ott_not_activated_user", "403_1002")
def ott_not_activated(api: Api, make: Make) -> None:
    user = make()["users"][0]
    assert issue(api, user).status_code == 200
    api.cloud.patch_user(user["id"], activated=False)
    assert error(issue(api, user)) == (403, 1002)


@of("ott_mfa_user", "403_1002")
def ott_mfa_user(api: Api, make: Make) -> None:
    user, service = make(mfa=True)["users"]
    api.cloud.patch_user(service["id"], exempt=True)
    assert error(issue(api, user)) == (403, 1002)
    assert issue(api, service).status_code == 200


@of("ott_several", "first")
def ott_several(api: Api, make: Make) -> None:
    first, second = make()["users"]
    ott = issue(api, first, login=second["login"]).json()["ott"]
    assert api.post("/idp/ott/login", {"ott": ott}).json()["id"] == second["id"]


@of("ott_invalid", "400")
def ott_invalid(api: Api, _make: Make) -> None:
    assert error(api.post("/idp/ott/login", {"ott": "nonsense"})) == (400, 400)


@of("ott_form_body", "accepted")
def ott_form(api: Api, make: Make) -> None:
    user = make()["users"][0]
    url, headers = f"{api.cloud.base_url}/idp/ott/login", {"Content-Type": "application/json"}
    ott = issue(api, user).json()["ott"]
    answer = requests.post(url, headers=headers, data={"ott": ott}, timeout=10)
    assert (answer.status_code, answer.json()["id"]) == (200, user["id"])
    assert requests.post(url, headers=headers, json={"ott": issue(api, user).json()["ott"]}, timeout=10).ok


@of("users_me_client", "401")
def users_me(api: Api, _make: Make) -> None:
    assert error(api.get("/users/me")) == (401, 401)


def test_every_value_has_a_check() -> None:
    patterned = {("disable", "polls:3")}
    choices = {(name, value) for name, switch in SWITCHES.items() for value in switch.choices[1:]}
    assert set(CHECKS) == choices | patterned


@pytest.mark.parametrize(("switch", "value"), list(CHECKS))
def test_value(api: Api, make: Make, switch: str, value: str) -> None:
    api.cloud.settings(switches={switch: value})
    CHECKS[switch, value](api, make)


@pytest.mark.parametrize(
    "wanted", [{"nonsense": "1"}, {"disable": "polls:0"}, {"disable": "later"}, {"mfa_put_answer": "x"}]
)
def test_unknown_names_and_values_are_errors(cloud: Simulator, wanted: dict[str, str]) -> None:
    before = cloud.settings()
    with pytest.raises(SimulatorError, match="400"):
        cloud.settings(latency_ms=5, switches={"page_end": "no_paging", **wanted})
    assert cloud.settings() == before
