# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory of records and locks: what its files are called, and whether it can be used."""

from __future__ import annotations

import os
import re

from .._errors import OptionError
from .._files import make_private_dir
from .._text import quoted


def check_record_dir(directory: str | None) -> None:
    """Refuse a relative path, which would be below a temporary directory of Ansible's.

    Raises:
        OptionError: it is one.
    """
    if directory is not None and not os.path.isabs(directory):
        raise OptionError(f"record_dir is not an absolute path: {quoted(directory)}", "Begin it with a slash.")


def check_usable(directory: str) -> bool:
    """See whether a directory can be used, or created, without leaving a trace.

    Returns:
        whether it is there already.

    Raises:
        OptionError: it cannot.
    """
    if os.path.lexists(directory):
        make_private_dir(directory)
        if not os.access(directory, os.W_OK | os.X_OK):
            raise OptionError(
                f"record_dir {quoted(directory, whole=True)} cannot be written to", "Use a directory of your own."
            )
        return True
    above = os.path.dirname(os.path.abspath(directory))
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    if not os.path.isdir(above) or not os.access(above, os.W_OK | os.X_OK):
        raise OptionError(
            f"record_dir {quoted(directory, whole=True)} cannot be created: {quoted(above, whole=True)} is not a "
            "directory that you may write to",
            "Name another record_dir.",
        )
    return False


def is_record_dir(directory: str, scope_id: str) -> bool:
    """Whether runs on a scope keep their records and their lock in a directory."""
    return os.path.isfile(lock_path(directory, scope_id))


def lock_path(directory: str, scope_id: str) -> str:
    """The lock of a scope."""
    return os.path.join(directory, f"{_file_name(scope_id)}.lock")


def record_path(directory: str, scope_id: str, started_at: str, run_id: str) -> str:
    """The record of a run on a scope."""
    stamp = re.sub(r"[^0-9TZ]", "", started_at)
    return os.path.join(os.path.abspath(directory), f"{stamp}-{_file_name(scope_id)}-{run_id[:8]}.jsonl")


def _file_name(scope_id: str) -> str:
    return re.sub(r"[^0-9a-z-]", "_", scope_id)
