# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy or the plan that a task is given: in its options or as a file."""

from __future__ import annotations

import json
import traceback
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._errors import OptionError
from .._policy.document import Policy, read_policy
from .._policy.form import PolicyError, without_absent
from .._policy.plan import Plan, read_plan
from .._text import quoted

try:
    import yaml
except ImportError:
    HAS_YAML = False
    YAML_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    HAS_YAML = True
    YAML_IMPORT_ERROR = None

    class _StrictLoader(yaml.SafeLoader):
        """Refuses what YAML itself lets pass: the same key twice, where the last one silently wins."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[t.Any, t.Any]:
            keys = [key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
            for key in keys:
                if keys.count(key) > 1:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key!r} stands there more than once", node.start_mark
                    )
            return dict(super().construct_mapping(node, deep=deep))

    # A date stays a text, so that an impossible one is reported with its place in the policy.
    _StrictLoader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def check_yaml(module: AnsibleModule) -> None:
    """Fail if a module is given a policy in a file, and its Python cannot read one."""
    if module.params["policy_file"] is not None and not HAS_YAML:
        module.fail_json(msg=missing_required_lib("PyYAML"), exception=YAML_IMPORT_ERROR)


def given_policy(document: dict[str, t.Any] | None, path: str | None, scope_id: str | None = None) -> Policy:
    """The policy of a task.

    Args:
        document: the option ``policy``, or
        path: the option ``policy_file``, a YAML or JSON file.
        scope_id: the option ``scope_id``, which one policy for several accounts needs; beats the policy's own.

    Raises:
        OptionError: it cannot be read, or something in it is wrong; the message names the place.
    """
    try:
        given = without_absent(document) if path is None else _load(path)
        return read_policy({**given, "scope_id": scope_id} if scope_id and isinstance(given, dict) else given)
    except PolicyError as error:
        where = f"the policy in {quoted(path, whole=True)}" if path is not None else "the policy"
        raise OptionError(f"{where} cannot be used: {error}") from None


def _without_doubles(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        names = [name for name, _value in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise PolicyError(f"the key {double!r} stands there more than once.")
    return mapping


def _load(path: str) -> t.Any:
    shown = f"policy_file {quoted(path, whole=True)}"
    try:
        with open(path, "rb") as file:
            content = file.read().decode("utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise OptionError(f"{shown} cannot be read: {reason}") from error
    try:
        # YAML reads most of JSON, but not its escapes for characters such as emoji.
        return json.loads(content, object_pairs_hook=_without_doubles)
    except (json.JSONDecodeError, RecursionError):
        pass
    try:
        return yaml.load(content, Loader=_StrictLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise OptionError(f"{shown} is not YAML: {' '.join(str(error).split())}") from error


def given_plan(data: dict[str, t.Any] | None, path: str | None) -> Plan:
    """The plan of a task.

    Args:
        data: the option ``plan``, or
        path: the option ``plan_file``.

    Raises:
        OptionError: it cannot be read, or is none that can be used.
    """
    try:
        return read_plan(data if path is None else _load_plan(path))
    except PolicyError as error:
        raise OptionError(f"the plan cannot be used: {error}") from None


def _load_plan(path: str) -> t.Any:
    shown = f"plan_file {quoted(path, whole=True)}"
    try:
        with open(path, "rb") as file:
            return json.load(file)
    except OSError as error:
        raise OptionError(f"{shown} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise OptionError(f"{shown} is no plan", "Make one with acronis_mfa_plan and its option dest.") from error
