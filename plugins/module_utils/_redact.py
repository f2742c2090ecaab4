# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep secrets out of everything that a person, a log or a file can see."""

from __future__ import annotations

import base64
import json
import re
import typing as t
from urllib.parse import quote, quote_plus, unquote

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


def _character(character: str) -> str:
    """A pattern for one character of a secret: as it is, percent-encoded, or escaped as in JSON."""
    encoded = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    escaped = json.dumps(character)[1:-1]
    forms = {re.escape(character), f"(?i:{encoded})", re.escape(escaped)}
    if character == " ":
        forms.add(r"\+")
    return f"(?:{'|'.join(sorted(forms))})"


class Redactor:
    """Knows the secrets of one run and masks them in texts, raw, URL-encoded, JSON-escaped or in base64."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, *secrets: str | None) -> None:
        """Remember secrets; ``None`` and empty texts are ignored."""
        self._secrets.update(secret for secret in secrets if secret)
        self._pattern = None

    def add_url(self, url: str | None) -> None:
        """Remember the password of a URL such as ``http://user:password@proxy:3128``, if it has one.

        A password with characters that a URL cannot hold as they are still ends at the last ``@``.
        """
        if url and "@" in url:
            password = url.split("://", 1)[-1].rpartition("@")[0].partition(":")[2]
            self.add(password, unquote(password))

    @staticmethod
    def _encodings(secret: str) -> set[str]:
        """Every base64 text that betrays ``secret``."""
        encoded = secret.encode("utf-8", "surrogatepass")
        whole = {base64.b64encode(encoded).decode("ascii"), base64.urlsafe_b64encode(encoded).decode("ascii")}
        # Shorter cores would mask ordinary words without protecting anything.
        return whole | {core for core in _base64_cores(encoded) if len(core) >= 8}

    @classmethod
    def _forms_of(cls, secret: str) -> set[str]:
        percent = {quote(secret, safe=safe, errors="surrogatepass") for safe in ("", "/", "!'()*")}
        lower = {re.sub("%..", lambda escape: escape.group().lower(), form) for form in percent}
        plus = {quote_plus(secret, errors="surrogatepass")}
        return {secret, json.dumps(secret)[1:-1]} | percent | lower | plus | cls._encodings(secret)

    def forms_except(self, product: t.Iterable[str]) -> frozenset[str]:
        """:attr:`forms` without those of the secrets that a task exists to return."""
        return self.forms.difference(form for secret in product for form in self._forms_of(secret))

    @property
    def forms(self) -> frozenset[str]:
        """Every text that must not be shown; what :class:`AnsibleModule` wants in ``no_log_values``."""
        return frozenset(form for secret in self._secrets for form in self._forms_of(secret))

    def mask(self, text: str) -> str:
        """``text`` with every form of every secret replaced.

        Mask before a text is shortened: half a secret is not recognised.
        """
        if not self._secrets:
            return text
        if self._pattern is None:
            # The longest first, so that no piece of one remains where another is found.
            by_length = sorted(self._secrets, key=len, reverse=True)
            raw = ["".join(map(_character, secret)) for secret in by_length]
            encodings = {form for secret in by_length for form in self._encodings(secret)}
            encoded = [re.escape(form) for form in sorted(encodings, key=len, reverse=True)]
            self._pattern = re.compile("|".join(raw + encoded))
        return self._pattern.sub(MASK, text)
