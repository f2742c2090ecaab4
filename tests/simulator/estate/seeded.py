# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Estates of any size from a seed: first one tenant of each special sort, then plenty of ordinary ones."""

from __future__ import annotations

import random

from . import names
from .model import Estate, Tenant
from .people import ACTIVATED, ADMIN, ENABLED, EXEMPT, SERVICE, TOTP

# The oldest tenant; each further one is a minute younger.
EPOCH = 1672531200.0

# Specials in the order in which they are added while the estate has room:
# key, kind, key of the parent, name, attributes. "home" is the tenant of the main API client.
SPECIALS: tuple[tuple[str, str, str, str, dict[str, object]], ...] = (
    ("north", "partner", "home", "Northwind IT", {"mfa": True}),
    ("clinic", "customer", "north", "Harbor Clinic", {}),
    ("retail", "folder", "north", "Retail", {}),
    ("stores", "customer", "retail", "Maple Stores", {"mfa": True}),
    ("ward", "unit", "clinic", "Ward 7", {}),
    ("trial", "partner", "home", "Summit Trial Partner", {"pricing_mode": "trial"}),
    ("alone", "customer", "home", "Self-Service Ltd", {"ancestral_access": False}),
    ("closed", "customer", "home", "Closed Down Inc", {"enabled": False}),
    ("locked", "customer", "home", "Locked From Above", {"lock": "root"}),
    ("personal", "personal", "clinic", "", {}),
    ("nested", "folder", "retail", "Flagship", {}),
    ("deep", "customer", "nested", "Deep Down Stores", {}),
    ("cellar", "unit", "ward", "Cellar", {}),
    ("suspended", "customer", "trial", "Late Payer", {"pricing_mode": "suspended"}),
    ("ours", "customer", "north", "Locked By Home", {"lock": "home"}),
    ("tryout", "customer", "trial", "Try Before You Buy", {"pricing_mode": "trial"}),
    ("aloneunit", "unit", "alone", "Inside Self-Service", {}),
    ("sub", "partner", "north", "Sub Partner", {"pricing_mode": "trial"}),
    ("subcustomer", "customer", "sub", "Harbor Clinic", {}),
    ("same", "customer", "trial", "Harbor Clinic", {"mfa": True}),
    ("case", "customer", "trial", "HARBOR CLINIC", {}),
    ("closedpartner", "partner", "home", "Closed Partner", {"enabled": False, "pricing_mode": "trial"}),
    ("orphan", "customer", "closedpartner", "Customer Of A Closed Partner", {}),
    ("alonepartner", "partner", "home", "Self-Service Partner", {"ancestral_access": False, "pricing_mode": "trial"}),
    ("hidden", "customer", "alonepartner", "Behind Self-Service", {}),
    ("lockedpartner", "partner", "home", "Locked Partner", {"lock": "root", "pricing_mode": "trial"}),
    ("empty", "customer", "home", "Nobody Here", {"users": 0}),
    ("fresh", "customer", "home", "Nobody Enrolled", {"mfa": True, "table": "none"}),
    ("done", "customer", "home", "Everybody Enrolled", {"mfa": True, "table": "all"}),
    ("service", "customer", "home", "Service Accounts Only", {"table": "service"}),
    ("personal2", "personal", "stores", "", {}),
    ("homefolder", "folder", "home", "Key accounts", {}),
    ("keyaccount", "customer", "homefolder", "Key Account", {}),
)

PERSON = ENABLED | ACTIVATED
# 256 equally likely sorts of user, for organizations with and without MFA, and for special tenants.
_COMMON = [ENABLED] * 20 + [0] * 12 + [ACTIVATED] * 6 + [PERSON | EXEMPT | SERVICE] * 14 + [PERSON | SERVICE] * 4
_REST = 256 - len(_COMMON)
TABLES = {
    "on": bytes(_COMMON + [PERSON | TOTP] * 150 + [PERSON] * (_REST - 150)),
    "off": bytes(_COMMON + [PERSON | TOTP] * 25 + [PERSON] * (_REST - 25)),
    "none": bytes([PERSON] * 256),
    "all": bytes([PERSON | TOTP] * 256),
    "service": bytes([PERSON | EXEMPT | SERVICE] * 256),
}


