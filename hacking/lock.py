# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the locks ``requirements/*.txt`` anew from the wishes ``requirements/*.in``.

Run by ``make lock`` in an environment of its own that holds uv. A lock holds for every Python from 3.11 on (it carries
markers where they differ) and names no index: whoever installs from it uses the index that pip is set up with.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"

# What has a lock, in the order in which they are made: a lock agrees with the one that it is held to, so that one
# environment can take one after the other without a package changing its version.
LOCKS: list[tuple[str, str | None, str]] = [
    ("sessions", None, "3.11"),
    ("test", "sessions", "3.11"),
    ("demo", "sessions", "3.11"),
    ("galaxy", None, "3.11"),
    ("site", None, "3.11"),
    ("core-2.18", None, "3.11"),
    ("core-2.19", None, "3.11"),
    ("core-2.20", None, "3.12"),
    ("core-2.21", None, "3.12"),
]

# A lock begins with the notice that this file begins with.
NOTICE = "".join(f"{line}\n" for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:3])
WARNING = '\n# Made by "make lock" from {name}.in: change that file, not this one.\n'


def lock(name: str, held_to: str | None, python: str) -> None:
    """Resolve one set of wishes and write its lock.

    Args:
        name: Which set, the file's name without its ending.
        held_to: A set whose lock is taken as constraints, or ``None``.
        python: The oldest Python that the lock must hold for, such as ``3.11``.

    Raises:
        subprocess.CalledProcessError: The wishes contradict each other, or no index answers.
    """
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", python]
    command += ["--no-header", "--no-annotate", "--no-config", "--upgrade"]
    if held_to is not None:
        command += ["--constraint", f"{held_to}.txt"]
    pins = subprocess.run([*command, f"{name}.in"], cwd=REQUIREMENTS, check=True, stdout=subprocess.PIPE, text=True)
    text = NOTICE + WARNING.format(name=name) + pins.stdout
    (REQUIREMENTS / f"{name}.txt").write_text(text, encoding="utf-8")


def main() -> None:
    """Write all locks."""
    for name, held_to, python in LOCKS:
        print(f"requirements/{name}.txt", flush=True)
        lock(name, held_to, python)


if __name__ == "__main__":
    main()
