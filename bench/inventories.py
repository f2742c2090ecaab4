# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inventories: the plugin's, the plugin's from its cache, and the same hosts, variables and groups without a plugin."""

from __future__ import annotations

import json
from typing import Any

from .command import BENCH, BenchError, Run
from .work import Work, same

#: Kinds of tenants that the plugin makes hosts of.
HOSTS = ("partner", "customer")


class LiveInventory(Work):
    """``ansible-inventory --list`` with the plugin, from nothing. Fact: ``requests``."""

    def command(self) -> list[str]:
        return ["ansible-inventory", "--list", "--inventory", str(BENCH / "tenants.acronis_tenants.yml")]

    def check(self, measured: Run) -> None:
        cloud, counted = self.cloud, self.cloud.counted()
        found = {
            (host["acronis_tenant_id"], host["acronis_tenant_name"], host["acronis_mfa_listing"])
            for host in listed(measured)["_meta"]["hostvars"].values()
        }
        tenants = cloud.tenants.values()
        wanted = {(one["id"], one["name"], one["mfa"]) for one in tenants if one["kind"] in HOSTS}
        if found != wanted:
            raise BenchError(f"{len(found ^ wanted)} hosts are missing, too many or not as the simulator has them")
        counted.expect("GET /tenants", cloud.pages + 1)
        measured.facts["requests"] = counted.total


class KeptInventory(LiveInventory):
    """An inventory that must be what the plugin listed in a run before, which is not measured."""

    wanted: dict[str, Any] | None = None

    def prepare(self) -> None:
        if self.wanted is None:
            super().prepare()
            self.place.mkdir()
            self.wanted = self.made()

    def made(self) -> dict[str, Any]:
        """Have the plugin list its hosts, and keep what is needed to list them again."""
        return listed(self.run())

    def check(self, measured: Run) -> None:
        if listed(measured) != self.wanted:
            raise BenchError("the hosts, their variables or their groups are not those that the plugin listed")
        counted = self.cloud.counted()
        same("requests", (counted.total, counted.tokens), (0, 0))
        measured.facts["requests"] = counted.total


class CachedInventory(KeptInventory):
    """The plugin, from its cache."""

    def environment(self) -> dict[str, str]:
        return {
            **super().environment(),
            "ANSIBLE_INVENTORY_CACHE": "true",
            "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(self.place / "cache"),
        }


class StaticInventory(KeptInventory):
    """A script that prints the hosts as JSON: Ansible's quickest way to as many hosts that no plugin has to find."""

    def command(self) -> list[str]:
        script = self.place / "tenants.sh"
        return ["ansible-inventory", "--list", "--inventory", str(script)] if script.exists() else super().command()

    def made(self) -> dict[str, Any]:
        wanted = super().made()
        content, script = self.place / "tenants.json", self.place / "tenants.sh"
        content.write_text(json.dumps(wanted), encoding="utf-8")
        script.write_text(f'#!/bin/sh\nexec cat "{content}"\n', encoding="utf-8")
        script.chmod(0o755)
        return wanted


def listed(measured: Run) -> dict[str, Any]:
    """What ``ansible-inventory --list`` printed, whatever the order of hosts and groups, and without its marks."""
    content: dict[str, Any] = plain(json.loads(measured.output.read_bytes()))
    for name, group in content.items():
        if name != "_meta":
            for members in group.values():
                members.sort()
    return content


def plain(value: Any) -> Any:
    """A value without the marks that say of each text that it is no template."""
    if isinstance(value, dict):
        if "__ansible_unsafe" in value:
            return value["__ansible_unsafe"]
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value
