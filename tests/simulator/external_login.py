# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Opens an external login link exactly as a browser with the vendor's page would, for tests and demonstrations.
Needs the standard library and requests only.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit, urlunsplit

import requests

# A browser encodes these characters of a fragment, beside everything that is not ASCII; it decodes none.
ENCODED_IN_FRAGMENT = ' "<>`'
KEPT_IN_FRAGMENT = "".join(sorted(set(string.printable) - set(string.whitespace) - set(ENCODED_IN_FRAGMENT)))


class LinkError(Exception):
    """The link does not lead to a login: no page, a token that is not accepted, or no target."""


@dataclass(frozen=True)
class Opened:
    """What came of a link: the account, the target as the script saw it and where the browser goes, and the session."""

    account: dict[str, Any]
    target: str
    location: str
    session: requests.Session


def _javascript_decoded(text: str) -> str:
    """decodeURIComponent; raises LinkError where it would throw."""
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise LinkError(f"malformed percent-encoding: {text!r}")
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise LinkError(f"malformed percent-encoding: {text!r}") from error


def read_link(link: str) -> tuple[str | None, str | None]:
    """The token and the target that the page's script finds in a link; None for what it does not find."""
    parts = urlsplit(link)
    query = parse_qsl(parts.query, keep_blank_values=True)
    # As URLSearchParams.get: the first one counts.
    found = dict(reversed(query))
    if "ott" in found:
        return found["ott"], found.get("targetURI")
    ott, target = None, found.get("targetURI")
    for part in quote(parts.fragment, safe=KEPT_IN_FRAGMENT).split("&"):
        pieces = part.split("=")
        value = pieces[1] if len(pieces) > 1 else "undefined"
        if pieces[0] == "ott":
            ott = _javascript_decoded(value)
        elif pieces[0] == "targetURI":
            target = value
    return ott, target


def open_link(link: str, timeout: float = 10.0, verify: bool | str = True) -> Opened:
    """Open a link: fetch the page, sign in with the token, and tell where the browser would go.

    ``timeout`` is in seconds per request, ``verify`` as in requests. Raises LinkError, and
    requests.RequestException when the service cannot be reached.
    """
    session = requests.Session()
    session.trust_env = False
    session.verify = verify
    # The fragment stays in the browser.
    page_url = urlunsplit(urlsplit(link)._replace(fragment=""))
    page = session.get(page_url, timeout=timeout, allow_redirects=False)
    if page.status_code != 200 or not page.headers.get("Content-Type", "").startswith("text/html"):
        raise LinkError(f"no login page: HTTP {page.status_code}")
    ott, target = read_link(link)
    answer = session.post(
        urljoin(page_url, "/api/2/idp/ott/login"),
        json={"ott": ott},
        headers={"X-Acronis-API": "1"},
        timeout=timeout,
        allow_redirects=False,
    )
    if answer.status_code != 200:
        raise LinkError(f"the token is not accepted: HTTP {answer.status_code} {answer.text[:200]}")
    if target is None:
        raise LinkError("the link has no targetURI")
    return Opened(answer.json(), target, urljoin(page_url, target), session)
