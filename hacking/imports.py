# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draw which room of the plugins imports which: ``imports.py``, or ``imports.py --mermaid`` for a diagram.

``imports.py --check`` prints what breaks the rules below, a line for each fault, and then exits with 1. Imports count
wherever they stand: in functions, in ``try`` and under ``if TYPE_CHECKING`` too.
"""

from __future__ import annotations

import argparse
import ast
import collections
import dataclasses
import fnmatch
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
COLLECTION = "ansible_collections.tenantops.access"
PLUGINS = (*COLLECTION.split("."), "plugins")

#: The rooms: the first that fits a file is its room. It may import itself, the rooms of its row and the packages below.
#: Files never import each other in a circle. CONTRIBUTING.md shows the same rooms.
RULES = """
room          | files                  | may import
modules       | modules/               | _tasks
action        | action/                | plugin_utils _estate _acronis base _text
inventory     | inventory/             | plugin_utils _estate _acronis base _text
doc_fragments | doc_fragments/         |
plugin_utils  | plugin_utils/          | _policy base _text
_tasks        | module_utils/_tasks/   | _enforce _estate _record _policy _acronis _cluster base _text
_enforce      | module_utils/_enforce/ | _record _estate _policy _acronis base _text
_record       | module_utils/_record/  | _policy base _text
_estate       | module_utils/_estate/  | _policy _acronis base _text
_acronis      | module_utils/_acronis/ | base _text
_cluster      | module_utils/_cluster/ | base _text
_policy       | module_utils/_policy/  | _text
_text         | module_utils/_text.py  |
base          | module_utils/_*.py     | _text
"""

#: Packages beyond the standard library, and the rooms and files that may import them.
PACKAGES = {
    "ansible": "modules action inventory plugin_utils _tasks base",
    # Only this file touches the network.
    "requests": "module_utils/_http.py",
    "urllib3": "module_utils/_http.py",
    "yaml": "_tasks",
}

#: Names, and the rooms that may use them. A name counts as a whole: ``_supports_check_mode`` is another one.
NAMES = {
    "AnsibleModule": "modules _tasks",
    "check_mode": "modules _tasks",
    "Outcome": "modules _tasks",
}

#: Names that say nothing about what they hold, and the folder where no variable and no parameter has them.
VAGUE = {"one", "found"}
VAGUE_IN = "module_utils/"

#: Lines of a function, from ``def`` to its end, without its docstring.
LONGEST = 60


@dataclasses.dataclass(frozen=True)
class Room:
    """A row of the rules."""

    name: str
    files: str
    """A folder, or a pattern of file names, below ``plugins``."""

    rooms: frozenset[str]
    """The names of the rooms that it may import."""

    def holds(self, file: str) -> bool:
        """Return whether a file belongs here.

        Args:
            file: Its path below ``plugins``.
        """
        if self.files.endswith("/"):
            return file.startswith(self.files)
        path, pattern = PurePosixPath(file), PurePosixPath(self.files)
        return path.parent == pattern.parent and fnmatch.fnmatchcase(path.name, pattern.name)


@dataclasses.dataclass(frozen=True)
class Import:
    """What a file imports in a line of it."""

    line: int
    name: str
    """With dots, and never relative."""

    file: str | None
    """The file of ours that it is, below ``plugins``; a folder if that has no ``__init__.py``."""


@dataclasses.dataclass(frozen=True)
class Source:
    """A Python file of the plugins."""

    file: str
    """The path below ``plugins``."""

    room: Room | None
    tree: ast.Module
    imports: tuple[Import, ...]


@dataclasses.dataclass(frozen=True, order=True)
class Fault:
    """What breaks a rule, and where."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"plugins/{self.file}:{self.line}: {self.sentence}"


def read_rules(text: str) -> tuple[Room, ...]:
    """Read the table of rooms.

    Args:
        text: A heading, then a row for each room.
    """
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()[1:]]
    return tuple(Room(name, files, frozenset(rooms.split())) for name, files, rooms in rows)


ROOMS = read_rules(RULES)


def room_of(file: str) -> Room | None:
    """Return the room of a file or folder, or ``None`` if no row of the rules has a place for it.

    Args:
        file: Its path below ``plugins``.
    """
    return next((room for room in ROOMS if room.holds(file)), None)


