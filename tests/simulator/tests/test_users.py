# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users: objects, lists and the batch (section 8 of the contract)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from .api import Api, error
from .conftest import Make

WORDS = (
    "id version tenant_id login contact activated enabled created_at updated_at deleted_at language business_types "
    "notifications"
)
REQUIRED = set(WORDS.split())
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def ids(items: list[dict[str, Any]]) -> list[str]:
    """The ids of users."""
    return [item["id"] for item in items]


def test_the_object_has_every_required_field(api: Api, make: Make) -> None:
    tenant = make(users=1)
    content = api.get(f"/users/{tenant['users'][0]['id']}").json()
    assert set(content) >= REQUIRED
    assert content["tenant_id"] == tenant["id"]
    assert content["mfa_status"] == "disabled"
    assert (content["activated"], content["enabled"]) == (True, True)
    assert content["contact"]["email"] == content["login"]
    assert content["personal_tenant_id"] is None


def test_objects_tell_the_truth(api: Api) -> None:
    for tenant in api.cloud.tenants(api.cloud.tenant_id)[::9]:
        there = [user for user in api.cloud.tenant(tenant["id"])["users"] if not user["deleted"]]
        for user in there:
            content = api.get(f"/users/{user['id']}").json()
            for field in ("tenant_id", "login", "mfa_status", "enabled", "activated"):
                assert content[field] == user[field]
            assert content["contact"]["lastname"] == user["lastname"]


def test_some_users_have_external_ids(api: Api, make: Make) -> None:
    tenant = make(users=5)
    external = [user["external_id"] for user in tenant["users"]]
    assert external[:3] == [None] * 3
    items = api.get("/users", external_ids=f"{external[3]},ext-0-99999,ext-fffff-3", tenant_id=tenant["id"])
    assert ids(items.json()["items"]) == [tenant["users"][3]["id"]]
    api.cloud.patch_user(tenant["users"][3]["id"], external_id="another")
    items = api.get("/users", external_ids=external[3], tenant_id=tenant["id"])
    assert items.json()["items"] == []


def test_personal_tenants_belong_to_users(api: Api) -> None:
    personal = [tenant for tenant in api.cloud.tenants(api.cloud.tenant_id) if tenant["owner_id"]]
    assert personal
    for tenant in personal:
        owner = api.get(f"/users/{tenant['owner_id']}").json()
        assert owner["personal_tenant_id"] == tenant["id"]
        assert tenant["kind"] == "unit"
        assert tenant["parent_id"] == owner["tenant_id"]


def test_unknown_foreign_and_deleted_users(api: Api, make: Make) -> None:
    neighbour = api.cloud.tenant(api.cloud.clients["neighbour"]["tenant_id"])["users"][0]["id"]
    assert error(api.get(f"/users/{neighbour}")) == (403, 1002)
    assert error(api.get(f"/users/{UNKNOWN}")) == (404, 404)
    assert error(api.get(f"/users/{uuid.uuid4()}")) == (404, 404)
    tenant = make(users=2)
    gone, there = (user["id"] for user in tenant["users"])
    api.cloud.patch_user(gone, deleted=True)
    assert error(api.get(f"/users/{gone}")) == (404, 404)
    assert api.get(f"/users/{gone}", allow_deleted=True).json()["deleted_at"]
    assert api.get(f"/tenants/{tenant['id']}/users").json() == {"items": [there]}
    assert set(api.get(f"/tenants/{tenant['id']}/users", allow_deleted=True).json()["items"]) == {gone, there}
    assert ids(api.get("/users", uuids=f"{gone},{there}").json()["items"]) == [there]


def test_users_of_a_tenant(api: Api, make: Make) -> None:
    tenant = make(users=3)
    unit = make(kind="unit", parent_id=tenant["id"], users=1)
    nested = make(kind="unit", parent_id=unit["id"], users=1)
    path = f"/tenants/{tenant['id']}/users"
    own = {user["id"] for user in tenant["users"]}
    below = {unit["users"][0]["id"], nested["users"][0]["id"]}
    content = api.get(path).json()
    assert set(content) == {"items"}
    assert set(content["items"]) == own
    assert set(api.get(path, include_grand_children=True).json()["items"]) == own | below
    assert api.get(f"/tenants/{unit['id']}/users", include_grand_children=True).json()["items"] == ids(unit["users"])


