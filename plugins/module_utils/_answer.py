# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server answered, and when it asks to be asked again."""

from __future__ import annotations

import dataclasses
import json
import math
import time
import typing as t
from email.utils import parsedate_to_datetime

from ._errors import MalformedError
from ._text import quoted


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a server answered.

    Attributes:
        request: ``"GET https://host/path"``, for messages.
        status: HTTP status.
        headers: headers, their names in any case.
        body: body, decompressed.
        mask: masks secrets; to be applied to whatever is quoted from the answer, before it is shortened.
        confidential: the answer is to bring a secret that nobody knows yet, so nothing of a success is ever quoted.
        sent: when the request was sent, in seconds since the epoch.
    """

    request: str
    status: int
    headers: t.Mapping[str, str]
    body: bytes
    mask: t.Callable[[str], str]
    confidential: bool
    sent: float

    def json(self) -> t.Any:
        """The decoded body.

        Raises:
            MalformedError: the body is not JSON.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise MalformedError(
                f"{self.request} answered {self.status} with {self.summary()} instead of JSON", status=self.status
            ) from None

    def summary(self) -> str:
        """A body that is not JSON, in a few words."""
        if not self.body:
            return "an empty body"
        if self.confidential and self.status < 400:
            return f"{len(self.body)} bytes that are not shown"
        text = " ".join(self.mask(self.body.decode("utf-8", "replace")).split())
        if text.startswith("<"):
            _before, _tag, rest = text.partition("<title>")
            title = rest.partition("</title>")[0].strip()
            return f"an HTML page titled {quoted(title)}" if title else "an HTML page"
        return f"the text {quoted(text[:100])}"


def retry_after(headers: t.Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait, 0 or more, or ``None`` if it does not say or cannot be understood.

    A date is measured against the server's own ``Date``, because the clocks may differ.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value) if len(value) < 10 else math.inf
    try:
        until = parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    try:
        now = parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        now = time.time()
    return max(0.0, until - now)
