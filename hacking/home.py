# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A home directory for a test run, so that it neither sees nor changes the user's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# ansible-test fetches a script from a host of its own to put pip into the environments it makes, unless a former run
# left it in this place. This one does the same with what Python brings along, and so needs nothing but a package index.
GET_PIP = """\
import ensurepip
import runpy
import sys

ensurepip.bootstrap()
sys.argv = ["pip", "install"] + [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def link(target: Path, link_path: Path) -> None:
    """Let ``link_path`` point at ``target``, whatever it was before."""
    link_path.parent.mkdir(parents=True, exist_ok=True)
    link_path.unlink(missing_ok=True)
    link_path.symlink_to(target)


def prepare(home: Path, pip_version: str) -> dict[str, str]:
    """Make a home directory for a run of ansible-test.

    It shares the user's downloads and settings of pip: ansible-test hands pip nothing of the environment but HOME.

    Args:
        home: The directory; it may be there from a former run, whose environments are then used again.
        pip_version: The version of pip that this ansible-test wants to bootstrap.

    Returns:
        The variables to set so that it is used.
    """
    # Fails where the cache is switched off: then there is none to share.
    cache = subprocess.run(
        [sys.executable, "-m", "pip", "cache", "dir"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if cache.returncode == 0:
        directory = Path(cache.stdout.strip())
        directory.mkdir(parents=True, exist_ok=True)
        link(directory, home / ".cache" / "pip")
    user = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or user / ".config")
    for settings, name in ((config / "pip", ".config/pip"), (user / ".pip", ".pip")):
        if settings.is_dir():
            link(settings.resolve(), home / name)
    bootstrap = home / ".ansible" / "test" / "cache" / f"get_pip_{pip_version.replace('.', '_')}.py"
    bootstrap.parent.mkdir(parents=True, exist_ok=True)
    bootstrap.write_text(GET_PIP, encoding="utf-8")
    return {"HOME": str(home)}
