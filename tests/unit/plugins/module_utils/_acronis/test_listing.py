# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Complete listings: all pages, whatever moves meanwhile, or an error; never a short list."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.paging import pages
from ansible_collections.tenantops.access.plugins.module_utils._acronis.tenants import read_tree
from ansible_collections.tenantops.access.plugins.module_utils._acronis.tree import TenantTree
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    LostError,
    MalformedError,
    NotFoundError,
    OptionError,
    ServerError,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import LISTING, Cloud

Seen = dict[str, tuple[str, str, str, tuple[str, ...]]]


def shown(tree: TenantTree) -> Seen:
    """What a tree says of its tenants."""
    return {one.id: (one.name, one.kind, one.parent_id, tree.locate(one).path) for one in tree}


def truth(cloud: Cloud, scope_id: str | None = None) -> Seen:
    """What there is, personal tenants left out."""
    below = cloud.simulator.tenants(scope_id or cloud.simulator.tenant_id)
    return {
        one["id"]: (one["name"], one["kind"], one["parent_id"], tuple(one["path"][1:]))
        for one in below
        if one["owner_id"] is None and not one["deleted"]
    }


class TestOnePage:
    """A listing that fits into one page."""

    def test_every_tenant_with_its_path_and_no_personal_one(self, cloud: Cloud) -> None:
        assert shown(read_tree(cloud.connect())) == truth(cloud)
        assert any(one["owner_id"] for one in cloud.simulator.tenants(cloud.simulator.tenant_id))

    def test_it_costs_one_request_and_one_for_what_changed(self, cloud: Cloud) -> None:
        read_tree(cloud.connect())
        assert cloud.count(LISTING) == 2

    @pytest.mark.parametrize(
        "switches",
        [
            {"timestamps": "naive"},
            {"timestamps": "z"},
            {"page_end": "no_paging"},
            {"guide_sample_fields": True},
            {"guide_sample_fields": True, "timestamps": "naive"},
            {"listing_mfa_mapping": "absent"},
            {"versions": "epoch_ms"},
            {"unknown_query": "400"},
        ],
        ids=str,
    )
    def test_whatever_the_documentation_leaves_open(self, cloud: Cloud, switches: dict[str, Any]) -> None:
        cloud.simulator.settings(switches=switches)
        assert shown(read_tree(cloud.connect())) == truth(cloud)

    def test_what_changed_is_asked_for_in_utc_from_the_moment_of_the_first_page(self, cloud: Cloud) -> None:
        cloud.simulator.settings(switches={"timestamps": "naive"})
        read_tree(cloud.connect())
        queries = [entry["query"] for entry in cloud.simulator.journal() if entry["route"] == LISTING]
        assert "updated_since" not in queries[-2]
        assert "Z" in queries[-1].partition("updated_since=")[2].partition("&")[0]

    @pytest.mark.parametrize("field", ["id", "name", "kind", "parent_id"])
    def test_a_tenant_without_what_all_have_is_malformed(self, cloud: Cloud, field: str) -> None:
        cloud.simulator.fault("drop_fields", route="/tenants", names=[field], times=None)
        with pytest.raises(MalformedError, match=field):
            read_tree(cloud.connect())

    @pytest.mark.parametrize("field", ["pricing_mode", "enabled", "ancestral_access", "update_lock", "mfa_status"])
    def test_the_other_fields_may_be_absent(self, cloud: Cloud, field: str) -> None:
        cloud.simulator.fault("drop_fields", route="/tenants", names=[field], times=None)
        assert shown(read_tree(cloud.connect())) == truth(cloud)

    @pytest.mark.parametrize(
        "field, value",
        [
            ("id", 7),
            ("name", None),
            ("kind", []),
            ("parent_id", 7),
            ("pricing_mode", 1),
            ("enabled", "yes"),
            ("ancestral_access", "false"),
            ("update_lock", True),
            ("mfa_status", False),
            ("owner_id", 0),
            ("timestamp", 1700000000),
            ("items", {}),
            ("paging", []),
        ],
    )
    def test_a_field_of_another_type_is_malformed(self, cloud: Cloud, field: str, value: Any) -> None:
        cloud.simulator.fault("wrong_types", route="/tenants", fields={field: value}, times=None)
        with pytest.raises(MalformedError, match=field):
            read_tree(cloud.connect())

    @pytest.mark.parametrize("name", ["items", "timestamp"])
    def test_a_page_without_items_or_moment_is_malformed(self, cloud: Cloud, name: str) -> None:
        cloud.simulator.fault("drop_fields", route="/tenants", names=[name], times=None)
        with pytest.raises(MalformedError, match=name):
            read_tree(cloud.connect())

    def test_what_comes_twice_is_there_once(self, cloud: Cloud) -> None:
        cloud.simulator.fault("duplicate_items", route="/tenants", count=20, times=None)
        assert shown(read_tree(cloud.connect())) == truth(cloud)

    def test_tenants_without_their_parent_are_an_error(self, cloud: Cloud) -> None:
        # A parent that is not in the listing, as after a page that was lost on the way.
        parent = cloud.tenant("Northwind IT")["id"]
        cloud.simulator.fault("wrong_types", route="/tenants", fields={"parent_id": parent[:-1] + "x"}, times=None)
        with pytest.raises(MalformedError, match="incomplete"):
            read_tree(cloud.connect())

    def test_an_empty_listing_is_an_error(self, cloud: Cloud) -> None:
        cloud.simulator.fault("drop_page", route="/tenants", count=1000, times=None)
        with pytest.raises(MalformedError, match="does not contain the tenant itself"):
            read_tree(cloud.connect())


