# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of a tenant, and what may keep its MFA from being changed."""

from __future__ import annotations

import dataclasses
import enum

from .._text import DISABLED, ENABLED, first_few


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one tenant.

    Attributes:
        path: names from below the API client's own tenant down to this one.
        inherits_from: for a folder or unit, the organization whose state it shows; else ``None``.
        is_root: whether it is the root of the scope.
        status: ``enabled``, ``disabled``, ``disable_in_progress`` or ``unknown``.
        evidence: ``endpoint``, ``listing`` or ``none``.
        problem: why the status is unknown.
        update_allowed: whether the API client may change it; ``None`` if its endpoint was not read.
        self_managing: what manages itself, as a subject: the tenant, or the first one above it that does.
        locked: whether it is locked against updates.
        lock_owner_id: the other tenant that has locked it, if it is known to be another one.
        always_enabled: whether its MFA cannot be switched off.
        users_count: active users, if its endpoint was read.
        enrolled_count: those of them who have enrolled, if its endpoint was read.
        lockouts_max: users that switching on can lock out at most, if its endpoint was read.
        protected: logins of protected users that switching on would lock out, in quotes.
    """

    id: str
    name: str
    kind: str
    path: tuple[str, ...]
    parent_id: str
    pricing_mode: str | None
    enabled: bool | None
    inherits_from: str | None
    is_root: bool
    status: str
    evidence: str
    problem: str | None
    update_allowed: bool | None
    self_managing: str | None
    locked: bool
    lock_owner_id: str | None
    always_enabled: bool
    users_count: int | None
    enrolled_count: int | None
    lockouts_max: int | None
    protected: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The path, or the name where that is empty."""
        return "/".join(self.path) or self.name


class Obstacle(enum.Enum):
    """What keeps a tenant's MFA from being changed.

    The values are the reason, as a clause about the tenant, and what a person can do about it. Source: Acronis, release
    notes of 24.09, for partners in production mode; the others are what the platform refuses.
    """

    INHERITS = (
        "a {kind} has no MFA setting of its own, it has that of {inherits_from}",
        "Change that tenant. It holds for all its folders, or units, at once.",
    )
    ALWAYS_ENABLED = (
        "a partner in production mode has to have MFA",
        "Acronis made it mandatory with release 24.09.",
    )
    MANAGES_ITSELF = (
        "{self_managing} manages itself: support access from above is switched off",
        "Its own administrator has to change the setting, or to grant support access first.",
    )
    LOCKED = (
        "the tenant is locked: only users of tenant {lock_owner_id} may change it",
        "Change it with an API client of that tenant, or lift the lock.",
    )
    LOCKED_AND_NOT_ALLOWED = (
        "the tenant is locked, and the API client may not change it (update_allowed is false)",
        "Lift the lock, or use an API client of the tenant that has locked it.",
    )
    NOT_ALLOWED = (
        "the API client may not change it (update_allowed is false)",
        "The API client needs the role of an administrator of that tenant or of one above it.",
    )
    LOCKS_OUT = (
        "it would lock out the protected user {protected}",
        "Make the user a service account, or let the user enrol first.",
    )

    def reason(self, facts: Facts) -> str:
        """Why a tenant cannot be changed, as a clause."""
        clause, _remedy = self.value
        return clause.format(
            kind=facts.kind,
            inherits_from=facts.inherits_from,
            self_managing=facts.self_managing,
            lock_owner_id=facts.lock_owner_id,
            protected=first_few(facts.protected, str, separator=", "),
        )

    @property
    def remedy(self) -> str:
        """What a person can do about it."""
        return self.value[1]


def obstacle(facts: Facts, wanted: str) -> Obstacle | None:
    """What keeps a tenant from being changed to a state that it does not have, if anything does.

    Whoever writes asks here: a task about one tenant, a policy, a plan and a roll back refuse the same tenants.

    Args:
        facts: what is known of the tenant.
        wanted: ``enabled`` or ``disabled``.
    """
    if facts.inherits_from is not None:
        return Obstacle.INHERITS
    if wanted == DISABLED and facts.always_enabled:
        return Obstacle.ALWAYS_ENABLED
    if facts.self_managing is not None:
        return Obstacle.MANAGES_ITSELF
    if facts.lock_owner_id is not None:
        return Obstacle.LOCKED
    if facts.update_allowed is False:
        return Obstacle.LOCKED_AND_NOT_ALLOWED if facts.locked else Obstacle.NOT_ALLOWED
    if wanted == ENABLED and facts.protected:
        return Obstacle.LOCKS_OUT
    return None
