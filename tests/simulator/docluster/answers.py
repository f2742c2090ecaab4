# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server says: the envelope of every application answer, and the crash that has none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """One application answer. The server sends it with HTTP status 200, whatever it says."""

    msg: Any
    status: str
    error: str

    def body(self) -> bytes:
        """Return the text as it goes over the wire: JSON with an indent of one and no newline at its end."""
        return json.dumps({"msg": self.msg, "status": self.status, "error": self.error}, indent=1).encode()


class ServerCrash(Exception):
    """The handler of the real server dies here and the client gets an HTML page; the text is that of its exception."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind


def success(msg: Any) -> Answer:
    """Return a success that carries `msg`."""
    return Answer(msg, "success", "")


def failure(error: str, msg: Any = None) -> Answer:
    """Return an error; without `msg` it carries an empty object."""
    return Answer({} if msg is None else msg, "error", error)
