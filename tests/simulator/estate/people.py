# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, kept as one byte each: all else is computed from the seed, the tenant's number and the user's number.

So an estate with half a million users costs half a megabyte. A user's id and login name these two numbers in a
reversible way, which makes looking one up cheap as well. What somebody changed is kept beside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Tenant

# Flags of a user.
ENABLED, ACTIVATED, TOTP, EXEMPT, SERVICE, DELETED, ADMIN = 1, 2, 4, 8, 16, 32, 64

FIRST = (
    ("Anna", "anna"),
    ("Jürgen", "jurgen"),
    ("Łukasz", "lukasz"),
    ("Mei", "mei"),
    ("Oluwaseun", "oluwaseun"),
    ("Siân", "sian"),
    ("Zoë", "zoe"),
    ("Dmitri", "dmitri"),
    ("Noor", "noor"),
    ("Björn", "bjorn"),
    ("محمد", "mohammed"),
    ("<b>Eve</b>", "eve"),
    ("=1+1", "formula"),
    ("{{ 7*7 }}", "braces"),
)
LAST = (
    ("Keller", "keller"),
    ("O'Brien", "obrien"),
    ("Nuñez", "nunez"),
    ("Tanaka", "tanaka"),
    ("van der Berg", "vanderberg"),
    ("Åkesson", "akesson"),
    ("Smith, Jr.", "smith"),
    ("Петрова", "petrova"),
    ("Çelik", "celik"),
    ('"Quote"', "quote"),
    ("Dupont", "dupont"),
)
EXTERNAL_ID = re.compile(r"ext-([0-9a-f]{1,8})-([0-9]{1,5})")
LOGIN = re.compile(r"[^@]*\.([0-9a-f]{1,8})-([0-9]{1,5})@.*")

ODD_TENANT, ODD_USER = 0x9E3779B1, 0x6A6D
INVERSE_TENANT, INVERSE_USER = pow(ODD_TENANT, -1, 1 << 32), pow(ODD_USER, -1, 1 << 16)
MASK64 = (1 << 64) - 1


def _mixed(value: int) -> int:
    """64 well mixed bits of an integer (splitmix64)."""
    value = (value + 0x9E3779B97F4A7C15) & MASK64
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK64
    return value ^ (value >> 31)


@dataclass
class Changes:
    """What was set on one user; None where the computed value still holds. Times are seconds since 1970."""

    login: str | None = None
    external_id: str | None = None
    firstname: str | None = None
    lastname: str | None = None
    email: str | None = None
    version: int = 1
    updated_at: float | None = None
    deleted_at: float | None = None


UNCHANGED = Changes()


class People:
    """The users of an estate: finds them by id, login or external id, and keeps what was changed."""

    def __init__(self, seed: int, tenants: list[Tenant]) -> None:
        self.key = _mixed(seed)
        self.tenants = tenants
        self.changed: dict[tuple[int, int], Changes] = {}
        self.logins: dict[str | None, tuple[int, int]] = {}
        self.externals: dict[str | None, tuple[int, int]] = {}

    def id_of(self, ordinal: int, index: int) -> str:
        """The uuid of user ``index`` of the tenant with this number."""
        first = (ordinal * ODD_TENANT + self.key) & 0xFFFFFFFF
        second = (index * ODD_USER + first) & 0xFFFF
        bits = _mixed(first << 16 | second) ^ self.key
        tail = (bits * 0xD1342543DE82EF95) & 0xFFFFFFFFFFFF
        return f"{first:08x}-{second:04x}-4{bits >> 52 & 0xFFF:03x}-{0x8000 | bits >> 36 & 0x3FFF:04x}-{tail:012x}"

    def by_id(self, user_id: str) -> User | None:
        """The user with this id, deleted or not; None if there is none. The text must be a well-formed uuid."""
        first, second = int(user_id[:8], 16), int(user_id[9:13], 16)
        ordinal = ((first - self.key) * INVERSE_TENANT) & 0xFFFFFFFF
        index = ((second - first) * INVERSE_USER) & 0xFFFF
        user = self._at(ordinal, index)
        return user if user is not None and user.id == user_id else None

    def by_login(self, login: str) -> User | None:
        """The user with exactly this login, unless deleted; None if there is none."""
        place = self.logins.get(login)
        if place is None:
            match = LOGIN.fullmatch(login)
            if match:
                place = (int(match[1], 16), int(match[2]))
        user = self._at(*place) if place else None
        return user if user is not None and user.login == login and not user.flags & DELETED else None

    def by_external_id(self, external_id: str) -> User | None:
        """The user with exactly this external id, unless deleted; None if there is none."""
        place = self.externals.get(external_id)
        if place is None:
            match = EXTERNAL_ID.fullmatch(external_id)
            if match:
                place = (int(match[1], 16), int(match[2]))
        user = self._at(*place) if place else None
        return user if user is not None and user.external_id == external_id and not user.flags & DELETED else None

    def _at(self, ordinal: int, index: int) -> User | None:
        if ordinal < len(self.tenants) and index < len(self.tenants[ordinal].users):
            return User(self, self.tenants[ordinal], index)
        return None


