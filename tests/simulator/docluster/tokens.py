# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access tokens as the server holds them: in memory only, bound to an address, with a life that every use renews."""

from __future__ import annotations

import enum
import secrets
import string
from collections import Counter
from dataclasses import dataclass

from ..clock import Clock

TOKEN_LENGTH = 60


class Verdict(enum.Enum):
    """What the server thinks of a token in a request."""

    ALIVE = "alive"
    NOT_FOUND = "not found"
    OTHER_ADDRESS = "other address"
    EXPIRED = "expired"


@dataclass
class Token:
    """One session; `expiration` is the last whole second in which it lives, 0 after a logout."""

    username: str
    address: str
    expiration: int


class Tokens:
    """All sessions of one server process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[str, Token] = {}

    def issue(self, username: str, address: str, timeout: int) -> str:
        """Start one more session of the user for `timeout` seconds; older ones stay. Returns the token."""
        text = "".join(secrets.choice(string.ascii_uppercase) for _unused in range(TOKEN_LENGTH))
        self._tokens[text] = Token(username, address, self._clock.second() + timeout)
        return text

    def judge(self, text: str, address: str, timeout: int) -> Verdict:
        """Drop what has expired, judge one token, and renew it for `timeout` seconds if it is alive.

        A token that has expired says so once, to the request that drops it. An attempt from another address
        neither renews nor ends it.
        """
        token = self._tokens.get(text)
        now = self._clock.second()
        self._tokens = {key: value for key, value in self._tokens.items() if value.expiration >= now}
        if token is None:
            return Verdict.NOT_FOUND
        if token.address != address:
            return Verdict.OTHER_ADDRESS
        if token.expiration < now:
            return Verdict.EXPIRED
        token.expiration = now + timeout
        return Verdict.ALIVE

    def revoke(self, text: str) -> None:
        """Log out: the token is dead at once, but held until the next token is judged."""
        self._tokens[text].expiration = 0

    def forget(self) -> None:
        """Lose every session, as a restart does."""
        self._tokens = {}

    def listing(self) -> dict[str, dict[str, str | int]]:
        """Return every token held with its owner, in the form in which the old server hands it out."""
        return {
            text: {"username": token.username, "ip": token.address, "expiration": token.expiration}
            for text, token in self._tokens.items()
        }

    def census(self) -> list[dict[str, str | int]]:
        """Count the living sessions by user and address, without their tokens."""
        now = self._clock.second()
        living = Counter((token.username, token.address) for token in self._tokens.values() if token.expiration >= now)
        return [
            {"username": username, "ip": address, "live": count}
            for (username, address), count in sorted(living.items())
        ]
