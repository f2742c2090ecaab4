# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every value of every other switch, beside its default; the defaults are what the other tests see."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from ..process import Simulator, SimulatorError
from ..switches import SWITCHES
from .api import Api, error
from .conftest import Make
from .switching import Checks, set_to
from .test_switches_mfa import CHECKS as MFA_CHECKS

CHECKS = Checks()


def refusal(value: str) -> tuple[int, int]:
    """The expected status and code of a value such as 403_1002."""
    status, _unused, code = value.partition("_")
    return int(status), int(code)


@CHECKS.of("self_service", "cut_off")
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


@CHECKS.of("outside_subtree", "404_1005")
def outside(api: Api, _make: Make) -> None:
    assert error(api.get(f"/tenants/{api.cloud.clients['neighbour']['tenant_id']}")) == (404, 1005)


@CHECKS.of("foreign_uuids", "403_1002")
def foreign(api: Api, make: Make) -> None:
    neighbour = api.cloud.tenant(api.cloud.clients["neighbour"]["tenant_id"])
    mine = make()
    assert error(api.get("/tenants", uuids=f"{mine['id']},{neighbour['id']}")) == (403, 1002)
    wanted = f"{mine['users'][0]['id']},{neighbour['users'][0]['id']}"
    assert error(api.get("/users", uuids=wanted)) == (403, 1002)


@CHECKS.of("malformed_uuid", "400")
def malformed(api: Api, _make: Make) -> None:
    assert error(api.get("/tenants/nonsense")) == (400, 400)


@CHECKS.of("guide_sample_fields", "true")
def guide_fields(api: Api, make: Make) -> None:
    content = api.get(f"/tenants/{make()['id']}").json()
    assert {"id", "name", "kind", "parent_id", "version"} <= set(content)
    assert not {"created_at", "updated_at", "deleted_at", "mfa_status", "contacts"} & set(content)


