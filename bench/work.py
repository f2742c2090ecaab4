# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured: commands that can be repeated, each with the check that it did its work."""

from __future__ import annotations

import abc
import json
import shutil
from pathlib import Path
from typing import Any

from .clouds import Cloud, DriftingCloud
from .command import BENCH, BenchError, Run, base_environment, run, watched_python

#: Connections at once, unless a row of the table says something else.
CONNECTIONS = 64


class Bench:
    """What all works share.

    Args:
        scratch: a directory for everything that is written.
        tree: the directory with the collection to be measured.
        scale: 1, or less to try things out on smaller estates.
    """

    def __init__(self, scratch: Path, tree: Path, scale: float) -> None:
        self.scratch = scratch
        self.scale = scale
        self.environment = base_environment(scratch, tree)
        self.watched_python = watched_python(scratch)
        self._clouds: dict[int, Cloud] = {}
        self._drifting: dict[int, DriftingCloud] = {}

    def scaled(self, number: int) -> int:
        """A number of things, fewer where everything is smaller."""
        return max(20, round(number * self.scale))

    def cloud(self, tenants: int) -> Cloud:
        """A cloud of that size, scaled, for what only reads; started when it is first needed."""
        number = self.scaled(tenants)
        if number not in self._clouds:
            self._clouds[number] = Cloud(number)
        return self._clouds[number]

    def drifting_cloud(self, tenants: int) -> DriftingCloud:
        """A cloud of that size, scaled, for what changes it; started when it is first needed."""
        number = self.scaled(tenants)
        if number not in self._drifting:
            self._drifting[number] = DriftingCloud(number)
        return self._drifting[number]

    def close(self) -> None:
        """Stop the clouds."""
        for cloud in (*self._clouds.values(), *self._drifting.values()):
            cloud.simulator.stop()


class Work(abc.ABC):
    """A command to be measured again and again.

    Args:
        bench: what it shares with the others.
        text: what it does, for the table.
        tenants: size of the estate that it works on, before scaling; 0 if it needs none.
        latency: of that cloud's answers, in milliseconds.
        connections: at once, at most.
        times: how often it runs in each round; cheap ones more often.
        once: it takes so long that it runs in the first round only.
    """

    def __init__(
        self,
        bench: Bench,
        text: str,
        tenants: int = 0,
        *,
        latency: int = 0,
        connections: int = CONNECTIONS,
        times: int = 1,
        once: bool = False,
    ) -> None:
        self.bench = bench
        self.text = text
        self.times = times
        self.once = once
        self.tenants = tenants
        self.latency = latency
        self.connections = connections
        #: A directory of its own, for what is to be there again when it runs again.
        self.place = bench.scratch / f"{type(self).__name__}-{tenants}"

    @property
    def cloud(self) -> Cloud:
        """The cloud that it works on."""
        return self.bench.cloud(self.tenants)

    def measure(self) -> Run:
        """Prepare, run, check.

        Raises:
            BenchError: it failed, or did other work than was asked for.
        """
        self.prepare()
        if self.tenants:
            self.cloud.begin(self.latency)
        try:
            measured = self.run()
            self.check(measured)
        except BenchError as error:
            raise BenchError(f"{self.text}: {error}") from None
        return measured

    def run(self) -> Run:
        """Run the command once."""
        return run(self.command(), self.environment(), self.bench.scratch)

    def prepare(self) -> None:
        """Make everything that counts as it is before each run. Here: nothing is left of the last one."""
        shutil.rmtree(self.place, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """All variables of the command."""
        found = {
            **self.bench.environment,
            "ACRONIS_TOKEN_CACHE_DIR": str(self.place / "tokens"),
            "ACRONIS_CONCURRENCY": str(self.connections),
        }
        return {**found, **self.cloud.environment()} if self.tenants else found

    @abc.abstractmethod
    def command(self) -> list[str]:
        """The words of the command."""

    @abc.abstractmethod
    def check(self, measured: Run) -> None:
        """Compare what was done with what was asked for, and note facts for the table.

        Raises:
            BenchError: they differ.
        """


def ours(name: str) -> str:
    """The path of one of the playbooks beside this file."""
    return str(BENCH / "playbooks" / f"{name}.yml")


def playbook(name: str, **variables: Any) -> list[str]:
    """The command that runs a playbook, given by its path or as the collection's."""
    return ["ansible-playbook", name, "--extra-vars", json.dumps(variables)]


def the_result(measured: Run, action: str) -> dict[str, Any]:
    """The result of the one task with that action.

    Raises:
        BenchError: there is none, or there are several.
    """
    found = [result for result in measured.results if result["action"] == action]
    if len(found) != 1:
        raise BenchError(f"{len(found)} results of {action}, expected one")
    return found[0]


def same(what: str, found: object, wanted: object) -> None:
    """Compare something that must be as expected.

    Raises:
        BenchError: it is not.
    """
    if found != wanted:
        raise BenchError(f"{what}: {str(found)[:500]}, expected {str(wanted)[:500]}")
