# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts about a tenant that a policy decides by, from what was read of it."""

from __future__ import annotations

from .._acronis.tree import Located
from .._policy.facts import Facts
from .evidence import Evidence


def facts_of(located: Located, known: Evidence, *, is_root: bool = False) -> Facts:
    """The facts about one tenant.

    Args:
        located: the tenant.
        known: what is known of its organization's MFA.
        is_root: whether it is the root of the scope.
    """
    tenant, state = located.tenant, known.state
    manager = located.self_managing
    return Facts(
        id=tenant.id,
        name=tenant.name,
        kind=tenant.kind,
        path=located.path,
        parent_id=tenant.parent_id,
        pricing_mode=tenant.pricing_mode,
        enabled=tenant.enabled,
        inherits_from=None if tenant.is_organization else f"{_organization_of(located)}, which is {known.status}",
        is_root=is_root,
        status=known.status,
        evidence=known.source,
        problem=known.problem,
        update_allowed=state.update_allowed if state is not None else None,
        self_managing=None if manager is None else "the tenant" if manager.id == tenant.id else manager.label,
        locked=tenant.locked,
        lock_owner_id=located.lock_owner_id,
        always_enabled=tenant.always_enabled,
        users_count=state.users_count if state is not None else None,
        enrolled_count=state.users_with_totp_enabled_count if state is not None else None,
        lockouts_max=state.lockouts_max if state is not None else None,
    )


def _organization_of(located: Located) -> str:
    organization = located.organization
    if organization.is_organization:
        return f"{organization.kind} {organization.label}"
    return f"a tenant that this API client cannot see, {organization.parent_id} or one above it"
