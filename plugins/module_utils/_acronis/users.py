# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users: finding one by login, external id or id.

The API has no lookup by login. Its search matches parts of names and shows a few results only, so whatever it returns
is compared, and whoever it does not show is looked for in the complete listing before being called absent.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import MalformedError, NoMatchError, OptionError, trying
from .._fields import field, optional
from .._options import clean_id
from .._text import comparable, first_few, quoted
from .client import AcronisClient
from .paging import pages

_PAGE = 2000
_SEARCH_LIMIT = "100"


@dataclasses.dataclass(frozen=True, slots=True)
class User:
    """What this collection uses of a user; fields that the server may leave out are ``None``."""

    id: str
    login: str
    tenant_id: str
    enabled: bool | None
    activated: bool | None
    external_id: str | None
    email: str | None
    mfa_status: str | None

    @property
    def label(self) -> str:
        """Login and id for messages."""
        return f"{quoted(self.login)} ({self.id})"


def user_from(item: t.Any) -> User:
    """Check one user object.

    Raises:
        MalformedError: a required field is missing, or any has the wrong type.
    """
    if not isinstance(item, dict):
        raise MalformedError(f"a user is a JSON {type(item).__name__}, expected an object")
    user_id = field(item, "id", str, "a user")
    where = f"user {user_id}"
    contact = optional(item, "contact", dict, where) or {}
    return User(
        id=user_id,
        login=field(item, "login", str, where),
        tenant_id=field(item, "tenant_id", str, where),
        enabled=optional(item, "enabled", bool, where),
        activated=optional(item, "activated", bool, where),
        external_id=optional(item, "external_id", str, where),
        email=optional(contact, "email", str, where),
        mfa_status=optional(item, "mfa_status", str, where),
    )


@dataclasses.dataclass(frozen=True)
class UserReference:
    """How a task names a user: by exactly one of these."""

    login: str | None = None
    external_id: str | None = None
    user_id: str | None = None

    def as_body(self) -> dict[str, str]:
        """The one that is given, as the one-time token's request wants it.

        Raises:
            OptionError: it is empty, or ``user_id`` is no id.
        """
        given = {name: value for name, value in dataclasses.asdict(self).items() if value is not None}
        name, value = next(iter(given.items()))
        if not value.strip():
            raise OptionError(f"{name} is empty", "Name a user.")
        return {name: clean_id(value, name) if name == "user_id" else value}

    def __str__(self) -> str:
        name, value = next(iter(self.as_body().items()))
        return f"{name} {quoted(value)}"


def read_user(client: AcronisClient, user_id: str) -> User:
    """One user by id.

    Raises:
        AccessError: it cannot be read.
    """
    with trying(f"read user {user_id}"):
        user = user_from(client.get("users", user_id))
        if user.id != user_id:
            raise MalformedError(f"asked for user {user_id}, the answer describes {user.id}")
        return user


def find_user(client: AcronisClient, reference: UserReference, root_id: str) -> User:
    """The one user that a reference means.

    Args:
        client: the connection.
        reference: who.
        root_id: the tenant to look in and below.

    Raises:
        NoMatchError: there is none, or several have the same external id.
        AccessError: a request failed.
    """
    wanted = reference.as_body()
    if "user_id" in wanted:
        return read_user(client, wanted["user_id"])
    with trying(f"find the user with {reference}"):
        if "login" in wanted:
            return _by_login(client, wanted["login"], root_id)
        users = [user for user in list_users(client, root_id) if user.external_id == wanted["external_id"]]
        return _the_only(users, "have it", "Use user_id.")


def _the_only(users: t.Sequence[User], alike: str, remedy: str) -> User:
    if len(users) > 1:
        shown = first_few(users, lambda user: user.label, separator=", ")
        raise NoMatchError(f"{len(users)} users {alike}: {shown}", remedy)
    if not users:
        raise NoMatchError(
            "there is no such user in the API client's tenant or below", "Check the spelling and the data center."
        )
    return users[0]


def _by_login(client: AcronisClient, login: str, root_id: str) -> User:
    """The very same letters come first; another spelling counts only where it is the only one."""
    answer = client.get("search", tenant=root_id, text=login, limit=_SEARCH_LIMIT)
    for hit in field(answer, "items", list, "the search"):
        if isinstance(hit, dict) and hit.get("obj_type") == "user" and hit.get("login") == login:
            return read_user(client, field(hit, "id", str, "the search"))
    alike = []
    for user in list_users(client, root_id):
        if user.login == login:
            return user
        if comparable(user.login) == comparable(login):
            alike.append(user)
    return _the_only(alike, "have it in other letters", "Write it as the platform does.")


def list_users(client: AcronisClient, root_id: str, *, again: bool = False) -> t.Iterator[User]:
    """Every user of a tenant and of those below; one request for every 2000.

    Args:
        client: the connection.
        root_id: the tenant.
        again: ask once more at the end for those who changed meanwhile; they come a second time, as they are then.

    Raises:
        AccessError: the listing could not be read to its end.
    """
    with trying(f"list the users below {root_id}"):
        since = ""
        for page in pages(client, "users", _PAGE, subtree_root_tenant_id=root_id):
            since = since or page.timestamp
            yield from map(user_from, page.items)
        if again:
            for page in pages(client, "users", _PAGE, subtree_root_tenant_id=root_id, updated_since=since):
                yield from map(user_from, page.items)
