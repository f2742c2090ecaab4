# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for a module's Python, and notes how much memory that needed at most: ``peak_memory.py MODULE [WORD ...]``.

The peak is appended, in KiB, to the file that ``BENCH_PEAKS`` names. A process of its own, because a module ends as it
likes; started without the site module, so that what it needs itself stays below any module's need.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    pid = os.posix_spawn(sys.executable, [sys.executable, *sys.argv[1:]], os.environ)
    _pid, status, usage = os.wait4(pid, 0)
    with open(os.environ["BENCH_PEAKS"], "a", encoding="ascii") as file:
        file.write(f"{usage.ru_maxrss}\n")
    sys.exit(os.waitstatus_to_exitcode(status))