class TestScopes:
    """Where a listing starts."""

    def test_a_part_shows_paths_from_the_clients_own_tenant(self, cloud: Cloud) -> None:
        scope = cloud.tenant("Northwind IT", "Retail")["id"]
        tree = read_tree(cloud.connect(), scope)
        assert shown(tree) == truth(cloud, scope)
        assert scope in shown(tree)
        assert tree.locate(next(iter(tree))).organization.name == "Northwind IT"

    def test_another_client_sees_its_own_part(self, cloud: Cloud) -> None:
        own = cloud.simulator.clients["customer"]["tenant_id"]
        seen = shown(read_tree(cloud.connect(client="customer")))
        assert seen.keys() == truth(cloud, own).keys()
        assert seen[own][3] == ()

    def test_a_token_alone_needs_a_scope(self, cloud: Cloud) -> None:
        client = cloud.connect(token=cloud.issue_token())
        with pytest.raises(OptionError, match="access token"):
            read_tree(client)
        assert shown(read_tree(client, cloud.simulator.tenant_id)) == truth(cloud)

    def test_a_token_alone_counts_paths_from_the_highest_tenant_it_sees(self, cloud: Cloud) -> None:
        scope = cloud.tenant("Northwind IT", "Retail")["id"]
        client = cloud.connect(token=cloud.issue_token())
        assert shown(read_tree(client, scope)) == truth(cloud, scope)

    @pytest.mark.parametrize(
        "switch, kind, words", [("403_1002", ForbiddenError, "access denied"), ("404_1005", NotFoundError, "not found")]
    )
    def test_foreign_unknown_and_empty_are_three_things(
        self, cloud: Cloud, switch: str, kind: type[AccessError], words: str
    ) -> None:
        cloud.simulator.settings(switches={"outside_subtree": switch})
        foreign = cloud.simulator.clients["neighbour"]["tenant_id"]
        with pytest.raises(kind, match=words):
            read_tree(cloud.connect(), foreign)
        with pytest.raises(NotFoundError, match="not found"):
            read_tree(cloud.connect(), "00000000-0000-4000-8000-000000000000")
        lonely = cloud.tenant("Nobody Here")["id"]
        assert list(shown(read_tree(cloud.connect(), lonely))) == [lonely]


def everybody(cloud: Cloud) -> list[str]:
    """Ids of all tenants of the main client, personal ones included, in the order of a listing."""
    return [one["id"] for one in cloud.simulator.tenants(cloud.simulator.tenant_id) if not one["deleted"]]


