# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tree that tenants form: paths, organizations, and finding exactly one by its name or path."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._acronis.tenants import tenant_from
from ansible_collections.tenantops.access.plugins.module_utils._acronis.tree import Located, Tenant, TenantTree
from ansible_collections.tenantops.access.plugins.module_utils._errors import MalformedError, NoMatchError

# Names that collide, hide separators, or would mean something elsewhere.
NAMES = st.sampled_from(
    ["A", "B", "a", "A/B", "/", "", "A/", "*", "..", "{{ 7*7 }}", "Müller", "Mu\u0308ller", "A / B"]
)
#: What may stand below what.
BELOW = {
    "root": ("partner", "folder", "customer"),
    "partner": ("partner", "folder", "customer"),
    "folder": ("partner", "folder", "customer"),
    "customer": ("unit",),
    "unit": ("unit",),
}


def tenant(tenant_id: str, name: str, kind: str, parent_id: str, **more: Any) -> Tenant:
    """A tenant whose optional fields the server left out."""
    return tenant_from({"id": tenant_id, "name": name, "kind": kind, "parent_id": parent_id, **more})


HOME = tenant("home", "Home", "partner", "above")


@st.composite
def estates(draw: st.DrawFn) -> list[Tenant]:
    """A home tenant and up to 10 below, parents first."""
    made = [HOME]
    for number in range(draw(st.integers(0, 10))):
        above = draw(st.sampled_from(made))
        kind = draw(st.sampled_from(BELOW[above.kind]))
        made.append(tenant(f"id-{number}", draw(NAMES), kind, above.id))
    return made


def chain(estate: Sequence[Tenant], one: Tenant) -> list[Tenant]:
    """From a tenant up to home."""
    by_id = {tenant.id: tenant for tenant in estate}
    found = [one]
    while found[-1].id != "home":
        found.append(by_id[found[-1].parent_id])
    return found


def path(estate: Sequence[Tenant], one: Tenant) -> tuple[str, ...]:
    """Names from below home down to a tenant."""
    return tuple(tenant.name for tenant in reversed(chain(estate, one)[:-1]))


class TestShape:
    """TenantTree itself"""

    @given(estate=estates(), seed=st.integers())
    def test_paths_and_organizations_follow_from_the_parents_in_any_order(
        self, estate: list[Tenant], seed: int
    ) -> None:
        shuffled = estate.copy()
        random.Random(seed).shuffle(shuffled)
        tree = TenantTree(shuffled, "home")
        assert {one.id for one in tree} == {one.id for one in estate}
        for one in estate:
            assert tree.locate(one).path == path(estate, one)
            nearest = next(above for above in chain(estate, one) if above.kind in ("root", "partner", "customer"))
            assert tree.locate(one).organization == nearest

    @given(estate=estates(), data=st.data())
    def test_a_missing_parent_is_an_error(self, estate: list[Tenant], data: st.DataObject) -> None:
        parents = {one.parent_id for one in estate[1:]} - {"home"}
        if parents:
            lost = data.draw(st.sampled_from(sorted(parents)))
            with pytest.raises(MalformedError, match="incomplete"):
                TenantTree([one for one in estate if one.id != lost], "home")

    def test_a_missing_root_is_an_error(self) -> None:
        with pytest.raises(MalformedError, match="does not contain the tenant itself"):
            TenantTree([tenant("a", "A", "customer", "home")], "home")

    def test_a_tenant_above_itself_is_an_error(self) -> None:
        estate = [HOME, tenant("a", "A", "folder", "b"), tenant("b", "B", "folder", "a")]
        with pytest.raises(MalformedError):
            tree = TenantTree(estate, "home")
            tree.locate(estate[1])

    def test_personal_tenants_are_no_tenants(self) -> None:
        personal = tenant("p", "jane@example.com", "unit", "home", owner_id="user")
        tree = TenantTree([HOME, personal], "home")
        assert [one.id for one in tree] == ["home"]
        with pytest.raises(NoMatchError):
            tree.find("jane@example.com")

    def test_the_platforms_own_root_is_its_own_parent(self) -> None:
        root = tenant("root", "Platform", "root", "root")
        tree = TenantTree([root, tenant("a", "A", "customer", "root")], "root")
        assert [tree.locate(one).path for one in tree] == [(), ("A",)]

    def test_the_organization_of_a_part_may_be_above_it(self) -> None:
        partner, folder = tenant("p", "P", "partner", "home"), tenant("f", "F", "folder", "p")
        tree = TenantTree([folder, tenant("g", "G", "folder", "f")], "f", [folder, partner, HOME])
        assert {tree.locate(one).organization.id for one in tree} == {"p"}
        assert [tree.locate(one).path for one in tree] == [("P", "F"), ("P", "F", "G")]


