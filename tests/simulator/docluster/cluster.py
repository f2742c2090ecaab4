# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cluster that the simulated host belongs to: its hosts, its quorum, who leads it, and how it reports itself."""

from __future__ import annotations

import platform
import secrets
import string
from datetime import timedelta
from typing import Any

from ..clock import Clock
from .settings import THIS_NODE, Settings

# How long the simulated machine had been up when the simulator started, in seconds.
_MACHINE_AGE = 530


def _api_key() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _unused in range(30))


class Cluster:
    """A cluster that this host has created or joined."""

    def __init__(self, settings: Settings, clock: Clock, address: str) -> None:
        self._settings = settings
        self._clock = clock
        self._keys: dict[str, str] = {}
        self._address = address
        self.settle()
        self._fitted = settings.node_names()
        self.quorum = settings.node_names()

    def hosts(self) -> list[str]:
        """Return the names of all hosts, this one first."""
        return self._settings.node_names()

    def elect(self) -> None:
        """Begin an election: until it ends there is no master, and the first report comes still later."""
        self._elected_at = self._clock.elapsed() + self._settings.election_seconds
        self._reported_at = self._elected_at + self._settings.status_seconds

    def settle(self) -> None:
        """End an election at once, and have the first report ready."""
        self._elected_at = self._reported_at = self._clock.elapsed()

    def master(self) -> str:
        """Return the host that leads, or an empty text while the election goes on."""
        if self._clock.elapsed() < self._elected_at:
            return ""
        return self._leader()

    def _leader(self) -> str:
        return THIS_NODE if self._settings.master else self.hosts()[1]

    def fit_quorum(self) -> None:
        """After a change of the settings: take hosts that are gone out of the quorum, and let those in that are new."""
        hosts = self.hosts()
        self.quorum = [host for host in self.quorum if host in hosts]
        self.quorum += [host for host in hosts if host not in (*self._fitted, *self.quorum)]
        # A quorum is never empty and holds its master, whatever was deleted from it before.
        if self._leader() not in self.quorum:
            self.quorum.insert(0, self._leader())
        self._fitted = hosts

    def _offline(self, hosts: list[str]) -> list[str]:
        return [host for host in hosts if host in self._settings.offline_nodes]

    def quorum_status(self, version: int) -> dict[str, Any]:
        """Return the `msg` of quorum/status; `version` is that of the configuration."""
        offline = self._offline(self.quorum)
        return {
            "status": "WARNING" if offline else "OK",
            "errors": [f"{len(offline)} MNG nodes are not online"] if offline else [],
            "master": self.master(),
            "nodes": [
                {
                    "node": host,
                    "status": "offline" if host in offline else "success",
                    "error": "network problem: ConnectionError" if host in offline else "",
                    "config_version": version,
                    "modules_data_version": 0,
                    "errors": [],
                }
                for host in self.quorum
            ],
        }

    def status(self, version: int, started: float) -> dict[str, Any]:
        """Return the `msg` of cluster/status; `version` is that of the configuration, `started` the server's start."""
        if self._clock.elapsed() < self._reported_at:
            return {"status": "", "errors": [], "nodes": {}}
        hosts = self.hosts()
        offline = self._offline(hosts)
        running = timedelta(seconds=round(self._clock.elapsed() - started))
        return {
            "status": "WARNING" if offline else "OK",
            "errors": [f"{len(offline)} nodes are not online"] if offline else [],
            "nodes": {
                host: {"status": "offline"} if host in offline else self._report(version, running) for host in hosts
            },
        }

    def _report(self, version: int, running: timedelta) -> dict[str, Any]:
        return {
            "config_version": version,
            "cpu_percent": 2.7,
            "memory_percent": 37.2,
            "memory_available": "22.5G",
            "memory_used": "12.9G",
            "memory_total": "35.8G",
            "uptime": str(running + timedelta(seconds=_MACHINE_AGE)),
            "docluster_uptime": str(running),
            "errors": [],
            "modules_stat": {},
            "status": "success",
        }

    def configuration(self, *, old: bool) -> dict[str, Any]:
        """Return what the server's configuration holds of the cluster, keys included, as either server keeps it."""
        nodes: dict[str, dict[str, str]] = {}
        for host in self.hosts():
            key = self._keys.setdefault(host, _api_key())
            place = {"enabled": "true"} if old else {"MNG_IP": self._address}
            nodes[host] = {"machine": platform.machine(), "API_key": key, **place}
        if old:
            quorum = [{"node": host, "main": host == self.master()} for host in self.quorum]
            return {"cluster": {"name": "DoCluster", "nodes": nodes, "quorum": quorum}}
        return {"cluster": {"name": "DoCluster", "nodes": nodes}, "quorum": {"nodes": list(self.quorum)}}
