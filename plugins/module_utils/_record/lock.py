# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock on a scope: one run at a time, among those that keep their records in the same directory."""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os

from .._errors import OptionError, RefusedError
from .._files import make_private_dir
from .._text import quoted
from .directory import check_usable, lock_path
from .run import Run


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
        self._descriptor = _open_lock(lock_path(directory, scope_id), os.O_RDWR | os.O_CREAT)
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
    if not check_usable(directory):
        return
    path = lock_path(directory, scope_id)
    if os.path.lexists(path):
        descriptor = _open_lock(path, os.O_RDWR)
        _take(descriptor, fcntl.LOCK_SH)
        os.close(descriptor)


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