def file_of(name: str, plugins: Path) -> str | None:
    """Return the file of ours that a name with dots stands for, or ``None`` if there is none.

    Args:
        name: Such as ``ansible_collections.tenantops.access.plugins.module_utils._http``.
        plugins: The directory.

    Returns:
        Its path below ``plugins``, or the path of a folder without ``__init__.py``, with a slash at its end.
    """
    parts = tuple(name.split("."))
    if parts[: len(PLUGINS)] != PLUGINS:
        return None
    path = "/".join(parts[len(PLUGINS) :])
    for file in (f"{path}.py", f"{path}/__init__.py"):
        if (plugins / file).is_file():
            return file
    return f"{path}/" if path and (plugins / path).is_dir() else None


def imports_of(file: str, tree: ast.Module, plugins: Path) -> Iterator[Import]:
    """Yield the imports of a file: one for each module that a statement names.

    Args:
        file: Its path below ``plugins``, where relative imports begin.
        tree: What is in it.
        plugins: The directory.
    """
    package = [*PLUGINS, *PurePosixPath(file).parent.parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            # "from package import name" may mean a module or what is in the package itself.
            members = [f"{module}.{alias.name}" for alias in node.names]
            names = [member if file_of(member, plugins) else module for member in members]
        else:
            continue
        for name in dict.fromkeys(names):
            yield Import(node.lineno, name, file_of(name, plugins))


def read(plugins: Path) -> list[Source]:
    """Read all Python files below a directory, sorted by their path.

    Args:
        plugins: The directory.

    Raises:
        SyntaxError: A file is not Python.
    """
    sources = []
    for path in sorted(plugins.rglob("*.py")):
        file = path.relative_to(plugins).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        sources.append(Source(file, room_of(file), tree, tuple(imports_of(file, tree, plugins))))
    return sources


def listed(names: list[str]) -> str:
    """Return names as a sentence lists them.

    Args:
        names: Such as ``["modules", "_tasks"]``; may be empty.
    """
    return " and ".join(part for part in (", ".join(names[:-1]), "".join(names[-1:])) if part)


def import_faults(source: Source, room: Room) -> Iterator[Fault]:
    """Yield the imports that the room of a file does not allow.

    Args:
        source: The file.
        room: Its room.
    """
    for item in source.imports:
        top = item.name.partition(".")[0]
        if item.file is not None:
            target = room_of(item.file)
            if target is None:
                yield Fault(source.file, item.line, f"{item.name} is in no room; import a file that is in one.")
            elif target != room and target.name not in room.rooms:
                allowed = listed(sorted(room.rooms)) or "no other room"
                sentence = f"{room.name} must not import {target.name} ({item.file}); it may import {allowed}."
                yield Fault(source.file, item.line, sentence)
        elif f"{item.name}.".startswith(f"{COLLECTION}."):
            yield Fault(source.file, item.line, f"{item.name} is no Python file below plugins.")
        elif top not in sys.stdlib_module_names:
            places = PACKAGES.get(top, "").split()
            if room.name not in places and source.file not in places:
                sentence = f"{room.name} must not import the package {top}, which is for {listed(places)} only."
                yield Fault(source.file, item.line, sentence if places else f"No file may import the package {top}.")


def names_of(node: ast.AST) -> tuple[str | None, ...]:
    """Return the names that stand in a node itself, not in those below it.

    Args:
        node: Any node.
    """
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=name):
            return (name,)
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return (name,)
        case ast.alias(name=name, asname=asname):
            return (name, asname)
    return ()


def name_faults(source: Source, room: Room) -> Iterator[Fault]:
    """Yield the names in a file that its room must not use.

    Args:
        source: The file.
        room: Its room.
    """
    for node in ast.walk(source.tree):
        for name in names_of(node):
            if name in NAMES and room.name not in NAMES[name].split():
                sentence = f"{room.name} must not use the name {name}, which is for {listed(NAMES[name].split())} only."
                yield Fault(source.file, getattr(node, "lineno", 1), sentence)


