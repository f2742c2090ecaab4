# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows how far a long module is, while it runs: an action plugin's part of it."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import typing as t

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.tenantops.access.plugins.module_utils._progress import FILE_NAME

#: Seconds between two lines of progress, and before the first.
INTERVAL = 5.0


def line_of(counts: t.Mapping[str, t.Any]) -> str:
    """One line without names, such as ``4000 of 10000 read, 800/s, about 8 s left``.

    Args:
        counts: what the module has written.
    """
    done, total, seconds = int(counts["done"]), int(counts["total"]), float(counts["seconds"])
    parts = [f"{done} of {total} {counts['phase']}" if total else f"{done} {counts['phase']}"]
    parts += [f"{counts[name]} {name}" for name in ("changed", "failed") if counts[name]]
    if done and seconds > 0:
        rate = done / seconds
        parts.append(f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
        parts += [f"about {(total - done) / rate:.0f} s left"] if total else []
    return ", ".join(parts)


@contextlib.contextmanager
def relayed(path: str, name: str) -> t.Iterator[None]:
    """Show the counts that a module writes into ``path`` every five seconds, on the error output.

    Args:
        path: the module's file; need not exist yet, or ever.
        name: what the lines begin with.
    """
    over = threading.Event()

    def watch() -> None:
        display = Display()
        while not over.wait(INTERVAL):
            # A file that is not there, not ours to read or half a one is no reason to disturb the task.
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError), open(path, encoding="utf-8") as file:
                display.display(f"{name}: {line_of(json.load(file))}", stderr=True)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


class ProgressAction(ActionBase):
    """Runs the module of the same name, and shows its progress unless told not to."""

    TRANSFERS_FILES = True
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Run the module; the result is the module's."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        directory = self._connection._shell.tmpdir
        in_background = bool(self._task.async_val)
        with contextlib.ExitStack() as relay:
            if directory and not in_background and self._is_wanted():
                relay.enter_context(relayed(os.path.join(directory, FILE_NAME), self._task.action.split(".")[-1]))
            result.update(self._execute_module(task_vars=task_vars, wrap_async=in_background))
        if not in_background:
            self._remove_tmp_path(directory)
        return result

    def _is_wanted(self) -> bool:
        # Elsewhere than on this machine the file cannot be read.
        return (
            self._connection.transport == "local"
            and not self._task.no_log
            and boolean(self._task.args.get("progress", True), strict=False)
        )
