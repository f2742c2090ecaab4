# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options stay as users know them, and modules, the inventory plugin and roles take all of them.

That their copies agree is no matter of tests: ``make generate`` writes them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.access.plugins.doc_fragments import acronis, cluster
from ansible_collections.tenantops.access.plugins.inventory import acronis_tenants
from ansible_collections.tenantops.access.plugins.module_utils._acronis.settings import CREDENTIALS
from ansible_collections.tenantops.access.plugins.module_utils._cluster.settings import CLUSTER_IDENTITY
from ansible_collections.tenantops.access.plugins.module_utils._tasks.connection_options import (
    acronis_argument_spec,
    cluster_argument_spec,
)

COLLECTION = Path(acronis.__file__).parents[2]
ACRONIS = acronis_argument_spec()
CLUSTER = cluster_argument_spec()
GROUPS: dict[str, tuple[dict[str, dict[str, Any]], Any]] = {
    "acronis": (ACRONIS, acronis.ModuleDocFragment),
    "cluster": (CLUSTER, cluster.ModuleDocFragment),
}
#: Variables that the specs do not name, because the level that an option comes from decides.
LATER = {
    "acronis": CREDENTIALS,
    "cluster": {name: f"DOCLUSTER_{name.upper()}" for name in CLUSTER_IDENTITY},
}
#: What users rely on, type and default, whatever options are added.
INTERFACE = {
    "datacenter_url": ("str", None),
    "client_id": ("str", None),
    "client_secret": ("str", None),
    "access_token": ("str", None),
    "validate_certs": ("bool", True),
    "ca_path": ("path", None),
    "proxy": ("str", None),
    "timeout": ("int", 30),
    "retries": ("int", 2),
    "retry_max_wait": ("int", 300),
    "concurrency": ("int", 16),
    "token_cache": ("bool", True),
    "token_cache_dir": ("path", None),
}


def variable_of(group: str, name: str) -> str | None:
    """The environment variable of an option."""
    fallback = GROUPS[group][0][name].get("fallback")
    return fallback[1][0] if fallback else LATER[group].get(name)


def load(path: str) -> Any:
    return yaml.safe_load((COLLECTION / path).read_text(encoding="utf-8"))


def test_the_options_that_users_rely_on_stay_as_they_are() -> None:
    forms = {name: (spec["type"], spec.get("default")) for name, spec in ACRONIS.items()}
    assert {name: forms.get(name) for name in INTERFACE} == INTERFACE
    assert [name for name, spec in ACRONIS.items() if spec.get("required")] == ["datacenter_url"]


def test_every_option_has_an_environment_variable_of_its_name() -> None:
    for group, prefix in (("acronis", "ACRONIS"), ("cluster", "DOCLUSTER")):
        for name in GROUPS[group][0]:
            assert variable_of(group, name) == f"{prefix}_{name.upper()}"


@pytest.mark.parametrize("group", GROUPS)
def test_what_holds_a_secret_is_not_logged_and_nothing_else_is_hidden(group: str) -> None:
    secrets = {"client_secret", "access_token", "password", "proxy"}
    for name, spec in GROUPS[group][0].items():
        assert bool(spec.get("no_log")) == (name in secrets), name
        if re.search("token|pass|secret", name):
            # Ansible warns of such names unless the spec says what they are.
            assert "no_log" in spec, name


def test_the_inventory_plugin_has_the_options_and_its_own() -> None:
    content = yaml.safe_load(acronis_tenants.DOCUMENTATION)
    fragments = content["extends_documentation_fragment"]
    assert {"tenantops.access.acronis", "tenantops.access.acronis.plugins"} <= set(fragments)
    assert {"ansible.builtin.constructed", "ansible.builtin.inventory_cache"} <= set(fragments)
    own = content["options"]
    assert not set(own) & set(ACRONIS)
    assert own["kinds"]["default"] == ["partner", "customer"]
    assert (own["hostnames"]["choices"], own["hostnames"]["default"]) == (["slug", "id"], ["slug"])
    assert (own["verify"]["choices"], own["verify"]["default"]) == (["none", "all", "sample"], "none")
    assert own["scope_id"]["type"] == "str"


def role_options(role: str) -> dict[str, Any]:
    """The options that a role documents."""
    return dict(load(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"])


#: Roles that connect, and the group of their connection.
ROLES = [
    (path.name, group)
    for path in sorted((COLLECTION / "roles").iterdir())
    for group, option in (("acronis", "datacenter_url"), ("cluster", "url"))
    if f"{path.name}_{option}" in role_options(path.name)
]


def test_the_roles_that_connect_are_found() -> None:
    assert {("tenant_mfa", "acronis"), ("ott_link", "acronis"), ("cluster_session", "cluster")} <= set(ROLES)


@pytest.mark.parametrize("role, group", ROLES)
def test_a_role_passes_its_connection_to_every_module(role: str, group: str) -> None:
    tasks = "".join(path.read_text(encoding="utf-8") for path in (COLLECTION / "roles" / role).rglob("tasks/*.yml"))
    used = re.findall(rf"^ *(tenantops\.access\.{group}_\w+):$", tasks, re.MULTILINE)
    given = re.findall(rf"^ *(tenantops\.access\.{group}_\w+): \"{{{{ {role}_connection }}}}\"$", tasks, re.MULTILINE)
    assert used
    assert set(used) <= set(given)


@pytest.mark.parametrize("role, group", ROLES)
def test_the_defaults_of_a_role_are_those_that_it_documents(role: str, group: str) -> None:
    options = role_options(role)
    path = COLLECTION / "roles" / role / "defaults" / "main.yml"
    defaults = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}
    assert not set(defaults) & {f"{role}_{name}" for name in GROUPS[group][0]}
    assert set(defaults) <= set(options)
    for name, option in options.items():
        assert name.startswith(f"{role}_")
        if "default" in option:
            assert defaults[name] == option["default"], name


def test_every_module_is_in_the_action_group_of_its_connection() -> None:
    groups = load("meta/runtime.yml")["action_groups"]
    modules = {path.stem for path in (COLLECTION / "plugins" / "modules").glob("*.py")}
    for group in GROUPS:
        assert set(groups[group]) == {name for name in modules if name.startswith(f"{group}_")}
    assert modules == {name for group in groups.values() for name in group}


@pytest.mark.parametrize("path", sorted((COLLECTION / "plugins" / "modules").glob("*.py")), ids=lambda path: path.stem)
def test_every_module_takes_and_documents_the_options_of_its_group(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    group = path.stem.split("_")[0]
    assert f"**{group}_argument_spec()" in text
    documentation = yaml.safe_load(text.partition('DOCUMENTATION = r"""')[2].partition('"""')[0])
    assert f"tenantops.access.{group}" in documentation["extends_documentation_fragment"]
    if hasattr(GROUPS[group][1], "MODULES"):
        assert f"tenantops.access.{group}.modules" in documentation["extends_documentation_fragment"]
    assert not set(documentation["options"]) & set(GROUPS[group][0])