def test_users_of_a_partner_and_its_folders(api: Api, make: Make) -> None:
    partner = make(kind="partner", users=1)
    folder = make(kind="folder", parent_id=partner["id"], users=1)
    make(parent_id=folder["id"], users=1)
    items = api.get(f"/tenants/{partner['id']}/users", include_grand_children=True).json()["items"]
    assert set(items) == {partner["users"][0]["id"], folder["users"][0]["id"]}


@pytest.mark.parametrize("order", ["login", "status", "name", "roles", "level", "usage", "mfa_status", "contact_types"])
def test_orders(api: Api, make: Make, order: str) -> None:
    tenant = make(users=4)
    for number, user in enumerate(tenant["users"]):
        api.cloud.patch_user(user["id"], login=f"{'dbca'[number]}@{tenant['id']}", enabled=number != 1)
    path = f"/tenants/{tenant['id']}/users"
    items, reverse = api.get(path, order=order).json()["items"], api.get(path, order=f"-{order}").json()["items"]
    assert items == reverse[::-1]
    if order == "login":
        assert items == [tenant["users"][number]["id"] for number in (3, 1, 2, 0)]
    if order == "status":
        assert items[-1] == tenant["users"][1]["id"]
    assert error(api.get(path, order="age")) == (400, 400)


def test_the_batch_by_uuids(api: Api, make: Make) -> None:
    tenant = make(users=2)
    neighbour = api.cloud.tenant(api.cloud.clients["neighbour"]["tenant_id"])["users"][0]["id"]
    wanted = [tenant["users"][1]["id"], UNKNOWN, neighbour, tenant["users"][0]["id"]]
    content = api.get("/users", uuids=",".join(wanted)).json()
    assert ids(content["items"]) == ids(tenant["users"])
    assert content["timestamp"]


def test_the_batch_by_external_ids(api: Api, make: Make) -> None:
    tenant, other = make(users=2), make(users=1)
    first = tenant["users"][0]["id"]
    api.cloud.patch_user(first, external_id="ext-1")
    items = api.get("/users", external_ids="ext-1,ext-2", tenant_id=tenant["id"]).json()["items"]
    assert ids(items) == [first]
    assert items[0]["external_id"] == "ext-1"
    assert api.get("/users", external_ids="ext-1", tenant_id=other["id"]).json()["items"] == []


def test_the_batch_of_a_subtree(api: Api) -> None:
    truth = [
        user["id"]
        for tenant in api.cloud.tenants(api.cloud.tenant_id)
        for user in api.cloud.tenant(tenant["id"])["users"]
        if not user["deleted"]
    ]
    assert len(truth) > 300
    whole = api.get("/users", subtree_root_tenant_id=api.cloud.tenant_id).json()
    assert ids(whole["items"]) == truth
    assert whole["paging"] == {"cursors": {}}
    assert ids(api.all_pages("/users", subtree_root_tenant_id=api.cloud.tenant_id, limit=50)) == truth


def test_a_cursor_inside_of_one_tenant(api: Api, make: Make) -> None:
    tenant = make(users=5)
    for query in ({"subtree_root_tenant_id": tenant["id"]}, {"uuids": ",".join(ids(tenant["users"]))}):
        assert ids(api.all_pages("/users", limit=2, **query)) == ids(tenant["users"])


