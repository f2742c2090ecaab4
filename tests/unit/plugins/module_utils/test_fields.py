# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields of answers, with their types checked."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._errors import MalformedError
from ansible_collections.tenantops.access.plugins.module_utils._fields import field, optional


@pytest.mark.parametrize("value, kind", [("a", str), ("", str), (3, int), (True, bool), ([], list), ({}, dict)])
def test_a_field_of_the_right_type_is_returned(value: Any, kind: type[Any]) -> None:
    assert field({"name": value}, "name", kind, "it") == value
    assert optional({"name": value}, "name", kind, "it") == value


@pytest.mark.parametrize(
    "value, kind", [(1, str), (None, str), (True, int), ("3", int), (1.5, int), (1, bool), ("true", bool), ({}, list)]
)
def test_a_field_of_another_type_is_an_error_that_names_it(value: Any, kind: type[Any]) -> None:
    with pytest.raises(MalformedError, match=f"listing: the field name .*expected {kind.__name__}"):
        field({"name": value}, "name", kind, "the listing")


def test_an_absent_field_is_an_error() -> None:
    with pytest.raises(MalformedError, match="name is missing"):
        field({}, "name", str, "it")


@pytest.mark.parametrize("item", [{}, {"name": None}])
def test_an_optional_field_may_be_absent_or_null(item: dict[str, Any]) -> None:
    assert optional(item, "name", str, "it") is None


def test_an_optional_field_of_another_type_is_an_error() -> None:
    with pytest.raises(MalformedError):
        optional({"name": 5}, "name", str, "it")
