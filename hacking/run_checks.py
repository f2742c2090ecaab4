# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run all checks with nox and close with a count that is true.

nox leaves out without a failure what it has no Python for. Here, what is to run is decided first and compared with what
ran. The last line is ``N passed, N failed``; the exit status is 0 only if nothing failed and everything planned ran.

Sanity, units and integration run with the oldest and the newest ansible-core that there is a Python for: what breaks in
between breaks in one of them too, as experience has it. ``--every`` runs them with each, and on each the whole of them:
else, what cannot differ between versions runs on the newest only (see ``noxfile.py``).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from xml.etree import ElementTree

from hacking.pythons import CORES, ROOT, present_cores, python_for

BUILD = ROOT / ".build"

# In this order, so that two long ones do not start last.
KINDS = ("integration", "units", "sanity")
OTHERS = (
    "build-import-check",
    "ansible-lint",
    "types",
    "imports",
    "simulator",
    "demo",
    "docs-check",
    "license-check",
    "codeqa",
    "formatters",
    "yamllint",
    "extra-checks",
    "antsibull-nox-config",
    "changelog",
    "generated",
    "tarball",
)

# What takes long, and seldom finds anything.
WEEKLY = ("long", "site")


def plan(every: bool) -> tuple[list[str], list[str]]:
    """Return the names of the sessions to run, and a line for each ansible-core that there is no Python for.

    Args:
        every: Whether to take each ansible-core, instead of the oldest and the newest.
    """
    present = present_cores()
    absent: list[str] = []
    for core in CORES:
        if core not in present:
            pythons = ", ".join(sorted(core.pythons))
            absent.append(f"ansible-core {core.version}: not run, this machine has none of Python {pythons}")
    cores = present if every else [core for core in present if core in (present[0], present[-1])]
    # The newest runs more, and so begins first.
    run = [f"{kind}-{core.series}" for kind in KINDS for core in reversed(cores)]
    return [*run, *OTHERS, *(WEEKLY if every else ())], absent


def covered(planned: list[str], passed: set[str]) -> list[str]:
    """Return a line for each version of ansible-core that was tested, with what was.

    Args:
        planned: The names of the sessions that were to run.
        passed: Those of the sessions that passed.
    """
    lines = []
    for core in CORES:
        found = python_for(core)
        if found is None:
            continue
        names = {kind: f"{kind}-{core.series}" for kind in KINDS}
        said = [
            f"{kind} " + ("passed" if name in passed else "FAILED" if name in planned else "not run (--every)")
            for kind, name in names.items()
        ]
        lines.append(f"ansible-core {core.version} on Python {found[0]}: {', '.join(said)}")
    return lines


def slowest(names: list[str], most: int) -> list[str]:
    """Return a line for each of the slowest tests, by the JUnit reports that ansible-test has left.

    Args:
        names: The sessions whose reports to read.
        most: How many lines.
    """
    found: list[tuple[float, str, str]] = []
    for name in names:
        for report in sorted((BUILD / "results" / name / "junit").glob("*.xml")):
            try:
                cases = list(ElementTree.parse(report).getroot().iter("testcase"))
            except ElementTree.ParseError:
                # Whoever was writing it has failed, and is told so elsewhere.
                continue
            for case in cases:
                # A module of tests, or the file of a task; and a test's name, or host and name of a task.
                where = str(case.get("classname", "")).rpartition("/")[2].rpartition("tests.unit.plugins.")[2]
                what = str(case.get("name", "")).partition("testhost: ")
                found.append((float(case.get("time") or 0), name, f"{where} {what[2] or what[0]}"[:100]))
    return [f"{seconds:5.1f} s  {name:18} {what}" for seconds, name, what in sorted(found, reverse=True)[:most]]


def note_of(name: str) -> str:
    """Return what a session said about itself, or nothing."""
    path = BUILD / "notes" / f"{name}.txt"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def main() -> int:
    """Run the sessions and print what came of them; return the exit status."""
    parser = argparse.ArgumentParser(description="Run all checks, or those that are named.")
    parser.add_argument("sessions", nargs="*", metavar="SESSION", help="see nox -l; all unless named")
    parser.add_argument("-j", "--jobs", type=int, default=min(os.cpu_count() or 1, 4), help="how many at a time")
    parser.add_argument("--every", action="store_true", help="run all of it with every ansible-core")
    args = parser.parse_args()

    planned, absent = plan(args.every)
    wanted = list(dict.fromkeys(args.sessions)) or planned
    for former in (BUILD / "notes", *(BUILD / "results" / name for name in wanted)):
        shutil.rmtree(former, ignore_errors=True)
    BUILD.mkdir(exist_ok=True)
    report = BUILD / "report.json"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "nox", "--parallel", str(args.jobs), "--report", str(report), "--session", *wanted]
    # CI makes the formatters look instead of rewriting files. antsibull-nox calls the ansible-galaxy beside nox.
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])
    env = {**os.environ, "CI": "true", "PATH": path, "CHECKS": "every" if args.every or args.sessions else "usual"}
    begun = time.monotonic()
    status = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode

    results: dict[str, dict[str, object]] = {}
    if report.is_file():
        results = {session["name"]: session for session in json.loads(report.read_text(encoding="utf-8"))["sessions"]}
    passed = {name for name in wanted if results.get(name, {}).get("result") == "success"}

    print("\n=== Results, slowest first ===")
    seconds = {name: float(str(results[name]["duration"])) if name in results else 0.0 for name in wanted}
    for name in sorted(wanted, key=lambda one: -seconds[one]):
        result = results.get(name)
        outcome = "did not run" if result is None else "passed" if name in passed else str(result["result"])
        print(f"{outcome:12} {name:22} {seconds[name]:4.0f} s  {note_of(name)}".rstrip())
    both = f"{sum(seconds.values()):.0f} s of work, {args.jobs} at a time, in {time.monotonic() - begun:.0f} s"
    print(both)
    print("\n=== Slowest tests ===")
    print("\n".join(slowest(wanted, 15)))
    if not args.sessions:
        print("\n=== Versions of ansible-core ===")
        print("\n".join(covered(planned, passed) + absent))
    failed = len(wanted) - len(passed)
    if status != 0 and failed == 0:
        print("\nnox failed although every session passed; see above.")
        failed = 1
    print(f"\nOf {len(wanted)} checks:\n{len(passed)} passed, {failed} failed", flush=True)
    return 0 if failed == 0 and passed else 1


if __name__ == "__main__":
    sys.exit(main())
