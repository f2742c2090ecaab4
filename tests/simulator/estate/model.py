# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tenants in their tree, and what follows from the tree: organizations, subtrees, paths and user counts."""

from __future__ import annotations

from collections.abc import Iterator

from .people import ACTIVATED, DELETED, ENABLED, EXEMPT, TOTP, People, User

# These carry an MFA setting of their own. Folders and units belong to the organization of the nearest such ancestor.
ORGANIZATION_KINDS = frozenset({"root", "partner", "customer"})
KINDS = ("root", "partner", "folder", "customer", "unit")
PRICING_MODES = ("trial", "production", "suspended")
# What may stand directly below what.
CHILD_KINDS = {
    "root": ("partner", "folder", "customer"),
    "partner": ("partner", "folder", "customer"),
    "folder": ("partner", "folder", "customer"),
    "customer": ("unit",),
    "unit": ("unit",),
}


class Tenant:
    """One tenant. Times are seconds since 1970; ``users`` has one byte of flags per user."""

    __slots__ = (
        "ancestral_access",
        "children",
        "created_at",
        "deleted_at",
        "disable_polls",
        "enabled",
        "id",
        "kind",
        "level",
        "lock_owner",
        "mfa",
        "name",
        "ordinal",
        "owner_id",
        "parent",
        "pricing_mode",
        "updated_at",
        "users",
        "version",
    )

    def __init__(self, ordinal: int, tenant_id: str, name: str, kind: str, parent: Tenant | None, when: float) -> None:
        self.ordinal = ordinal
        self.id = tenant_id
        self.name = name
        self.kind = kind
        self.parent = parent
        self.children: list[Tenant] = []
        self.level: int = parent.level + 1 if parent else 0
        self.enabled = True
        # False makes it self-service: administrators of its ancestors are cut off.
        self.ancestral_access = True
        # The tenant whose users alone may update this one, or None when it is not locked.
        self.lock_owner: str | None = None
        self.mfa = False
        # How many more reads of mfa/status answer disable_in_progress; 0 when nothing is in progress.
        self.disable_polls = 0
        self.pricing_mode = "production"
        # The user's id if this is a personal tenant.
        self.owner_id: str | None = None
        self.version = 1
        self.created_at = when
        self.updated_at = when
        self.deleted_at: float | None = None
        self.users = bytearray()

    @property
    def has_children(self) -> bool:
        """Whether any child is not deleted."""
        return any(child.deleted_at is None for child in self.children)

    def ancestors(self) -> Iterator[Tenant]:
        """This tenant, its parent and so on up to the root."""
        tenant: Tenant | None = self
        while tenant is not None:
            yield tenant
            tenant = tenant.parent

    def within(self, top: Tenant) -> bool:
        """Whether this tenant is ``top`` or below it."""
        return any(tenant is top for tenant in self.ancestors())

    def organization(self) -> Tenant:
        """The tenant that holds the MFA setting which applies here."""
        return next(tenant for tenant in self.ancestors() if tenant.kind in ORGANIZATION_KINDS)

    def path_from(self, top: Tenant) -> list[Tenant]:
        """The chain from ``top``, included, down to this tenant; the whole chain if it is not below ``top``."""
        chain = []
        for tenant in self.ancestors():
            chain.append(tenant)
            if tenant is top:
                break
        return chain[::-1]


class Estate:
    """All tenants of the simulated cloud. ``home`` is the tenant of the main API client, ``root`` is above all."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.tenants: list[Tenant] = []
        self.by_id: dict[str, Tenant] = {}
        self.people = People(seed, self.tenants)
        self.root: Tenant
        self.home: Tenant
        # Personal tenants by the id of the user who owns them.
        self.personal: dict[str, Tenant] = {}
        self._orders: dict[str, list[Tenant]] = {}
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, tenant_id: str, name: str, kind: str, parent: Tenant | None, when: float) -> Tenant:
        """Append a tenant below ``parent``; the ids must be new."""
        tenant = Tenant(len(self.tenants), tenant_id, name, kind, parent, when)
        self.tenants.append(tenant)
        self.by_id[tenant_id] = tenant
        if parent is not None:
            parent.children.append(tenant)
        return tenant

    def add_personal(self, tenant_id: str, user: User, when: float) -> Tenant:
        """Append the personal tenant of a user, below the tenant of that user."""
        tenant = self.add(tenant_id, user.login, "unit", user.tenant, when)
        tenant.owner_id = user.id
        tenant.pricing_mode = user.tenant.pricing_mode
        self.personal[user.id] = tenant
        return tenant

    def structure_changed(self) -> None:
        """Forget what was derived from the tree."""
        self._orders.clear()
        self._counts.clear()

    def users_changed(self) -> None:
        """Forget what was derived from the users."""
        self._counts.clear()

    def move(self, tenant: Tenant, parent: Tenant) -> None:
        """Hang a tenant under another parent, which must not be below it."""
        if tenant.parent is not None:
            tenant.parent.children.remove(tenant)
        tenant.parent = parent
        parent.children.append(tenant)
        tenant.level = parent.level + 1
        for below in self.walk(tenant):
            if below.parent is not None:
                below.level = below.parent.level + 1
        self.structure_changed()

    def walk(self, top: Tenant) -> Iterator[Tenant]:
        """``top`` and everything below, parents before their children, deleted ones included."""
        line = [top]
        for tenant in line:
            yield tenant
            line.extend(tenant.children)

    def subtree(self, top: Tenant) -> list[Tenant]:
        """``top`` and everything below, deleted ones included, ordered by level and then by age."""
        order = self._orders.get(top.id)
        if order is None:
            if len(self._orders) >= 8:
                self._orders.clear()
            order = self._orders[top.id] = sorted(self.walk(top), key=position)
        return order

    def users_of(self, tenant: Tenant, allow_deleted: bool = False) -> Iterator[User]:
        """The users who live in a tenant itself."""
        for index, flags in enumerate(tenant.users):
            if allow_deleted or not flags & DELETED:
                yield User(self.people, tenant, index)

    def members(self, organization: Tenant) -> Iterator[Tenant]:
        """The organization's own tenant, and its folders or units."""
        line = [organization]
        for tenant in line:
            if tenant.deleted_at is None:
                yield tenant
                line.extend(child for child in tenant.children if child.kind not in ORGANIZATION_KINDS)

    def counts(self, organization: Tenant, active: str) -> tuple[int, int]:
        """Active users of an organization and those of them with TOTP; ``active`` is the switch users_count."""
        key = (organization.id, active)
        counts = self._counts.get(key)
        if counts is None:
            wanted = ENABLED | ACTIVATED if active == "enabled_activated" else ENABLED
            mask = wanted | DELETED | (EXEMPT if active == "without_exempt" else 0)
            flags = [byte for tenant in self.members(organization) for byte in tenant.users if byte & mask == wanted]
            counts = self._counts[key] = (len(flags), sum(1 for byte in flags if byte & TOTP and not byte & EXEMPT))
        return counts


def position(tenant: Tenant) -> tuple[int, int]:
    """Where a tenant stands in a listing."""
    return (tenant.level, tenant.ordinal)
