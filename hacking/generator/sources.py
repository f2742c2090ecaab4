# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is generated from: documentation fragments, ``hacking/returns`` and the classes of errors."""

from __future__ import annotations

import ast
import dataclasses
import re
import runpy
from pathlib import Path
from string import Template
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FRAGMENTS = Path("plugins", "doc_fragments")
RETURNS = Path("hacking", "returns")
ERRORS = Path("plugins", "module_utils", "_errors.py")

#: The groups of modules with a connection in common, and what the names of their environment variables begin with.
GROUPS = {"acronis": "ACRONIS_", "cluster": "DOCLUSTER_"}

#: Options whose environment variables are read after the argument spec was applied, because the level that an option
#: comes from decides which of them hold, and a fallback would hide it.
READ_LATER = {
    "acronis": {"client_id", "client_secret", "access_token"},
    "cluster": {"username", "password", "access_token", "token_path"},
}

#: Options that may hold a password, although their names do not say so.
MAY_HOLD_PASSWORD = {"proxy"}


class SourceError(Exception):
    """A source does not say what is needed of it. The message names the file."""


@dataclasses.dataclass(frozen=True)
class ConnectionOption:
    """An option of a connection.

    Attributes:
        name: Its name.
        documented: What its documentation says, such as ``type``.
        variable: Its environment variable.
        has_fallback: Whether the argument spec reads the variable.
        no_log: What the argument spec says of secrecy; ``None`` if there is nothing to say.
    """

    name: str
    documented: dict[str, Any]
    variable: str
    has_fallback: bool
    no_log: bool | None


def fragment_options(name: str) -> dict[str, Any]:
    """Return the options that a documentation fragment describes.

    Args:
        name: The fragment, such as ``policy``.
    """
    fragment = runpy.run_path(str(ROOT / FRAGMENTS / f"{name}.py"))["ModuleDocFragment"]
    options: dict[str, Any] = yaml.safe_load(fragment.DOCUMENTATION)["options"]
    return options


def connection_options(group: str) -> list[ConnectionOption]:
    """Return the connection options of a group of modules, in the order of their documentation.

    Args:
        group: One of :data:`GROUPS`.

    Raises:
        SourceError: An option does not document its environment variable.
    """
    options = []
    for name, documented in fragment_options(group).items():
        variable = GROUPS[group] + name.upper()
        if f"E({variable})" not in "".join(documented["description"]):
            raise SourceError(f"{FRAGMENTS / group}.py: the description of {name} does not have E({variable})")
        has_fallback = name not in READ_LATER[group]
        options.append(ConnectionOption(name, documented, variable, has_fallback, _no_log(name, documented["type"])))
    return options


def _no_log(name: str, kind: str) -> bool | None:
    if name in MAY_HOLD_PASSWORD:
        return True
    # Of such a name, Ansible wants to know. It is a secret unless it is a switch or a place.
    return kind == "str" if re.search("pass|secret|token", name) else None


def returned_values(module: str) -> dict[str, Any]:
    """Return the return values that a module shares with others, in its own words.

    Args:
        module: The module, as ``hacking/returns/modules.yml`` names it.

    Raises:
        SourceError: A value asks for a word that the module does not have.
    """
    own = returning_modules()[module]
    words = {**own["words"], "types": _listed([f"V({kind})" for kind in error_types()])}
    values: dict[str, Any] = {}
    for name in own["files"]:
        text = (ROOT / RETURNS / f"{name}.yml").read_text(encoding="utf-8")
        try:
            values |= _filled(yaml.safe_load(text), words)
        except KeyError as error:
            raise SourceError(f"{RETURNS}/modules.yml: {module} lacks the word {error} for {name}.yml") from None
    return values


def returning_modules() -> dict[str, dict[str, Any]]:
    """Return what ``hacking/returns/modules.yml`` says of each module."""
    modules: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / RETURNS / "modules.yml").read_text(encoding="utf-8"))
    return modules


def _filled(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(content, words) for key, content in value.items()}
    if isinstance(value, list):
        return [_filled(item, words) for item in value]
    return Template(value).substitute(words) if isinstance(value, str) else value


def error_types() -> list[str]:
    """Return the types of errors that a failed task can return, in the order of their classes.

    They are read and not imported, because plugins can be imported only where the collection is installed.
    """
    types: list[str] = []
    for node in ast.parse((ROOT / ERRORS).read_text(encoding="utf-8")).body:
        for line in node.body if isinstance(node, ast.ClassDef) else []:
            # The base class, which is never raised, has an annotated kind.
            if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "kind":
                types.append(ast.literal_eval(line.value))
    return types


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
