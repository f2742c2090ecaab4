# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings in pages, followed to the end of their cursor."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._errors import MalformedError
from .._fields import field, optional
from .client import AcronisClient


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing.

    Attributes:
        items: the objects, not yet checked.
        timestamp: the moment of the page, fit for ``updated_since``.
    """

    items: list[t.Any]
    timestamp: str


def pages(client: AcronisClient, resource: str, limit: int, **filters: str) -> t.Iterator[Page]:
    """The pages of a listing, the last one included; whoever stops before the end knows why.

    Args:
        client: the connection.
        resource: ``tenants`` or ``users``.
        limit: objects to a page.
        filters: query parameters of the first page; the cursor carries them on.

    Raises:
        AccessError: a page could not be read, or the cursor does not end.
    """
    where = f"the listing of {resource}"
    answer = client.get(resource, lod="full", limit=str(limit), **filters)
    seen: set[str] = set()
    while True:
        yield Page(field(answer, "items", list, where), _utc(field(answer, "timestamp", str, where)))
        paging = optional(answer, "paging", dict, where) or {}
        cursors = optional(paging, "cursors", dict, where) or {}
        cursor = optional(cursors, "after", str, where)
        if not cursor:
            return
        if cursor in seen:
            raise MalformedError(f"{where} comes round to a page that it had before")
        seen.add(cursor)
        answer = client.get(resource, limit=str(limit), after=cursor)


def _utc(timestamp: str) -> str:
    """A timestamp as ``updated_since`` wants it: the server writes some without a zone, they are UTC."""
    return timestamp if re.search(r"(?:Z|[+-]\d\d:?\d\d)$", timestamp) else f"{timestamp}Z"
