# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules run as Ansible runs them: a process of its own that reads arguments and prints a result."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ansible_collections.tenantops.access.plugins.module_utils import _errors

#: The directory of the package ansible_collections, and the collection in it.
COLLECTION = Path(_errors.__file__).parents[2]
ROOT = COLLECTION.parents[2]


class Task:
    """What one run of a module printed.

    Attributes:
        output: all of it, standard error included.
        result: the result; empty if there was none.
    """

    def __init__(self, output: str, result: dict[str, Any]) -> None:
        self.output = output
        self.result = result

    @property
    def message(self) -> str:
        """Why it failed; empty if it did not."""
        return str(self.result["msg"]) if self.result.get("failed") else ""

    def betrayed(self, *secrets: str) -> list[str]:
        """Pieces of secrets that can be read in the output, raw, URL-encoded or in base64."""
        found = []
        for secret in secrets:
            encoded = [base64.b64encode(b"x" * before + secret.encode()).decode()[4:-4] for before in range(3)]
            for form in (secret, quote(secret, safe=""), *encoded):
                found += [form[i : i + 8] for i in range(len(form) - 7) if form[i : i + 8] in self.output]
        return found


def run_module(
    name: str,
    arguments: dict[str, Any],
    folder: Path,
    *,
    check: bool = False,
    environment: dict[str, str] | None = None,
    python_path: Path | None = None,
) -> Task:
    """Run a module of the collection at the highest verbosity.

    Args:
        name: the module's name without the collection's.
        arguments: its options.
        folder: where the arguments may be written.
        check: whether to run in check mode.
        environment: variables beside those of this process.
        python_path: a directory whose packages hide others.
    """
    internal = {"_ansible_check_mode": check, "_ansible_diff": True, "_ansible_verbosity": 5}
    file = folder / f"{name}.json"
    file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, **internal}}), encoding="utf-8")
    paths = [str(python_path or ""), str(ROOT), os.environ.get("PYTHONPATH", "")]
    run = subprocess.run(
        [sys.executable, str(COLLECTION / "plugins" / "modules" / f"{name}.py"), str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    try:
        result = json.loads(run.stdout)
    except ValueError:
        result = {}
    return Task(run.stdout + run.stderr, result)
