# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields of JSON answers and files, with their types checked."""

from __future__ import annotations

import typing as t

from ._errors import MalformedError

T = t.TypeVar("T")


def field(item: t.Mapping[str, t.Any], name: str, kind: type[T], where: str) -> T:
    """A required field of an answer, with its type checked.

    Raises:
        MalformedError: it is absent or of another type.
    """
    value = item.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        shown = f"is of type {type(value).__name__}" if name in item else "is missing"
        raise MalformedError(f"{where}: the field {name} {shown}, expected {kind.__name__}")
    return value


def optional(item: t.Mapping[str, t.Any], name: str, kind: type[T], where: str) -> T | None:
    """Like :func:`field`, but an absent field and ``null`` are ``None``."""
    return None if item.get(name) is None else field(item, name, kind, where)
