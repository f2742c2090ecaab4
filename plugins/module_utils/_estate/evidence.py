# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the MFA state of many tenants is known: read from each one's own endpoint, or proven from a sample.

A listing's ``mfa_status`` uses the words of users' states, and how they correspond to a tenant's own state is nowhere
documented. So it is a hint until a sample has shown what each word means for each kind of tenant, here and now.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import typing as t

from .._acronis.client import AcronisClient
from .._acronis.mfa import MfaState, read_mfa
from .._acronis.tenants import read_tenant
from .._acronis.tree import Tenant
from .._errors import (
    AccessError,
    ForbiddenError,
    LostError,
    MalformedError,
    NotFoundError,
    RejectedError,
    ServerError,
)
from .._pool import in_parallel
from .._text import DISABLED, ENABLED, ENDPOINT, LISTING, NONE, UNKNOWN

#: Tenants of a stratum that are read before the rest is believed.
SAMPLE_SIZE = 20
#: Tenants in a row that may fail for reasons of their own.
_PATIENCE = 20
#: The listing's words that the vendor documents (for users). Any other is read, never inferred.
_LISTING_WORDS = frozenset({"disabled", "forcibly_disabled", "setup_required", "enabled"})


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one organization's MFA.

    Attributes:
        status: as the tenant's own endpoint says it, or ``unknown``.
        source: ``endpoint`` if it was read there, ``listing`` if it was inferred, ``none`` if it is unknown.
        state: the whole answer of the endpoint, if it was read.
        error: why it is unknown.
    """

    status: str
    source: str
    state: MfaState | None = None
    error: AccessError | None = None

    @property
    def problem(self) -> str | None:
        """Why it is unknown, in words."""
        return str(self.error) if self.error is not None else None

    @property
    def gone(self) -> bool:
        """Whether it is unknown because there is no such tenant."""
        return isinstance(self.error, NotFoundError)


@dataclasses.dataclass(frozen=True, slots=True)
class Stratum:
    """What a sample showed of the organizations of one kind with one word in the listing.

    Attributes:
        kind: the tenants' kind.
        listing: the listing's word.
        count: how many there are.
        read: how many of them were read from their own endpoint.
        status: what the word means, or ``None`` if all were read because it has no single meaning.
        bound_percent: with 95 % confidence, at most this share of the tenants differs from ``status``; 0 if all were
            read.
    """

    kind: str
    listing: str | None
    count: int
    read: int
    status: str | None
    bound_percent: float


class Reader:
    """Reads organizations' own endpoints; one that cannot be read is unknown, until it seems that none can.

    Args:
        client: the connection.
    """

    def __init__(self, client: AcronisClient) -> None:
        self._client = client
        self._in_a_row = 0

    def read(self, organization_id: str) -> Evidence:
        """One organization by its id.

        Raises:
            AccessError: nothing can be said of any tenant: no connection, no valid credentials, no end of the server's
                wish to wait, or 20 tenants in a row that could not be read.
        """
        try:
            state = read_mfa(self._client, organization_id)
        except (ForbiddenError, NotFoundError) as error:
            return Evidence(UNKNOWN, NONE, error=error)
        except (ServerError, LostError, MalformedError, RejectedError) as error:
            self._in_a_row += 1
            if self._in_a_row >= _PATIENCE:
                raise
            return Evidence(UNKNOWN, NONE, error=error)
        self._in_a_row = 0
        return Evidence(state.status, ENDPOINT, state)


def read_evidence(
    client: AcronisClient,
    organizations: t.Iterable[Tenant],
    verify: str,
    done: t.Callable[[], None] = lambda: None,
) -> tuple[dict[str, Evidence], list[Stratum]]:
    """Evidence about organizations by tenant id, and what a sample showed.

    Args:
        client: the connection.
        organizations: what to read.
        verify: ``all`` reads every organization's own endpoint, ``sample`` as few as prove the rest.
        done: called after each.

    Raises:
        AccessError: the server or the network failed altogether.
    """
    if verify == "sample":
        return read_sample(client, organizations, done)
    return read_all(client, organizations, done), []


def read_all(
    client: AcronisClient, organizations: t.Iterable[Tenant], done: t.Callable[[], None] = lambda: None
) -> dict[str, Evidence]:
    """Every organization's own endpoint, by tenant id; ``done`` is called after each.

    Raises:
        AccessError: the server or the network failed altogether.
    """
    tenant_ids = [organization.id for organization in organizations]
    evidence = in_parallel(Reader(client).read, tenant_ids, client.concurrency, lambda _evidence: done())
    return dict(zip(tenant_ids, evidence, strict=True))


def read_sample(
    client: AcronisClient, organizations: t.Iterable[Tenant], done: t.Callable[[], None] = lambda: None
) -> tuple[dict[str, Evidence], list[Stratum]]:
    """Evidence by tenant id from as few requests as it allows, and what it rests on.

    Of each stratum (kind and listing value) 20 tenants, or all, are read. If they agree, the rest is inferred. If they
    do not, those that differ are looked at again, for they may just have been switched; if a difference remains, the
    whole stratum is read.

    Raises:
        AccessError: the server or the network failed.
    """
    by_stratum = sorted(organizations, key=lambda tenant: (*_stratum_of(tenant), _order(tenant)))
    groups = [list(group) for _stratum, group in itertools.groupby(by_stratum, _stratum_of)]
    first = [tenant for group in groups for tenant in group[: _sample_size(group)]]
    evidence = read_all(client, first, done)
    strata = [_conclude(client, group, evidence, done) for group in groups]
    return evidence, strata


def _stratum_of(tenant: Tenant) -> tuple[str, str]:
    return tenant.kind, tenant.mfa_listing or ""


def _order(tenant: Tenant) -> str:
    """A stable order that has nothing to do with who a tenant is."""
    return hashlib.sha256(tenant.id.encode()).hexdigest()


def _sample_size(group: list[Tenant]) -> int:
    return SAMPLE_SIZE if group[0].mfa_listing in _LISTING_WORDS else len(group)


def _conclude(
    client: AcronisClient, group: list[Tenant], evidence: dict[str, Evidence], done: t.Callable[[], None]
) -> Stratum:
    """Complete ``evidence`` for one stratum."""
    sampled, rest = group[: _sample_size(group)], group[_sample_size(group) :]
    kind, listing = group[0].kind, group[0].mfa_listing
    agreed = _agreed_status(client, sampled, evidence) if rest else None
    if agreed is None:
        evidence.update(read_all(client, rest, done))
        answers = {evidence[tenant.id].status for tenant in group}
        status = answers.pop() if len(answers) == 1 and UNKNOWN not in answers else None
        return Stratum(kind, listing, len(group), len(group), status, 0.0)
    for tenant in rest:
        evidence[tenant.id] = Evidence(agreed, LISTING)
        done()
    # With n of n answers equal, a share of deviations above 1 - 0.05^(1/n) would have shown with 95 % probability.
    bound = 100.0 * (1.0 - 0.05 ** (1.0 / len(sampled)))
    return Stratum(kind, listing, len(group), len(sampled), agreed, round(bound, 1))


def _agreed_status(client: AcronisClient, sampled: list[Tenant], evidence: dict[str, Evidence]) -> str | None:
    """The one status that a sample shows, or ``None``."""
    counts: dict[str, int] = {}
    for tenant in sampled:
        status = evidence[tenant.id].status
        counts[status] = counts.get(status, 0) + 1
    common = max(counts, key=lambda status: counts[status])
    if common not in (ENABLED, DISABLED):
        return None
    for tenant in sampled:
        if evidence[tenant.id].status != common and not _was_switched(client, tenant, common, evidence):
            return None
    return common


def _was_switched(client: AcronisClient, tenant: Tenant, common: str, evidence: dict[str, Evidence]) -> bool:
    """Whether a tenant that differs from its stratum no longer does, or has left it, when both are read again."""
    evidence[tenant.id] = Reader(client).read(tenant.id)
    if evidence[tenant.id].status == UNKNOWN:
        return False
    return evidence[tenant.id].status == common or read_tenant(client, tenant.id).mfa_listing != tenant.mfa_listing
