# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was asked and answered, for tests to look at. No secret gets in here."""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any

KEEP = 10_000
# Fields whose values are no secrets. All others are masked, whatever their name.
_OPEN_FIELDS = frozenset({"username", "node", "id", "email", "cluster_ip", "cluster_username", "ip", "hostname"})


def masked(fields: dict[str, str]) -> dict[str, str]:
    """Return form fields with every value masked that may be a secret; an empty value stays visible."""
    return {name: value if name in _OPEN_FIELDS or not value else "***" for name, value in fields.items()}


class Journal:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEEP)
        self._numbers = itertools.count(1)

    def open(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Add an entry with the next number as its `n`; the caller adds what was answered."""
        entry = {"n": next(self._numbers), **entry}
        self._entries.append(entry)
        return entry

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the entries with a higher number."""
        return [entry for entry in self._entries if entry["n"] > number]
