# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of a policy keeps what users rely on; modules take it, and the guide names all of it.

That its copies agree is no matter of tests: ``make generate`` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.access.plugins.doc_fragments import policy as fragment
from ansible_collections.tenantops.access.plugins.module_utils._policy.schema import POLICY
from ansible_collections.tenantops.access.plugins.module_utils._tasks.policy_options import policy_argument_spec

COLLECTION = Path(fragment.__file__).parents[2]
DOCUMENTED: dict[str, Any] = yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"]
#: Modules that take a policy.
MODULES = sorted(
    path
    for path in (COLLECTION / "plugins" / "modules").glob("*.py")
    if "policy_argument_spec" in path.read_text(encoding="utf-8")
)

Option = dict[str, Any]


def form(options: Option, place: str = "") -> Iterator[tuple[str, Option]]:
    """Every option at any depth, by its place, with what a reader can rely on."""
    for name, option in options.items():
        here = f"{place}.{name}" if place else name
        yield (
            here,
            {
                "type": option["type"],
                "elements": option.get("elements"),
                "choices": option.get("choices"),
                "default": option.get("default"),
                "required": bool(option.get("required")),
            },
        )
        yield from form(option.get("options") or option.get("suboptions") or {}, here)


def test_a_policy_that_holds_today_keeps_its_meaning() -> None:
    known = dict(form(POLICY))
    assert {name for name, option in known.items() if option["required"]} == {
        "name",
        "rules",
        "rules.name",
        "rules.match",
        "rules.mfa",
        "exceptions.tenant_id",
        "exceptions.reason",
        "exceptions.owner",
        "exceptions.expires",
    }
    defaults = {
        "default": "unmanaged",
        "rules.allow_empty": False,
        "exceptions": [],
        "guards.max_changes": 100,
        "guards.max_change_percent": 25.0,
        "guards.max_lockouts": 500,
        "guards.max_conflicts_percent": 5.0,
        "guards.protected_users": [],
        "guards.allow_disable": False,
        "guards.enforce_expired": False,
        "rollout.waves": ["5%", "25%", "100%"],
        "rollout.max_failures": 0,
    }
    assert {name: known[name]["default"] for name in defaults} == defaults


def test_modules_take_the_schema_itself() -> None:
    spec = policy_argument_spec()
    assert spec["policy"]["options"] is POLICY
    assert {path.stem for path in MODULES} >= {"acronis_mfa_plan"}


def test_the_options_beside_the_policy_are_those_of_the_documentation() -> None:
    assert list(form(DOCUMENTED)) == list(form(policy_argument_spec()))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_with_a_policy_documents_the_fragment(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    documentation = yaml.safe_load(text.partition('DOCUMENTATION = r"""')[2].partition('"""')[0])
    assert "tenantops.access.policy" in documentation["extends_documentation_fragment"]
    assert "**policy_argument_spec()" in text
    assert not set(documentation["options"]) & set(DOCUMENTED)


def test_the_guide_names_every_key() -> None:
    guide = (COLLECTION / "docs" / "docsite" / "rst" / "guide_policy.rst").read_text(encoding="utf-8")
    missing = [place for place, _option in form(POLICY) if f"``{place.rsplit('.', 1)[-1]}``" not in guide]
    assert missing == []
