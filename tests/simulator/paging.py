# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cursors: opaque, signed, and holding the filters of the listing that they continue."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from typing import Any

from .errors import bad_request
from .switches import Switches
from .wire import Call

# These bytes make every cursor start with "++//", so a client that does not encode it is found out.
MARK = b"\xfb\xef\xff"
SIGNATURE = 8


class Cursors:
    """Makes and reads the cursors of one process."""

    def __init__(self) -> None:
        self.key = secrets.token_bytes(16)

    def _signature(self, content: bytes) -> bytes:
        return hmac.digest(self.key, content, hashlib.sha256)[:SIGNATURE]

    def write(self, content: dict[str, Any]) -> str:
        """A cursor that holds this content."""
        packed = json.dumps(content, separators=(",", ":")).encode()
        return base64.b64encode(MARK + self._signature(packed) + packed).decode()

    def read(self, text: str, operation: str) -> dict[str, Any]:
        """The content of a cursor of this operation; 400 for anything else."""
        try:
            raw = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        signature, packed = raw[len(MARK) : len(MARK) + SIGNATURE], raw[len(MARK) + SIGNATURE :]
        if not hmac.compare_digest(signature, self._signature(packed)):
            raise bad_request("after is not a cursor of this API")
        content: dict[str, Any] = json.loads(packed)
        if content["operation"] != operation:
            raise bad_request("after is a cursor of another operation")
        return content


def continued(
    call: Call, operation: str, may_accompany: tuple[str, ...] = ("limit", "after", "access_token")
) -> dict[str, Any] | None:
    """The content of the request's cursor, or None for a first page; 400 when filters are sent beside it."""
    text = call.query.get("after")
    if text is None:
        return None
    others = sorted(set(call.query) - set(may_accompany))
    if others and call.world.switches["cursor_with_filters"] == "400":
        raise bad_request(f"the cursor holds all filters, so these cannot be sent with it: {', '.join(others)}")
    return call.world.cursors.read(text, operation)


def paged(switches: Switches, content: dict[str, Any], after: str | None) -> dict[str, Any]:
    """Add the paging object to the content of a page."""
    if after is not None:
        content["paging"] = {"cursors": {"after": after}}
    elif switches["page_end"] == "omit_after":
        content["paging"] = {"cursors": {}}
    return content
