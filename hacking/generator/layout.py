# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values as the text of YAML and of Python, in the form that yamllint and ``ruff format`` want.

The form is our own and not that of PyYAML, which breaks a line after the width and not before it.
"""

from __future__ import annotations

import dataclasses
import json
import textwrap
from typing import Any

import yaml

WIDTH = 120


@dataclasses.dataclass(frozen=True)
class Call:
    """A call of a function in Python, with arguments of any kind that :func:`python_lines` knows.

    Attributes:
        function: The function's name.
        positional: The arguments without a name.
        named: The others.
    """

    function: str
    positional: tuple[Any, ...]
    named: dict[str, Any]


def yaml_lines(value: Any, indent: int) -> list[str]:
    """Return a mapping or a sequence as lines of YAML in block style.

    Args:
        value: A dict or a list that is not empty. Its keys are plain words.
        indent: How many spaces are before each line.
    """
    lines: list[str] = []
    if isinstance(value, dict):
        for key, content in value.items():
            lines += _entry(f"{key}:", content, indent)
        return lines
    for item in value:
        if isinstance(item, (dict, list)) and item:
            first, *rest = yaml_lines(item, indent + 2)
            lines += [f"{' ' * indent}- {first.lstrip()}", *rest]
        else:
            lines += _entry("-", item, indent)
    return lines


def _entry(head: str, content: Any, indent: int) -> list[str]:
    margin = " " * indent
    if isinstance(content, (dict, list)) and content:
        return [margin + head, *yaml_lines(content, indent + 2)]
    lines = textwrap.wrap(
        f"{head} {_scalar(content)}",
        WIDTH,
        initial_indent=margin,
        subsequent_indent=f"{margin}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    if head == "description:" and len(lines) > 1:
        return [f"{margin}{head}", *_entry("-", content, indent + 2)]
    return lines


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        is_plain = yaml.safe_load(f"key: {value}") == {"key": value}
    except yaml.YAMLError:
        is_plain = False
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def python_lines(head: str, value: Any, tail: str, indent: int) -> list[str]:
    """Return an expression as lines of Python: in one line if it fits, else each of its parts from a line on.

    Args:
        head: What stands before the expression, such as ``"name": ``.
        value: What JSON knows, a tuple, or a :class:`Call`; nested at will.
        tail: What stands after it, such as a comma.
        indent: How many spaces are before the first line.
    """
    margin = " " * indent
    line = f"{margin}{head}{_inline(value)}{tail}"
    parts = _parts(value)
    if len(line) <= WIDTH or not parts:
        return [line]
    opening, closing = _brackets(value)
    lines = [f"{margin}{head}{opening}"]
    for name, part in parts:
        lines += python_lines(name, part, ",", indent + 4)
    return [*lines, f"{margin}{closing}{tail}"]


def _inline(value: Any) -> str:
    if not isinstance(value, (dict, list, tuple, Call)):
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    opening, closing = _brackets(value)
    return opening + ", ".join(name + _inline(part) for name, part in _parts(value)) + closing


def _brackets(value: dict[str, Any] | list[Any] | tuple[Any, ...] | Call) -> tuple[str, str]:
    if isinstance(value, Call):
        return f"{value.function}(", ")"
    if isinstance(value, tuple):
        # Without its comma, a tuple of one is none.
        return "(", ",)" if len(value) == 1 else ")"
    return ("{", "}") if isinstance(value, dict) else ("[", "]")


def _parts(value: Any) -> list[tuple[str, Any]]:
    """Return the parts of an expression, each with what stands before it."""
    if isinstance(value, Call):
        return [*(("", part) for part in value.positional), *((f"{name}=", part) for name, part in value.named.items())]
    if isinstance(value, dict):
        return [(f"{json.dumps(name)}: ", part) for name, part in value.items()]
    return [("", part) for part in value] if isinstance(value, (list, tuple)) else []
