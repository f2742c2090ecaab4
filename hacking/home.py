# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A home directory for a test run, so that it neither sees nor changes the user's."""

from __future__ import annotations

import ast
import configparser
import io
import subprocess
import sys
from pathlib import Path

# ansible-test fetches a script from a host of its own to put pip into the environments it makes, unless a former run
# left it in this place. This one lets a pip that is there already do it, and so needs nothing but a package index.
GET_PIP = """\
import subprocess
import sys

words = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([{python!r}, "-m", "pip", "--python", sys.executable, "install", *words]))
"""


def pip(*words: str) -> str:
    """Return what pip prints, or nothing if it refuses, as it does about a cache that is switched off."""
    command = [sys.executable, "-m", "pip", *words]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout


def pip_settings() -> str:
    """Return the settings of pip that hold here, from files and from the environment, as one file for pip.

    ansible-test hands pip nothing of the environment but HOME, and so would lose an index or a certificate set there.
    """
    settings = configparser.RawConfigParser()
    settings["global"] = {"progress-bar": "off"}
    # Sorted by section; the environment comes first but wins, so it is kept for the end.
    lines = [line.split("=", 1) for line in pip("config", "list").splitlines() if "=" in line]
    for key, value in sorted(lines, key=lambda line: line[0].startswith(":env:")):
        section, option = key.strip().rsplit(".", 1)
        section = "global" if section == ":env:" else section
        if option == "config-file":
            continue
        if not settings.has_section(section):
            settings.add_section(section)
        settings.set(section, option, str(ast.literal_eval(value.strip())))
    text = io.StringIO()
    settings.write(text)
    return text.getvalue()


def prepare(home: Path, pip_version: str, python: Path) -> dict[str, str]:
    """Make a home directory for a run of ansible-test, with the user's downloads and settings of pip.

    Args:
        home: The directory; it may be there from a former run, whose environments are then used again.
        pip_version: The version of pip that this ansible-test wants in its environments.
        python: A Python of the version of those environments that has pip.

    Returns:
        The variables to set so that it is used.
    """
    cache = Path(pip("cache", "dir").strip() or home / ".cache" / "pip")
    link = home / ".cache" / "pip"
    link.parent.mkdir(parents=True, exist_ok=True)
    if cache != link:
        cache.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(cache)
    settings = home / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    # An index's address may hold a password.
    settings.touch(mode=0o600)
    settings.write_text(pip_settings(), encoding="utf-8")
    bootstrap = home / ".ansible" / "test" / "cache" / f"get_pip_{pip_version.replace('.', '_')}.py"
    bootstrap.parent.mkdir(parents=True, exist_ok=True)
    bootstrap.write_text(GET_PIP.format(python=str(python)), encoding="utf-8")
    return {"HOME": str(home)}
