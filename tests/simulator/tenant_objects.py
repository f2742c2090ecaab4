# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tenant object in its levels of detail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .estate.model import Tenant
from .mfa import listing_state
from .stamps import stamp, version

if TYPE_CHECKING:
    from .world import World

DEFAULT_IDP = "11111111-1111-1111-1111-111111111111"
BRAND = "2d1b5e36-7a0c-4c1e-9d5e-0f6b8a7c4e21"
STAMPS = ("id", "version", "created_at", "updated_at", "deleted_at")
BASIC = (*STAMPS, "name", "kind", "parent_id", "customer_type", "enabled", "owner_id", "has_children", "internal_tag")
# The fields of the samples in the vendor's guide.
GUIDE = (
    "ancestral_access",
    "brand_id",
    "contact",
    "customer_id",
    "customer_type",
    "default_idp_id",
    "enabled",
    "has_children",
    "id",
    "internal_tag",
    "kind",
    "language",
    "name",
    "owner_id",
    "parent_id",
    "pricing_mode",
    "update_lock",
    "version",
)
NO_CONTACT: dict[str, Any] = {
    "types": [],
    "email": None,
    "address1": None,
    "address2": None,
    "country": None,
    "state": None,
    "city": None,
    "zipcode": None,
    "phone": None,
    "firstname": None,
    "lastname": None,
    "title": None,
    "website": None,
    "industry": None,
    "organization_size": None,
    "email_confirmed": False,
    "aan": None,
}


def tenant_object(world: World, tenant: Tenant, lod: str = "full", with_contacts: bool = False) -> dict[str, Any]:
    """The tenant as the API shows it; ``lod`` is stamps, basic or full."""
    created, updated = stamp(world, tenant.created_at), stamp(world, tenant.updated_at)
    deleted = None if tenant.deleted_at is None else stamp(world, tenant.deleted_at)
    content: dict[str, Any] = {
        "id": tenant.id,
        "version": version(world, tenant.version, tenant.updated_at),
        "created_at": created,
        "updated_at": updated,
        "deleted_at": deleted,
    }
    if lod == "stamps":
        return content
    content.update(
        name=tenant.name,
        kind=tenant.kind,
        parent_id=tenant.parent.id if tenant.parent else tenant.id,
        customer_type="default",
        enabled=tenant.enabled,
        owner_id=tenant.owner_id,
        has_children=tenant.has_children,
        internal_tag=None,
    )
    if lod == "basic":
        return content
    # The id of a contact only has to be unique; the id of user 65535 of the tenant is one that no user has.
    contact_id = world.estate.people.id_of(tenant.ordinal, 0xFFFF)
    contact = {"id": contact_id, "created_at": created, "updated_at": created, **NO_CONTACT}
    lock = tenant.lock_owner
    content.update(
        customer_id=None,
        ancestral_access=tenant.ancestral_access,
        update_lock={"enabled": lock is not None, "owner_id": lock},
        pricing_mode=tenant.pricing_mode,
        production_start_date=created if tenant.pricing_mode == "production" else None,
        default_idp_id=DEFAULT_IDP,
        brand_id=1,
        brand_uuid=BRAND,
        brand_enabled=False,
        barrier=0,
        language="en",
        external_operation_status=None,
        contact=contact,
        contacts=[{**contact, "types": ["primary"]}] if with_contacts else [],
    )
    mfa_status = listing_state(world, tenant)
    if mfa_status is not None:
        content["mfa_status"] = mfa_status
    if world.switches.on("guide_sample_fields"):
        content = {field: content[field] for field in GUIDE}
    return content