class Builder:
    """Builds one random estate; everything follows from the seed."""

    def __init__(self, count: int, seed: int, users: tuple[int, int]) -> None:
        self.count = count
        self.users = users
        self.dice = random.Random(f"acronis estate {seed}")
        self.estate = Estate(seed)
        self.taken: set[tuple[int, str]] = set()

    def add(self, kind: str, parent: Tenant | None, name: str) -> Tenant:
        """Append a tenant whose name is made unique among its siblings."""
        ordinal = len(self.estate.tenants)
        above = parent.ordinal if parent else -1
        unique, number = name, 1
        while (above, unique) in self.taken:
            number += 1
            unique = f"{name[:240]} {number}"
        self.taken.add((above, unique))
        return self.estate.add(self.uuid(), unique, kind, parent, EPOCH + 60.0 * ordinal)

    def uuid(self) -> str:
        """A random uuid of version 4."""
        bits = f"{self.dice.getrandbits(128):032x}"
        variant = "89ab"[int(bits[16], 16) & 3]
        return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"

    def people(self, tenant: Tenant, number: int, table: str | None = None) -> None:
        """Give a tenant that many users; the first of a customer or partner is an active administrator."""
        kind = table or ("on" if tenant.organization().mfa else "off")
        tenant.users = bytearray(self.dice.randbytes(number).translate(TABLES[kind]))
        if number and tenant.kind in ("root", "partner", "customer") and table is None:
            tenant.users[0] = tenant.users[0] & TOTP | PERSON | ADMIN

    def special(self, made: dict[str, Tenant], kind: str, parent: str, name: str, wanted: dict[str, object]) -> Tenant:
        """Append one of the SPECIALS."""
        above = made[parent]
        if kind == "personal":
            user = next(iter(self.estate.users_of(above)))
            return self.estate.add_personal(self.uuid(), user, EPOCH + 60.0 * len(self.estate.tenants))
        tenant = self.add(kind, above, name)
        attributes = dict(wanted)
        lock = attributes.pop("lock", None)
        number = attributes.pop("users", max(1, self.users[0]))
        table = attributes.pop("table", None)
        for field, value in attributes.items():
            setattr(tenant, field, value)
        tenant.lock_owner = made[str(lock)].id if lock else None
        self.people(tenant, int(str(number)) if kind != "folder" else 0, str(table) if table else None)
        return tenant

    def build(self) -> Estate:
        """Build the estate: ``count`` tenants in the subtree of ``home``, a root above and a neighbour beside it."""
        estate = self.estate
        estate.root = self.add("root", None, "Platform")
        estate.home = self.add("partner", estate.root, "Meridian Cloud Services")
        neighbour = self.add("partner", estate.root, "Neighbour MSP")
        for partner in (estate.root, estate.home, neighbour):
            partner.mfa = True
            self.people(partner, 3)
        for name in ("Neighbour Customer", "Harbor Clinic"):
            self.people(self.add("customer", neighbour, name), 3)
        self.add("unit", neighbour.children[0], "Neighbour Unit")
        made = {"root": estate.root, "home": estate.home}
        for key, kind, parent, name, wanted in SPECIALS[: self.count - 1]:
            made[key] = self.special(made, kind, parent, name, wanted)
        self.fill(list(made.values())[1:], self.count - len(made) + 1)
        return estate

    def fill(self, made: list[Tenant], number: int) -> None:
        """Append ``number`` ordinary tenants below partners, folders, customers and units that are there already."""
        holders = [tenant for tenant in made if tenant.kind in ("partner", "folder")]
        buyers = [tenant for tenant in made if tenant.kind == "customer"]
        partners = [tenant for tenant in holders if tenant.kind == "partner"]
        dice = self.dice
        hostile = list(names.HOSTILE)
        for _unused in range(number):
            roll = dice.random()
            if roll < 0.74 or hostile or not buyers:
                above = holders[0] if dice.random() < 0.05 else dice.choice(holders)
                name = hostile.pop(0) if hostile else self.name()
                buyers.append(self.customer(above, name))
            elif roll < 0.91:
                self.unit(dice.choice(buyers))
            elif roll < 0.945:
                self.personal(dice.choice(buyers))
            elif roll < 0.985:
                above = dice.choice(holders)
                holders.append(self.add("folder", above if above.level < 6 else holders[0], dice.choice(names.FOLDERS)))
            else:
                above = dice.choice(partners)
                partners.append(self.partner(above if above.level < 4 else partners[0]))
                holders.append(partners[-1])

    def name(self) -> str:
        """An ordinary name, now and then a hostile one."""
        if self.dice.random() < 0.01:
            return self.dice.choice(names.HOSTILE)
        return f"{self.dice.choice(names.FIRST_WORDS)} {self.dice.choice(names.SECOND_WORDS)}"

    def partner(self, above: Tenant) -> Tenant:
        """An ordinary partner: in production, hence with MFA, or on trial."""
        tenant = self.add("partner", above, f"{self.dice.choice(names.FIRST_WORDS)} IT")
        roll = self.dice.random()
        tenant.pricing_mode = "production" if roll < 0.7 else "trial"
        tenant.mfa = roll < 0.85
        self.people(tenant, self.dice.randint(1, 3))
        return tenant

    def customer(self, above: Tenant, name: str) -> Tenant:
        """An ordinary customer, now and then disabled, self-service or locked."""
        tenant = self.add("customer", above, name)
        dice = self.dice
        roll = dice.random()
        tenant.mfa = dice.random() < 0.55
        tenant.pricing_mode = "production" if roll < 0.82 else "trial" if roll < 0.94 else "suspended"
        odd = dice.random()
        if odd < 0.03:
            tenant.enabled = False
        elif odd < 0.06:
            tenant.ancestral_access = False
        elif odd < 0.08:
            tenant.lock_owner = (self.estate.root if odd < 0.07 else self.estate.home).id
        self.people(tenant, dice.randint(*self.users))
        return tenant

    def unit(self, above: Tenant) -> None:
        """A unit with few users, sometimes below another unit."""
        units = [child for child in above.children if child.owner_id is None]
        if units and units[0].level < 8 and self.dice.random() < 0.2:
            above = units[0]
        tenant = self.add("unit", above, self.dice.choice(names.UNITS))
        self.people(tenant, min(self.dice.randint(0, 2), self.users[1]))

    def personal(self, above: Tenant) -> None:
        """The personal tenant of a user who has none; another unit if everybody has one."""
        for user in self.estate.users_of(above):
            if user.id not in self.estate.personal:
                self.estate.add_personal(self.uuid(), user, EPOCH + 60.0 * len(self.estate.tenants))
                return
        self.unit(above)


def random_estate(count: int, seed: int, users: tuple[int, int] = (3, 8)) -> Estate:
    """An estate with ``count`` tenants in reach of the main client, ``users`` (least, most) of them per customer."""
    return Builder(count, seed, users).build()
