# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A tenant by its id: its place, the organization whose setting holds, and what cannot be reached."""

from __future__ import annotations

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.tenants import locate, read_tenant, read_tree
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import LISTING, TENANT, Cloud

DEEP = ("Northwind IT", "Retail", "Flagship", "Deep Down Stores")


@pytest.mark.parametrize(
    "path, organization",
    [
        ((), ()),
        (("Northwind IT",), ("Northwind IT",)),
        (("Northwind IT", "Retail"), ("Northwind IT",)),
        (("Northwind IT", "Retail", "Flagship"), ("Northwind IT",)),
        (DEEP, DEEP),
        (("Northwind IT", "Harbor Clinic", "Ward 7", "Cellar"), ("Northwind IT", "Harbor Clinic")),
        (("Key accounts",), ()),
    ],
)
def test_its_path_and_its_organization(cloud: Cloud, path: tuple[str, ...], organization: tuple[str, ...]) -> None:
    found = locate(cloud.connect(), cloud.tenant(*path)["id"])
    assert found.path == path
    assert found.organization.id == cloud.tenant(*organization)["id"]
    assert found.own_id == cloud.simulator.tenant_id


def test_it_costs_one_request_for_each_level(cloud: Cloud) -> None:
    locate(cloud.connect(), cloud.tenant(*DEEP)["id"])
    assert (cloud.count(TENANT), cloud.count(LISTING)) == (len(DEEP) + 1, 0)


def test_by_id_and_by_path_it_is_the_same(cloud: Cloud) -> None:
    client = cloud.connect()
    tree = read_tree(client)
    for one in (cloud.tenant(*DEEP), cloud.tenant("Northwind IT", "Harbor Clinic", "Ward 7"), cloud.tenant()):
        by_path = tree.find(one["path"][1:] or one["name"])
        by_id = locate(client, one["id"])
        assert (by_id.tenant, by_id.path, by_id.organization) == (by_path.tenant, by_path.path, by_path.organization)
        assert by_id.own_id == by_path.own_id


def test_another_client_counts_from_its_own_tenant(cloud: Cloud) -> None:
    own = cloud.simulator.clients["customer"]["tenant_id"]
    (unit, *_others) = [one for one in cloud.tenants() if one["parent_id"] == own]
    found = locate(cloud.connect(client="customer"), unit["id"])
    assert found.path == (unit["name"],)
    assert (found.own_id, found.organization.id) == (own, own)


def test_a_client_within_an_organization_does_not_see_it(cloud: Cloud) -> None:
    own = cloud.simulator.clients["unit"]["tenant_id"]
    found = locate(cloud.connect(client="unit"), own)
    assert (found.path, found.organization.id) == ((), own)


@pytest.mark.parametrize("client, expected", [("admin", DEEP), ("partner", DEEP[1:])])
@pytest.mark.parametrize("outside", ["403_1002", "404_1005"])
def test_a_token_alone_counts_from_the_highest_tenant_it_sees(
    cloud: Cloud, client: str, expected: tuple[str, ...], outside: str
) -> None:
    cloud.simulator.settings(switches={"outside_subtree": outside})
    found = locate(cloud.connect(token=cloud.issue_token(client)), cloud.tenant(*DEEP)["id"])
    assert found.path == expected
    assert found.own_id == cloud.simulator.clients[client]["tenant_id"]


def test_the_top_of_the_platform_is_the_end_of_every_chain(cloud: Cloud) -> None:
    root = cloud.simulator.clients["root"]["tenant_id"]
    assert locate(cloud.connect(token=cloud.issue_token("root")), root).path == ()


@pytest.mark.parametrize(
    "tenant_id, kind, words",
    [
        ("neighbour", ForbiddenError, "access denied"),
        ("00000000-0000-4000-8000-000000000000", NotFoundError, "tenant not found"),
        ("no-uuid", NotFoundError, "404"),
    ],
)
def test_what_cannot_be_reached_is_named(cloud: Cloud, tenant_id: str, kind: type[AccessError], words: str) -> None:
    preset = cloud.simulator.clients.get(tenant_id)
    wanted = preset["tenant_id"] if preset else tenant_id
    with pytest.raises(kind, match=words) as caught:
        locate(cloud.connect(), wanted)
    assert str(caught.value).startswith(f"Could not read tenant {wanted}: ")


def test_a_level_that_cannot_be_read_is_an_error(cloud: Cloud) -> None:
    above = cloud.tenant("Northwind IT")["id"]
    path = f"/api/2/tenants/{above}"
    cloud.simulator.fault("platform_error", route="/tenants/{id}", path=path, status=403, code=1002)
    with pytest.raises(ForbiddenError, match=above):
        locate(cloud.connect(), cloud.tenant(*DEEP)["id"])


def test_an_answer_about_another_tenant_is_malformed(cloud: Cloud) -> None:
    cloud.simulator.fault("wrong_types", route="/tenants/{id}", fields={"id": "another"})
    with pytest.raises(MalformedError, match="another"):
        read_tenant(cloud.connect(), cloud.simulator.tenant_id)


def test_parents_that_never_end_are_malformed(cloud: Cloud) -> None:
    one, other = cloud.tenant("Northwind IT"), cloud.tenant("Northwind IT", "Retail")
    for tenant, parent in ((one, other), (other, one)):
        path = f"/api/2/tenants/{tenant['id']}"
        fields = {"parent_id": parent["id"]}
        cloud.simulator.fault("wrong_types", route="/tenants/{id}", path=path, fields=fields, times=None)
    with pytest.raises(MalformedError):
        locate(cloud.connect(), one["id"])
