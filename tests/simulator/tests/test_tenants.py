# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tenant objects, the batch and the children (section 7 of the contract)."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest

from .api import Api, error
from .conftest import Make

WORDS = (
    "id version created_at updated_at deleted_at name customer_type parent_id kind contact contacts enabled brand_id "
    "brand_enabled internal_tag language has_children update_lock ancestral_access mfa_status pricing_mode"
)
REQUIRED = set(WORDS.split())
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def names(items: list[dict[str, object]]) -> list[object]:
    """The names of tenants."""
    return [item["name"] for item in items]


def test_the_object_has_every_required_field(api: Api, make: Make) -> None:
    tenant = make(pricing_mode="trial", ancestral_access=True, mfa=True)
    content = api.get(f"/tenants/{tenant['id']}").json()
    assert set(content) >= REQUIRED
    assert content["parent_id"] == api.cloud.tenant_id
    assert content["kind"] == "customer"
    assert content["update_lock"] == {"enabled": False, "owner_id": None}
    assert content["pricing_mode"] == "trial"
    assert content["mfa_status"] == "enabled"
    assert content["contacts"] == []
    assert content["owner_id"] is None
    assert content["deleted_at"] is None
    assert content["has_children"] is False
    assert datetime.fromisoformat(content["created_at"]).utcoffset() is not None


def test_objects_tell_the_truth(api: Api) -> None:
    truth = {tenant["id"]: tenant for tenant in api.cloud.tenants(api.cloud.tenant_id)}
    items = api.get("/tenants", subtree_root_id=api.cloud.tenant_id).json()["items"]
    assert len(items) == len([tenant for tenant in truth.values() if not tenant["deleted"]]) >= 200
    for item in items:
        same = ("name", "kind", "parent_id", "enabled", "ancestral_access", "pricing_mode", "owner_id", "update_lock")
        assert {field: item[field] for field in same} == {field: truth[item["id"]][field] for field in same}
        assert item["mfa_status"] == truth[item["id"]]["mfa"]


def test_the_root_is_its_own_parent(api: Api) -> None:
    root = Api(api.cloud, "root")
    content = root.get(f"/tenants/{root.client['tenant_id']}").json()
    assert content["parent_id"] == content["id"]
    assert content["kind"] == "root"


