# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of a server, made up."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.tenantops.access.plugins.module_utils._answer import Answer
from ansible_collections.tenantops.access.plugins.module_utils._redact import Redactor


def answered(
    content: Any,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    request: str = "GET https://host/path",
    secrets: Iterable[str] = (),
    confidential: bool = False,
) -> Answer:
    """An answer with these bytes, or the JSON of anything else.

    Args:
        content: the body.
        status: HTTP status.
        headers: its headers.
        request: what was asked.
        secrets: what is known to be secret.
        confidential: whether it is to bring a secret that nobody knows yet.
    """
    redactor = Redactor()
    redactor.add(*secrets)
    return Answer(
        request=request,
        status=status,
        headers=headers or {},
        body=content if isinstance(content, bytes) else json.dumps(content).encode(),
        mask=redactor.mask,
        confidential=confidential,
        sent=time.time(),
    )