def found_by(tree: TenantTree, reference: str | list[str]) -> set[str]:
    """Ids of what a reference fits; the candidates in the message, if it fits several."""
    try:
        return {tree.find(reference).tenant.id}
    except NoMatchError as error:
        return {one.id for one in tree if f"= {one.id}" in str(error)}


class TestFinding:
    """TenantTree.find"""

    @given(estate=estates(), data=st.data())
    def test_a_list_of_names_is_a_path_and_nothing_else(self, estate: list[Tenant], data: st.DataObject) -> None:
        names = list(path(estate, data.draw(st.sampled_from(estate))))
        if names:
            expected = {one.id for one in estate if path(estate, one) == tuple(names)}
            assert found_by(TenantTree(estate, "home"), names) == expected

    @given(estate=estates(), data=st.data())
    def test_a_text_is_a_name_or_a_path_without_slashes_in_its_names(
        self, estate: list[Tenant], data: st.DataObject
    ) -> None:
        one = data.draw(st.sampled_from(estate))
        text = data.draw(st.sampled_from([one.name, "/".join(path(estate, one))]))
        if text:
            expected = {
                other.id
                for other in estate
                if other.name == text
                or ("/".join(path(estate, other)) == text and not any("/" in name for name in path(estate, other)))
            }
            assert found_by(TenantTree(estate, "home"), text) == expected

    def example(self) -> TenantTree:
        return TenantTree(
            [
                HOME,
                tenant("n", "Northwind IT", "partner", "home"),
                tenant("c1", "Harbor Clinic", "customer", "n"),
                tenant("c2", "Harbor Clinic", "customer", "home"),
                tenant("c3", "HARBOR CLINIC", "customer", "home"),
                tenant("s", "Lab/Test", "customer", "n"),
                tenant("l", "Lab", "folder", "n"),
                tenant("t", "Test", "customer", "l"),
                tenant("u", "Ward 7", "unit", "c1"),
                tenant("y", "Yes", "customer", "n"),
            ],
            "home",
        )

    @pytest.mark.parametrize(
        "reference, tenant_id",
        [
            ("Northwind IT", "n"),
            ("Northwind IT/Harbor Clinic", "c1"),
            ("HARBOR CLINIC", "c3"),
            ("Lab/Test", "s"),
            ("Northwind IT/Lab/Test", "t"),
            (["Northwind IT", "Lab/Test"], "s"),
            (["Northwind IT", "Lab", "Test"], "t"),
            (["Harbor Clinic"], "c2"),
            ("Home", "home"),
            ("Ward 7", "u"),
            ("Yes", "y"),
        ],
    )
    def test_exactly_one(self, reference: str | list[str], tenant_id: str) -> None:
        assert self.example().find(reference).tenant.id == tenant_id

    @pytest.mark.parametrize(
        "reference",
        [
            "northwind it",
            "Northwind",
            " Northwind IT",
            "Home/Northwind IT",
            "/Northwind IT",
            "Northwind IT/",
            "Northwind IT/Lab/Test/",
            "Northwind IT//Lab",
            "*",
            "c1",
        ],
    )
    def test_no_other_spelling_fits(self, reference: str) -> None:
        with pytest.raises(NoMatchError, match="No tenant") as caught:
            self.example().find(reference)
        assert "exactly" in str(caught.value)

    @pytest.mark.parametrize(
        "reference", [["Lab/Test"], ["Home"], ["Home", "Northwind IT"], ["Northwind IT/Lab", "Test"]]
    )
    def test_a_list_fits_no_name(self, reference: list[str]) -> None:
        with pytest.raises(NoMatchError, match="No tenant"):
            self.example().find(reference)

    def test_several_are_listed_with_paths_and_ids(self) -> None:
        with pytest.raises(NoMatchError, match="2 tenants") as caught:
            self.example().find("Harbor Clinic")
        for words in ("Northwind IT / Harbor Clinic", "= c1", "= c2", "tenant_id"):
            assert words in str(caught.value)
        assert "c3" not in str(caught.value)

    def test_many_are_not_all_listed(self) -> None:
        estate = [HOME, *(tenant(str(uuid.UUID(int=n)), "Same", "customer", "home") for n in range(1, 1001))]
        with pytest.raises(NoMatchError, match="1000 tenants") as caught:
            TenantTree(estate, "home").find("Same")
        assert len(str(caught.value)) < 2000
        assert "more" in str(caught.value)

    def test_what_is_found_knows_its_place(self) -> None:
        found = self.example().find("Ward 7")
        assert (found.path, found.organization.id, found.own_id) == (
            ("Northwind IT", "Harbor Clinic", "Ward 7"),
            "c1",
            "home",
        )


