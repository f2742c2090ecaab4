# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Path patterns: what they fit, what they never fit, and which mean nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._policy.match import PatternError, literal, parse
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.oracle import fits, levels_of
from ansible_collections.tenantops.access.tests.unit.plugins.module_utils._policy.strategies import (
    CHARACTERS,
    NAMES,
    escaped,
    paths,
)

#: Few characters, so that patterns and paths meet.
PATTERNS = st.text(alphabet="ab/*\\\n.", max_size=9)
SHORT = st.lists(st.text(alphabet="ab/*\\\n.", max_size=3), max_size=4).map(tuple)

FITS = [
    ("Northwind", ["Northwind"]),
    ("Northwind/Lab", ["Northwind", "Lab"]),
    ("*", ["Northwind"]),
    ("*", ["A/B"]),
    ("*", ["two\nlines"]),
    ("North*", ["North"]),
    ("*wind", ["Northwind"]),
    ("N*w*d", ["Northwind"]),
    ("Northwind/*", ["Northwind", "Lab"]),
    ("**", []),
    ("**", ["A", "B", "C"]),
    ("Northwind/**", ["Northwind", "Lab"]),
    ("Northwind/**", ["Northwind", "Lab", "Deep", "Deeper"]),
    ("**/Lab", ["Lab"]),
    ("**/Lab", ["A", "B", "Lab"]),
    ("A/**/Z", ["A", "Z"]),
    ("A/**/Z", ["A", "Z", "A", "Z"]),
    ("**/A/**", ["X", "A", "Y"]),
    ("**/**", ["A"]),
    ("**/*/**", ["A"]),
    (r"A\/B", ["A/B"]),
    (r"\*", ["*"]),
    (r"\*\*", ["**"]),
    (r"\\", ["\\"]),
    (r"\A", ["A"]),
    ("\\\n", ["\n"]),
    (".*", [".hidden"]),
    ("a+b(c)[d]{2}|^$?", ["a+b(c)[d]{2}|^$?"]),
    ("{{ 7*7 }}", ["{{ 7 or 7 }}"]),
    ("Müller", ["Müller"]),
    ("*\U0001f512", ["locked \U0001f512"]),
    (" ", [" "]),
]
NEVER_FITS = [
    ("Northwind", ["northwind"]),
    ("Northwind", ["Northwind", "Lab"]),
    ("Northwind", ["Northwind\n"]),
    ("Northwind", []),
    ("Northwind/Lab", ["Northwind/Lab"]),
    ("*", []),
    ("*", ["A", "B"]),
    ("*/B", ["A/B"]),
    # What one part of a pattern took is not there for the next.
    ("a*a", ["a"]),
    ("ab*ba", ["aba"]),
    ("*a*a*", ["a"]),
    ("*a*b*", ["ba"]),
    ("*ab*bc", ["abc"]),
    ("Northwind/*", ["Northwind"]),
    ("Northwind/*", ["Northwind", "Lab", "Deep"]),
    ("Northwind/**", ["Northwinds", "Lab"]),
    ("Northwind/**", ["Other", "Northwind", "Lab"]),
    ("**/Lab", ["Lab", "A"]),
    ("A/**/Z", ["A"]),
    ("A/**/Z", ["Z", "A"]),
    ("**/*/**", []),
    (r"\*", ["A"]),
    (r"\*\*", ["A", "B"]),
    (r"A\/B", ["A", "B"]),
    (".", ["A"]),
    ("[AB]", ["A"]),
    ("?", ["A"]),
    ("a|b", ["a"]),
    ("Müller", ["Mu\u0308ller"]),
    ("A", ["A "]),
]
#: Texts that are no patterns, with a word of what is wrong.
MEANINGLESS = [
    ("", "empty level"),
    ("/", "empty level"),
    ("/A", "empty level"),
    ("A/", "empty level"),
    ("A//B", "empty level"),
    ("**/", "empty level"),
    ("***", "level of its own"),
    ("A**", "level of its own"),
    ("**A", "level of its own"),
    ("A/**B/C", "level of its own"),
    (r"**\*", "level of its own"),
    ("\\", "backslash"),
    ("A\\", "backslash"),
    ("A/\\\\\\", "backslash"),
]


@pytest.mark.parametrize(("pattern", "path"), FITS)
def test_fits(pattern: str, path: list[str]) -> None:
    assert parse(pattern).matches(path)


@pytest.mark.parametrize(("pattern", "path"), NEVER_FITS)
def test_does_not_fit(pattern: str, path: list[str]) -> None:
    assert not parse(pattern).matches(path)


@pytest.mark.parametrize(("pattern", "says"), MEANINGLESS)
def test_what_means_nothing_is_refused(pattern: str, says: str) -> None:
    with pytest.raises(PatternError, match=says):
        parse(pattern)


