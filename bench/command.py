# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one whole command and measures it: time from start to end, processor time of all its processes."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
#: What a command gets of the caller's environment; nothing of their settings of Ansible, Acronis, proxies or Python.
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR")


class BenchError(Exception):
    """A command failed, or did not do what was asked: its time means nothing."""


@dataclasses.dataclass
class Run:
    """One run of a command.

    Attributes:
        seconds: from start to end.
        cpu: processor seconds of the command and of all processes that it started and waited for.
        output: its standard output, in a file that the next run overwrites.
        results: what its tasks returned, as callback/results.py keeps it.
        peaks: peak memory of each module process, in KiB, if they were watched.
        facts: what the check of the run found out, by name.
    """

    seconds: float
    cpu: float
    output: Path
    results: list[dict[str, Any]]
    peaks: list[int]
    facts: dict[str, float] = dataclasses.field(default_factory=dict)


def base_environment(scratch: Path, tree: Path) -> dict[str, str]:
    """The variables that every command has.

    Args:
        scratch: a directory for whatever Ansible leaves behind.
        tree: the directory with ``ansible_collections``.
    """
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {
        **kept,
        "HOME": str(scratch / "home"),
        "ANSIBLE_CONFIG": str(BENCH / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(tree),
        "BENCH_RESULTS": str(scratch / "results"),
        "BENCH_PEAKS": str(scratch / "peaks"),
    }


def run(command: Sequence[str], environment: Mapping[str, str], scratch: Path) -> Run:
    """Run a command to its end.

    Raises:
        BenchError: its exit status is not 0.
    """
    results, peaks = scratch / "results", scratch / "peaks"
    results.write_text("", encoding="utf-8")
    peaks.write_text("", encoding="ascii")
    output, errors = scratch / "output", scratch / "errors"
    with output.open("wb") as stdout, errors.open("wb") as stderr:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=scratch, env=environment, stdout=stdout, stderr=stderr)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        said = (output.read_bytes()[-2000:] + errors.read_bytes()[-2000:]).decode("utf-8", "replace")
        raise BenchError(f"exit status {process.returncode}: {' '.join(command)}\n{said}")
    return Run(
        seconds,
        usage.ru_utime + usage.ru_stime,
        output,
        [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()],
        [int(line) for line in peaks.read_text(encoding="ascii").split()],
    )


def watched_python(scratch: Path) -> Path:
    """A stand-in for this Python that notes the peak memory of what it runs."""
    path = scratch / "watched-python"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -IS "{BENCH / "peak_memory.py"}" "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path
