# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be chosen when the simulator starts, and changed through its control interface while it runs."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any

# Seconds that a token lives after its last use: as the manual says, and as the two servers have it.
TOKEN_TIMEOUTS = {"manual": 600, "old": 60, "head": 300}
PROFILES = tuple(TOKEN_TIMEOUTS)
CLUSTER_STATES = ("none", "created", "electing")
JOIN_OUTCOMES = ("offline", "critical", "success")
THIS_NODE = "vm"
MOST_NODES = 50


class InvalidSetting(ValueError):
    """A setting has no such name, type or value; the text says which."""


@dataclass
class Settings:
    """All settings of one simulated server; times in seconds unless the name says otherwise."""

    token_timeout: int
    latency_ms: int = 0
    election_seconds: float = 4.0
    status_seconds: float = 4.0
    master: bool = True
    nodes: int = 1
    offline_nodes: list[str] = field(default_factory=list)
    client_ip: str | None = None
    join: str = "offline"

    def node_names(self) -> list[str]:
        """Return the hosts of the cluster, this one first; a master elsewhere needs at least a second host."""
        count = self.nodes if self.master else max(self.nodes, 2)
        return [THIS_NODE, *(f"{THIS_NODE}{number}" for number in range(2, count + 1))]


def _whole(name: str, value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidSetting(f"{name} must be a whole number from {least} to {most}")
    return value


def _seconds(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 86400:
        raise InvalidSetting(f"{name} must be a number of seconds from 0 to 86400")
    return float(value)


def _address(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise InvalidSetting("client_ip must be an IP address or null") from None


def _hosts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidSetting("offline_nodes must be a list of host names")
    if THIS_NODE in value:
        raise InvalidSetting(f"offline_nodes cannot name {THIS_NODE}: it is the host that answers")
    return list(value)


def checked(name: str, value: Any) -> Any:
    """Return the value of one setting in the form in which `Settings` keeps it.

    Raises InvalidSetting if there is no setting of that name or the value does not suit it.
    """
    if name in ("latency_ms", "token_timeout"):
        return _whole(name, value, 0, 86_400_000)
    if name == "nodes":
        return _whole(name, value, 1, MOST_NODES)
    if name in ("election_seconds", "status_seconds"):
        return _seconds(name, value)
    if name == "client_ip":
        return _address(value)
    if name == "offline_nodes":
        return _hosts(value)
    if name == "master":
        if not isinstance(value, bool):
            raise InvalidSetting("master must be true or false")
        return value
    choices = {"cluster": CLUSTER_STATES, "join": JOIN_OUTCOMES}.get(name)
    if choices is None:
        raise InvalidSetting(f"there is no setting {name!r}")
    if value not in choices:
        raise InvalidSetting(f"{name} must be one of {', '.join(choices)}")
    return value