@pytest.mark.parametrize("names", [[], [""], ["A", ""]])
def test_a_literal_path_has_names(names: list[str]) -> None:
    with pytest.raises(PatternError):
        literal(names)


@given(paths(1), paths())
@example(("a",), ("a\n",))
@example(("*",), ("a",))
@example(("**",), ("a", "b"))
@example(("a/b",), ("a", "b"))
@example(("a\\", "b"), ("a/b",))
def test_a_literal_path_fits_itself_only(path: tuple[str, ...], other: tuple[str, ...]) -> None:
    pattern = literal(path)
    assert pattern.matches(path)
    assert pattern.matches(other) == (path == other)
    assert not pattern.matches((*path, "a"))
    assert not pattern.matches(path[1:])


@given(paths(1), paths())
def test_an_escaped_path_fits_itself_only(path: tuple[str, ...], other: tuple[str, ...]) -> None:
    pattern = parse(escaped(path))
    assert pattern.matches(path)
    assert pattern.matches(other) == (path == other)
    assert not pattern.matches((*path, "a"))
    assert not pattern.matches(path[1:])


@given(paths(1))
def test_every_character_may_be_escaped(path: tuple[str, ...]) -> None:
    assert parse("/".join("".join(f"\\{c}" for c in name) for name in path)).matches(path)


@given(paths())
def test_one_star_is_one_level_whatever_the_name(path: tuple[str, ...]) -> None:
    assert parse("*").matches(path) == (len(path) == 1)
    assert parse("*/*").matches(path) == (len(path) == 2)
    assert parse("**").matches(path)
    assert parse("**/*").matches(path) == (len(path) >= 1)


@given(paths(1), paths(), paths(1))
def test_two_stars_are_any_number_of_levels(
    before: tuple[str, ...], between: tuple[str, ...], after: tuple[str, ...]
) -> None:
    assert parse(f"{escaped(before)}/**/{escaped(after)}").matches(before + between + after)
    assert parse(f"{escaped(before)}/**").matches(before + between)
    assert parse(f"**/{escaped(after)}").matches(between + after)


@given(NAMES, st.integers(0, 6), st.integers(0, 6))
def test_a_star_stands_for_any_part_of_a_name(name: str, start: int, end: int) -> None:
    head, tail = name[:start], name[max(start, len(name) - end) :]
    pattern = escaped((head,)) + "*" + escaped((tail,))
    assert parse(pattern).matches([name])
    assert not parse(pattern).matches([name, name])


@given(PATTERNS, SHORT)
def test_patterns_agree_with_a_straightforward_matcher(pattern: str, path: tuple[str, ...]) -> None:
    levels = levels_of(pattern)
    if levels is None:
        with pytest.raises(PatternError):
            parse(pattern)
    else:
        assert parse(pattern).matches(path) == fits(levels, path)


@given(st.lists(st.sampled_from(["a", "b", "ab", "*"]), min_size=1, max_size=7), st.text(alphabet="ab", max_size=7))
def test_levels_with_many_stars_agree_with_it_too(parts: list[str], name: str) -> None:
    pattern = "".join(part for part, after in zip(parts, [*parts[1:], ""], strict=True) if (part, after) != ("*", "*"))
    levels = levels_of(pattern)
    assert levels is not None
    assert parse(pattern).matches([name]) == fits(levels, [name])


@given(st.data(), SHORT)
def test_patterns_made_of_paths_agree_with_it_too(data: st.DataObject, path: tuple[str, ...]) -> None:
    """As above, but most of these pairs fit."""
    levels = []
    for name in path:
        characters = (data.draw(st.sampled_from([escaped((c,)), f"\\{c}", "*", ""])) for c in name)
        levels.append(data.draw(st.sampled_from(["".join(characters), "*", "**"])))
    pattern = "/".join(levels)
    expected = levels_of(pattern)
    if expected is None:
        with pytest.raises(PatternError):
            parse(pattern)
    else:
        assert parse(pattern).matches(path) == fits(expected, path)


def test_a_name_made_to_keep_a_matcher_busy_does_not() -> None:
    """A matcher that tries all ways to share the name out among the stars would not end."""
    stars = 40
    assert not parse("*a" * stars + "*b").matches(["a" * 2000])
    assert not parse("*/" * stars + "*b").matches(["a" * 50] * (stars + 1))
    assert not parse("**/a/" * stars + "**/b").matches(["a"] * 200)
    assert parse("*a" * stars + "*").matches(["a" * 2000])


@given(st.text(alphabet=CHARACTERS, max_size=20))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    assert (levels_of(text) is not None) == is_pattern(text)


def is_pattern(text: str) -> bool:
    """Whether a text is a pattern."""
    try:
        parse(text)
    except PatternError:
        return False
    return True
