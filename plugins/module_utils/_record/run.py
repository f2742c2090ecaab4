# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run, as its record and its lock name it."""

from __future__ import annotations

import dataclasses
import getpass
import os
import socket
import uuid

from .._utc import utc_now


@dataclasses.dataclass(frozen=True)
class Run:
    """A run, as its record and its lock name it.

    Attributes:
        run_id: a random id.
        actor: the user that the module runs as.
        host: the machine.
        pid: the process.
        job: id of the AWX job, if it is one.
        started_at: in UTC.
    """

    run_id: str
    actor: str
    host: str
    pid: int
    job: str | None
    started_at: str

    @classmethod
    def begin(cls) -> Run:
        """The run of this process."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):
            user = str(os.geteuid())
        return cls(
            run_id=str(uuid.uuid4()),
            actor=user,
            host=socket.gethostname(),
            pid=os.getpid(),
            job=os.environ.get("JOB_ID") or None,
            started_at=utc_now(),
        )