class TestPages:
    """The cursor, followed with small pages."""

    def test_to_its_end(self, cloud: Cloud) -> None:
        home = cloud.simulator.tenant_id
        found = [
            item["id"] for page in pages(cloud.connect(), "tenants", 7, subtree_root_id=home) for item in page.items
        ]
        assert found == everybody(cloud)
        assert cloud.count(LISTING) == -(-len(found) // 7)

    def test_a_full_last_page_is_the_last(self, cloud: Cloud) -> None:
        home = cloud.simulator.tenant_id
        number = len(everybody(cloud))
        (page,) = pages(cloud.connect(), "tenants", number, subtree_root_id=home)
        assert len(page.items) == number

    def test_a_cursor_that_runs_in_a_circle_is_an_error(self, cloud: Cloud) -> None:
        cloud.simulator.fault("loop_cursor", route="/tenants", times=None)
        with pytest.raises(MalformedError):
            list(pages(cloud.connect(), "tenants", 7, subtree_root_id=cloud.simulator.tenant_id))
        assert cloud.count(LISTING) <= 3

    @pytest.mark.parametrize(
        "kind, error", [("error_text", ServerError), ("cut_off", LostError), ("not_json", MalformedError)]
    )
    def test_a_page_that_fails_fails_the_listing(self, cloud: Cloud, kind: str, error: type[AccessError]) -> None:
        cloud.simulator.fault(kind, route="/tenants", after=3)
        with pytest.raises(error):
            list(pages(cloud.connect(), "tenants", 7, subtree_root_id=cloud.simulator.tenant_id))
        assert cloud.count(LISTING) == 4

    def test_a_page_that_fails_is_asked_for_again(self, cloud: Cloud) -> None:
        cloud.simulator.fault("error_html", route="/tenants", after=3)
        home = cloud.simulator.tenant_id
        found = list(pages(cloud.connect(retries=1), "tenants", 7, subtree_root_id=home))
        assert sum(len(page.items) for page in found) == len(everybody(cloud))


def changed_between_pages(cloud: Cloud, change: Callable[[], object]) -> Seen:
    """Read the tree while somebody changes something after the first page was sent and before the second."""
    cloud.simulator.fault("hold", route="/tenants", after=1)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_tree, cloud.connect(timeout=60))
        cloud.simulator.wait_for_held()
        change()
        assert cloud.count(LISTING) == 2
        cloud.simulator.release()
        return shown(reading.result())


def deep_place(cloud: Cloud) -> str:
    """A partner that can only be on the second page, by its level."""
    above = cloud.tenant("Northwind IT", "Retail", "Flagship")["id"]
    for number in range(12):
        above = cloud.simulator.create_tenant(parent_id=above, kind="folder", name=f"level {number}")["id"]
    return str(cloud.simulator.create_tenant(parent_id=above, kind="partner", name="Deep Partner")["id"])


class TestChanges:
    """What others do while a long listing is read."""

    def test_nothing(self, large: Cloud) -> None:
        assert shown(read_tree(large.connect())) == truth(large)
        assert large.count(LISTING) == 3

    def test_a_lost_page_is_noticed_by_what_it_leaves_without_a_parent(self, large: Cloud) -> None:
        large.simulator.fault("drop_page", route="/tenants", count=4999)
        with pytest.raises(MalformedError, match="incomplete"):
            read_tree(large.connect())

    @pytest.mark.parametrize("few_fields", [False, True])
    def test_what_is_created_renamed_and_deleted(self, large: Cloud, few_fields: bool) -> None:
        simulator, home = large.simulator, large.simulator.tenant_id
        simulator.settings(switches={"guide_sample_fields": few_fields})
        renamed, gone, gone_with_all_below = (
            large.tenant(*path)["id"] for path in (("Northwind IT",), ("Nobody Here",), ("Northwind IT", "Sub Partner"))
        )

        def change() -> None:
            simulator.create_tenant(parent_id=home, name="Newcomer")
            simulator.patch_tenant(renamed, name="Southwind IT")
            simulator.delete_tenant(gone)
            simulator.delete_tenant(gone_with_all_below)

        seen = changed_between_pages(large, change)
        assert ("Newcomer",) in {path for *_rest, path in seen.values()}
        assert not {gone, gone_with_all_below} & set(seen)
        assert seen == truth(large)

    def test_a_tenant_that_moves_down_is_there_once_with_its_new_path(self, large: Cloud) -> None:
        below = large.simulator.tenant(deep_place(large))["parent_id"]
        moved = large.tenant("Northwind IT", "Sub Partner")["id"]
        seen = changed_between_pages(large, lambda: large.simulator.patch_tenant(moved, parent_id=below))
        assert seen == truth(large)

    def test_a_tenant_that_moves_up_takes_all_below_along(self, large: Cloud) -> None:
        moved, home = deep_place(large), large.simulator.tenant_id
        for number in range(3):
            large.simulator.create_tenant(parent_id=moved, kind="customer", name=f"Customer {number}")
        seen = changed_between_pages(large, lambda: large.simulator.patch_tenant(moved, parent_id=home))
        assert ("Deep Partner", "Customer 2") in {path for *_rest, path in seen.values()}
        assert seen == truth(large)
