# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is generated: options as argument specs, as the variables of roles, as the arguments of a task.

What becomes a region of a file is a function that makes lines for an indentation, because only the file knows it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hacking.generator.layout import Call, python_lines, yaml_lines
from hacking.generator.sources import FRAGMENTS, GROUPS, ConnectionOption, connection_options, fragment_options

#: Options of modules that the role ``mfa_policy`` has by another name than its prefix and theirs.
RENAMED = {"policy": "definition", "policy_file": "file"}

NOTICE = "".join(f"{line}\n" for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:3])


def as_yaml(value: dict[str, Any]) -> Callable[[int], list[str]]:
    """Return what makes lines of YAML of a mapping."""
    return lambda indent: yaml_lines(value, indent)


def role_connection(role: str, options: list[ConnectionOption]) -> Callable[[int], list[str]]:
    """Return what makes the connection options in a role's argument spec.

    They have no default, because the environment comes before it, and the module knows both; the text says it.

    Args:
        role: The role.
        options: The options of its group.
    """
    variables: dict[str, Any] = {}
    for option in options:
        documented = {key: value for key, value in option.documented.items() if key not in ("default", "required")}
        if "default" in option.documented:
            *before, last = _texts(option.documented["description"])
            default = option.documented["default"]
            default = str(default).lower() if isinstance(default, bool) else default
            documented["description"] = [*before, f"{last} The default is V({default})."]
        if option.no_log:
            documented["no_log"] = True
        variables[option.name] = documented
    return as_yaml(role_options(f"{role}_", variables, f"{role}_"))


def role_options(prefix: str, options: dict[str, Any], variables: str = "mfa_policy_") -> dict[str, Any]:
    """Return options of a module as a role's argument spec has them.

    Args:
        prefix: What goes before the names of the options.
        options: The options as documented.
        variables: What goes before the names of options that descriptions refer to.
    """
    changed: dict[str, Any] = {}
    for name, documented in options.items():
        option = changed[prefix + name] = {}
        for key, value in documented.items():
            if key == "suboptions":
                option["options"] = role_options("", value, variables)
            elif key == "description":
                pattern = r"\bO\((\w+)"
                texts = [re.sub(pattern, lambda match: _variable(variables, match), text) for text in _texts(value)]
                option[key] = texts[0] if isinstance(value, str) else texts
            else:
                option[key] = value
    return changed


def _texts(description: str | list[str]) -> list[str]:
    return [description] if isinstance(description, str) else description


def _variable(variables: str, match: re.Match[str]) -> str:
    return f"O({variables}{RENAMED.get(match[1], match[1])}"


def role_variable(role: str, options: list[ConnectionOption]) -> Callable[[int], list[str]]:
    """Return what makes the variable with the connection options that a role was given.

    Args:
        role: The role.
        options: The options of its group.
    """
    pairs = [f"       ['{option.name}', {role}_{option.name} | default(none)]," for option in options]
    pairs[-1] = pairs[-1].removesuffix(",")
    first = [f"{role}_connection: >-", "  {{ dict(["]
    return lambda indent: [*first, *pairs, "     ] | rejectattr(1, 'in', [none, ''])) }}"]


def task_arguments(role: str, options: list[ConnectionOption]) -> Callable[[int], list[str]]:
    """Return what makes the connection options of a task, from the variables of a role.

    Args:
        role: The role.
        options: The options of the task's group.
    """
    # An empty text counts as not set. A switch or a number that is empty is a mistake, which the module names.
    omit = {option.name: "omit, true" if option.documented["type"] in ("str", "path") else "omit" for option in options}
    lines = [f'{name}: "{{{{ {role}_{name} | default({text}) }}}}"' for name, text in omit.items()]
    return lambda indent: [" " * indent + line for line in lines]


def environment_of_plugins(options: list[ConnectionOption]) -> Callable[[int], list[str]]:
    """Return what makes the environment variables that the documentation of a plugin names."""
    return as_yaml({option.name: {"env": [{"name": option.variable}]} for option in options})


