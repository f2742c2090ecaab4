# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sign-in link in a file, and what it is for, so that it can be kept while it is young."""

from __future__ import annotations

import hashlib
import json
import os
import typing as t

from .._errors import MalformedError, OptionError
from .._fields import field
from .._files import check_writable, read_private, write_private


class KeptLink:
    """A link in a file, and beside it, in a hidden file, what it is for; both with mode 0600.

    Args:
        dest: the file that holds the link and nothing else.
    """

    def __init__(self, dest: str) -> None:
        self.dest = os.path.abspath(os.path.expanduser(dest))
        folder, name = os.path.split(self.dest)
        self._about = os.path.join(folder, f".{name}.issued")

    def check_writable(self) -> None:
        """See that the link can be written, before one is issued.

        Raises:
            OptionError: it cannot.
        """
        check_writable(self.dest)
        check_writable(self._about)

    def write(self, link: str, purpose: dict[str, t.Any], expires: float) -> None:
        """Replace the link; a symbolic link in its place is replaced, not followed.

        Raises:
            OptionError: the files cannot be written.
        """
        about = {**purpose, "expires": expires, "digest": self._digest(f"{link}\n".encode())}
        write_private(self._about, json.dumps(about).encode())
        write_private(self.dest, f"{link}\n".encode())

    def expires(self, purpose: dict[str, t.Any]) -> float | None:
        """When the link ends, in seconds since the epoch, if there is one for the same purpose; else ``None``."""
        try:
            link, about = read_private(self.dest), json.loads(read_private(self._about) or b"{}")
            if link is None or about.pop("digest") != self._digest(link):
                return None
            expires = field(about, "expires", float, self._about)
            return expires if about == {**purpose, "expires": expires} else None
        except (OptionError, MalformedError, ValueError, RecursionError, AttributeError, KeyError, TypeError):
            return None

    @staticmethod
    def _digest(content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()
