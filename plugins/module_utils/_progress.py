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
import math
import os
import time
import typing as t

FILE_NAME = "progress.json"


class Progress:
    """Counts what is done.

    Args:
        directory: the module's temporary directory, or ``None`` to show nothing.
        interval: seconds between two writes of the file; much less than those between two looks at it.
        clock: seconds since some moment, which may be this one.
    """

    def __init__(
        self, directory: str | None, *, interval: float = 0.5, clock: t.Callable[[], float] = time.monotonic
    ) -> None:
        self._path = os.path.join(directory, FILE_NAME) if directory is not None else None
        self._interval = interval
        self._clock = clock
        self._total = 0
        self._done = 0
        self._changed = 0
        self._failed = 0
        self._phase = ""
        self._begun = clock()
        self._next_write = -math.inf

    def begin(self, phase: str, total: int) -> None:
        """A new piece of work starts.

        Args:
            phase: what is done to each item, as a participle: ``read``, ``written``.
            total: number of items; 0 if it is not known.
        """
        self._phase, self._total = phase, total
        self._done = self._changed = self._failed = 0
        self._begun = self._clock()
        self._next_write = -math.inf
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
        now = self._clock()
        if self._path is None or now < self._next_write:
            return
        self._next_write = now + self._interval
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
