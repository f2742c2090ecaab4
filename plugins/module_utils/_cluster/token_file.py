# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The private file that keeps a session's token from one task to the next."""

from __future__ import annotations

import dataclasses
import json
import os

from .._errors import MalformedError, OptionError
from .._fields import field
from .._files import read_private, write_private
from .._text import quoted


@dataclasses.dataclass(frozen=True)
class TokenFile:
    """A private file with the token of a session, and whom it belongs to.

    A token is only ever sent to the node, and used for the user, that the file names.

    Attributes:
        path: the file.
        url: the node.
        username: the user, or ``None`` if any will do.
    """

    path: str
    url: str
    username: str | None

    def read(self) -> tuple[str, str] | None:
        """User and token, or ``None`` if there is no file or it belongs to another node or user.

        Raises:
            OptionError: the file is not private, or not one of ours.
        """
        content = read_private(self.path)
        if content is None:
            return None
        try:
            item = json.loads(content)
            url, username, token = (field(item, name, str, self.path) for name in ("url", "username", "token"))
        except (ValueError, RecursionError, AttributeError, MalformedError):
            raise OptionError(
                f"token_path {quoted(self.path, whole=True)} does not hold a session token",
                "Name another file, or remove this one.",
            ) from None
        if url != self.url or self.username not in (None, username):
            return None
        return username, token

    def write(self, username: str, token: str) -> None:
        """Keep a token."""
        content = {"url": self.url, "username": username, "token": token}
        write_private(self.path, json.dumps(content).encode("utf-8"))

    def remove(self) -> None:
        """Forget the token."""
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise OptionError(
                f"token_path {quoted(self.path, whole=True)} cannot be removed: {error.strerror}"
            ) from error
