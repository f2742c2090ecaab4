# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a run: who changed what, written to disk before and after each change, and readable after any kill."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import threading
import typing as t

from .._errors import OptionError
from .._text import quoted
from .._utc import utc_now
from .directory import record_path
from .run import Run

FORMAT = 1
#: How every record begins.
_BEGINNING = b'{"type": "header"'


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
        self.path = record_path(directory, scope_id, run.started_at, run.run_id)
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
