# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading tenants: one by its id, many by their ids, or a whole scope."""

from __future__ import annotations

import contextlib
import typing as t

from .._errors import ForbiddenError, MalformedError, NotFoundError, RefusedError, trying
from .._fields import field, optional
from .._text import first_few
from .client import AcronisClient
from .paging import pages
from .tree import MAX_DEPTH, Located, Tenant, TenantTree

_PAGE = 5000
#: Ids that one request may name.
_BATCH = 100


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


def locate(client: AcronisClient, tenant_id: str) -> Located:
    """A tenant by its id, with its path and its organization: one request, and one for each level above.

    Raises:
        AccessError: it, or one above it, cannot be read.
    """
    return Located.of(_chain_of(client, read_tenant(client, tenant_id)))


def _chain_of(client: AcronisClient, tenant: Tenant) -> list[Tenant]:
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


def locate_all(client: AcronisClient, tenant_ids: t.Sequence[str]) -> list[Located]:
    """Tenants by their ids, with all that is above them: level by level, a hundred to a request.

    Args:
        client: the connection.
        tenant_ids: at least one; one that stands there twice is returned once.

    Raises:
        NotFoundError: some do not exist, or are not in the API client's reach.
        RefusedError: some are personal tenants.
        AccessError: they could not be read.
    """
    known = _read_batches(client, tenant_ids)
    missing = [tenant_id for tenant_id in tenant_ids if tenant_id not in known]
    if missing:
        raise NotFoundError(
            f"{len(missing)} tenants do not exist in the API client's reach: {first_few(missing, str, separator=', ')}",
            "Check the ids, and that they belong to this data center.",
        )
    personal = [known[tenant_id].label for tenant_id in tenant_ids if known[tenant_id].owner_id is not None]
    if personal:
        shown = first_few(personal, str, separator=", ")
        raise RefusedError(f"personal tenants of users have no MFA of their own: {shown}")
    own_id, level = client.own_tenant_id(), set(known)
    for _level in range(MAX_DEPTH):
        wanted = {known[tenant_id].parent_id for tenant_id in level if tenant_id != own_id} - set(known)
        # What an API client may not see is refused or left out without a word, so the highest seen is its own tenant.
        try:
            above = _read_batches(client, sorted(wanted))
        except (ForbiddenError, NotFoundError):
            above = _read_visible(client, sorted(wanted))
        known.update(above)
        level = set(above)
        if not level:
            break
    return [_located_among(known, known[tenant_id], own_id) for tenant_id in dict.fromkeys(tenant_ids)]


def _located_among(known: dict[str, Tenant], tenant: Tenant, own_id: str | None) -> Located:
    chain = [tenant]
    while chain[-1].id != own_id and chain[-1].parent_id in known and chain[-1].parent_id != chain[-1].id:
        chain.append(known[chain[-1].parent_id])
        if len(chain) > MAX_DEPTH:
            raise MalformedError(f"tenant {tenant.label} has no end of parents")
    if own_id is not None and chain[-1].id != own_id:
        raise MalformedError(
            f"the answer about tenant {tenant.label} is incomplete: what is above {chain[-1].label} is missing",
            "Try again.",
        )
    return Located.of(chain)


def _read_visible(client: AcronisClient, tenant_ids: t.Sequence[str]) -> dict[str, Tenant]:
    """Those of the tenants that the API client may see, asked for one by one."""
    visible: dict[str, Tenant] = {}
    for tenant_id in tenant_ids:
        with contextlib.suppress(ForbiddenError, NotFoundError):
            visible.update(_read_batches(client, [tenant_id]))
    return visible


def _read_batches(client: AcronisClient, tenant_ids: t.Sequence[str]) -> dict[str, Tenant]:
    """Those of the tenants that there are, by id."""
    known: dict[str, Tenant] = {}
    for start in range(0, len(tenant_ids), _BATCH):
        batch = tenant_ids[start : start + _BATCH]
        with trying(f"read tenants {first_few(batch, str, separator=', ')}"):
            answer = client.get("tenants", uuids=",".join(batch), lod="full")
            for item in field(answer, "items", list, "the listing of tenants"):
                tenant = tenant_from(item)
                known[tenant.id] = tenant
    return known


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
        above = _chain_of(client, tenants[root_id]) if scope_id is not None and root_id in tenants else []
        return TenantTree(tenants.values(), root_id, above)


def _is_deleted(client: AcronisClient, item: t.Mapping[str, t.Any], tenant_id: str) -> bool:
    """Whether a tenant that was listed with the deleted ones is one; the guide's samples do not say it."""
    if "deleted_at" in item:
        return item["deleted_at"] is not None
    try:
        read_tenant(client, tenant_id)
    except NotFoundError:
        return True
    return False
