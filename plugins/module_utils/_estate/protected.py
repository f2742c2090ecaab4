# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Protected users: whom switching MFA on must not lock out."""

from __future__ import annotations

import typing as t

from .._acronis.client import AcronisClient
from .._acronis.tree import TenantTree
from .._acronis.users import User, list_users
from .._policy.match import NamePattern
from .._progress import Progress
from .._text import comparable, quoted

#: What a user's ``mfa_status`` says of one whom switching MFA on does not concern: a service account.
_EXEMPT = "forcibly_disabled"


def protected_users(
    client: AcronisClient, tree: TenantTree, patterns: t.Sequence[NamePattern], progress: Progress
) -> dict[str, tuple[str, ...]]:
    """The protected users whom switching MFA on would lock out, by their organization's id.

    Service accounts are exempt from MFA and disabled accounts cannot sign in anyway, so neither counts.

    Args:
        client: the connection.
        tree: every tenant of the scope.
        patterns: patterns for logins and e-mail addresses, upper and lower case alike.
        progress: is told how far the reading is.

    Returns:
        logins in quotes, sorted.

    Raises:
        AccessError: the users could not be read completely.
    """
    fitting: dict[str, tuple[str, str]] = {}
    progress.begin("users listed", 0)
    for number, user in enumerate(list_users(client, tree.root_id, again=True), 1):
        progress.reached(number)
        tenant = tree.get(user.tenant_id)
        fitting.pop(user.id, None)
        if tenant is not None and _can_be_locked_out(user) and _fits(user, patterns):
            fitting[user.id] = tree.locate(tenant).organization.id, quoted(user.login)
    protected: dict[str, list[str]] = {}
    for tenant_id, login in sorted(fitting.values()):
        protected.setdefault(tenant_id, []).append(login)
    return {tenant_id: tuple(logins) for tenant_id, logins in protected.items()}


def _can_be_locked_out(user: User) -> bool:
    return user.enabled is not False and user.mfa_status != _EXEMPT


def _fits(user: User, patterns: t.Iterable[NamePattern]) -> bool:
    names = [comparable(name) for name in (user.login, user.email) if name]
    return any(pattern.fits(name) for pattern in patterns for name in names)