def connection_specs() -> str:
    """Return the text of the file with the argument specs of the connections."""
    lines = [
        f"# Generated from {FRAGMENTS}/acronis.py and cluster.py by hacking/generate.py: change those, not this.",
        "",
        '"""The connection options of each group of modules, as argument specs."""',
        "",
        "from __future__ import annotations",
        "",
        "import typing as t",
        "",
        "from .._options import env_option",
    ]
    for group in GROUPS:
        spec = {option.name: connection_spec(option) for option in connection_options(group)}
        lines += [
            "",
            "",
            f"def {group}_argument_spec() -> dict[str, dict[str, t.Any]]:",
            f'    """Return the connection options that all modules of the group ``{group}`` share."""',
            *python_lines("return ", spec, "", 4),
        ]
    return NOTICE + "\n" + "\n".join(lines) + "\n"


def connection_spec(option: ConnectionOption) -> dict[str, Any] | Call:
    """Return the entry of a connection option in an argument spec."""
    spec = argument_spec(option.documented)
    if option.no_log is not None:
        spec["no_log"] = option.no_log
    if not option.has_fallback:
        return spec
    return Call("env_option", (spec.pop("type"), option.variable), spec)


def policy_schema() -> str:
    """Return the text of the file with the policy's argument spec."""
    keys = fragment_options("policy")["policy"]["suboptions"]
    rule = keys["rules"]["suboptions"]
    match = rule["match"]["suboptions"]
    lines = [
        f"# Generated from {FRAGMENTS}/policy.py by hacking/generate.py: change that, not this.",
        "",
        '"""The form of a policy document, as an Ansible argument spec."""',
        "",
        "from __future__ import annotations",
        "",
        "import typing as t",
        "",
        "#: Kinds that a rule can speak of. Folders and units inherit, so a rule about them would decide nothing.",
        *python_lines("KINDS = ", tuple(match["kind"]["choices"]), "", 0),
        *python_lines("STATES = ", tuple(rule["mfa"]["choices"]), "", 0),
        *python_lines("PRICING_MODES = ", tuple(match["pricing_mode"]["choices"]), "", 0),
        "",
        "Option = dict[str, t.Any]",
        "",
        "#: The whole document.",
        *python_lines("POLICY: dict[str, Option] = ", argument_specs(keys), "", 0),
    ]
    return NOTICE + "\n" + "\n".join(lines) + "\n"


@dataclasses.dataclass(frozen=True)
class _Name:
    """A name in Python, where it stands for a value."""

    name: str

    def __repr__(self) -> str:
        return self.name


def policy_specs() -> str:
    """Return the text of the file with the argument specs of tasks about a policy."""
    policy = argument_specs(fragment_options("policy"))
    policy["policy"] = {"type": "dict", "options": _Name("POLICY")}
    lines = [
        f"# Generated from {FRAGMENTS}/policy.py and progress.py by hacking/generate.py: change those, not this.",
        "",
        '"""The options of tasks about a policy, as argument specs."""',
        "",
        "from __future__ import annotations",
        "",
        "import typing as t",
        "",
        "from .._policy.schema import POLICY",
        "",
        "",
        "def policy_argument_spec() -> dict[str, dict[str, t.Any]]:",
        '    """Return the options that say what is wanted of an estate, and how it is read."""',
        *python_lines("return ", policy, "", 4),
        "",
        "",
        "def progress_argument_spec() -> dict[str, dict[str, t.Any]]:",
        '    """Return the option that says whether progress is shown."""',
        *python_lines("return ", argument_specs(fragment_options("progress")), "", 4),
    ]
    return NOTICE + "\n" + "\n".join(lines) + "\n"


def argument_specs(options: dict[str, Any]) -> dict[str, Any]:
    """Return the argument spec of options as they are documented."""
    return {name: argument_spec(documented) for name, documented in options.items()}


def argument_spec(documented: dict[str, Any]) -> dict[str, Any]:
    """Return the argument spec's entry of an option as it is documented."""
    spec = {key: value for key, value in documented.items() if key not in ("description", "suboptions")}
    if "suboptions" in documented:
        if spec["type"] == "dict" and not spec.get("required"):
            # Whoever leaves the mapping out gets the defaults of what is in it.
            spec["apply_defaults"] = True
        spec["options"] = argument_specs(documented["suboptions"])
    return spec