@CHECKS.of("children_include_details", "ignored")
def no_details(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    child = make(parent_id=partner["id"])
    assert api.get(f"/tenants/{partner['id']}/children", include_details=True).json() == {"items": [child["id"]]}


@CHECKS.of("embed_path", "ids")
def path_of_ids(api: Api, make: Make) -> None:
    tenant = make()
    content = api.get(f"/tenants/{tenant['id']}", embed_path=True).json()
    assert content["path"] == [api.cloud.tenant_id, tenant["id"]]


@CHECKS.of("relative_path", "field")
def path_as_field(api: Api, make: Make) -> None:
    tenant = make()
    items = api.get("/tenants", uuids=tenant["id"], include_relative_path=True).json()["items"]
    assert [item["relative_path"] for item in items] == [[api.cloud.tenant_id, tenant["id"]]]


@CHECKS.of("page_end", "no_paging")
def no_paging(api: Api, make: Make) -> None:
    tenant = make()
    assert "paging" not in api.get("/tenants", uuids=tenant["id"]).json()
    assert "paging" not in api.get("/users", subtree_root_tenant_id=tenant["id"]).json()
    assert api.get("/users", subtree_root_tenant_id=tenant["id"], limit=1).json()["paging"]["cursors"]["after"]


@CHECKS.of("cursor_with_filters", "ignored")
def filters_ignored(api: Api, make: Make) -> None:
    tenant = make(users=3)
    query = {"subtree_root_tenant_id": tenant["id"], "limit": 2}
    after = api.get("/users", **query).json()["paging"]["cursors"]["after"]
    assert len(api.get("/users", after=after, **query).json()["items"]) == 1


@CHECKS.of("search_match", "prefix")
def prefix(api: Api, make: Make) -> None:
    make(name="Zanzibar Spices")
    assert len(api.get("/search", tenant=api.cloud.tenant_id, text="zanzi").json()["items"]) == 1
    assert api.get("/search", tenant=api.cloud.tenant_id, text="bar spices").json()["items"] == []


@CHECKS.of("timestamps", "z", "naive")
def timestamps(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    content = api.get("/tenants", subtree_root_id=partner["id"]).json()
    for text in (content["timestamp"], content["items"][0]["created_at"]):
        assert len(text) == {"z": 27, "naive": 19}[set_to(api, "timestamps")]
        assert text.endswith("Z") is (set_to(api, "timestamps") == "z")
    changed = make(parent_id=partner["id"])
    query = {"subtree_root_id": partner["id"], "updated_since": content["timestamp"]}
    assert changed["id"] in [item["id"] for item in api.get("/tenants", **query).json()["items"]]


@CHECKS.of("versions", "epoch_ms")
def versions(api: Api, make: Make) -> None:
    tenant = make(users=1)
    before = api.get(f"/tenants/{tenant['id']}").json()["version"]
    assert before > 1_700_000_000_000
    api.put_mfa(tenant["id"], True)
    assert api.get(f"/tenants/{tenant['id']}").json()["version"] > before
    assert api.get(f"/users/{tenant['users'][0]['id']}").json()["version"] > 1_700_000_000_000


@CHECKS.of("unknown_query", "400")
def unknown_query(api: Api, make: Make) -> None:
    tenant = make()
    assert error(api.get("/tenants", uuids=tenant["id"], kind="customer")) == (400, 400)
    assert error(api.get(f"/tenants/{tenant['id']}/mfa/status", lod="full")) == (400, 400)
    assert error(api.get("/users", uuids=tenant["id"], order="name")) == (400, 400)
    assert api.get("/tenants", uuids=tenant["id"], lod="full", limit=1).status_code == 200
    token = str(api.session.headers["Authorization"]).removeprefix("Bearer ")
    url = f"{api.cloud.base_url}/tenants/{tenant['id']}"
    assert requests.get(url, params={"access_token": token}, timeout=60).status_code == 200


@CHECKS.of("trailing_slash", "ignored")
def trailing_slash(api: Api, make: Make) -> None:
    tenant = make()
    assert api.get(f"/tenants/{tenant['id']}/mfa/status/").status_code == 200
    assert error(api.get(f"/tenants/{tenant['id']}//")) == (404, 404)


@CHECKS.of("error_shape", "short")
def short_errors(api: Api, _make: Make) -> None:
    answer = api.get("/tenants/00000000-0000-4000-8000-000000000000")
    assert answer.json() == {"error": {"code": 1005, "message": "Tenant not found"}}


@CHECKS.of("www_authenticate", "bearer")
def challenge(api: Api, _make: Make) -> None:
    answer = requests.get(f"{api.cloud.base_url}/tenants/{api.cloud.tenant_id}", timeout=60)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@CHECKS.of("both_tokens", "401")
def both_tokens(api: Api, _make: Make) -> None:
    assert error(api.get(f"/tenants/{api.cloud.tenant_id}", access_token="x")) == (401, 401)


@CHECKS.of("emit_expires_on", "false")
def no_expires_on(api: Api, _make: Make) -> None:
    assert set(api.request_token().json()) == {"access_token", "token_type", "id_token"}


@CHECKS.of("emit_expires_in", "true")
def expires_in(api: Api, _make: Make) -> None:
    content = api.request_token().json()
    assert content["expires_in"] == 7200
    assert "expires_on" in content


@CHECKS.of("unsupported_grant", "unsupported_grant_type")
def grant(api: Api, _make: Make) -> None:
    assert api.request_token(grant_type="password").json()["error"] == "unsupported_grant_type"


@CHECKS.of("disabled_client", "403")
def disabled_client(api: Api, _make: Make) -> None:
    client = api.cloud.clients["disabled"]
    form = {"grant_type": "client_credentials"}
    pair = (client["client_id"], client["client_secret"])
    answer = requests.post(f"{api.cloud.base_url}/idp/token", data=form, auth=pair, timeout=60)
    assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")


@CHECKS.of("revoke_unknown", "400")
def revoke_unknown(api: Api, _make: Make) -> None:
    pair = (api.cloud.client_id, api.cloud.client_secret)
    answer = requests.post(f"{api.cloud.base_url}/idp/revoke_token", data={"token": "x"}, auth=pair, timeout=60)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def issue(api: Api, user: dict[str, Any], **more: str) -> requests.Response:
    """Ask for a one-time token."""
    return api.post("/idp/ott", {"purpose": "user_login", "user_id": user["id"], **more})


@CHECKS.of("ott_unknown_user", "403_1002", "400_400")
def ott_unknown(api: Api, _make: Make) -> None:
    answer = issue(api, {"id": "00000000-0000-4000-8000-000000000000"})
    assert error(answer) == refusal(set_to(api, "ott_unknown_user"))


@CHECKS.of("ott_outside", "400_1033")
def ott_outside(api: Api, _make: Make) -> None:
    neighbour = api.cloud.tenant(api.cloud.clients["neighbour"]["tenant_id"])["users"][0]
    assert error(issue(api, neighbour)) == (400, 1033)


@CHECKS.of("ott_support_off", "400_1027")
def ott_support_off(api: Api, make: Make) -> None:
    assert error(issue(api, make(ancestral_access=False)["users"][0])) == (400, 1027)


@CHECKS.of("ott_disabled_user", "400_1018", "issued")
def ott_disabled_user(api: Api, make: Make) -> None:
    user = make()["users"][0]
    api.cloud.patch_user(user["id"], enabled=False)
    answer = issue(api, user)
    if set_to(api, "ott_disabled_user") == "issued":
        assert error(api.post("/idp/ott/login", {"ott": answer.json()["ott"]})) == (401, 401)
    else:
        assert error(answer) == (400, 1018)


@CHECKS.of("ott_not_activated_user", "403_1002")
def ott_not_activated(api: Api, make: Make) -> None:
    user = make()["users"][0]
    assert issue(api, user).status_code == 200
    api.cloud.patch_user(user["id"], activated=False)
    assert error(issue(api, user)) == (403, 1002)


@CHECKS.of("ott_mfa_user", "403_1002")
def ott_mfa_user(api: Api, make: Make) -> None:
    user, service = make(mfa=True)["users"]
    api.cloud.patch_user(service["id"], exempt=True)
    assert error(issue(api, user)) == (403, 1002)
    assert issue(api, service).status_code == 200


@CHECKS.of("ott_several", "first")
def ott_several(api: Api, make: Make) -> None:
    first, second = make()["users"]
    ott = issue(api, first, login=second["login"]).json()["ott"]
    assert api.post("/idp/ott/login", {"ott": ott}).json()["id"] == second["id"]


@CHECKS.of("ott_invalid", "400")
def ott_invalid(api: Api, _make: Make) -> None:
    assert error(api.post("/idp/ott/login", {"ott": "nonsense"})) == (400, 400)


@CHECKS.of("ott_form_body", "accepted")
def ott_form(api: Api, make: Make) -> None:
    user = make()["users"][0]
    url, headers = f"{api.cloud.base_url}/idp/ott/login", {"Content-Type": "application/json"}
    ott = issue(api, user).json()["ott"]
    answer = requests.post(url, headers=headers, data={"ott": ott}, timeout=60)
    assert (answer.status_code, answer.json()["id"]) == (200, user["id"])
    assert requests.post(url, headers=headers, json={"ott": issue(api, user).json()["ott"]}, timeout=60).ok


@CHECKS.of("users_me_client", "401")
def users_me(api: Api, _make: Make) -> None:
    assert error(api.get("/users/me")) == (401, 401)


def test_every_value_has_a_check() -> None:
    patterned = {("disable", "polls:3")}
    choices = {(name, value) for name, switch in SWITCHES.items() for value in switch.choices[1:]}
    assert {*CHECKS, *MFA_CHECKS} == choices | patterned


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
