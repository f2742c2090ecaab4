# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of a policy document: checked as a whole against its schema, with the place of every mistake."""

from __future__ import annotations

import datetime
import typing as t

from .schema import Option


class PolicyError(ValueError):
    """A policy that cannot be used; the message names the place and the remedy."""


def without_absent(value: t.Any) -> t.Any:
    """Plain data without the keys that were not given, which are ``None`` there, so that it is a document again."""
    if isinstance(value, dict):
        return {key: without_absent(item) for key, item in value.items() if item is not None}
    return [without_absent(item) for item in value] if isinstance(value, list) else value


_TYPES: dict[str, tuple[type[t.Any], ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "list": (list, tuple),
    "dict": (dict,),
    "raw": (object,),
}
#: No count or share is larger.
_MOST = 10**9
_WORDS = {"str": "a text", "bool": "true or false", "int": "a whole number", "float": "a number", "list": "a list"}


def checked(value: t.Any, option: Option, place: str) -> t.Any:
    """Plain data of the form that ``option`` describes, with defaults; dates become texts."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = value.isoformat()
    kind = option["type"]
    if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind in ("int", "float")):
        raise PolicyError(f"{place}: must be {_WORDS.get(kind, 'a mapping')}, not {_described(value)}.")
    if kind == "list":
        element = {**option, "type": option["elements"]}
        return [checked(item, element, f"{place}[{number}]") for number, item in enumerate(value)]
    if kind in ("int", "float") and not -_MOST <= value <= _MOST:
        raise PolicyError(f"{place}: is out of range.")
    if "choices" in option and value not in option["choices"]:
        raise PolicyError(f"{place}: is {shown(value)}, must be one of {', '.join(option['choices'])}.")
    if kind == "dict":
        return _checked_keys(value, option["options"], place)
    # A list in a raw value would go on belonging to whoever gave the document.
    return list(value) if isinstance(value, (list, tuple)) else value


def _checked_keys(value: dict[t.Any, t.Any], options: dict[str, Option], place: str) -> dict[str, t.Any]:
    prefix = "" if place == "policy" else f"{place}."
    for name in value:
        if name not in options:
            key = name if isinstance(name, str) and name.isidentifier() and len(name) < 60 else shown(name)
            raise PolicyError(f"{prefix}{key}: there is no such key. Known here: {', '.join(sorted(options))}.")
        if value[name] is None:
            remedy = "Give it a value." if options[name].get("required") else "Leave it out, or give it a value."
            raise PolicyError(f"{prefix}{name}: is empty. {remedy}")
    document: dict[str, t.Any] = {}
    for name, option in options.items():
        given = value.get(name)
        if given is None and option.get("required"):
            raise PolicyError(f"{prefix}{name}: is missing.")
        if given is None and option.get("apply_defaults"):
            given = {}
        if given is None:
            given = option.get("default")
        document[name] = None if given is None else checked(given, option, f"{prefix}{name}")
    return document


def _described(value: t.Any) -> str:
    if value is None:
        return "empty"
    return shown(value) if isinstance(value, (str, int, float)) else f"of type {type(value).__name__}"


def shown(value: t.Any) -> str:
    """A value as it can stand in a message: on one line, and not at any length."""
    if isinstance(value, int) and abs(value) > _MOST:
        return "a huge number"
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
