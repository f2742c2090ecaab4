# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that are held back until a test lets them go on, where a pause of some seconds would only be a guess."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any, Generic, Protocol, TypeVar


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


class Gated(Protocol):
    """A fault as far as it holds requests."""

    id: int
    gate: Gate


Fault = TypeVar("Fault", bound=Gated)


class Held(Generic[Fault]):
    """Faults that were ordered, oldest first, and what they hold back."""

    def __init__(self) -> None:
        self.active: list[Fault] = []
        self.numbers = itertools.count(1)

    def clear(self) -> None:
        """Forget all faults; what they hold goes on."""
        for fault in self.active:
            fault.gate.take_away()
        self.active.clear()

    def release(self, body: dict[str, Any]) -> int:
        """Obey ``POST /release`` of a control interface; how many requests go on. Raises ValueError."""
        number = body.get("id")
        if set(body) - {"id"} or isinstance(number, bool) or not isinstance(number, int | None):
            raise ValueError("release takes the id of a fault, or nothing")
        wanted = [fault for fault in self.active if number in (None, fault.id)]
        if number is not None and not wanted:
            raise ValueError(f"there is no fault {number}")
        return sum(fault.gate.open() for fault in wanted)