def vague_faults(source: Source) -> Iterator[Fault]:
    """Yield the variables and parameters of a file whose names say nothing.

    Args:
        source: The file.
    """
    if not source.file.startswith(VAGUE_IN):
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) if name in VAGUE:
                yield Fault(source.file, node.lineno, f"The name {name} does not say what it holds.")


def length_faults(source: Source) -> Iterator[Fault]:
    """Yield the functions of a file that are too long.

    Args:
        source: The file.
    """
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if ast.get_docstring(node) is not None:
            docstring = node.body[0]
            length -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
        if length > LONGEST:
            sentence = f"The function {node.name} has {length} lines without its docstring; {LONGEST} is the most."
            yield Fault(source.file, node.lineno, sentence)


def way_back(start: str, graph: dict[str, dict[str, int]]) -> list[str]:
    """Return the shortest circle of imports through a file, or nothing.

    Args:
        start: The file.
        graph: For each file what it imports.

    Returns:
        The files of the circle, each of which imports the next, and the last the first.
    """
    ways = collections.deque([[start]])
    seen: set[str] = set()
    while ways:
        way = ways.popleft()
        for file in sorted(graph.get(way[-1], ())):
            if file == start:
                return way
            if file not in seen:
                seen.add(file)
                ways.append([*way, file])
    return []


def circle_faults(sources: list[Source]) -> Iterator[Fault]:
    """Yield each circle of imports once, at the first of its files.

    Args:
        sources: All files.
    """
    graph = {source.file: {item.file: item.line for item in source.imports if item.file} for source in sources}
    for source in sources:
        circle = way_back(source.file, graph)
        if circle and min(circle) == source.file:
            files = " -> ".join([*circle, source.file])
            yield Fault(source.file, graph[source.file][(circle * 2)[1]], f"These files import each other: {files}.")


def faults_in(sources: list[Source]) -> list[Fault]:
    """Return all that breaks a rule, sorted by file and line.

    Args:
        sources: All files.
    """
    faults = set(circle_faults(sources))
    for source in sources:
        faults |= {*vague_faults(source), *length_faults(source)}
        if source.room is None:
            faults.add(Fault(source.file, 1, "This file is in no room; see the rules in hacking/imports.py."))
        else:
            faults |= {*import_faults(source, source.room), *name_faults(source, source.room)}
    return sorted(faults)


def arrows_of(sources: list[Source]) -> dict[str, dict[str, int]]:
    """Return for each room that has files how often it imports which other room, sorted.

    Args:
        sources: All files.
    """
    arrows: dict[str, collections.Counter[str]] = {}
    for source in sources:
        if source.room is None:
            continue
        counts = arrows.setdefault(source.room.name, collections.Counter())
        targets = [room_of(item.file) for item in source.imports if item.file]
        counts.update(target.name for target in targets if target and target != source.room)
    return {name: dict(sorted(counts.items())) for name, counts in sorted(arrows.items())}


def draw(arrows: dict[str, dict[str, int]]) -> str:
    """Return the drawing as text, a line for each room.

    Args:
        arrows: For each room how often it imports which.
    """
    width = max(map(len, arrows), default=0)
    return "\n".join(
        f"{name:{width}} -> " + (", ".join(f"{target} {count}" for target, count in counts.items()) or "no other room")
        for name, counts in arrows.items()
    )


def draw_mermaid(arrows: dict[str, dict[str, int]]) -> str:
    """Return the drawing in the language of Mermaid.

    Args:
        arrows: For each room how often it imports which.
    """
    lines = ["flowchart LR", *(f"    {name}" for name in arrows)]
    for name, counts in arrows.items():
        lines += [f"    {name} -->|{count}| {target}" for target, count in counts.items()]
    return "\n".join(lines)


def main() -> int:
    """Do what the command line says; return the exit status."""
    parser = argparse.ArgumentParser(description="Draw which room of the plugins imports which.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="print what breaks the rules, and nothing else")
    choice.add_argument("--mermaid", action="store_true", help="draw in the language of Mermaid")
    args = parser.parse_args()
    sources = read(ROOT / "plugins")
    if args.check:
        faults = faults_in(sources)
        for fault in faults:
            print(fault)
        return 1 if faults else 0
    arrows = arrows_of(sources)
    print(draw_mermaid(arrows) if args.mermaid else draw(arrows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
