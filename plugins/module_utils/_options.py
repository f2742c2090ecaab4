# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options: argument specs, their environment variables, and who wins when several say something."""

from __future__ import annotations

import dataclasses
import os
import re
import typing as t
from urllib.parse import urlsplit

from ansible.module_utils.errors import AnsibleFallbackNotFound

from ._errors import OptionError, quoted
from ._http import HttpSettings, is_proxy
from ._policy.schema import POLICY

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


def _environment(variable: str) -> str:
    """The fallback of an option; an empty variable, such as a field that AWX left blank, counts as not set."""
    value = os.environ.get(variable)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def _option(kind: str, variable: str, **more: t.Any) -> dict[str, t.Any]:
    return {"type": kind, "fallback": (_environment, [variable]), **more}


def acronis_argument_spec() -> dict[str, dict[str, t.Any]]:
    """The connection options that all modules of the group ``acronis`` share."""
    return {
        "datacenter_url": _option("str", "ACRONIS_DATACENTER_URL", required=True),
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        "access_token": {"type": "str", "no_log": True},
        "validate_certs": _option("bool", "ACRONIS_VALIDATE_CERTS", default=True),
        "ca_path": _option("path", "ACRONIS_CA_PATH"),
        # It may contain a password.
        "proxy": _option("str", "ACRONIS_PROXY", no_log=True),
        "timeout": _option("int", "ACRONIS_TIMEOUT", default=30),
        "retries": _option("int", "ACRONIS_RETRIES", default=2),
        "retry_max_wait": _option("int", "ACRONIS_RETRY_MAX_WAIT", default=300),
        "concurrency": _option("int", "ACRONIS_CONCURRENCY", default=16),
        "token_cache": _option("bool", "ACRONIS_TOKEN_CACHE", default=True, no_log=False),
        "token_cache_dir": _option("path", "ACRONIS_TOKEN_CACHE_DIR", no_log=False),
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
    """

    base_url: str
    credentials: Credentials
    http: HttpSettings
    token_cache_dir: str | None


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
    found = {name: given[name] or variables.get(variable) or None for name, variable in CREDENTIALS.items()}
    for name, value in found.items():
        if value and not _SENDABLE[name].fullmatch(value):
            raise OptionError(
                f"{name} has characters that cannot be part of it",
                "Often it is a line end that came along from a file: strip it.",
            )
    token = Credentials(client_id=found["client_id"], access_token=found["access_token"])
    pair = Credentials(client_id=found["client_id"], client_secret=found["client_secret"])
    complete = bool(pair.client_id and pair.client_secret)
    if given["access_token"]:
        return token
    if complete and (given["client_id"] or given["client_secret"]):
        return pair
    if found["access_token"]:
        return token
    if complete:
        return pair
    missing = [name for name in ("client_id", "client_secret") if not found[name]]
    raise OptionError(
        f"credentials are missing: {' and '.join(missing)}, or access_token",
        "Give them as options, or in the environment as "
        f"{' and '.join(CREDENTIALS[name] for name in missing)}, or as ACRONIS_ACCESS_TOKEN.",
    )


def server_url(option: str, value: str, suffix: str, example: str = "https://eu2-cloud.example.com") -> str:
    """A server's root URL, with ``suffix`` exactly once and no slash at the end.

    Args:
        option: the option's name, for messages.
        value: what the user gave, with or without the suffix and slashes.
        suffix: path of the API below the server, such as ``/api/2``.
        example: a URL to show in an error.

    Raises:
        OptionError: it is no http or https URL of a server.
    """
    remedy = f"{option} looks like {example}, with or without {suffix}."
    text = value.strip()
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise OptionError(f"{option} is not a URL", remedy) from None
    if "@" in text or parts.username is not None or parts.password is not None:
        raise OptionError(f"{option} must not contain a user name or a password", remedy)
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\]", text):
        raise OptionError(f"{option} is not an http or https URL: {quoted(value)}", remedy)
    if parts.query or parts.fragment:
        raise OptionError(f"{option} has a query or a fragment: {quoted(value)}", remedy)
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path.removesuffix(suffix).rstrip('/')}{suffix}"


def _at_least(options: t.Mapping[str, t.Any], name: str, least: int, most: int) -> int:
    value = int(options[name])
    if not least <= value <= most:
        raise OptionError(f"{name} is {value}", f"It must be from {least} to {most}.")
    return value


def _proxy(options: t.Mapping[str, t.Any]) -> str | None:
    proxy = options["proxy"] or None
    if proxy and not is_proxy(proxy):
        raise OptionError(
            "proxy is not an http or https URL",
            "It looks like http://proxy.example.com:3128. In a password, write / ? # @ percent-encoded.",
        )
    return proxy


def _ca_path(options: t.Mapping[str, t.Any]) -> str | None:
    ca_path = options["ca_path"] or None
    if ca_path and not os.path.exists(ca_path):
        raise OptionError(f"ca_path {quoted(ca_path, whole=True)} does not exist", "Name a PEM file or a directory.")
    return ca_path


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
        options: value of every option of :func:`acronis_argument_spec`, environment and defaults applied.
        explicit_credentials: the credential options that the user set, without the environment.
        anonymous: the work needs no credentials, so they may be missing.

    Raises:
        OptionError: an option cannot be used; the message names it.
    """
    cache_dir = options["token_cache_dir"] or default_token_cache_dir()
    return AcronisSettings(
        base_url=server_url("datacenter_url", options["datacenter_url"] or "", "/api/2"),
        credentials=Credentials() if anonymous else choose_credentials(explicit_credentials),
        http=HttpSettings(
            validate_certs=bool(options["validate_certs"]),
            ca_path=_ca_path(options),
            proxy=_proxy(options),
            timeout=_at_least(options, "timeout", 1, 3600),
            retries=_at_least(options, "retries", 0, 100),
            retry_max_wait=_at_least(options, "retry_max_wait", 0, 86400),
            concurrency=_at_least(options, "concurrency", 1, 512),
        ),
        token_cache_dir=cache_dir if options["token_cache"] else None,
    )


def policy_argument_spec() -> dict[str, dict[str, t.Any]]:
    """The options that say what is wanted of an estate; the policy's own form is that of the policy package."""
    return {
        "policy": {"type": "dict", "options": POLICY},
        "policy_file": {"type": "path"},
        "verify": {"type": "str", "choices": ["all", "sample"], "default": "all"},
    }


def cluster_argument_spec() -> dict[str, dict[str, t.Any]]:
    """The connection options that all modules of the group ``cluster`` share."""
    return {
        "url": _option("str", "DOCLUSTER_URL", required=True),
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "access_token": {"type": "str", "no_log": True},
        "token_path": {"type": "path", "no_log": False},
        "validate_certs": _option("bool", "DOCLUSTER_VALIDATE_CERTS", default=True),
        "ca_path": _option("path", "DOCLUSTER_CA_PATH"),
        "proxy": _option("str", "DOCLUSTER_PROXY", no_log=True),
        "timeout": _option("int", "DOCLUSTER_TIMEOUT", default=30),
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
    """

    url: str
    username: str | None
    password: str | None = dataclasses.field(repr=False)
    access_token: str | None = dataclasses.field(repr=False)
    token_path: str | None
    http: HttpSettings


#: Options of the group ``cluster`` that say which session is meant.
CLUSTER_IDENTITY = ("username", "password", "access_token", "token_path")


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
        http=HttpSettings(
            validate_certs=bool(options["validate_certs"]),
            ca_path=_ca_path(options),
            proxy=_proxy(options),
            timeout=_at_least(options, "timeout", 1, 3600),
            concurrency=1,
        ),
    )


def plain_http_warning(option: str, url: str) -> str | None:
    """A warning if ``url`` is not encrypted, else ``None``."""
    if urlsplit(url).scheme == "https":
        return None
    return f"{option} is plain http: credentials and tokens cross the network unencrypted. Use https."
