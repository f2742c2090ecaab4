# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small, believable MSP for demonstrations: always the same tenants, ids and users."""

from __future__ import annotations

import re
import unicodedata
import uuid

from .model import Estate, Tenant
from .people import ACTIVATED, ADMIN, ENABLED, EXEMPT, SERVICE, TOTP, User
from .seeded import EPOCH

# One line per tenant, indented by its level: KIND NAME | flags | users.
# Flags: on (MFA), trial, suspended, self-service, disabled, locked, personal (its first user owns a personal tenant).
# Users: names; + has TOTP, ~ is a service account, ! is disabled.
OUTLINE = """
partner Contoso MSP | on | Carla Ruiz+, Tom Becker+, backup-agent~
 partner Northwind IT | on | Nora Lindqvist+, Felix Braun+
  folder Healthcare | |
   customer Harbor Dental Clinic | | Ines Vogt, Paul Meier, Sara Hoff, backup-harbor~
    unit Reception | | Lea Kurz, Mark Arnold
    unit X-Ray | | Jonas Wolff
   customer St. Brigid Hospital | on | Aoife Byrne+, Liam Walsh+, Ciara Nolan+, Sean Doyle, backup-brigid~
    unit Radiology | | Niamh Kelly+, Owen Burke+
    unit Cardiology | | Maeve Ryan
   customer Lindenhof Pharmacy | | Hanna Graf, Emil Sommer
   customer Physio Plus | | Tara Simon
  folder Retail | |
   customer Bluebird Bookstores | | Grace Hill, Adam Price, Ella Stone
    unit Riverside shop | | Ruby Lane
    unit Station shop | | Max Fox
   customer Fresh & Fair Markets | | Omar Haddad, Lina Saleh, Yusuf Aziz
   customer Velo Werkstatt | | Nils Petersen, Ida Holm
   folder Franchise | |
    customer Crêperie Bleue | | Chloé Martin, Luc Bernard
    customer Burger Dock | on | Jack Turner+, Amy Reed+
  folder Schools | |
   customer Oakfield College | | Ruth Baker, Ian Cole, Meg Ward, David Shaw
   customer Waldorf School Elm Street | disabled | Greta Lang
  customer Alpine Logistics | | Peter Gruber, Eva Moser, Karl Huber, backup-alpine~
   unit Innsbruck depot | | Lukas Egger
   unit Verona depot | | Giulia Conti
  customer Baltic Shipping | on | Jaan Tamm+, Liis Kask+, Mart Saar
  customer Cobalt Architects | | Vera Novak, Petr Dvorak
  customer Granite Law | self-service | Hugo Falk, Astrid Berg
  customer Lakeside Hotels | | Marco Rossi, Anna Bianchi, Sofia Greco, old-account!
   unit Spa | | Elena Marino
  customer Quill Press | suspended | Edgar Poole
  customer Sierra Analytics | trial | Maya Patel, Arjun Rao
 partner Fabrikam Services | on | Fiona Blake+, Greg Marsh+
  customer Adventure Works | | Bella Knox, Carl Dunn, Dora Finch
   unit Workshop | | Eric Gale
  customer Graphic Design Institute | on | Helen Ives+, Ivan Jung+
  customer Litware | | Kim Lowe, Leo Mann
  customer Proseware | | Mia North, Noah Oaks
  customer Tailspin Toys | on | Olga Pratt+, Pete Quinn
  customer Wingtip Shoes | locked | Rosa Stern, Sam Tate
  folder Municipal | |
   customer Town of Ashford | | Tess Unger, Uwe Vance
   customer Town of Elmwood | on | Wendy Xu+, Yan York+
 partner Woodgrove Cloud | trial | Zack Abbot
  customer Coho Vineyard | trial | Alba Campos, Bruno Diaz
  customer Fourth Coffee | trial | Cora Ellis
  customer Humongous Insurance | | Dean Fisher, Edith Grant, Frank Hale
   unit Claims | | Gina Irwin
   unit Sales | | Hank James, Iris King
 folder Direct customers | |
  customer School of Fine Art | | Jane Lloyd, Kurt Moore
  customer Lucerne Publishing | on | Lara Nash+, Milo Orr+
  customer Margie's Travel | | Nina Park
  customer Trey Research | personal | Otto Quist, Pia Rhodes, backup-trey~
   unit Laboratory | | Rita Sloan
"""


FLAGS = frozenset({"on", "trial", "suspended", "self-service", "disabled", "locked", "personal"})


def slug(text: str) -> str:
    """An ASCII word for addresses, from a name."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")


class Reader:
    """Turns the outline into an estate."""

    def __init__(self) -> None:
        self.estate = Estate(2026)

    def add(self, kind: str, parent: Tenant | None, name: str) -> Tenant:
        """Append a tenant whose id follows from its path alone."""
        names = [tenant.name for tenant in parent.path_from(self.estate.tenants[0])] if parent else []
        tenant_id = str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join([*names, name])))
        return self.estate.add(tenant_id, name, kind, parent, EPOCH + 3600.0 * len(self.estate.tenants))

    def flags(self, tenant: Tenant, words: set[str]) -> None:
        """Apply the flags of an outline line."""
        tenant.mfa = "on" in words
        tenant.pricing_mode = next((mode for mode in ("trial", "suspended") if mode in words), "production")
        tenant.ancestral_access = "self-service" not in words
        tenant.enabled = "disabled" not in words
        tenant.lock_owner = self.estate.root.id if "locked" in words else None

    def user(self, tenant: Tenant, word: str) -> None:
        """Append one user of an outline line to a tenant."""
        name = word.rstrip("+~!")
        flags = 0 if "!" in word else ENABLED
        flags |= ACTIVATED | (TOTP if "+" in word else 0) | (EXEMPT | SERVICE if "~" in word else 0)
        if not tenant.users and tenant.kind in ("partner", "customer"):
            flags |= ADMIN
        tenant.users.append(flags)
        first, _unused, last = name.partition(" ")
        login = f"{slug(name).replace('-', '.') if last else name}@{slug(tenant.name)}.example"
        user = User(self.estate.people, tenant, len(tenant.users) - 1)
        user.change(firstname=first, lastname=last, login=login)

    def line(self, text: str, parent: Tenant) -> Tenant:
        """Append the tenant of one outline line."""
        what, flags, users = (part.strip() for part in text.split("|"))
        words = set(flags.split())
        if words - FLAGS:
            raise ValueError(f"unknown flags in the outline: {sorted(words - FLAGS)}")
        kind, _unused, name = what.partition(" ")
        tenant = self.add(kind, parent, name)
        self.flags(tenant, words)
        for word in users.split(", ") if users else []:
            self.user(tenant, word)
        if "personal" in words:
            user = next(self.estate.users_of(tenant))
            personal_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"personal tenant of {user.login}"))
            self.estate.add_personal(personal_id, user, tenant.created_at + 60.0)
        return tenant

    def read(self) -> Estate:
        """The whole estate."""
        estate = self.estate
        estate.root = self.add("root", None, "Platform")
        estate.root.mfa = True
        chain = [estate.root]
        for text in OUTLINE.strip("\n").split("\n"):
            depth = len(text) - len(text.lstrip()) + 1
            del chain[depth:]
            chain.append(self.line(text, chain[-1]))
        estate.home = chain[1]
        self.line("customer Somebody Else | | Nobody Known", self.line("partner Neighbour MSP | on |", estate.root))
        return estate


def demo_estate() -> Estate:
    """The demonstration estate; ``home`` is "Contoso MSP"."""
    return Reader().read()
