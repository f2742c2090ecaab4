# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts simulators, each a process of its own that goes on from task to task, and ends them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

Content = dict[str, Any]

#: ansible-test runs a target from a copy; the collection is above it.
COLLECTION = Path("ansible_collections", "tenantops", "access").parts


def tests_directory() -> Path:
    """The directory of the package ``simulator``."""
    for above in Path(__file__).resolve().parents:
        if above.parts[-3:] == COLLECTION:
            return above / "tests"
    raise AnsibleActionFail(f"{__file__} is not in the collection")


def start(kind: str, arguments: list[str], timeout: float) -> Content:
    """Run a simulator until it answers; what it says about itself, and its directory, or the problem."""
    directory = Path(tempfile.mkdtemp(suffix=".simulator"))
    ready, log = directory / "ready.json", directory / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator", kind, "--port=0", f"--ready-file={ready}", *arguments],
            env={**os.environ, "PYTHONPATH": str(tests_directory())},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # What ends the play must not end it before the test has cleaned up.
            start_new_session=True,
        )
    deadline = time.monotonic() + timeout
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            said = log.read_text(encoding="utf-8", errors="replace")
            shutil.rmtree(directory, ignore_errors=True)
            return {"problem": f"The simulator did not start: {said}"}
        time.sleep(0.01)
    return {"ready": json.loads(ready.read_text(encoding="utf-8")), "directory": str(directory), "pid": process.pid}


def has_ended(pid: int) -> bool:
    """Whether a process has; it may be listed until its parent, or the first process of the system, has looked."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return True


def stop(pid: int, directory: str) -> None:
    """End a simulator, by force after five seconds, and remove what it wrote."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 5
        while not has_ended(pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        if not has_ended(pid):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(directory, ignore_errors=True)


class ActionModule(ActionBase):
    """Starts one simulator, or ends some.

    Options:
        kind: which simulator: acronis or docluster.
        arguments: more of its command line.
        timeout: seconds that it may take until it answers.
        stop: what earlier starts returned as ``started``, to be ended.

    Returns ``started``: ``ready``, which is what the simulator says about itself, ``directory`` and ``pid``; or
    ``problem``, for a task that does not have to hide passwords.
    """

    def run(self, tmp: str | None = None, task_vars: Content | None = None) -> Content:
        """Do what the task orders."""
        result: Content = super().run(tmp, task_vars)
        args = self._task.args
        result["changed"] = True
        for one in args.get("stop", []):
            stop(int(one["pid"]), one["directory"])
        if "kind" in args:
            arguments = [str(word) for word in args.get("arguments", [])]
            result["started"] = start(args["kind"], arguments, float(args["timeout"]))
        return result