def test_filters_of_a_subtree(api: Api, make: Make) -> None:
    partner = make(kind="partner", users=1)
    folder = make(kind="folder", parent_id=partner["id"], users=1)
    customer = make(parent_id=folder["id"], users=1)
    admin = customer["users"][0]["id"]
    api.cloud.patch_user(admin, admin=True)
    query = {"subtree_root_tenant_id": partner["id"]}
    own = [partner["users"][0]["id"], folder["users"][0]["id"]]
    assert ids(api.get("/users", **query).json()["items"]) == [*own, admin]
    inside = {**query, "inside_organization": True}
    assert ids(api.get("/users", **inside).json()["items"]) == own
    assert ids(api.get("/users", **inside, tenant_kinds="folder").json()["items"]) == own[1:]
    assert api.get("/users", **inside, access_policies="company_admin").json()["items"] == []
    customers = {"subtree_root_tenant_id": customer["id"], "inside_organization": True}
    assert ids(api.get("/users", **customers, access_policies="company_admin").json()["items"]) == [admin]
    assert ids(api.get("/users", **customers, target_tenant_id=customer["id"]).json()["items"]) == [admin]
    item = api.get("/users", uuids=admin, with_access_policies=True).json()["items"][0]
    assert item["access_policies"][0]["role_id"] == "company_admin"
    assert api.get("/users", uuids=admin, origin_id="x").json()["items"] == []


def test_updated_since(api: Api, make: Make) -> None:
    tenant = make(users=2)
    query = {"subtree_root_tenant_id": tenant["id"]}
    stamp = api.get("/users", **query).json()["timestamp"]
    assert api.get("/users", **query, updated_since=stamp).json()["items"] == []
    api.cloud.patch_user(tenant["users"][1]["id"], totp=True)
    assert ids(api.get("/users", **query, updated_since=stamp).json()["items"]) == [tenant["users"][1]["id"]]


def test_levels_of_detail(api: Api, make: Make) -> None:
    user = make(users=1)["users"][0]["id"]
    stamps, basic, full = (
        api.get("/users", uuids=user, lod=lod).json()["items"][0] for lod in ("stamps", "basic", "full")
    )
    assert set(stamps) < set(basic) < set(full)
    assert "session_mfa_status" in basic
    assert "mfa_status" not in basic
    assert full["mfa_status"] == "disabled"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"limit": "10"},
        {"tenant_id": "{id}"},
        {"uuids": "{id}", "tenant_id": "{id}"},
        {"uuids": "{id}", "subtree_root_tenant_id": "{id}"},
        {"uuids": "{id}", "external_ids": "x", "tenant_id": "{id}"},
        {"subtree_root_tenant_id": "{id}", "tenant_id": "{id}"},
        {"subtree_root_tenant_id": "{id}", "external_ids": "x", "tenant_id": "{id}"},
        {"external_ids": "x"},
        {"uuids": "x"},
        {"uuids": ""},
        {"subtree_root_tenant_id": "x"},
        {"subtree_root_tenant_id": "{id}", "limit": "0"},
        {"subtree_root_tenant_id": "{id}", "lod": "x"},
        {"uuids": "{id}", "inside_organization": "true"},
        {"subtree_root_tenant_id": "{id}", "tenant_kinds": "unit"},
        {"subtree_root_tenant_id": "{id}", "target_tenant_id": "{id}"},
        {"subtree_root_tenant_id": "{id}", "inside_organization": "true", "tenant_kinds": "house"},
        {"subtree_root_tenant_id": "{id}", "inside_organization": "true", "access_policies": "king"},
        {"after": "x"},
    ],
)
def test_bad_queries(api: Api, query: dict[str, str]) -> None:
    words = {name: value.format(id=api.cloud.tenant_id) for name, value in query.items()}
    assert error(api.get("/users", **words)) == (400, 400)


def test_at_most_a_hundred(api: Api) -> None:
    wanted = [str(uuid.uuid4()) for _unused in range(101)]
    assert api.get("/users", uuids=",".join(wanted[:100])).json()["items"] == []
    assert error(api.get("/users", uuids=",".join(wanted))) == (400, 400)
    assert error(api.get("/users", external_ids=",".join(wanted), tenant_id=api.cloud.tenant_id)) == (400, 400)


def test_foreign_and_unknown_subtrees(api: Api) -> None:
    neighbour = api.cloud.clients["neighbour"]["tenant_id"]
    assert error(api.get("/users", subtree_root_tenant_id=neighbour)) == (403, 1002)
    assert error(api.get("/users", subtree_root_tenant_id=UNKNOWN)) == (404, 1005)
    assert error(api.get("/users", external_ids="x", tenant_id=neighbour)) == (403, 1002)
