# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form fields of a request, read as narrowly as the server reads them."""

from __future__ import annotations

import email
import email.policy
from urllib.parse import parse_qsl

from aiohttp import web


async def read_form(request: web.BaseRequest) -> dict[str, str]:
    """Return the fields of a posted form. Of repeated fields the first counts; anything but a form has none."""
    body = await request.read()
    if request.method != "POST":
        return {}
    pairs: list[tuple[str, str]] = []
    if request.content_type == "application/x-www-form-urlencoded":
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, errors="replace")
    elif request.content_type == "multipart/form-data":
        pairs = _multipart_fields(request.headers["Content-Type"], body)
    # A dictionary keeps the last of repeated keys.
    return dict(reversed(pairs))


def _multipart_fields(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """Return the fields of a multipart form; files are none, and a form that was cut off has none."""
    form = email.message_from_bytes(
        b"Content-Type: " + content_type.encode(errors="replace") + b"\r\n\r\n" + body, policy=email.policy.HTTP
    )
    boundary = form.get_boundary()
    if not boundary or f"--{boundary}--".encode() not in body:
        return []
    pairs = []
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes) and part.get_filename() is None:
            pairs.append((name, value.decode(errors="replace")))
    return pairs
