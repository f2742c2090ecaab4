# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options of a DoCluster node, and which session they mean."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from .._http import HttpSettings
from .._options import env_option, http_settings, server_url

#: Options of the group ``cluster`` that say which session is meant.
CLUSTER_IDENTITY = ("username", "password", "access_token", "token_path")


def cluster_argument_spec() -> dict[str, dict[str, t.Any]]:
    """The connection options that all modules of the group ``cluster`` share."""
    return {
        "url": env_option("str", "DOCLUSTER_URL", required=True),
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "access_token": {"type": "str", "no_log": True},
        "token_path": {"type": "path", "no_log": False},
        "validate_certs": env_option("bool", "DOCLUSTER_VALIDATE_CERTS", default=True),
        "ca_path": env_option("path", "DOCLUSTER_CA_PATH"),
        "proxy": env_option("str", "DOCLUSTER_PROXY", no_log=True),
        "timeout": env_option("int", "DOCLUSTER_TIMEOUT", default=30),
    }


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
        options: value of every option of :func:`cluster_argument_spec`.
        environment: the variables to consult; default: those of this process.

    Raises:
        OptionError: an option cannot be used; the message names it.
    """
    variables = os.environ if environment is None else environment
    given = {name: options[name] or None for name in CLUSTER_IDENTITY}
    found = {name: given[name] or variables.get(f"DOCLUSTER_{name.upper()}") or None for name in CLUSTER_IDENTITY}
    if not given["access_token"] and (given["username"] or given["password"] or given["token_path"]):
        found["access_token"] = None
    if given["access_token"] and not given["token_path"]:
        found["token_path"] = None
    if found["token_path"]:
        found["token_path"] = os.path.abspath(os.path.expanduser(found["token_path"]))
    return ClusterSettings(
        url=server_url("url", options["url"] or "", "/api", example="http://node1.example.com:3033").removesuffix(
            "/api"
        ),
        username=found["username"],
        password=found["password"],
        access_token=found["access_token"],
        token_path=found["token_path"],
        http=http_settings(options, concurrency=1),
    )
