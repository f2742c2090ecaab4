# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tenants: complete listings, the tree they form, their paths, and finding one by name."""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import ForbiddenError, MalformedError, NoMatchError, NotFoundError, quoted, trying
from .._fields import field, optional
from .client import AcronisClient
from .paging import pages

#: Kinds that have an MFA setting of their own. A folder inherits its partner's, a unit its customer's.
ORGANIZATION_KINDS = frozenset({"root", "partner", "customer"})
_PAGE = 5000
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

    def is_locked_for(self, own_id: str) -> bool:
        """Whether it is locked by another tenant than ``own_id``; whoever a lock without an owner keeps out, the
        tenant's own endpoint tells."""
        return self.locked and self.lock_owner_id not in (None, own_id)

    @property
    def is_organization(self) -> bool:
        """Whether it has an MFA setting of its own."""
        return self.kind in ORGANIZATION_KINDS

    @property
    def label(self) -> str:
        """Name and id for messages."""
        return f"{quoted(self.name)} ({self.id})"


def tenant_from(item: t.Any) -> Tenant:
    """Check one tenant object.

    Raises:
        MalformedError: a required field is missing, or any has the wrong type.
    """
    if not isinstance(item, dict):
        raise MalformedError(f"a tenant is a JSON {type(item).__name__}, expected an object")
    tenant_id = field(item, "id", str, "a tenant")
    where = f"tenant {tenant_id}"
    lock = optional(item, "update_lock", dict, where) or {}
    return Tenant(
        id=tenant_id,
        name=field(item, "name", str, where),
        kind=field(item, "kind", str, where),
        parent_id=field(item, "parent_id", str, where),
        pricing_mode=optional(item, "pricing_mode", str, where),
        enabled=optional(item, "enabled", bool, where),
        ancestral_access=optional(item, "ancestral_access", bool, where),
        locked=optional(lock, "enabled", bool, where) or False,
        lock_owner_id=optional(lock, "owner_id", str, where),
        mfa_listing=optional(item, "mfa_status", str, where),
        owner_id=optional(item, "owner_id", str, where),
        created_at=optional(item, "created_at", str, where),
    )


@dataclasses.dataclass(frozen=True)
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
        return _organization_of(self.chain)

    @property
    def own_id(self) -> str:
        """The client's own tenant."""
        return self.chain[-1].id

    @property
    def shut_out(self) -> bool:
        """Whether the tenant manages itself, so that the client's administrators above it have no say."""
        return self.tenant.ancestral_access is False and self.tenant.id != self.own_id

    @property
    def shut_out_by(self) -> Tenant | None:
        """The first tenant on the way up, the client's own excepted, that manages itself."""
        return next((tenant for tenant in self.chain[:-1] if tenant.ancestral_access is False), None)


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
        self._above = above
        self.own_id = above[-1].id if above else root_id
        self.root_id = root_id
        root_path = _path_of(above)
        self._paths: dict[str, tuple[str, ...]] = {root_id: root_path}
        if root_id not in self._by_id:
            raise MalformedError(f"the listing of tenant {root_id} does not contain the tenant itself")
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

    def path(self, tenant: Tenant) -> tuple[str, ...]:
        """Names from below the client's own tenant down to ``tenant``."""
        pending = []
        step = tenant
        while step.id not in self._paths:
            pending.append(step)
            step = self._by_id[step.parent_id]
            if len(pending) > MAX_DEPTH:
                raise MalformedError(f"tenant {tenant.label} is its own ancestor in the listing")
        for step in reversed(pending):
            self._paths[step.id] = (*self._paths[step.parent_id], step.name)
        return self._paths[tenant.id]

    def organization(self, tenant: Tenant) -> Tenant:
        """The tenant whose MFA setting holds for ``tenant``; the highest that can be seen, if that one cannot."""
        self.path(tenant)
        while not tenant.is_organization and tenant.id != self.root_id:
            tenant = self._by_id[tenant.parent_id]
        return tenant if tenant.is_organization else _organization_of(self._above or [tenant])

    def shut_out_by(self, tenant: Tenant) -> Tenant | None:
        """The tenant itself or the first one above it, the client's own excepted, that manages itself."""
        return self._located(tenant).shut_out_by

    def find(self, reference: str | t.Sequence[str]) -> Located:
        """The one tenant that a reference means.

        Args:
            reference: a text is a path joined by ``/`` or just a name; a list of names is a path and nothing else.

        Raises:
            NoMatchError: none fits, or several do.
        """
        if isinstance(reference, str):
            wanted = quoted(reference)
            found = [one for one in self if one.name == reference or self._written_path(one) == reference]
        else:
            wanted = "the path " + quoted(" / ".join(reference))
            names = tuple(reference)
            found = [one for one in self if self.path(one) == names]
        if not found:
            raise NoMatchError(
                f"no tenant below the API client's own is called {wanted}",
                "Names are compared exactly, upper and lower case included. A path leaves the client's own tenant out.",
            )
        if len(found) > 1:
            shown = "; ".join(f"{quoted(' / '.join(self.path(one)))} = {one.id}" for one in found[:10])
            more = f"; and {len(found) - 10} more" if len(found) > 10 else ""
            raise NoMatchError(
                f"{len(found)} tenants are called {wanted}: {shown}{more}",
                "Use tenant_id, or the whole path as a list of names.",
            )
        return self._located(found[0])

    def located(self) -> list[Located]:
        """Every tenant with where it is."""
        return [self._located(tenant) for tenant in self]

    def _located(self, tenant: Tenant) -> Located:
        chain = [tenant]
        while chain[-1].id != self.root_id:
            chain.append(self._by_id[chain[-1].parent_id])
        return Located(tenant, self.path(tenant), (*chain, *self._above[1:]))

    def _written_path(self, tenant: Tenant) -> str | None:
        path = self.path(tenant)
        return None if any("/" in name for name in path) else "/".join(path)


