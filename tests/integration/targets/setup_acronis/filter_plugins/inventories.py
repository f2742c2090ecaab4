# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what ``ansible-inventory --list`` prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def _plain(item: dict[str, Any]) -> Any:
    """A text that is marked as no template is written as an object with this one key."""
    return item.get("__ansible_unsafe", item)


def from_inventory(text: str) -> dict[str, dict[str, Any]]:
    """The variables of each host as ``hosts``; for each group, names of hosts as ``groups``, of groups as ``children``.

    What is printed before the inventory at higher verbosity is skipped.
    """
    inventory = json.loads("{" + ("\n" + text).partition("\n{")[2], object_hook=_plain)
    hosts = inventory.pop("_meta")["hostvars"]
    return {
        "hosts": hosts,
        "groups": {name: group.get("hosts", []) for name, group in inventory.items()},
        "children": {name: group.get("children", []) for name, group in inventory.items()},
    }


class FilterModule:
    """The filters of this role."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By their names."""
        return {"from_inventory": from_inventory}
