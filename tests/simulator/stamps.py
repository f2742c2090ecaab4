# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Timestamps as the API writes and reads them, and version numbers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from .errors import bad_request

if TYPE_CHECKING:
    from .world import World

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?")


def stamp(world: World, when: float) -> str:
    """A time, in seconds since 1970, in the spelling that the switch ``timestamps`` asks for."""
    return _spelled(when, world.switches["timestamps"])


@lru_cache(maxsize=1024)
def _spelled(when: float, spelling: str) -> str:
    """The text of a time. A tenant shares its times with its contact and its users, hence the cache."""
    moment = datetime.fromtimestamp(when, UTC)
    if spelling == "offset":
        return moment.isoformat(timespec="microseconds")
    text = moment.replace(tzinfo=None)
    return text.isoformat(timespec="microseconds") + "Z" if spelling == "z" else text.isoformat(timespec="seconds")


def moment(text: str, name: str) -> float:
    """Seconds since 1970 of a timestamp in a query; without a zone it is UTC. 400 when malformed."""
    match = RFC3339.fullmatch(text)
    try:
        if not match:
            raise ValueError(text)
        parsed = datetime.fromisoformat(text.replace(match[1], match[1][:7]) if match[1] else text)
    except ValueError:
        raise bad_request(f"{name} is not a timestamp; mind that + must be encoded") from None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def version(world: World, number: int, updated_at: float) -> int:
    """A revision number in the style that the switch ``versions`` asks for."""
    return number if world.switches["versions"] == "small" else int(updated_at * 1000) + number
