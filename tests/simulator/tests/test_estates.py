# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Estates: the same for the same seed, of the wanted size, and with everything in them that can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ..estate.names import HOSTILE
from ..process import Simulator
from .api import Api

Items = list[dict[str, Any]]


@pytest.fixture(scope="module")
def big() -> Iterator[Simulator]:
    """An estate with more than one page of tenants."""
    with Simulator(tenants=6000, seed=3, users_per_tenant="1-2") as cloud:
        yield cloud


def reach(cloud: Simulator) -> Items:
    """What the main client can see, in truth."""
    return cloud.tenants(cloud.tenant_id)


@pytest.mark.parametrize("size", [10, 120])
def test_estates_follow_from_size_and_seed(size: int) -> None:
    def estate(seed: int) -> tuple[Items, Items, dict[str, Any]]:
        with Simulator(tenants=size, seed=seed) as cloud:
            users = [user for tenant in cloud.tenants() for user in cloud.tenant(tenant["id"])["users"]]
            assert len(reach(cloud)) == size
            return cloud.tenants(), users, cloud.clients

    first = estate(5)
    assert estate(5) == first
    assert estate(6)[0] != first[0]


def test_the_smallest_estate_has_every_kind() -> None:
    with Simulator(tenants=10) as cloud:
        tenants = reach(cloud)
        assert {tenant["kind"] for tenant in tenants} == {"partner", "folder", "customer", "unit"}
        assert {"self-service", "disabled", "locked", "on", "off", "trial"} <= {
            word for tenant in tenants for word in traits(tenant)
        }


def traits(tenant: dict[str, Any]) -> Iterator[str]:
    """Words for what is special about a tenant."""
    yield "self-service" if not tenant["ancestral_access"] else "managed"
    yield "enabled" if tenant["enabled"] else "disabled"
    yield "locked" if tenant["update_lock"]["enabled"] else "unlocked"
    yield "on" if tenant["mfa"] == "enabled" else "off"
    yield str(tenant["pricing_mode"])
    yield "personal" if tenant["owner_id"] else "organizational"


def test_an_estate_has_everything(cloud: Simulator) -> None:
    tenants = [tenant for tenant in reach(cloud) if not tenant["name"].startswith("made ")]
    words = {(tenant["kind"], word) for tenant in tenants for word in traits(tenant)}
    for kind in ("partner", "customer"):
        for word in ("self-service", "disabled", "locked", "on", "off", "trial", "production"):
            assert (kind, word) in words, (kind, word)
    assert {("customer", "suspended"), ("unit", "personal"), ("unit", "on"), ("unit", "off")} <= words
    by_id = {tenant["id"]: tenant for tenant in cloud.tenants()}
    nested = {(tenant["kind"], by_id[tenant["parent_id"]]["kind"]) for tenant in tenants}
    assert {("folder", "folder"), ("unit", "unit"), ("partner", "partner"), ("customer", "folder")} <= nested
    names = [tenant["name"] for tenant in tenants]
    assert names.count("Harbor Clinic") == 3
    assert "HARBOR CLINIC" in names
    assert {tenant["user_count"] for tenant in tenants if tenant["kind"] == "customer"} >= {0, 3, 8}


def test_there_is_a_world_outside_of_reach(cloud: Simulator) -> None:
    outside = [tenant for tenant in cloud.tenants() if not tenant["in_reach"]]
    assert {tenant["kind"] for tenant in outside} == {"root", "partner", "customer", "unit"}
    assert "Harbor Clinic" in [tenant["name"] for tenant in outside]


def test_users_are_in_all_states(cloud: Simulator) -> None:
    users = [user for tenant in reach(cloud) for user in cloud.tenant(tenant["id"])["users"]]
    states = {user["mfa_status"] for user in users}
    assert states == {"disabled", "setup_required", "enabled", "forcibly_disabled"}
    assert len({user["login"] for user in users}) == len({user["id"] for user in users}) == len(users)
    for field in ("enabled", "activated", "service", "totp"):
        assert {user[field] for user in users} == {True, False}


def test_production_partners_have_mfa(cloud: Simulator) -> None:
    partners = [t for t in reach(cloud) if t["kind"] == "partner" and not t["name"].startswith("made ")]
    assert {t["mfa"] for t in partners if t["pricing_mode"] == "production"} == {"enabled"}


