# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table, on the terminal and as a page of the documentation."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from .command import Run
from .rows import Row, Samples
from .work import Work

PAGE = """\
# Benchmarks

`make bench` measures whole commands on the simulator, one after the other and in turn, and writes this page. What is
compared is the median of each command. After each run the simulator's counters are compared with the requests that the
work needs, and the result with the simulator's truth: a run that did anything else ends the benchmark.

{facts}

{rows}

*Play* is an empty `ansible-playbook`. *Raw* is a plain asyncio client (`bench/raw.py`) that makes the same requests
on as many kept connections and decides nothing. The policy of the audits wants MFA of all customers, which about two
of five in these estates have not. No access token is cached before an audit or an inventory; one is before P7. Memory
is the peak of the module's own process, in units of 10^6 bytes. The static inventory is a script that prints the
plugin's own hosts, variables and groups as JSON, because Ansible reads that several times faster than YAML. Where no
latency is named there is none. P2 is the collection's playbook `mfa_enforce`, which plans and enforces in two tasks and
keeps a record; P3 is a play of one task. Before each enforcement the same tenth of the tenants is made to drift again.

## The commands

{works}

CPU is that of the command and everything it starts, without the simulator. Other work on the machine makes the time
longer than it has to be, but hardly the CPU.

## How to repeat it

    make bench                            # all of it; writes this page
    make bench ROWS="P1 P7" REPEAT=5      # some rows, measured more often; only prints
    make bench SCALE=0.1                  # a tenth of the tenants, to try things out; only prints
"""


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table in Markdown that can be read as it is."""
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    rule = ["-" * width for width in widths]
    padded = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in (head, rule, *lines)]
    return "\n".join(f"| {' | '.join(line)} |".rstrip() for line in padded)


def rows_table(rows: Sequence[Row], samples: Samples) -> str:
    """The table of targets."""
    lines = []
    for row in rows:
        findings = row.findings(samples)
        asked = [finding.met for finding in findings if finding.met is not None]
        met = ("yes" if all(asked) else "**no**") if asked else ""
        lines.append((row.name, row.work, row.target, "; ".join(finding.text for finding in findings), met))
    return table(("", "work", "target", "measured", "met"), lines)


def works_table(runs: Mapping[Work, Sequence[Run]]) -> str:
    """What each command took."""
    lines = []
    for work, measured in runs.items():
        times = [run.seconds for run in measured]
        spread = f"{statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})"
        requests = {f"{run.facts['requests']:.0f}" for run in measured if "requests" in run.facts}
        cpu = f"{statistics.median(run.cpu for run in measured):.2f} s"
        lines.append((work.text, str(len(measured)), spread, cpu, ", ".join(sorted(requests))))
    return table(("command", "runs", "time: median (from to)", "CPU", "requests"), lines)


def machine() -> str:
    """The facts about this machine that matter, and the date."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[2]
    return (
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {_processor()}, {len(os.sched_getaffinity(0))} cores, "
        f"{memory:.0f} GiB of memory, load {load:.1f} in the last 15 minutes, Python {platform.python_version()}, "
        f"ansible-core {importlib.metadata.version('ansible-core')}, requests {importlib.metadata.version('requests')}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
