# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lay out a copy of the collection where Python and Ansible look for it: ``tree.py DIRECTORY``.

The checkout itself may have any name; ``ansible_collections.tenantops.access`` is importable only from a directory of
that name. A link would do for Python, but leaves a tree that contains itself behind for every tool that walks it.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path("ansible_collections", "tenantops", "access")


def sources() -> set[Path]:
    """Return the files of the checkout, without those that git ignores, relative to its root.

    Raises:
        subprocess.CalledProcessError: This is no git checkout.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    paths = {Path(os.fsdecode(name)) for name in listing.split(b"\0") if name}
    return {path for path in paths if (ROOT / path).is_file()}


def refresh(tree: Path) -> None:
    """Make the copy equal to the checkout.

    Args:
        tree: The directory to put on the path: the collection goes to its place below it, and the simulator, which
            is a package of its own, is linked beside it.
    """
    copy = tree / PACKAGE
    wanted = sources()
    for present in copy.rglob("*"):
        if present.is_file() and present.relative_to(copy) not in wanted:
            present.unlink()
    for path in wanted:
        target = copy / path
        if not target.is_file() or not filecmp.cmp(ROOT / path, target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, target)
    link = tree / "simulator"
    link.unlink(missing_ok=True)
    link.symlink_to(PACKAGE / "tests" / "simulator")


if __name__ == "__main__":
    refresh(Path(sys.argv[1]))
