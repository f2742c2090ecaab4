# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tenants and the tree that they form: paths, organizations, who manages itself, finding one by name. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import MalformedError, NoMatchError
from .._text import first_few, quoted

#: Kinds that have an MFA setting of their own. A folder inherits its partner's, a unit its customer's.
ORGANIZATION_KINDS = frozenset({"root", "partner", "customer"})
#: Longest chain of parents that is believed; the platform's trees are a handful of levels deep.
MAX_DEPTH = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Tenant:
    """What this collection uses of a tenant.

    Only ``id``, ``name``, ``kind`` and ``parent_id`` are in every answer of the vendor's samples; the others are
    ``None`` where the server leaves them out.

    Attributes:
        ancestral_access: ``False`` for self-service: administrators above it are shut out.
        mfa_listing: ``mfa_status`` as listings show it, in the words of users' states; a hint, not evidence.
        owner_id: the user whose personal tenant this is.
        locked: whether only users of ``lock_owner_id`` may change it.
    """

    id: str
    name: str
    kind: str
    parent_id: str
    pricing_mode: str | None
    enabled: bool | None
    ancestral_access: bool | None
    locked: bool
    lock_owner_id: str | None
    mfa_listing: str | None
    owner_id: str | None
    created_at: str | None

    @property
    def is_organization(self) -> bool:
        """Whether it has an MFA setting of its own."""
        return self.kind in ORGANIZATION_KINDS

    @property
    def always_enabled(self) -> bool:
        """Whether its MFA cannot be switched off: partners in production mode, since release 24.09."""
        return self.kind == "partner" and self.pricing_mode == "production"

    @property
    def label(self) -> str:
        """Name and id for messages."""
        return f"{quoted(self.name)} ({self.id})"


@dataclasses.dataclass(frozen=True, slots=True)
class Located:
    """A tenant and where it is.

    Attributes:
        path: names from below the client's own tenant down to this one; empty for the client's own tenant.
        chain: the tenant and those above it, up to the client's own tenant.
    """

    tenant: Tenant
    path: tuple[str, ...]
    chain: tuple[Tenant, ...]

    @classmethod
    def of(cls, chain: t.Sequence[Tenant]) -> Located:
        """A tenant, given with those above it up to the client's own tenant."""
        return cls(chain[0], _path_of(chain), tuple(chain))

    @property
    def organization(self) -> Tenant:
        """The tenant whose MFA setting holds: itself, unless it is a folder or a unit; else the highest in sight."""
        return next((tenant for tenant in self.chain if tenant.is_organization), self.chain[-1])

    @property
    def own_id(self) -> str:
        """The client's own tenant."""
        return self.chain[-1].id

    @property
    def self_managing(self) -> Tenant | None:
        """The tenant itself or the first one above it, the client's own excepted, that manages itself."""
        return next((tenant for tenant in self.chain[:-1] if tenant.ancestral_access is False), None)

    @property
    def lock_owner_id(self) -> str | None:
        """The other tenant that has locked this one, if one has.

        Whoever a lock without an owner keeps out, the tenant's own endpoint tells.
        """
        owner_id = self.tenant.lock_owner_id
        return owner_id if self.tenant.locked and owner_id != self.own_id else None


class TenantTree:
    """All tenants of a scope, its root included, personal tenants left out.

    Args:
        tenants: every tenant of the scope.
        root_id: the scope's root.
        above: the chain from the root up to the client's own tenant, both included; default: the root is that tenant.

    Raises:
        MalformedError: the root or a parent is not among them, so something is missing.
    """

    def __init__(self, tenants: t.Iterable[Tenant], root_id: str, above: t.Sequence[Tenant] = ()) -> None:
        self._by_id = {tenant.id: tenant for tenant in tenants}
        self.root_id = root_id
        if root_id not in self._by_id:
            raise MalformedError(f"the listing of tenant {root_id} does not contain the tenant itself")
        self._located = {root_id: Located.of(above or [self._by_id[root_id]])}
        for tenant in self._by_id.values():
            if tenant.id != root_id and tenant.parent_id not in self._by_id:
                raise MalformedError(
                    f"the listing of tenant {root_id} is incomplete: it has tenant {tenant.label}, "
                    f"but not its parent {tenant.parent_id}",
                    "Tenants may have been moved meanwhile: try again.",
                )

    def __iter__(self) -> t.Iterator[Tenant]:
        return (tenant for tenant in self._by_id.values() if tenant.owner_id is None)

    def get(self, tenant_id: str) -> Tenant | None:
        """The tenant with an id, if the scope has it."""
        return self._by_id.get(tenant_id)

    def locate(self, tenant: Tenant) -> Located:
        """Where a tenant of the tree is.

        Raises:
            MalformedError: its parents lead back to it.
        """
        known = self._located.get(tenant.id)
        if known is not None:
            return known
        # Only those that have others below them are kept: they are few, and asked for again and again.
        pending: list[Tenant] = []
        step = self._by_id[tenant.parent_id]
        while step.id not in self._located:
            pending.append(step)
            step = self._by_id[step.parent_id]
            if len(pending) > MAX_DEPTH:
                raise MalformedError(f"tenant {tenant.label} is its own ancestor in the listing")
        above = self._located[step.id]
        for step in reversed(pending):
            above = self._located[step.id] = _below(above, step)
        return _below(above, tenant)

    def located(self) -> t.Iterator[Located]:
        """Every tenant with where it is."""
        return map(self.locate, self)

    def find(self, reference: str | t.Sequence[str]) -> Located:
        """The one tenant that a reference means.

        Args:
            reference: a text is a path joined by ``/`` or just a name; a list of names is a path and nothing else.

        Raises:
            NoMatchError: none fits, or several do.
        """
        if isinstance(reference, str):
            wanted = quoted(reference)
            fitting = [
                located
                for located in self.located()
                if located.tenant.name == reference or _written_path(located) == reference
            ]
        else:
            wanted = "the path " + quoted(" / ".join(reference))
            names = tuple(reference)
            fitting = [located for located in self.located() if located.path == names]
        if not fitting:
            raise NoMatchError(
                f"no tenant below the API client's own is called {wanted}",
                "Names are compared exactly, upper and lower case included. A path leaves the client's own tenant out.",
            )
        if len(fitting) > 1:
            shown = first_few(fitting, lambda located: f"{quoted(' / '.join(located.path))} = {located.tenant.id}")
            raise NoMatchError(
                f"{len(fitting)} tenants are called {wanted}: {shown}",
                "Use tenant_id, or the whole path as a list of names.",
            )
        return fitting[0]


def _below(above: Located, tenant: Tenant) -> Located:
    return Located(tenant, (*above.path, tenant.name), (tenant, *above.chain))


def _written_path(located: Located) -> str | None:
    """The path joined by slashes, unless a name has one itself."""
    return None if any("/" in name for name in located.path) else "/".join(located.path)


def _path_of(chain: t.Sequence[Tenant]) -> tuple[str, ...]:
    """Names along a chain that ends at the client's own tenant, whose name is left out."""
    return tuple(tenant.name for tenant in reversed(chain[:-1]))