def test_a_path_can_be_embedded(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    tenant = make(parent_id=partner["id"])
    content = api.get(f"/tenants/{tenant['id']}", embed_path=True).json()
    assert content["path"][1:] == [partner["name"], tenant["name"]]
    assert "path" not in api.get(f"/tenants/{tenant['id']}").json()


def test_deleted_tenants_are_gone_unless_asked_for(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    tenant = make(parent_id=partner["id"])
    api.cloud.delete_tenant(tenant["id"])
    assert error(api.get(f"/tenants/{tenant['id']}")) == (404, 1005)
    assert api.get(f"/tenants/{tenant['id']}", allow_deleted=True).json()["deleted_at"]
    assert api.get(f"/tenants/{partner['id']}").json()["has_children"] is False
    for selection in ({"parent_id": partner["id"]}, {"uuids": tenant["id"]}):
        assert api.get("/tenants", **selection).json()["items"] == []
        assert names(api.get("/tenants", allow_deleted=True, **selection).json()["items"]) == [tenant["name"]]
    assert error(api.get(f"/tenants/{tenant['id']}/mfa/status")) == (404, 1005)
    assert error(api.put_mfa(tenant["id"], True)) == (404, 1005)


def test_by_uuids(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    tenant = make(parent_id=partner["id"])
    neighbour = api.cloud.clients["neighbour"]["tenant_id"]
    wanted = [tenant["id"], UNKNOWN, neighbour, partner["id"], tenant["id"]]
    items = api.get("/tenants", uuids=",".join(wanted)).json()["items"]
    assert names(items) == [partner["name"], tenant["name"]]
    assert api.get("/tenants", uuids=UNKNOWN).json()["items"] == []


def test_by_parent(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    children = [make(parent_id=partner["id"]) for _unused in range(3)]
    make(parent_id=children[0]["id"], kind="unit")
    items = api.get("/tenants", parent_id=partner["id"]).json()["items"]
    assert names(items) == names(children)
    assert items[0]["has_children"] is True


def test_a_subtree_holds_its_root_and_is_ordered_by_level(api: Api) -> None:
    items = api.get("/tenants", subtree_root_id=api.cloud.tenant_id).json()["items"]
    seen: set[str] = set()
    level = {tenant["id"]: tenant["level"] for tenant in api.cloud.tenants()}
    assert items[0]["id"] == api.cloud.tenant_id
    assert [level[item["id"]] for item in items] == sorted(level[item["id"]] for item in items)
    for item in items[1:]:
        seen.add(item["id"])
        assert item["parent_id"] in seen | {api.cloud.tenant_id}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"limit": 5},
        {"updated_since": "2020-01-01T00:00:00Z"},
        {"parent_id": "{id}", "subtree_root_id": "{id}"},
        {"parent_id": "{id}", "uuids": "{id}"},
        {"subtree_root_id": "{id}", "uuids": "{id}"},
        {"uuids": ""},
        {"uuids": "{id},"},
        {"uuids": "nonsense"},
        {"parent_id": "nonsense"},
        {"subtree_root_id": "{id}", "limit": 0},
        {"subtree_root_id": "{id}", "limit": -1},
        {"subtree_root_id": "{id}", "limit": "many"},
        {"subtree_root_id": "{id}", "lod": "all"},
        {"subtree_root_id": "{id}", "allow_deleted": "yes"},
        {"subtree_root_id": "{id}", "updated_since": "yesterday"},
        {"subtree_root_id": "{id}", "updated_since": "2020-13-01T00:00:00Z"},
        {"subtree_root_id": "{id}", "include_relative_path": "true"},
        {"after": "nonsense"},
        {"after": "++//"},
        {"after": ""},
    ],
)
def test_bad_queries(api: Api, query: dict[str, str]) -> None:
    words = {name: str(value).format(id=api.cloud.tenant_id) for name, value in query.items()}
    assert error(api.get("/tenants", **words)) == (400, 400)


def test_at_most_a_hundred_uuids(api: Api) -> None:
    wanted = [str(uuid.uuid4()) for _unused in range(101)]
    assert api.get("/tenants", uuids=",".join(wanted[:100])).status_code == 200
    assert error(api.get("/tenants", uuids=",".join(wanted))) == (400, 400)


def test_foreign_and_unknown_selections(api: Api) -> None:
    neighbour = api.cloud.clients["neighbour"]["tenant_id"]
    for name in ("parent_id", "subtree_root_id"):
        assert error(api.get("/tenants", **{name: neighbour})) == (403, 1002)
        assert error(api.get("/tenants", **{name: UNKNOWN})) == (404, 1005)


def test_levels_of_detail(api: Api, make: Make) -> None:
    tenant = make()
    stamps, basic, full = (
        api.get("/tenants", uuids=tenant["id"], lod=lod).json()["items"][0] for lod in ("stamps", "basic", "full")
    )
    assert set(stamps) < set(basic) < set(full)
    assert {"name", "kind", "enabled"} & set(stamps) == set()
    assert {"name", "kind", "enabled"} <= set(basic)
    assert "mfa_status" not in basic
    assert full == api.get("/tenants", uuids=tenant["id"]).json()["items"][0]


def test_contacts_and_offering_items_on_demand(api: Api, make: Make) -> None:
    tenant = make()
    item = api.get("/tenants", uuids=tenant["id"], with_contacts=True, expand_offering_items=True).json()["items"][0]
    assert item["contacts"][0]["types"] == ["primary"]
    assert item["offering_items"] == []


def test_the_relative_path_adds_the_tenants_above(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    tenant = make(parent_id=partner["id"])
    items = api.get("/tenants", uuids=tenant["id"], include_relative_path=True).json()["items"]
    assert [item["id"] for item in items] == [api.cloud.tenant_id, partner["id"], tenant["id"]]


def test_updated_since_finds_what_changed(api: Api, make: Make) -> None:
    tenant, other = make(), make()
    stamp = api.get("/tenants", subtree_root_id=api.cloud.tenant_id, limit=1).json()["timestamp"]
    api.put_mfa(tenant["id"], True)
    items = api.get("/tenants", subtree_root_id=api.cloud.tenant_id, updated_since=stamp).json()["items"]
    assert names(items) == [tenant["name"]]
    api.cloud.delete_tenant(other["id"])
    query = {"subtree_root_id": api.cloud.tenant_id, "updated_since": stamp, "allow_deleted": True}
    assert names(api.get("/tenants", **query).json()["items"]) == [tenant["name"], other["name"]]


def test_a_plus_in_a_timestamp_must_be_encoded(api: Api) -> None:
    path = f"/tenants?subtree_root_id={api.cloud.tenant_id}&updated_since=2030-01-01T00:00:00"
    assert error(api.call("GET", path + "+00:00")) == (400, 400)
    for ending in ("%2B00:00", "Z", "", ".123456789Z", ".1%2B02:00"):
        assert api.call("GET", path + ending).json()["items"] == []


def test_pages_are_complete_and_without_doubles(api: Api) -> None:
    whole = api.get("/tenants", subtree_root_id=api.cloud.tenant_id).json()["items"]
    for limit in (7, 50, len(whole) - 1, len(whole), len(whole) + 1):
        items = api.all_pages("/tenants", subtree_root_id=api.cloud.tenant_id, limit=limit)
        assert [item["id"] for item in items] == [item["id"] for item in whole]


def test_a_cursor_holds_the_filters_and_wants_encoding(api: Api) -> None:
    first = api.get("/tenants", subtree_root_id=api.cloud.tenant_id, lod="basic", limit=10).json()
    after = first["paging"]["cursors"]["after"]
    second = api.get("/tenants", after=after).json()["items"]
    assert len(second) == 10
    assert "mfa_status" not in second[0]
    assert len(api.get("/tenants", after=after, limit=3).json()["items"]) == 3
    assert error(api.call("GET", f"/tenants?after={after}")) == (400, 400)
    assert error(api.get("/tenants", after=after, subtree_root_id=api.cloud.tenant_id)) == (400, 400)
    assert error(api.get("/tenants", after=after, limit=0)) == (400, 400)
    assert error(api.get("/tenants", after=after[:-4])) == (400, 400)
    assert error(api.get("/users", after=after)) == (400, 400)


def test_the_last_page_has_no_cursor(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    assert api.get("/tenants", subtree_root_id=partner["id"], limit=1).json()["paging"] == {"cursors": {}}


def test_a_listing_stays_consistent_while_tenants_come_and_go(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    made = [make(parent_id=partner["id"]) for _unused in range(6)]
    first = api.get("/tenants", parent_id=partner["id"], limit=3).json()
    api.cloud.delete_tenant(made[1]["id"])
    made.append(make(parent_id=partner["id"]))
    rest = api.all_pages("/tenants", after=first["paging"]["cursors"]["after"])
    assert names(first["items"]) + names(rest) == names(made)


def test_children(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    made = {name: make(parent_id=partner["id"], name=name)["id"] for name in ("b", "a", "c")}
    path = f"/tenants/{partner['id']}/children"
    assert api.get(path).json() == {"items": [made["a"], made["b"], made["c"]]}
    assert api.get(path, order="-name").json() == {"items": [made["c"], made["b"], made["a"]]}
    assert api.get(path, order="as_is").json() == {"items": [made["b"], made["a"], made["c"]]}
    assert api.get(path, order="usage.cloud.local").status_code == 200
    api.cloud.patch_tenant(made["a"], enabled=False)
    assert api.get(path, order="status").json()["items"][-1] == made["a"]
    assert names(api.get(path, include_details="true").json()["items"]) == ["a", "b", "c"]
    assert api.get(f"/tenants/{made['a']}/children").json() == {"items": []}
    api.cloud.delete_tenant(made["b"])
    assert api.get(path).json() == {"items": [made["a"], made["c"]]}
    assert api.get(path, allow_deleted=True).json() == {"items": [made["a"], made["b"], made["c"]]}
    assert error(api.get(path, order="size")) == (400, 400)
    assert error(api.get(path, after="x")) == (400, 400)


def test_search(api: Api, make: Make) -> None:
    partner = make(kind="partner", name="Quokka Partner")
    tenant = make(parent_id=partner["id"], name="The Last quokka", users=1)
    user = tenant["users"][0]
    api.cloud.patch_user(user["id"], lastname="Quokkason")
    items = api.get("/search", tenant=api.cloud.tenant_id, text="QUOKKA").json()["items"]
    assert [(item["obj_type"], item["id"]) for item in items] == [
        ("tenant", partner["id"]),
        ("tenant", tenant["id"]),
        ("user", user["id"]),
    ]
    assert items[1]["path"][1:] == ["Quokka Partner", "The Last quokka"]
    assert (items[1]["kind"], items[1]["name"], items[1]["parent_id"]) == ("customer", tenant["name"], partner["id"])
    assert (items[2]["login"], items[2]["last_name"], items[2]["parent_id"]) == (
        user["login"],
        "Quokkason",
        tenant["id"],
    )
    assert api.get("/search", tenant=tenant["id"], text="quokka").json()["items"][0]["path"] == [tenant["name"]]


def test_search_is_short_by_default_and_strict(api: Api) -> None:
    home = api.cloud.tenant_id
    assert len(api.get("/search", tenant=home, text="e").json()["items"]) == 10
    assert len(api.get("/search", tenant=home, text="e", limit=25).json()["items"]) == 25
    assert api.get("/search", tenant=home, text="no such thing").json() == {"items": []}
    for query in ({"tenant": home}, {"text": "e"}, {"tenant": "x", "text": "e"}, {"tenant": home, "text": ""}):
        assert error(api.get("/search", **query)) == (400, 400)
    assert error(api.get("/search", tenant=home, text="e", limit=0)) == (400, 400)
    assert error(api.get("/search", tenant=UNKNOWN, text="e")) == (404, 1005)
    assert error(api.get("/search", tenant=api.cloud.clients["neighbour"]["tenant_id"], text="e")) == (403, 1002)
