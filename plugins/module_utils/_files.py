# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private files: written whole or not at all, readable by their owner only, no symbolic link followed, locked."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
import typing as t
from contextlib import contextmanager, suppress

from ._errors import OptionError
from ._text import quoted


def _reason(error: OSError | ValueError) -> str:
    """Why the system refused; a path with a NUL is a ``ValueError``."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _named(path: str) -> str:
    return quoted(path, whole=True)


def make_private_dir(path: str) -> None:
    """Create ``path`` for its owner only (0700), or accept an existing directory that nobody else can write to.

    Raises:
        OptionError: it is no directory, belongs to somebody else, or others may write to it.
    """
    path = os.path.abspath(path)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with suppress(FileExistsError):
            os.mkdir(path, 0o700)
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise OptionError(
            f"the directory {_named(path)} cannot be used: {_reason(error)}", "Name another directory."
        ) from error
    if not stat.S_ISDIR(status.st_mode):
        raise OptionError(f"{_named(path)} is not a directory", "Name another one.")
    if status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise OptionError(
            f"the directory {_named(path)} belongs to another user or can be written by others",
            "Use a directory of your own with mode 0700.",
        )


def read_private(path: str) -> bytes | None:
    """The content of a private file, or ``None`` when there is none.

    Raises:
        OptionError: it is a symbolic link or no regular file, belongs to another user, or others can read it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ELOOP:
            raise OptionError(f"{_named(path)} is a symbolic link", "Remove it, or name another file.") from error
        raise OptionError(f"{_named(path)} cannot be read: {_reason(error)}", "Name another file.") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OptionError(f"{_named(path)} is not a regular file", "Name another one.")
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise OptionError(
                f"{_named(path)} belongs to another user or is open to others",
                "It must be yours alone: mode 0600.",
            )
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def check_writable(path: str) -> None:
    """See that :func:`write_private` can work, before something is done that cannot be done twice.

    Raises:
        OptionError: the directory does not exist or may not be written to, the name is too long, or something is there
            that is neither a regular file nor a symbolic link.
    """
    folder, name = os.path.split(os.path.abspath(path))
    try:
        mode = os.lstat(path).st_mode if os.path.lexists(path) else stat.S_IFREG
        if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
            raise OptionError(f"{_named(path)} is no regular file", "Name a file.")
        if not os.access(folder, os.W_OK | os.X_OK) or not os.path.isdir(folder):
            raise PermissionError(errno.EACCES, "its directory does not exist or is not yours to write to")
        if len(os.fsencode(name)) > os.pathconf(folder, "PC_NAME_MAX"):
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    except (OSError, ValueError) as error:
        raise OptionError(
            f"{_named(path)} cannot be written: {_reason(error)}",
            "Name a file in a directory that you may write to.",
        ) from error


def write_private(path: str, content: bytes) -> None:
    """Write a file with mode 0600, atomically: a reader sees the old content or the new one, never a part.

    A symbolic link at ``path`` is replaced, never followed.

    Raises:
        OptionError: the file cannot be written there.
    """
    folder = os.path.dirname(path) or "."
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        descriptor, temporary = tempfile.mkstemp(prefix=".tenantops-", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except (OSError, ValueError) as error:
        raise OptionError(
            f"{_named(path)} cannot be written: {_reason(error)}",
            "Name a file in a directory that you may write to.",
        ) from error


@contextmanager
def exclusive_lock(path: str) -> t.Iterator[None]:
    """Hold the lock file ``path`` against other processes; waits for whoever has it.

    Raises:
        OptionError: the lock file cannot be opened, or the file system has no locks.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except (OSError, ValueError) as error:
        raise OptionError(
            f"the lock file {_named(path)} cannot be opened: {_reason(error)}", "Use another directory."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except (OSError, ValueError) as error:
            raise OptionError(
                f"the file system of {_named(path)} has no locks: {_reason(error)}",
                "Use another directory.",
            ) from error
        yield
    finally:
        os.close(descriptor)