def test_siblings_have_different_names(big: Simulator) -> None:
    tenants = [tenant for tenant in big.tenants() if not tenant["owner_id"]]
    assert len({(tenant["parent_id"], tenant["name"]) for tenant in tenants}) == len(tenants)


@pytest.mark.parametrize(
    "name",
    [
        "{{ 7*7 }}",
        "{% raw %}",
        "*",
        "[x]",
        "localhost",
        "all",
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "$(id)",
        "a" * 255,
        "line\nbreak",
        "tab\there",
        "Smith/Sons",
        "trailing backslash\\",
        "\u202eevil\u202c",
    ],
)
def test_hostile_names_arrive_unharmed(big: Simulator, name: str) -> None:
    assert name in HOSTILE
    api = Api(big)
    (tenant, *_unused) = [tenant for tenant in reach(big) if tenant["name"] == name]
    assert api.get(f"/tenants/{tenant['id']}").json()["name"] == name
    items = api.get("/tenants", uuids=tenant["id"]).json()["items"]
    assert [item["name"] for item in items] == [name]
    found = api.get("/search", tenant=tenant["id"], text=name).json()["items"]
    assert found[0]["name"] == name


def test_all_hostile_names_are_there(big: Simulator) -> None:
    assert set(HOSTILE) <= {tenant["name"] for tenant in reach(big)}


def test_big_estates_are_paged_by_default(big: Simulator) -> None:
    api = Api(big)
    tenants, users = reach(big), []
    first = api.get("/tenants", subtree_root_id=big.tenant_id).json()
    assert len(first["items"]) == 5000
    assert [item["id"] for item in api.all_pages("/tenants", subtree_root_id=big.tenant_id)] == [
        tenant["id"] for tenant in tenants
    ]
    assert len(tenants) == 6000
    users = api.all_pages("/users", subtree_root_tenant_id=big.tenant_id)
    assert len(users) == sum(tenant["user_count"] for tenant in tenants)
    assert len({user["id"] for user in users}) == len(users)
    assert len(api.get("/users", subtree_root_tenant_id=big.tenant_id).json()["items"]) == 2000


def test_counts_fit_the_users(big: Simulator) -> None:
    api = Api(big)
    organizations: dict[str, list[str]] = {}
    for tenant in reach(big):
        organizations.setdefault(tenant["organization_id"], []).append(tenant["id"])
    users: dict[str, Items] = {}
    for user in api.all_pages("/users", subtree_root_tenant_id=big.tenant_id):
        users.setdefault(user["tenant_id"], []).append(user)
    for organization, members in list(organizations.items())[::50]:
        active = [user for member in members for user in users.get(member, []) if user["enabled"]]
        status = api.mfa(organization)
        assert status["users_count"] == len(active)
        if status["mfa_status"] == "enabled":
            enrolled = [user for user in active if user["mfa_status"] == "enabled"]
            assert status["users_with_totp_enabled_count"] == len(enrolled)


def test_the_number_of_users_can_be_chosen() -> None:
    with Simulator(tenants=100, users_per_tenant="2") as cloud:
        counts = {tenant["user_count"] for tenant in reach(cloud) if tenant["kind"] == "customer"}
        assert counts == {0, 2}


def test_the_demo_estate_is_believable() -> None:
    with Simulator(estate="demo") as cloud:
        first = reach(cloud)
        api = Api(cloud)
        names = {tenant["name"]: tenant for tenant in first}
        assert len(first) == 57
        assert first[0]["name"] == "Contoso MSP"
        assert api.mfa(cloud.tenant_id)["mfa_status"] == "enabled"
        partners = [tenant["name"] for tenant in first[1:] if tenant["kind"] == "partner"]
        assert partners == ["Northwind IT", "Fabrikam Services", "Woodgrove Cloud"]
        assert not names["Granite Law"]["ancestral_access"]
        assert not names["Waldorf School Elm Street"]["enabled"]
        customers = [tenant for tenant in first if tenant["kind"] == "customer"]
        assert 5 < len([tenant for tenant in customers if tenant["mfa"] == "enabled"]) < len(customers) / 2
        logins = [user["login"] for user in cloud.tenant(names["Harbor Dental Clinic"]["id"])["users"]]
        assert logins[0] == "ines.vogt@harbor-dental-clinic.example"
        assert names["Contoso MSP"]["id"] == "50d2e3e8-aa3b-539c-bce1-a9f787ddb856"
    with Simulator(estate="demo") as again:
        assert reach(again) == first
