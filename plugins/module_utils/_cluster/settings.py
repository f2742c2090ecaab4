# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the connection options of a DoCluster node mean: checked, and which session is meant."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from .._http import HttpSettings
from .._options import http_settings, server_url

#: Options of the group ``cluster`` that say which session is meant.
CLUSTER_IDENTITY = ("username", "password", "access_token", "token_path")


@dataclasses.dataclass(frozen=True)
class ClusterSettings:
    """Everything about a connection to a DoCluster node, checked.

    Attributes:
        url: the node, ``http://HOST:3033``.
        username: user to log in as, or whose kept token may be used; ``None`` if not given.
        password: that user's password.
        access_token: a session's token to use.
        token_path: a private file that keeps the session's token.
        http: how to reach the node.
        poll: seconds between two looks while the cluster elects its master, which takes three to five in all.
    """

    url: str
    username: str | None
    password: str | None = dataclasses.field(repr=False)
    access_token: str | None = dataclasses.field(repr=False)
    token_path: str | None
    http: HttpSettings
    poll: float = 0.5


def cluster_settings(
    options: t.Mapping[str, t.Any], environment: t.Mapping[str, str | None] | None = None
) -> ClusterSettings:
    """Check the connection options of a module of the group ``cluster`` and bring them into shape.

    An explicit option beats the environment: a token from the environment is not used where the task names a user or
    a token file of its own. An empty text counts as not given.

    Args:
        options: value of every connection option of the group ``cluster``.
        environment: the variables to consult; default: those of this process.

    Raises:
        OptionError: an option cannot be used; the message names it.
    """
    variables = os.environ if environment is None else environment
    given = {name: options[name] or None for name in CLUSTER_IDENTITY}
    values = {name: given[name] or variables.get(f"DOCLUSTER_{name.upper()}") or None for name in CLUSTER_IDENTITY}
    if not given["access_token"] and (given["username"] or given["password"] or given["token_path"]):
        values["access_token"] = None
    if given["access_token"] and not given["token_path"]:
        values["token_path"] = None
    if values["token_path"]:
        values["token_path"] = os.path.abspath(os.path.expanduser(values["token_path"]))
    return ClusterSettings(
        url=server_url("url", options["url"] or "", "/api", example="http://node1.example.com:3033").removesuffix(
            "/api"
        ),
        username=values["username"],
        password=values["password"],
        access_token=values["access_token"],
        token_path=values["token_path"],
        http=http_settings(options, concurrency=1),
    )
