# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MFA state of many tenants, to be looked at."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import typing as t

from .._errors import ForbiddenError, MalformedError, NotFoundError, OptionError, RefusedError, trying
from .._fields import field
from .._outcome import Outcome
from .client import AcronisClient, clean_id
from .evidence import UNKNOWN, Evidence, Stratum, read_all, read_sample
from .tenants import MAX_DEPTH, Located, Tenant, read_tree, tenant_from

#: Ids that one request may name.
_BATCH = 100
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
        if self.tenant_ids is not None:
            found = _by_id(client, [clean_id(value, "tenant_ids") for value in self.tenant_ids])
        else:
            tree = read_tree(client, clean_id(self.scope_id, "scope_id") if self.scope_id is not None else None)
            found = tree.located()
        kinds = self.kinds
        if kinds is None:
            kinds = _KINDS if self.tenant_ids is None else [one.tenant.kind for one in found]
        return [one for one in found if one.tenant.kind in kinds]


def _by_id(client: AcronisClient, tenant_ids: list[str]) -> list[Located]:
    """Tenants with all that is above them, level by level, a hundred to a request."""
    if not tenant_ids:
        raise OptionError("tenant_ids is empty", "Name tenants, or leave it out for all.")
    known = _read(client, tenant_ids)
    missing = [tenant_id for tenant_id in tenant_ids if tenant_id not in known]
    if missing:
        raise NotFoundError(
            f"{len(missing)} tenants do not exist in the API client's reach: {', '.join(missing[:10])}",
            "Check the ids, and that they belong to this data center.",
        )
    personal = [known[tenant_id].label for tenant_id in tenant_ids if known[tenant_id].owner_id is not None]
    if personal:
        raise RefusedError(f"personal tenants of users have no MFA of their own: {', '.join(personal[:10])}")
    own_id, above = client.own_tenant_id(), set(known)
    for _level in range(MAX_DEPTH):
        wanted = {known[one].parent_id for one in above if one != own_id} - set(known)
        # What an API client may not see is refused or left out without a word, so the highest seen is its own tenant.
        try:
            found = _read(client, sorted(wanted))
        except (ForbiddenError, NotFoundError):
            found = _read_visible(client, sorted(wanted))
        known.update(found)
        above = set(found)
        if not above:
            break
    return [_located(known, known[tenant_id], own_id) for tenant_id in dict.fromkeys(tenant_ids)]


def _located(known: dict[str, Tenant], tenant: Tenant, own_id: str | None) -> Located:
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
    found = {}
    for tenant_id in tenant_ids:
        with contextlib.suppress(ForbiddenError, NotFoundError):
            found.update(_read(client, [tenant_id]))
    return found


def _read(client: AcronisClient, tenant_ids: t.Sequence[str]) -> dict[str, Tenant]:
    found = {}
    for start in range(0, len(tenant_ids), _BATCH):
        batch = tenant_ids[start : start + _BATCH]
        more = f" and {len(batch) - 10} more" if len(batch) > 10 else ""
        with trying(f"read tenants {', '.join(batch[:10])}{more}"):
            answer = client.get("tenants", uuids=",".join(batch), lod="full")
            for item in field(answer, "items", list, "the listing of tenants"):
                tenant = tenant_from(item)
                found[tenant.id] = tenant
    return found


def gather_mfa_info(client: AcronisClient, request: InfoRequest) -> Outcome:
    """Read the MFA state of many tenants.

    Raises:
        AccessError: the tenants could not be read completely.
    """
    located = request.find(client)
    organizations = {one.organization.id: one.organization for one in located}
    strata: list[Stratum] = []
    if request.verify == "all":
        evidence = read_all(client, organizations.values())
    else:
        evidence, strata = read_sample(client, organizations.values())
    tenants = [_as_data(one, evidence[one.organization.id]) for one in located]
    return Outcome(
        changed=False,
        values={"tenants": tenants, "summary": _summary(tenants, strata)},
        failure=_failure([one for one in located if evidence[one.organization.id].status == UNKNOWN], evidence),
    )


def _as_data(one: Located, known: Evidence) -> dict[str, t.Any]:
    tenant, state = one.tenant, known.state
    return {
        "id": tenant.id,
        "name": tenant.name,
        "kind": tenant.kind,
        "path": list(one.path),
        "parent_id": tenant.parent_id,
        "pricing_mode": tenant.pricing_mode,
        "enabled": tenant.enabled,
        "mfa": {
            "status": known.status,
            "evidence": known.source,
            "organization_id": one.organization.id,
            "listing": tenant.mfa_listing,
            "users_count": state.users_count if state is not None else None,
            "users_with_totp_enabled_count": state.users_with_totp_enabled_count if state is not None else None,
            "update_allowed": (state.update_allowed and tenant.is_organization) if state is not None else None,
        },
    }


def _summary(tenants: list[dict[str, t.Any]], strata: list[Stratum]) -> dict[str, t.Any]:
    statuses = collections.Counter(one["mfa"]["status"] for one in tenants)
    sources = collections.Counter(one["mfa"]["evidence"] for one in tenants)
    return {
        "tenants": len(tenants),
        "status": {name: statuses[name] for name in ("enabled", "disabled", "disable_in_progress", "unknown")},
        "evidence": {name: sources[name] for name in ("endpoint", "listing", "none")},
        "strata": [dataclasses.asdict(stratum) for stratum in strata],
    }


def _failure(unknown: list[Located], evidence: t.Mapping[str, Evidence]) -> str | None:
    if not unknown:
        return None
    named = "; ".join(f"{one.tenant.label}: {evidence[one.organization.id].problem}" for one in unknown[:10])
    more = f"; and {len(unknown) - 10} more" if len(unknown) > 10 else ""
    return f"MFA is unknown for {len(unknown)} of the tenants. {named}{more}"
