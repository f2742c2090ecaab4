# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep secrets out of everything that a person, a log or a file can see."""

from __future__ import annotations

import base64
import json
import typing as t
from urllib.parse import quote, quote_plus, unquote, urlsplit

MASK = "********"


def _base64_cores(secret: bytes) -> t.Iterator[str]:
    """The part of a base64 text that betrays ``secret``, for each of the three positions it can start at.

    A secret usually sits inside something longer before it is encoded (``client_id:client_secret``), so its own
    encoding is not what appears. The characters that mix the secret with its neighbours are cut off.
    """
    for before in range(3):
        padded = b"\0" * before + secret
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(padded).decode("ascii")
            start = -(-before * 8 // 6)
            end = len(padded) * 8 // 6
            yield encoded[start:end]


class Redactor:
    """Knows the secrets of one run and masks them in texts, raw, URL-encoded, JSON-escaped or in base64."""

    def __init__(self) -> None:
        self._forms: set[str] = set()

    def add(self, *secrets: str | None) -> None:
        """Remember secrets; ``None`` and empty texts are ignored."""
        for secret in secrets:
            if secret:
                self._forms.update(self._forms_of(secret))

    def add_url(self, url: str | None) -> None:
        """Remember the password of a URL such as ``http://user:password@proxy:3128``, if it has one."""
        if not url:
            return
        try:
            password = urlsplit(url).password
        except ValueError:
            self.add(url)
            return
        if password:
            self.add(password, unquote(password))

    @staticmethod
    def _forms_of(secret: str) -> t.Iterator[str]:
        yield secret
        yield quote(secret, safe="")
        yield quote_plus(secret)
        yield json.dumps(secret)[1:-1]
        encoded = secret.encode("utf-8")
        yield base64.b64encode(encoded).decode("ascii")
        yield base64.urlsafe_b64encode(encoded).decode("ascii")
        # Shorter cores would mask ordinary words without protecting anything.
        yield from (core for core in _base64_cores(encoded) if len(core) >= 8)

    @property
    def forms(self) -> frozenset[str]:
        """Every text that must not be shown; what :class:`AnsibleModule` wants in ``no_log_values``."""
        return frozenset(self._forms)

    def mask(self, text: str) -> str:
        """``text`` with every form of every secret replaced, the longest first."""
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, MASK)
        return text
