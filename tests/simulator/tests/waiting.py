# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for what comes by itself, for as long as a busy machine may need, and not waiting for answers."""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from http.client import HTTPConnection
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit

from .api import Api


def wait_until(so: Callable[[], object]) -> None:
    """Return as soon as ``so`` says yes; fails if that takes more than a minute."""
    deadline = time.monotonic() + 60
    while not so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


class Unanswered:
    """A request that was sent, and nobody waits for its answer; the connection is closed at the end."""

    def __init__(self, method: str, url: str, body: str = "", headers: dict[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._connection = HTTPConnection(parts.netloc, timeout=60)
        self._connection.request(method, parts.path, body, headers or {})

    @classmethod
    def put_mfa(cls, api: Api, tenant: dict[str, Any]) -> Unanswered:
        """Switch a tenant's MFA on."""
        headers = {"Authorization": str(api.session.headers["Authorization"]), "Content-Type": "application/json"}
        return cls("PUT", f"{api.cloud.base_url}/tenants/{tenant['id']}/mfa/status", '{"enabled": true}', headers)

    @classmethod
    def form(cls, url: str, **fields: str) -> Unanswered:
        """Post a form."""
        return cls("POST", url, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def __enter__(self) -> Unanswered:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def is_waiting(self) -> bool:
        """Whether no answer has come, nor the end of the connection."""
        return not select.select([self._connection.sock], [], [], 0)[0]
