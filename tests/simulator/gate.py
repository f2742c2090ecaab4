# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that are held back until a test lets them go on, where a pause of some seconds would only be a guess."""

from __future__ import annotations

import asyncio
from typing import Any


class Gate:
    """Holds requests; every one that is there passes when it is opened, and later ones are held again.

    A gate that was taken away holds nobody any more, nor those who are still on their way to it.
    """

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []
        self._gone = False

    @property
    def held(self) -> int:
        """How many requests are being held."""
        return len(self._waiting)

    async def wait(self) -> None:
        """Wait until the gate is opened."""
        if self._gone:
            return
        passing = asyncio.get_running_loop().create_future()
        self._waiting.append(passing)
        try:
            await passing
        finally:
            if passing in self._waiting:
                self._waiting.remove(passing)

    def open(self) -> int:
        """Let all pass that are held; how many there were."""
        passing, self._waiting = self._waiting, []
        for one in passing:
            if not one.done():
                one.set_result(None)
        return len(passing)

    def take_away(self) -> None:
        """Let all pass, for good."""
        self._gone = True
        self.open()


def released_fault(body: dict[str, Any]) -> int | None:
    """The id of the fault that ``POST /release`` of a control interface names, None for all; raises ValueError."""
    number = body.get("id")
    if set(body) - {"id"} or isinstance(number, bool) or not isinstance(number, int | None):
        raise ValueError("release takes the id of a fault, or nothing")
    return number
