# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task acronis_tenant_mfa_info does: read the MFA state of many tenants."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from .._acronis.client import AcronisClient
from .._acronis.tenants import locate_all, read_tree
from .._acronis.tree import Located
from .._errors import OptionError
from .._estate.evidence import Evidence, Stratum, read_evidence
from .._options import clean_id
from .._text import SOURCES, STATES, UNKNOWN, first_few
from .outcome import Outcome

#: Kinds that are read unless others are asked for.
_KINDS = ["partner", "customer"]


@dataclasses.dataclass(frozen=True)
class InfoRequest:
    """What a task wants to know of.

    Attributes:
        tenant_ids: these tenants, or
        scope_id: all below this one; default: the API client's own tenant.
        kinds: of them, those of these kinds; ``None`` for partners and customers, or all that are named by id.
        verify: ``all`` or ``sample``.
    """

    tenant_ids: list[str] | None
    scope_id: str | None
    kinds: list[str] | None
    verify: str

    def find(self, client: AcronisClient) -> list[Located]:
        """The tenants, in the order of their ids in the request or of the listing.

        Raises:
            AccessError: one of them does not exist, or may not be read.
        """
        if self.kinds is not None and not self.kinds:
            raise OptionError("kinds is an empty list", "Leave it out for the default.")
        if self.tenant_ids is not None and not self.tenant_ids:
            raise OptionError("tenant_ids is empty", "Name tenants, or leave it out for all.")
        if self.tenant_ids is not None:
            named = locate_all(client, [clean_id(value, "tenant_ids") for value in self.tenant_ids])
            return [located for located in named if self.kinds is None or located.tenant.kind in self.kinds]
        scope_id = clean_id(self.scope_id, "scope_id") if self.scope_id is not None else None
        kinds = _KINDS if self.kinds is None else self.kinds
        return [located for located in read_tree(client, scope_id).located() if located.tenant.kind in kinds]


def gather_mfa_info(client: AcronisClient, request: InfoRequest) -> Outcome:
    """Read the MFA state of many tenants.

    Raises:
        AccessError: the tenants could not be read completely.
    """
    estate = request.find(client)
    organizations = {located.organization.id: located.organization for located in estate}
    evidence, strata = read_evidence(client, organizations.values(), request.verify)
    unknown = [located for located in estate if evidence[located.organization.id].status == UNKNOWN]
    tenants = [_as_data(located, evidence[located.organization.id]) for located in estate]
    return Outcome(
        changed=False,
        values={"tenants": tenants, "summary": _summary(tenants, strata)},
        failure=_failure(unknown, evidence),
    )


def _as_data(located: Located, known: Evidence) -> dict[str, t.Any]:
    tenant, state = located.tenant, known.state
    return {
        "id": tenant.id,
        "name": tenant.name,
        "kind": tenant.kind,
        "path": list(located.path),
        "parent_id": tenant.parent_id,
        "pricing_mode": tenant.pricing_mode,
        "enabled": tenant.enabled,
        "mfa": {
            "status": known.status,
            "evidence": known.source,
            "organization_id": located.organization.id,
            "listing": tenant.mfa_listing,
            "users_count": state.users_count if state is not None else None,
            "users_with_totp_enabled_count": state.users_with_totp_enabled_count if state is not None else None,
            "update_allowed": (state.update_allowed and tenant.is_organization) if state is not None else None,
        },
    }


def _summary(tenants: list[dict[str, t.Any]], strata: list[Stratum]) -> dict[str, t.Any]:
    statuses = collections.Counter(tenant["mfa"]["status"] for tenant in tenants)
    sources = collections.Counter(tenant["mfa"]["evidence"] for tenant in tenants)
    return {
        "tenants": len(tenants),
        "status": {name: statuses[name] for name in (*STATES, UNKNOWN)},
        "evidence": {name: sources[name] for name in SOURCES},
        "strata": [dataclasses.asdict(stratum) for stratum in strata],
    }


def _failure(unknown: list[Located], evidence: t.Mapping[str, Evidence]) -> str | None:
    if not unknown:
        return None
    named = first_few(unknown, lambda located: f"{located.tenant.label}: {evidence[located.organization.id].problem}")
    return f"MFA is unknown for {len(unknown)} of the tenants. {named}"
