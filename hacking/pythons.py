# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Pythons this machine has, and which versions of ansible-core can be tested with them."""

from __future__ import annotations

import dataclasses
import functools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What a Python must be able to do so that an environment with pip can be made of it and ansible-core runs in it.
# The shims of pyenv answer to every version's name but run only the selected ones; some systems split ensurepip off.
PROBE = "import ctypes, ensurepip, ssl, sys, venv, zlib; print('%d.%d' % sys.version_info[:2])"


@dataclasses.dataclass(frozen=True)
class Core:
    """One minor version of ansible-core that the collection is tested with."""

    series: str
    """Such as ``2.19``; ``requirements/core-<series>.txt`` pins the exact version."""

    pythons: tuple[str, ...]
    """The Pythons that its control node supports, best first: an old core is tested with an old one."""

    pip: str
    """The pip that its ansible-test asks for when it makes an environment."""

    @property
    def requirements(self) -> Path:
        """The lock with the exact version of it and of all that its tests need."""
        return ROOT / "requirements" / f"core-{self.series}.txt"

    @property
    def version(self) -> str:
        """The exact version, such as ``2.19.14``.

        Raises:
            ValueError: The lock does not pin ansible-core.
        """
        pin = re.search(r"^ansible-core==(\S+)", self.requirements.read_text(encoding="utf-8"), re.MULTILINE)
        if pin is None:
            raise ValueError(f"{self.requirements} does not pin ansible-core")
        return pin.group(1)


CORES = (
    Core("2.18", ("3.11", "3.12", "3.13"), "24.2"),
    Core("2.19", ("3.11", "3.12", "3.13"), "24.2"),
    Core("2.20", ("3.12", "3.13", "3.14"), "25.2"),
    Core("2.21", ("3.14", "3.13", "3.12"), "25.2"),
)


def candidates(version: str) -> Iterator[Path]:
    """Yield the paths that may be a Python of this minor version: on PATH, this very one, and those of pyenv.

    Args:
        version: Such as ``3.12``.
    """
    if sys.version_info[:2] == tuple(int(part) for part in version.split(".")):
        yield Path(sys.executable)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    # Newest patch release first; 3.13.10 comes after 3.13.9, so compare numbers.
    installed = pyenv.glob(f"versions/{version}.*")
    for prefix in sorted(installed, key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)], reverse=True):
        yield prefix / "bin" / f"python{version}"
    for directory in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if directory:
            yield Path(directory) / f"python{version}"


@functools.cache
def find(version: str) -> Path | None:
    """Return a Python of this minor version that is complete and runs, or ``None``.

    Args:
        version: Such as ``3.12``.
    """
    for path in candidates(version):
        if not os.access(path, os.X_OK):
            continue
        try:
            probe = subprocess.run([path, "-c", PROBE], capture_output=True, text=True, timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if probe.returncode == 0 and probe.stdout.strip() == version:
            return path
    return None


def python_for(core: Core) -> tuple[str, Path] | None:
    """Return the version and the path of the Python to test a core with, or ``None`` if the machine has none for it."""
    for version in core.pythons:
        path = find(version)
        if path is not None:
            return version, path
    return None


def present_cores() -> list[Core]:
    """Return the versions of ansible-core that the machine has a Python for, oldest first."""
    return [core for core in CORES if python_for(core) is not None]
