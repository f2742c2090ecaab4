# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run: who changed what, written to disk before and after each change, and readable after any kill."""

from __future__ import annotations

import dataclasses
import errno
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
#: How every record begins.
_BEGINNING = b'{"type": "header"'


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


class ScopeLock:
    """Keeps other runs away from a scope. It ends with the process, so what a killed run left behind does not hold.

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
        self._descriptor = _open_lock(_lock_path(directory, scope_id), os.O_RDWR | os.O_CREAT)
        _take(self._descriptor, fcntl.LOCK_EX)
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(dataclasses.asdict(run)).encode(), 0)

    def release(self) -> None:
        """Let other runs begin."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def check_lock(directory: str, scope_id: str) -> None:
    """See whether :class:`ScopeLock` could be taken, without leaving a trace.

    Raises:
        OptionError: the directory cannot be used.
        RefusedError: another run on the scope is under way.
    """
    if not os.path.lexists(directory):
        above = os.path.dirname(os.path.abspath(directory))
        while not os.path.lexists(above):
            above = os.path.dirname(above)
        if not os.path.isdir(above) or not os.access(above, os.W_OK | os.X_OK):
            raise OptionError(
                f"record_dir {quoted(directory, whole=True)} cannot be created: {quoted(above, whole=True)} is not a "
                "directory that you may write to",
                "Name another record_dir.",
            )
        return
    make_private_dir(directory)
    if not os.access(directory, os.W_OK | os.X_OK):
        raise OptionError(
            f"record_dir {quoted(directory, whole=True)} cannot be written to", "Use a directory of your own."
        )
    path = _lock_path(directory, scope_id)
    if os.path.lexists(path):
        descriptor = _open_lock(path, os.O_RDWR)
        _take(descriptor, fcntl.LOCK_SH)
        os.close(descriptor)


def check_record_dir(directory: str | None) -> None:
    """Refuse a relative path, which would be below a temporary directory of Ansible's.

    Raises:
        OptionError: it is one.
    """
    if directory is not None and not os.path.isabs(directory):
        raise OptionError(f"record_dir is not an absolute path: {quoted(directory)}", "Begin it with a slash.")


def is_record_dir(directory: str, scope_id: str) -> bool:
    """Whether runs on a scope keep their records and their lock in a directory."""
    return os.path.isfile(_lock_path(directory, scope_id))


def _lock_path(directory: str, scope_id: str) -> str:
    return os.path.join(directory, f"{_file_name(scope_id)}.lock")


def _file_name(scope_id: str) -> str:
    return re.sub(r"[^0-9a-z-]", "_", scope_id)


def _open_lock(path: str, flags: int) -> int:
    try:
        return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OptionError(
            f"the lock {quoted(path, whole=True)} cannot be opened: {error.strerror}", "Name another record_dir."
        ) from error


def _take(descriptor: int, kind: int) -> None:
    """Take a lock without waiting; closes the file if it cannot be had."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _holder(descriptor)
        os.close(descriptor)
        raise RefusedError(f"another run on this scope is under way: {holder}", "Wait until it is done.") from None
    except OSError as error:
        os.close(descriptor)
        raise OptionError(
            f"the file system of record_dir has no locks: {error.strerror}", "Name another record_dir."
        ) from error


class Record:
    """A file of JSON lines: a header, what was passed over, an intent and an outcome for each write, an end.

    Every line is on disk before the call returns, so a change that the platform has seen is in the record, whenever the
    process is killed. Usable from many threads.

    Args:
        directory: private directory for records, locked for the scope.
        scope_id: root of the scope that the run is about.
        run: the run.

    Raises:
        OptionError: the file cannot be created.
    """

    def __init__(self, directory: str, scope_id: str, run: Run) -> None:
        stamp = re.sub(r"[^0-9TZ]", "", run.started_at)
        name = f"{stamp}-{_file_name(scope_id)}-{run.run_id[:8]}.jsonl"
        self.path = os.path.join(os.path.abspath(directory), name)
        self._writing = threading.Lock()
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            self._descriptor = os.open(self.path, flags, 0o600)
            _keep_name(directory)
        except OSError as error:
            raise OptionError(
                f"the record {quoted(self.path, whole=True)} cannot be created: {error.strerror}",
                "Name another record_dir.",
            ) from error

    @classmethod
    def begin(cls, directory: str, scope_id: str, run: Run, base_url: str, **about: t.Any) -> Record:
        """A record with its header.

        Args:
            directory: see :class:`Record`.
            scope_id: see :class:`Record`.
            run: see :class:`Record`.
            base_url: of the data center.
            about: what else the header is to say.

        Raises:
            OptionError: the file cannot be created or written.
        """
        record = cls(directory, scope_id, run)
        record.write("header", format=FORMAT, **dataclasses.asdict(run), base_url=base_url, scope_id=scope_id, **about)
        return record

    def end(self, **values: t.Any) -> str | None:
        """Append the last line; returns why that was not possible, if so."""
        try:
            self.write("end", **values)
        except OptionError as error:
            return str(error)
        return None

    def write(self, kind: str, **values: t.Any) -> None:
        """Append a line and see that it is on disk.

        Raises:
            OptionError: it cannot be written.
        """
        line = (json.dumps({"type": kind, "time": utc_now(), **values}) + "\n").encode()
        try:
            with self._writing:
                before = os.fstat(self._descriptor).st_size
                if os.write(self._descriptor, line) != len(line):
                    # Half a line would make the next one unreadable too.
                    os.ftruncate(self._descriptor, before)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise OptionError(
                f"the record {quoted(self.path, whole=True)} cannot be written: {error.strerror}",
                "Make room, or name another record_dir.",
            ) from error

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def _keep_name(directory: str) -> None:
    """See that the name of a new file is on disk, as its content will be."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        # It may be written to and not read.
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Not every file system does that.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


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
    if not content.startswith(_BEGINNING[: len(content)]):
        raise OptionError(f"{shown} is no record", "Name the record of a run.")
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
