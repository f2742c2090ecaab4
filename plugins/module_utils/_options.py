# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the connection options of all groups have in common."""

from __future__ import annotations

import os
import re
import typing as t
from urllib.parse import urlsplit

from ansible.module_utils.errors import AnsibleFallbackNotFound

from ._errors import OptionError
from ._http import HttpSettings, is_proxy
from ._text import id_from, quoted


def _environment(variable: str) -> str:
    """The fallback of an option; an empty variable, such as a field that AWX left blank, counts as not set."""
    value = os.environ.get(variable)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def env_option(kind: str, variable: str, **more: t.Any) -> dict[str, t.Any]:
    """An argument spec's entry for an option that an environment variable can set.

    Args:
        kind: its type.
        variable: the variable.
        more: what else the entry says.
    """
    return {"type": kind, "fallback": (_environment, [variable]), **more}


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


def clean_id(value: str, option: str) -> str:
    """The id that an option gives, as the platform writes it.

    Raises:
        OptionError: it is none; the message names ``option``.
    """
    tenant_id = id_from(value)
    if tenant_id is None:
        raise OptionError(
            f"{option} is not an id: {quoted(value)}", "An id looks like ede9f834-70b3-476c-83d9-736f9f8c7dae."
        )
    return tenant_id


def whole_number(options: t.Mapping[str, t.Any], name: str, least: int, most: int) -> int:
    """The value of an option that has to lie between two numbers, both included.

    Raises:
        OptionError: it does not.
    """
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


def http_settings(options: t.Mapping[str, t.Any], **more: t.Any) -> HttpSettings:
    """Check the options that say how to reach a server.

    Args:
        options: values of ``validate_certs``, ``ca_path``, ``proxy`` and ``timeout``.
        more: further settings.

    Raises:
        OptionError: an option cannot be used; the message names it.
    """
    return HttpSettings(
        validate_certs=bool(options["validate_certs"]),
        ca_path=_ca_path(options),
        proxy=_proxy(options),
        timeout=whole_number(options, "timeout", 1, 3600),
        **more,
    )


def plain_http_warning(option: str, url: str) -> str | None:
    """A warning if ``url`` is not encrypted, else ``None``."""
    if urlsplit(url).scheme == "https":
        return None
    return f"{option} is plain http: credentials and tokens cross the network unencrypted. Use https."
