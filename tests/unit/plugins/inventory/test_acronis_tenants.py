# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host names that are safe whatever customers call themselves, and which files are the plugin's own."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.inventory.acronis_tenants import InventoryModule, host_names, slug

ID = "0fcd4a69-8a40-4de8-b711-d9c83dc000f7"
NAMES = st.text(max_size=300) | st.sampled_from(
    ["localhost", "all", "ungrouped", "{{ 7*7 }}", "*", "[0:9]", "!x", "-v"]
)
#: Letters, digits and single dashes: nothing that means something in patterns, paths, templates or on a command line.
SAFE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def records(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "id": tenant_id} for name, tenant_id in pairs]


@pytest.mark.parametrize(
    "name, expected",
    [
        ("Harbor Dental Clinic", "harbor-dental-clinic-0fcd4a698a40"),
        ("Crêperie Bleue", "creperie-bleue-0fcd4a698a40"),
        ("Müller & Söhne GmbH", "muller-sohne-gmbh-0fcd4a698a40"),
        ("株式会社テスト", "tenant-0fcd4a698a40"),
        ("", "tenant-0fcd4a698a40"),
        ("--version", "version-0fcd4a698a40"),
        ("{{ 7*7 }}", "7-7-0fcd4a698a40"),
        ("../../etc/passwd", "etc-passwd-0fcd4a698a40"),
        ("localhost", "localhost-0fcd4a698a40"),
        ("ﬁnance ①", "finance-1-0fcd4a698a40"),
    ],
)
def test_an_ascii_form_of_the_name_and_the_first_digits_of_the_id(name: str, expected: str) -> None:
    assert slug(name, ID) == expected


@given(name=NAMES, tenant_id=st.uuids().map(str))
def test_a_host_name_is_safe_and_short(name: str, tenant_id: str) -> None:
    host = slug(name, tenant_id)
    assert SAFE.fullmatch(host)
    assert host.endswith("-" + tenant_id.replace("-", "")[:12])
    assert len(host) <= 60


@given(name=NAMES)
def test_a_long_name_is_cut_without_a_trace(name: str) -> None:
    assert SAFE.fullmatch(slug(name + "-" + "x" * 300, ID))


@given(pairs=st.lists(st.tuples(NAMES, st.uuids().map(str)), max_size=20, unique_by=lambda pair: pair[1]))
def test_host_names_are_unique_and_in_order(pairs: list[tuple[str, str]]) -> None:
    hosts = host_names(records(*pairs), "slug")
    assert len(set(hosts)) == len(pairs)
    assert hosts == [slug(name, tenant_id) for name, tenant_id in pairs]


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(["Same", "same!", "Other"]),
            st.integers(0, 2**80 - 1).map(lambda low: str(uuid.UUID(int=(0xABCDEF012345 << 80) | low))),
        ),
        max_size=8,
        unique_by=lambda pair: pair[1],
    )
)
def test_names_that_collide_get_the_whole_id(pairs: list[tuple[str, str]]) -> None:
    hosts = host_names(records(*pairs), "slug")
    assert len(set(hosts)) == len(pairs)
    for host, (name, tenant_id) in zip(hosts, pairs, strict=True):
        assert SAFE.fullmatch(host)
        assert host in (slug(name, tenant_id), f"{name.lower().strip('!')}-{tenant_id}")


def test_a_host_keeps_its_name_whatever_comes_and_goes() -> None:
    mine = ("Harbor Clinic", ID)
    others = [("Harbor Clinic", str(uuid.UUID(int=number))) for number in range(5)]
    for some in ([mine], [mine, *others], [*others, mine]):
        assert slug(*mine) in host_names(records(*some), "slug")


def test_ids_can_be_the_names() -> None:
    assert host_names(records(("Harbor Clinic", ID), ("x", "y")), "id") == [ID, "y"]


@pytest.mark.parametrize("name", ["acronis_tenants.yml", "acronis_tenants.yaml", "north.acronis_tenants.yml"])
def test_its_own_files(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("", encoding="utf-8")
    assert InventoryModule().verify_file(str(tmp_path / name)) is True


def write(path: Path) -> None:
    path.write_text("", encoding="utf-8")


@pytest.mark.parametrize(
    "name, make",
    [
        ("tenants.yml", write),
        ("acronis_tenants.json", write),
        ("acronis_tenants.yml.bak", write),
        ("acronis_tenants.yml", lambda _path: None),
    ],
)
def test_files_of_others(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    make(tmp_path / name)
    assert InventoryModule().verify_file(str(tmp_path / name)) is False
