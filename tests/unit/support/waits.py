# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time in tests: clients that spare no server, and a clock that is moved instead of waited for."""

from __future__ import annotations

import time

import pytest

#: Seconds of the shortest rest between two tries.
REST = 0.001
#: Seconds between two looks at what takes a while.
POLL = 0.005

_REAL = time.time


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let this process, and no server, believe that it is so many seconds later than it is."""
    monkeypatch.setattr(time, "time", lambda: _REAL() + seconds)