def _path_of(chain: t.Sequence[Tenant]) -> tuple[str, ...]:
    """Names along a chain that ends at the client's own tenant, whose name is left out."""
    return tuple(tenant.name for tenant in reversed(chain[:-1]))


def _organization_of(chain: t.Sequence[Tenant]) -> Tenant:
    return next((tenant for tenant in chain if tenant.is_organization), chain[-1])


def read_tenant(client: AcronisClient, tenant_id: str) -> Tenant:
    """One tenant by its id.

    Raises:
        AccessError: it cannot be read.
    """
    with trying(f"read tenant {tenant_id}"):
        tenant = tenant_from(client.get("tenants", tenant_id))
        if tenant.id != tenant_id:
            raise MalformedError(f"asked for tenant {tenant_id}, the answer describes {tenant.id}")
        return tenant


def _ancestors(client: AcronisClient, tenant: Tenant) -> list[Tenant]:
    """The chain from ``tenant`` up to the client's own tenant, both included.

    Where the client's own tenant is not known (only a token was given), the highest one that can be read is it: an
    API client sees its tenant and those below, nothing above.
    """
    own_id = client.own_tenant_id()
    chain = [tenant]
    while chain[-1].id != own_id and chain[-1].parent_id != chain[-1].id:
        if len(chain) > MAX_DEPTH:
            raise MalformedError(f"tenant {tenant.label} has no end of parents")
        try:
            chain.append(read_tenant(client, chain[-1].parent_id))
        except (ForbiddenError, NotFoundError):
            if own_id is None:
                break
            raise
    return chain


def _is_deleted(client: AcronisClient, item: t.Mapping[str, t.Any], tenant_id: str) -> bool:
    """Whether a tenant that was listed with the deleted ones is one; the guide's samples do not say it."""
    if "deleted_at" in item:
        return item["deleted_at"] is not None
    try:
        read_tenant(client, tenant_id)
    except NotFoundError:
        return True
    return False


def locate(client: AcronisClient, tenant_id: str) -> Located:
    """A tenant by its id, with its path and its organization: one request, and one for each level above.

    Raises:
        AccessError: it, or one above it, cannot be read.
    """
    chain = _ancestors(client, read_tenant(client, tenant_id))
    return Located.of(chain)


def read_tree(
    client: AcronisClient, scope_id: str | None = None, listed: t.Callable[[int], None] = lambda _count: None
) -> TenantTree:
    """Every tenant of a scope; a listing that cannot be read to its end is an error, never a short list.

    The pages are followed to the end of the cursor. Whatever changed meanwhile is then asked for once more, so a
    tenant that moved between two pages is neither lost nor doubled.

    Args:
        client: the connection.
        scope_id: the scope's root; default: the client's own tenant.
        listed: called after each page with the number of tenants so far.

    Raises:
        OptionError: the scope is not given and cannot be found out.
        AccessError: something could not be read.
    """
    root_id = client.scope_root(scope_id)
    with trying(f"list the tenants below {root_id}"):
        tenants: dict[str, Tenant] = {}
        since = ""
        moved: list[str] = []
        for page in pages(client, "tenants", _PAGE, subtree_root_id=root_id):
            since = since or page.timestamp
            tenants.update((tenant.id, tenant) for tenant in map(tenant_from, page.items))
            listed(len(tenants))
        for page in pages(client, "tenants", _PAGE, subtree_root_id=root_id, updated_since=since, allow_deleted="true"):
            for item in page.items:
                tenant = tenant_from(item)
                before = tenants.pop(tenant.id, None)
                if _is_deleted(client, item, tenant.id):
                    continue
                tenants[tenant.id] = tenant
                arrived = before is None or before.parent_id != tenant.parent_id
                if arrived and item.get("has_children") is not False:
                    moved.append(tenant.id)
        for tenant_id in moved:
            # What is below a tenant moves with it without being changed itself, from behind the cursor to before it.
            for page in pages(client, "tenants", _PAGE, subtree_root_id=tenant_id):
                tenants.update((tenant.id, tenant) for tenant in map(tenant_from, page.items))
        above = _ancestors(client, tenants[root_id]) if scope_id is not None and root_id in tenants else []
        return TenantTree(tenants.values(), root_id, above)
