# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the connection options of Acronis mean: checked, and who wins when several say something."""

from __future__ import annotations

import dataclasses
import os
import re
import typing as t

from .._errors import OptionError
from .._http import HttpSettings
from .._options import http_settings, server_url, whole_number

#: Options that only together make sense; :func:`choose_credentials` reads their environment variables, because the
#: level that an option comes from decides, and an argument spec's fallback would hide it.
CREDENTIALS = {
    "client_id": "ACRONIS_CLIENT_ID",
    "client_secret": "ACRONIS_CLIENT_SECRET",
    "access_token": "ACRONIS_ACCESS_TOKEN",
}

#: What can stand in a Basic header, in a form, and as a Bearer token.
_SENDABLE = {
    "client_id": re.compile(r"[!-9;-~]+"),
    "client_secret": re.compile(r"[ -~\u00a1-\ud7ff\ue000-\U0010ffff]*(?<! )"),
    "access_token": re.compile(r"[!-~]+"),
}


@dataclasses.dataclass(frozen=True)
class Credentials:
    """Either an access token or the pair of an API client; ``client_id`` may accompany a token."""

    client_id: str | None = None
    client_secret: str | None = dataclasses.field(default=None, repr=False)
    access_token: str | None = dataclasses.field(default=None, repr=False)


@dataclasses.dataclass(frozen=True)
class AcronisSettings:
    """Everything about a connection to Acronis, checked.

    Attributes:
        base_url: root of the API, ``https://HOST/api/2``.
        credentials: who we are.
        http: how to reach it.
        token_cache_dir: directory of the token cache, ``None`` when it is off.
        poll: seconds between two looks at a tenant whose MFA is being switched off.
    """

    base_url: str
    credentials: Credentials
    http: HttpSettings
    token_cache_dir: str | None
    poll: float = 2.0


def choose_credentials(
    explicit: t.Mapping[str, str | None], environment: t.Mapping[str, str | None] | None = None
) -> Credentials:
    """Decide which credentials hold: an explicit option beats the environment, on a level the token beats the pair.

    A pair may be completed from the environment (the secret usually is). An empty text counts as not given.

    Args:
        explicit: values of the options ``client_id``, ``client_secret`` and ``access_token``.
        environment: the variables to consult; default: those of this process.

    Raises:
        OptionError: neither a token nor a complete pair, or a value that cannot be sent.
    """
    variables = os.environ if environment is None else environment
    given = {name: explicit.get(name) or None for name in CREDENTIALS}
    values = {name: given[name] or variables.get(variable) or None for name, variable in CREDENTIALS.items()}
    for name, value in values.items():
        if value and not _SENDABLE[name].fullmatch(value):
            raise OptionError(
                f"{name} has characters that cannot be part of it",
                "Often it is a line end that came along from a file: strip it.",
            )
    token = Credentials(client_id=values["client_id"], access_token=values["access_token"])
    pair = Credentials(client_id=values["client_id"], client_secret=values["client_secret"])
    complete = bool(pair.client_id and pair.client_secret)
    if given["access_token"]:
        return token
    if complete and (given["client_id"] or given["client_secret"]):
        return pair
    if values["access_token"]:
        return token
    if complete:
        return pair
    missing = [name for name in ("client_id", "client_secret") if not values[name]]
    raise OptionError(
        f"credentials are missing: {' and '.join(missing)}, or access_token",
        "Give them as options, or in the environment as "
        f"{' and '.join(CREDENTIALS[name] for name in missing)}, or as ACRONIS_ACCESS_TOKEN.",
    )


def default_token_cache_dir(environment: t.Mapping[str, str] | None = None) -> str:
    """Where access tokens are kept unless told otherwise: below the user's cache directory."""
    variables = os.environ if environment is None else environment
    cache = variables.get("XDG_CACHE_HOME") or ""
    if not os.path.isabs(cache):
        cache = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(cache, "tenantops.access", "tokens")


def acronis_settings(
    options: t.Mapping[str, t.Any], explicit_credentials: t.Mapping[str, str | None], *, anonymous: bool = False
) -> AcronisSettings:
    """Check the connection options of a module or of the inventory plugin and bring them into shape.

    Args:
        options: value of every connection option of the group ``acronis``, environment and defaults applied.
        explicit_credentials: the credential options that the user set, without the environment.
        anonymous: the work needs no credentials, so they may be missing.

    Raises:
        OptionError: an option cannot be used; the message names it.
    """
    cache_dir = options["token_cache_dir"] or default_token_cache_dir()
    return AcronisSettings(
        base_url=server_url("datacenter_url", options["datacenter_url"] or "", "/api/2"),
        credentials=Credentials() if anonymous else choose_credentials(explicit_credentials),
        http=http_settings(
            options,
            retries=whole_number(options, "retries", 0, 100),
            retry_max_wait=whole_number(options, "retry_max_wait", 0, 86400),
            concurrency=whole_number(options, "concurrency", 1, 512),
        ),
        token_cache_dir=cache_dir if options["token_cache"] else None,
    )
