# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words that all rooms share, and what is done to texts: they are quoted, compared, cut, and ids are checked."""

from __future__ import annotations

import json
import re
import typing as t
import unicodedata

#: States of a tenant's MFA, as its own endpoint says them.
ENABLED = "enabled"
DISABLED = "disabled"
DISABLE_IN_PROGRESS = "disable_in_progress"
STATES = (ENABLED, DISABLED, DISABLE_IN_PROGRESS)

#: What a state or a disposition is called that could not be found out.
UNKNOWN = "unknown"
#: What a rule calls the tenants that it leaves alone, and the disposition of those that none wants anything of.
UNMANAGED = "unmanaged"

#: The other dispositions: what a policy says of a tenant.
INHERITED = "inherited"
EXCEPTED = "excepted"
COMPLIANT = "compliant"
CONVERGING = "converging"
BLOCKED = "blocked"
PENDING = "pending"
DRIFTED = "drifted"
#: Every disposition, in the order in which reports show them. They are tested in the same order but for the first two:
#: a folder or unit is never read itself, so it is inherited even where its organization is unknown.
DISPOSITIONS = (UNKNOWN, INHERITED, UNMANAGED, EXCEPTED, COMPLIANT, CONVERGING, BLOCKED, PENDING, DRIFTED)

#: How a state is known: read from the tenant's own endpoint, inferred from its listing, or not at all.
ENDPOINT = "endpoint"
LISTING = "listing"
NONE = "none"
SOURCES = (ENDPOINT, LISTING, NONE)

#: What became of a change.
CHANGED = "changed"
ALREADY = "already"
CONFLICT = "conflict"
FAILED = "failed"
NOT_STARTED = "not_started"
RESULTS = (CHANGED, ALREADY, CONFLICT, FAILED, NOT_STARTED)

_ID = re.compile(r"(?=.*[0-9a-z])[0-9a-z-]{1,64}")
#: Things of one sort that a message names one by one.
_SHOWN = 10

Item = t.TypeVar("Item")


def holds(status: str, wanted: str) -> bool:
    """Whether nothing needs to be written for a wanted state: switching off ends by itself, so it counts as off."""
    return settled(status) == settled(wanted)


def settled(status: str) -> str:
    """The state that a state ends in by itself."""
    return DISABLED if status == DISABLE_IN_PROGRESS else status


def id_from(text: str) -> str | None:
    """An id as the platform writes it, in lower case, or ``None`` if the text is none.

    Ids are opaque: the vendor's own samples are no well-formed UUIDs, so only what could not be part of a path is
    refused.
    """
    tenant_id = text.strip().lower()
    return tenant_id if _ID.fullmatch(tenant_id) else None


def comparable(text: str) -> str:
    """A text as it is compared where upper and lower case are alike, and so are the ways to write one letter."""
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).lower()


def quoted(name: object, *, whole: bool = False) -> str:
    """A name as it can stand in a sentence: in quotes, on one line, unicode kept.

    Args:
        name: whatever came from outside.
        whole: do not shorten it to 120 characters; for what the reader wrote, such as paths.
    """
    text = json.dumps(name if isinstance(name, str) else str(name), ensure_ascii=False)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)
    return text if whole or len(text) <= 120 else text[:116] + '..."'


def first_few(items: t.Sequence[Item], text: t.Callable[[Item], str], *, separator: str = "; ") -> str:
    """The first ten of many things by name, and how many more there are.

    Args:
        items: the things.
        text: says what one of them is called.
        separator: stands between two of them; with a comma, the last words are joined by "and" alone.
    """
    shown = separator.join(text(item) for item in items[:_SHOWN])
    more = len(items) - _SHOWN
    return f"{shown}{separator.rstrip().replace(',', '')} and {more} more" if more > 0 else shown


def first_texts(texts: t.Sequence[str], of_what: str) -> tuple[str, ...]:
    """The first ten of many texts, and one that says how many more there are.

    Args:
        texts: sentences, each to be shown by itself.
        of_what: what the others are, such as ``warnings about exceptions``.
    """
    more = len(texts) - _SHOWN
    return (*texts[:_SHOWN], f"{more} more {of_what}.") if more > 0 else tuple(texts)
