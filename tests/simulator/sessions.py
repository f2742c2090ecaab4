# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions of users, opened with one-time tokens."""

from __future__ import annotations

import base64
import secrets
import uuid

from .clients import ROLE_SCOPES, USER_ADMIN, VIEW
from .estate.people import ADMIN, DELETED, ENABLED, User

COOKIE = "sid"


class OneTimeTokens:
    """The one-time tokens that were issued, with their user and the time at which they expire."""

    def __init__(self) -> None:
        self.by_value: dict[str, tuple[User, float]] = {}

    def issue(self, user: User, expires: float) -> str:
        """A new token: 31 bytes in URL-safe base64, so it ends with "==" and needs encoding in a link."""
        body = b"OTT\x01" + b"\0\0\0" + secrets.token_bytes(2) + b"\0\0\0\0\0\0" + uuid.uuid4().bytes
        value = base64.urlsafe_b64encode(body).decode()
        self.by_value[value] = (user, expires)
        return value

    def use(self, value: str, now: float) -> User | None:
        """The user of a token that is still good; whatever it was, it is not good any more."""
        user, expires = self.by_value.pop(value, (None, 0.0))
        return user if expires > now else None


class Sessions:
    """Open sessions by the value of their cookie."""

    def __init__(self) -> None:
        self.by_key: dict[str, User] = {}

    def open(self, user: User) -> str:
        """A new session; returns the value of its cookie."""
        key = secrets.token_urlsafe(32)
        self.by_key[key] = user
        return key

    def find(self, key: str) -> User | None:
        """The user of an open session, unless disabled or deleted since."""
        user = self.by_key.get(key)
        return user if user is not None and user.flags & (ENABLED | DELETED) == ENABLED else None

    def close(self, key: str) -> bool:
        """End a session; whether there was one."""
        return self.by_key.pop(key, None) is not None


def user_scopes(user: User) -> frozenset[str]:
    """What a signed-in user may do; issuing one-time tokens is left to API clients."""
    if not user.flags & ADMIN:
        return frozenset({VIEW})
    role = {"root": "root_admin", "partner": "partner_admin", "customer": "company_admin"}.get(user.tenant.kind)
    return ROLE_SCOPES[role or "unit_admin"] - {USER_ADMIN}
