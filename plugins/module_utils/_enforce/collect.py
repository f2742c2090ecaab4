# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evidence: the facts about every tenant of a scope that a policy decides by."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
import typing as t

from .._acronis.client import AcronisClient
from .._acronis.evidence import Evidence, Stratum, read_all, read_sample
from .._acronis.mfa import always_enabled
from .._acronis.tenants import Tenant, TenantTree, read_tree
from .._acronis.users import User, list_users
from .._errors import quoted
from .._policy.decide import Facts
from .progress import Progress

#: What a user's ``mfa_status`` says of one whom switching MFA on does not concern: a service account.
_EXEMPT = "forcibly_disabled"


@dataclasses.dataclass(frozen=True)
class Collected:
    """What was read of a scope.

    Attributes:
        tree: every tenant of the scope.
        facts: the same tenants, as a policy sees them.
        strata: what a sample showed; empty if all were read.
    """

    tree: TenantTree
    facts: list[Facts]
    strata: list[Stratum]


def collect(client: AcronisClient, scope_id: str | None, verify: str, progress: Progress) -> Collected:
    """Read a scope: all its tenants, and the MFA state of its organizations.

    Args:
        client: the connection.
        scope_id: root of the scope; default: the API client's own tenant.
        verify: ``all`` reads every organization's own endpoint, ``sample`` as few as prove the rest.
        progress: is told how far the reading is.

    Raises:
        AccessError: the tenants could not be read completely, or the server or network failed. A single tenant that
            may not be read is unknown, not an error.
    """
    progress.begin("tenants listed", 0)
    tree = read_tree(client, scope_id, progress.reached)
    # Of a scope that is a folder or a unit, the organization lies above.
    organizations = list({organization.id: organization for organization in map(tree.organization, tree)}.values())
    strata: list[Stratum] = []
    progress.begin("read", len(organizations))
    if verify == "all":
        evidence = read_all(client, organizations, progress.done)
    else:
        evidence, strata = read_sample(client, organizations, progress.done)
    return Collected(tree, [facts_of(tree, tenant, evidence[tree.organization(tenant).id]) for tenant in tree], strata)


def facts_of(tree: TenantTree, tenant: Tenant, known: Evidence) -> Facts:
    """The facts about one tenant.

    Args:
        tree: every tenant of the scope.
        tenant: one of them.
        known: of its organization's MFA.
    """
    organization = tree.organization(tenant)
    shut_out_by = tree.shut_out_by(tenant)
    state = known.state
    inherits = None if tenant.is_organization else f"{organization.kind} {organization.label}, which is {known.status}"
    return Facts(
        id=tenant.id,
        name=tenant.name,
        kind=tenant.kind,
        path=tree.path(tenant),
        parent_id=tenant.parent_id,
        pricing_mode=tenant.pricing_mode,
        enabled=tenant.enabled,
        inherits_from=inherits,
        is_root=tenant.id == tree.root_id,
        status=known.status,
        evidence=known.source,
        problem=known.problem,
        update_allowed=state.update_allowed if state is not None else None,
        shut_out=shut_out_by is not None,
        shut_out_by=shut_out_by.label if shut_out_by is not None and shut_out_by.id != tenant.id else None,
        locked=tenant.is_locked_for(tree.own_id),
        always_enabled=always_enabled(tenant),
        users_count=state.users_count if state is not None else None,
        enrolled_count=state.users_with_totp_enabled_count if state is not None else None,
    )


def with_protected_users(
    client: AcronisClient, collected: Collected, patterns: t.Sequence[str], progress: Progress
) -> list[Facts]:
    """The facts, with the protected users whom switching MFA on would lock out; see :func:`protected_users`."""
    protected = protected_users(client, collected.tree, patterns, progress)
    return [
        dataclasses.replace(one, protected=protected[one.id]) if one.id in protected else one for one in collected.facts
    ]


def protected_users(
    client: AcronisClient, tree: TenantTree, patterns: t.Sequence[str], progress: Progress
) -> dict[str, tuple[str, ...]]:
    """The protected users whom switching MFA on would lock out, by their organization's id.

    Service accounts are exempt from MFA and disabled accounts cannot sign in anyway, so neither counts.

    Args:
        client: the connection.
        tree: every tenant of the scope.
        patterns: shell patterns for logins and e-mail addresses, upper and lower case alike.
        progress: is told how far the reading is.

    Returns:
        logins in quotes, sorted.

    Raises:
        AccessError: the users could not be read completely.
    """
    expressions = [re.compile(fnmatch.translate(pattern.lower())) for pattern in patterns]
    found: dict[str, tuple[str, str]] = {}
    progress.begin("users listed", 0)
    for number, user in enumerate(list_users(client, tree.root_id, again=True), 1):
        progress.reached(number)
        tenant = tree.get(user.tenant_id)
        found.pop(user.id, None)
        if tenant is not None and _can_be_locked_out(user) and _fits(user, expressions):
            found[user.id] = tree.organization(tenant).id, quoted(user.login)
    protected: dict[str, list[str]] = {}
    for tenant_id, login in sorted(found.values()):
        protected.setdefault(tenant_id, []).append(login)
    return {tenant_id: tuple(logins) for tenant_id, logins in protected.items()}


def _can_be_locked_out(user: User) -> bool:
    return user.enabled is not False and user.mfa_status != _EXEMPT


def _fits(user: User, expressions: t.Iterable[re.Pattern[str]]) -> bool:
    names = [name.lower() for name in (user.login, user.email) if name]
    return any(expression.match(name) for expression in expressions for name in names)
