# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time as the simulated server sees it. Tests move it on instead of waiting for a token to expire."""

from __future__ import annotations

import time


class Clock:
    """Real time plus what it was advanced by; it never goes back."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return time.time() + self._ahead

    def second(self) -> int:
        """Return the whole second since the epoch: the unit in which the server counts the life of a token."""
        return int(self.now())

    def advance(self, seconds: float) -> None:
        """Let `seconds` (not negative) pass at once."""
        self._ahead += seconds
