# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run: who changed what, written to disk before and after each change, and readable after any kill."""

from __future__ import annotations

import dataclasses
import fcntl
import getpass
import json
import os
import re
import socket
import threading
import typing as t
import uuid

from .._errors import OptionError, RefusedError, quoted
from .._files import make_private_dir
from .clock import utc_now

FORMAT = 1


@dataclasses.dataclass(frozen=True)
class Run:
    """A run, as its record and its lock name it.

    Attributes:
        run_id: a random id.
        actor: the user that the module runs as, or who launched the AWX job.
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


class Record:
    """A file of JSON lines: a header, an intent and an outcome for each write, an end.

    Every line is on disk before the call returns, so a change that the platform has seen is in the record, whenever the
    process is killed. Usable from many threads.

    Args:
        directory: private directory for records and locks.
        scope_id: root of the scope that the run is about.
        run: the run.

    Raises:
        OptionError: the directory cannot be used.
        RefusedError: another run on the scope is under way.
    """

    def __init__(self, directory: str, scope_id: str, run: Run) -> None:
        make_private_dir(directory)
        scope = re.sub(r"[^0-9a-z-]", "_", scope_id)
        self._lock_descriptor = _take_lock(os.path.join(directory, f"{scope}.lock"), run)
        stamp = re.sub(r"[^0-9TZ]", "", run.started_at)
        self.path = os.path.join(os.path.abspath(directory), f"{stamp}-{scope}-{run.run_id[:8]}.jsonl")
        self._writing = threading.Lock()
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            self._descriptor = os.open(self.path, flags, 0o600)
        except OSError as error:
            os.close(self._lock_descriptor)
            raise OptionError(
                f"the record {quoted(self.path, whole=True)} cannot be created: {error.strerror}",
                "Name another record_dir.",
            ) from error

    def write(self, kind: str, **values: t.Any) -> None:
        """Append a line and see that it is on disk.

        Raises:
            OptionError: it cannot be written; nothing may be changed then.
        """
        line = (json.dumps({"type": kind, "time": utc_now(), **values}) + "\n").encode()
        try:
            with self._writing:
                written = os.write(self._descriptor, line)
            if written != len(line):
                raise OSError(28, "only a part of the line was written")
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise OptionError(
                f"the record {quoted(self.path, whole=True)} cannot be written: {error.strerror}",
                "Nothing is changed without a record. Make room, or name another record_dir.",
            ) from error

    def close(self) -> None:
        """Close the record and let other runs begin."""
        os.close(self._descriptor)
        os.close(self._lock_descriptor)


def _take_lock(path: str, run: Run) -> int:
    """Lock a scope; the lock ends with the process, so what a killed run left behind does not hold."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OptionError(
            f"the lock {quoted(path, whole=True)} cannot be opened: {error.strerror}", "Name another record_dir."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _holder(descriptor)
        os.close(descriptor)
        raise RefusedError(f"another run on this scope is under way: {holder}", "Wait until it is done.") from None
    except OSError as error:
        os.close(descriptor)
        raise OptionError(
            f"the file system of {quoted(path, whole=True)} has no locks: {error.strerror}", "Name another record_dir."
        ) from error
    content = json.dumps(dataclasses.asdict(run)).encode()
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)
    return descriptor


def _holder(descriptor: int) -> str:
    try:
        item = json.loads(os.pread(descriptor, 65536, 0))
        job = f", AWX job {item['job']}" if item.get("job") else ""
        return (
            f"run {item['run_id']} of {item['actor']} on {item['host']}, process {item['pid']}{job}, "
            f"since {item['started_at']}"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "its holder has not yet said who it is"


def read_record(path: str) -> list[dict[str, t.Any]]:
    """The lines of a record; of a killed run, without the last one if it is torn.

    Raises:
        OptionError: there is no such record, or it is something else.
    """
    shown = f"record_path {quoted(path, whole=True)}"
    try:
        with open(path, "rb") as file:
            content = file.read()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise OptionError(f"{shown} cannot be read: {reason}", "Name the record of a run.") from error
    whole = content[: content.rfind(b"\n") + 1]
    try:
        lines = [json.loads(line) for line in whole.splitlines()]
    except (ValueError, RecursionError) as error:
        raise OptionError(f"{shown} is no record", "Name the record of a run.") from error
    if not all(isinstance(line, dict) for line in lines):
        raise OptionError(f"{shown} is no record", "Name the record of a run.")
    if lines and (lines[0].get("type") != "header" or lines[0].get("format") != FORMAT):
        raise OptionError(f"{shown} does not begin like a record of this version", "Name the record of a run.")
    return lines