ITEM = {"id": "t", "name": "T", "kind": "customer", "parent_id": "p"}


class TestObjects:
    """tenant_from"""

    def test_the_fields_of_the_guides_samples_are_enough(self) -> None:
        one = tenant_from(ITEM)
        unsaid = (one.pricing_mode, one.enabled, one.ancestral_access, one.lock_owner_id, one.mfa_listing, one.owner_id)
        assert unsaid == (None,) * 6
        assert one.locked is False

    @pytest.mark.parametrize("field", ITEM)
    def test_less_is_malformed(self, field: str) -> None:
        with pytest.raises(MalformedError, match=field):
            tenant_from({name: value for name, value in ITEM.items() if name != field})

    @pytest.mark.parametrize("item", [None, [], "t", 5, True])
    def test_anything_else_is_malformed(self, item: Any) -> None:
        with pytest.raises(MalformedError, match="expected an object"):
            tenant_from(item)

    @pytest.mark.parametrize(
        "lock, locked, owner",
        [({"enabled": True, "owner_id": "o"}, True, "o"), ({"enabled": False, "owner_id": None}, False, None)],
    )
    def test_the_lock(self, lock: dict[str, Any], locked: bool, owner: str | None) -> None:
        one = tenant_from({**ITEM, "update_lock": lock})
        assert (one.locked, one.lock_owner_id) == (locked, owner)

    @pytest.mark.parametrize("lock", [{"enabled": "yes"}, {"enabled": True, "owner_id": 5}, [], "locked"])
    def test_a_lock_of_another_shape_is_malformed(self, lock: Any) -> None:
        with pytest.raises(MalformedError):
            tenant_from({**ITEM, "update_lock": lock})

    @given(
        item=st.dictionaries(
            st.sampled_from([*ITEM, "enabled", "update_lock", "mfa_status", "owner_id", "pricing_mode", "x"]),
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.none(), max_size=1),
        )
    )
    def test_no_object_breaks_it(self, item: dict[str, Any]) -> None:
        try:
            one = tenant_from(item)
        except MalformedError:
            return
        assert all(isinstance(value, str) for value in (one.id, one.name, one.kind, one.parent_id))


class TestSelfManaging:
    """Located.self_managing"""

    @pytest.mark.parametrize(
        "flags, who",
        [
            ((True, True, True), None),
            ((None, None, None), None),
            ((False, True, True), "t0"),
            ((True, False, True), "t1"),
            ((False, False, True), "t0"),
            ((True, True, False), None),
            ((False,), None),
        ],
    )
    def test_a_tenant_that_manages_itself_shuts_out_those_above(
        self, flags: tuple[bool | None, ...], who: str | None
    ) -> None:
        kinds = ("customer", "partner", "partner")
        chain = [tenant(f"t{n}", f"T{n}", kinds[n], f"t{n + 1}", ancestral_access=flag) for n, flag in enumerate(flags)]
        found = Located(chain[0], (), tuple(chain)).self_managing
        assert (found and found.id) == who
