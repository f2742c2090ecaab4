# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator itself: how many simple requests it answers, so that it is not what limits the other benchmarks."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from .command import BENCH, Run
from .work import Work, same


class SimpleGets(Work):
    """Reads of MFA states on all connections, without latency.

    Facts: ``rate`` (requests for each second of the simulator's processor time, hence on one core) and ``answered``
    (requests for each second that passed, which is less where it has no core for itself).
    """

    _before = 0.0

    def prepare(self) -> None:
        super().prepare()
        self._before = processor_seconds(self.cloud.simulator.process.pid)

    def _number(self) -> int:
        return self.bench.scaled(20_000)

    def command(self) -> list[str]:
        return [sys.executable, str(BENCH / "raw.py"), "load", str(self._number())]

    def check(self, measured: Run) -> None:
        used = processor_seconds(self.cloud.simulator.process.pid) - self._before
        did = json.loads(measured.output.read_bytes())
        same("states", sum(did["states"].values()), self._number())
        counted = self.cloud.counted()
        counted.expect("GET /tenants/{id}/mfa/status", self._number())
        measured.facts["rate"] = counted.total / used
        measured.facts["answered"] = self._number() / did["seconds"]


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used until now, as Linux knows it."""
    fields = Path("/proc", str(pid), "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
