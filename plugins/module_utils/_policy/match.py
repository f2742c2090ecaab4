# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns: which tenants a rule speaks of, by the names on the way down to them, and which users are protected.

There is one language. ``*`` is any text, also none, and a backslash makes the next character a literal one. In a path,
slashes stand between levels, ``*`` ends at them, and ``**`` as a level of its own is any number of levels.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t


class PatternError(ValueError):
    """A pattern that means nothing; the message says why."""


@dataclasses.dataclass(frozen=True)
class NamePattern:
    """A pattern for one name: literal pieces with anything between two of them.

    No regular expression: names come from customers, and one with many stars can take for ever.
    """

    pieces: tuple[str, ...]

    def fits(self, name: str) -> bool:
        """Whether the whole name fits."""
        first, *inner = self.pieces
        if not inner:
            return name == first
        *inner, last = inner
        if not name.startswith(first):
            return False
        position = len(first)
        for piece in inner:
            position = name.find(piece, position)
            if position < 0:
                return False
            position += len(piece)
        return len(name) - len(last) >= position and name.endswith(last)


@dataclasses.dataclass(frozen=True)
class PathPattern:
    """A pattern for paths, compared level by level.

    Attributes:
        levels: a pattern for each level; ``None`` stands for any number of levels, none included.
    """

    levels: tuple[NamePattern | None, ...]

    def matches(self, path: t.Sequence[str]) -> bool:
        """Whether the whole path fits."""
        # The positions in the pattern that the levels seen so far can have led to.
        reached = self._past_any({0})
        for name in path:
            after = set()
            for position in reached:
                if position == len(self.levels):
                    continue
                level = self.levels[position]
                if level is None:
                    after.add(position)
                elif level.fits(name):
                    after.add(position + 1)
            reached = self._past_any(after)
        return len(self.levels) in reached

    def _past_any(self, positions: set[int]) -> set[int]:
        reached = set()
        for position in positions:
            reached.add(position)
            while position < len(self.levels) and self.levels[position] is None:
                position += 1
                reached.add(position)
        return reached


def literal(names: t.Sequence[str]) -> PathPattern:
    """The pattern that fits one path only.

    Raises:
        PatternError: there is no name, or an empty one.
    """
    if not names or not all(names):
        raise PatternError("a path has at least one name, and none is empty")
    return PathPattern(tuple(NamePattern((name,)) for name in names))


_TOKEN = re.compile(r"(?P<literal>\\.|[^\\/*])|(?P<star>\*+)|(?P<slash>/)|(?P<broken>\\)", re.DOTALL)


def parse(text: str) -> PathPattern:
    """Read a pattern: levels between slashes, ``*`` within a level, ``**`` over levels, ``\\`` before a literal.

    Raises:
        PatternError: a level is empty, ``**`` has company, or the text ends with a backslash.
    """
    levels: list[list[tuple[str, str]]] = [[]]
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup or ""
        if kind == "slash":
            levels.append([])
        elif kind == "broken":
            raise PatternError("it ends with a backslash")
        else:
            levels[-1].append((kind, token.group()))
    return PathPattern(tuple(map(_level, levels)))


def _level(tokens: list[tuple[str, str]]) -> NamePattern | None:
    if not tokens:
        raise PatternError("it has an empty level")
    if tokens == [("star", "**")]:
        return None
    if any(kind == "star" and len(text) > 1 for kind, text in tokens):
        raise PatternError("** must be a level of its own")
    return _name(tokens)


def _name(tokens: t.Iterable[tuple[str, str]]) -> NamePattern:
    pieces = [""]
    for kind, text in tokens:
        if kind == "star":
            pieces.append("")
        else:
            pieces[-1] += text[-1]
    return NamePattern(tuple(pieces))


def name_pattern(text: str) -> NamePattern:
    """Read a pattern for one name, in which a slash is a character like any other.

    Raises:
        PatternError: the text ends with a backslash, or has a wildcard of another language: a user whom the pattern was
            to protect would not be.
    """
    tokens = [(token.lastgroup or "", token.group()) for token in _TOKEN.finditer(text)]
    for kind, token in tokens:
        if kind == "broken":
            raise PatternError("it ends with a backslash")
        if token in ("?", "["):
            raise PatternError(f"{token} is no wildcard here, only * is. Write \\{token} for the character itself")
    return _name(tokens)