class User:
    """One user, as a view on the bytes of the tenant and on what was changed."""

    __slots__ = ("index", "people", "tenant")

    def __init__(self, people: People, tenant: Tenant, index: int) -> None:
        self.people = people
        self.tenant = tenant
        self.index = index

    @property
    def id(self) -> str:
        """The user's uuid."""
        return self.people.id_of(self.tenant.ordinal, self.index)

    @property
    def flags(self) -> int:
        """The user's flags, several of the constants above or-ed."""
        return self.tenant.users[self.index]

    def set_flag(self, flag: int, on: bool) -> None:
        """Set or clear one flag."""
        flags = self.tenant.users[self.index]
        self.tenant.users[self.index] = flags | flag if on else flags & ~flag

    @property
    def changes(self) -> Changes:
        """What was set on this user."""
        return self.people.changed.get((self.tenant.ordinal, self.index), UNCHANGED)

    def change(self, **values: Any) -> None:
        """Set some of the fields of Changes."""
        place = (self.tenant.ordinal, self.index)
        changes = self.people.changed.setdefault(place, Changes())
        for field, register in (("login", self.people.logins), ("external_id", self.people.externals)):
            if field in values:
                register.pop(getattr(changes, field), None)
                if values[field] is not None:
                    register[values[field]] = place
        for field, value in values.items():
            setattr(changes, field, value)

    def touch(self, when: float) -> None:
        """Note that the user was updated at this time."""
        self.change(version=self.version + 1, updated_at=when)

    @property
    def version(self) -> int:
        """Revision number."""
        return self.changes.version

    @property
    def updated_at(self) -> float:
        """When the user was last updated."""
        changed = self.changes.updated_at
        return self.tenant.created_at if changed is None else changed

    @property
    def _dice(self) -> int:
        return (self.tenant.ordinal * 31 + self.index * 17 + self.people.key) & 0xFFFFFFFF

    @property
    def firstname(self) -> str:
        """First name, as people write it."""
        changed = self.changes.firstname
        return FIRST[self._dice % len(FIRST)][0] if changed is None else changed

    @property
    def lastname(self) -> str:
        """Last name, as people write it."""
        changed = self.changes.lastname
        return LAST[self._dice % len(LAST)][0] if changed is None else changed

    @property
    def login(self) -> str:
        """The unique name to sign in with."""
        changed = self.changes.login
        if changed is not None:
            return changed
        dice = self._dice
        name = "svc" if self.flags & SERVICE else f"{FIRST[dice % len(FIRST)][1]}.{LAST[dice % len(LAST)][1]}"
        return f"{name}.{self.tenant.ordinal:x}-{self.index}@example.com"

    @property
    def external_id(self) -> str | None:
        """The id at the identity provider; every fourth user of a tenant comes from one."""
        changed = self.changes.external_id
        if changed is None and self.index % 4 == 3:
            return f"ext-{self.tenant.ordinal:x}-{self.index}"
        return changed

    @property
    def email(self) -> str:
        """Address for messages."""
        changed = self.changes.email
        return self.login if changed is None else changed
