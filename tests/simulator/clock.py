# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time as a simulated server sees it. Tests move it instead of waiting for a token to expire or a day to end."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache
from typing import Any

# Seconds; about three years.
LONGEST_ADVANCE = 1e8
# What a clock may be set to: from the second after the one that stands for "over" to where there is room for lifetimes.
FIRST_YEAR, LAST_YEAR = 1970, 2999
BEGIN, END = 1.0, datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp()


def moment(text: object) -> float:
    """Seconds since 1970 of a time with a zone, such as ``2028-02-29T23:59:58Z``; raises ValueError.

    The year must be one that a clock may be set to.
    """
    if not isinstance(text, str):
        raise ValueError("a time must be a text such as 2028-02-29T23:59:58Z")
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(f"the time {text} has no zone; write 2028-02-29T23:59:58Z")
    seconds = parsed.timestamp()
    if not BEGIN <= seconds < END:
        raise ValueError(f"the time {text} is not in the years {FIRST_YEAR} to {LAST_YEAR}")
    return seconds


def _time_of_option(text: str) -> float:
    try:
        return moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_now(parser: argparse.ArgumentParser) -> None:
    """Declare the option ``--now``."""
    parser.add_argument(
        "--now", type=_time_of_option, metavar="TIME", help="the time at the start, if it is not the real one"
    )


class Clock:
    """Real time until it is set or advanced; then it goes on from there.

    ``start`` is the time at which it begins, in seconds since 1970, if that is not now.
    """

    def __init__(self, start: float | None = None) -> None:
        self._ahead = 0.0 if start is None else start - time.time()
        self._advanced = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead

    def second(self) -> int:
        """The whole second since 1970."""
        return int(self.now())

    def elapsed(self) -> float:
        """Seconds since some moment, for intervals: they pass and can be advanced, and setting the time leaves them."""
        return time.monotonic() + self._advanced

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` (not negative) pass at once."""
        self._ahead += seconds
        self._advanced += seconds

    def set(self, now: float | None) -> None:
        """Make it this time, in seconds since 1970, which may lie before or after the real one; None: the real one."""
        self._ahead = 0.0 if now is None else now - time.time()

    def http_date(self, ahead: float = 0.0) -> str:
        """The time ``ahead`` seconds from now as headers spell it."""
        return _http_date(int(self.now() + ahead))

    def content(self) -> dict[str, Any]:
        """The clock as the control interfaces show it: its time, and how many seconds it is ahead of the real one."""
        now = datetime.fromtimestamp(self.now(), UTC)
        return {"now": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "ahead": round(self._ahead, 3)}

    def set_as_ordered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Obey ``POST /clock`` of a control interface, and show the clock; raises ValueError."""
        if set(body) != {"now"}:
            raise ValueError("clock takes now: a time such as 2028-02-29T23:59:58Z, or null for the real one")
        self.set(None if body["now"] is None else moment(body["now"]))
        return self.content()

    def advance_as_ordered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Obey ``POST /advance`` of a control interface, and show the clock; raises ValueError."""
        seconds = body.get("seconds")
        if set(body) != {"seconds"} or isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise ValueError("advance takes seconds, a number")
        if not 0 <= seconds <= LONGEST_ADVANCE:
            raise ValueError(f"advance takes seconds from 0 to {LONGEST_ADVANCE:.0f}")
        if self.now() + seconds >= END:
            raise ValueError(f"that would be after the year {LAST_YEAR}")
        self.advance(seconds)
        return self.content()


@lru_cache(maxsize=8)
def _http_date(second: int) -> str:
    return formatdate(second, usegmt=True)
