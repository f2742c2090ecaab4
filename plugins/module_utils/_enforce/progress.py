# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a long task is, for the controller to show while it waits.

The module writes counts, and no names, into a file of its temporary directory; an action plugin of the module's name
reads it. Where there is no such plugin, as on another host, nobody reads it, which does no harm.
"""

from __future__ import annotations

import contextlib
import json
import os
import time

FILE_NAME = "progress.json"
#: Seconds between two writes of the file; much less than those between two looks at it.
_INTERVAL = 0.5


class Progress:
    """Counts what is done.

    Args:
        directory: the module's temporary directory, or ``None`` to show nothing.
    """

    def __init__(self, directory: str | None) -> None:
        self._path = os.path.join(directory, FILE_NAME) if directory is not None else None
        self._total = 0
        self._done = 0
        self._changed = 0
        self._failed = 0
        self._phase = ""
        self._begun = 0.0
        self._written = 0.0

    def begin(self, phase: str, total: int) -> None:
        """A new piece of work starts.

        Args:
            phase: what is done to each item, as a participle: ``read``, ``written``.
            total: number of items; 0 if it is not known.
        """
        self._phase, self._total = phase, total
        self._done = self._changed = self._failed = 0
        self._begun = time.monotonic()
        self._written = 0.0
        self._write()

    def reached(self, count: int) -> None:
        """So many items are done, of which the total is not known."""
        self._done = count
        self._write()

    def done(self, *, changed: bool = False, failed: bool = False) -> None:
        """One item is done. Not to be called by two threads at once."""
        self._done += 1
        self._changed += changed
        self._failed += failed
        self._write()

    def _write(self) -> None:
        now = time.monotonic()
        if self._path is None or now < self._written + _INTERVAL:
            return
        self._written = now
        counts = {
            "phase": self._phase,
            "seconds": now - self._begun,
            "done": self._done,
            "total": self._total,
            "changed": self._changed,
            "failed": self._failed,
        }
        temporary = f"{self._path}.new"
        # Whether anybody can watch must not matter to the work.
        with contextlib.suppress(OSError):
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(counts, file)
            os.replace(temporary, self._path)
