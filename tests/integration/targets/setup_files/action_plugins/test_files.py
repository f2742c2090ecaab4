# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the files that a test needs and looks at what became of them, all in one task."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

Content = dict[str, Any]


def described(path: Path) -> Content:
    """Mode, kind and content of a file; of a symbolic link, where it leads."""
    found = path.lstat()
    result: Content = {"mode": f"{stat.S_IMODE(found.st_mode):04o}"}
    if stat.S_ISLNK(found.st_mode):
        return {**result, "kind": "link", "content": str(path.readlink())}
    if stat.S_ISDIR(found.st_mode):
        return {**result, "kind": "directory", "content": ""}
    return {**result, "kind": "file", "content": path.read_text(encoding="utf-8")}


class ActionModule(ActionBase):
    """What is ordered is done in the order of the options below.

    Options:
        directory: where all of them are; made if it is not there.
        write: files to write, each with ``name``, ``content`` and, if not 0600, ``mode``.
        link: symbolic links to make, each with ``name`` and ``target``.

    Returns ``found``, what the directory holds by its name.
    """

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: Content | None = None) -> Content:
        """Do what the task orders."""
        result: Content = super().run(tmp, task_vars)
        args = self._task.args
        directory = Path(args["directory"])
        directory.mkdir(0o700, exist_ok=True)
        for wanted in args.get("write", []):
            file = directory / wanted["name"]
            file.write_text(wanted["content"], encoding="utf-8")
            file.chmod(int(wanted.get("mode", "0600"), 8))
        for wanted in args.get("link", []):
            (directory / wanted["name"]).symlink_to(directory / wanted["target"])
        result["found"] = {one.name: described(one) for one in sorted(directory.iterdir())}
        return result
