# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``hacking/imports.py`` finds, in trees of a few lines."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.tenantops.access.hacking import imports

UTILS = "ansible_collections.tenantops.access.plugins.module_utils"
ROOT = Path(imports.__file__).resolve().parents[1]

#: Something in every room, and nothing that breaks a rule.
CLEAN = {
    "modules/acronis_thing.py": "from ansible.basic import AnsibleModule\nfrom ..module_utils._tasks.run import run",
    "action/acronis_thing.py": "from ..plugin_utils._relay import Relay",
    "inventory/acronis_things.py": f"from {UTILS}._estate.collect import collect\nfrom {UTILS}._acronis import client",
    "doc_fragments/acronis.py": "class ModuleDocFragment:\n    DOCUMENTATION = 'import requests'",
    "plugin_utils/_relay.py": "class Relay:\n    _supports_check_mode = True  # no Outcome",
    "module_utils/_tasks/run.py": "import yaml\nfrom .._enforce import apply\ndef run(check_mode) -> Outcome: ...",
    "module_utils/_enforce/apply.py": "from .._record import record\nfrom .._estate.collect import collect",
    "module_utils/_record/record.py": "from .._policy import plan",
    "module_utils/_estate/collect.py": "from .._acronis.client import Client",
    "module_utils/_acronis/__init__.py": "",
    "module_utils/_acronis/client.py": "from . import paging\nfrom .._http import get",
    "module_utils/_acronis/paging.py": "import itertools",
    "module_utils/_cluster/api.py": f"import {UTILS}._http",
    "module_utils/_policy/plan.py": "import json\nfrom .._text import shorten",
    "module_utils/_text.py": "import re",
    "module_utils/_http.py": "try:\n    import requests.adapters, urllib3\nexcept ImportError:\n    pass",
    "module_utils/_errors.py": "from ._http import get\nfrom ._text import shorten",
}


def faults(tmp_path: Path, files: dict[str, str]) -> list[str]:
    """What is wrong in the clean tree with these files in it, as it is printed but without ``plugins/`` before it."""
    for file, text in {**CLEAN, **files}.items():
        path = tmp_path / "plugins" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    lines = [str(fault) for fault in imports.faults_in(imports.read(tmp_path / "plugins"))]
    return [line.removeprefix("plugins/") for line in lines]


def test_a_clean_tree_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, {}) == []


@pytest.mark.parametrize(
    ("file", "target"),
    [
        ("modules/x.py", "plugin_utils/_relay.py"),
        ("action/x.py", "module_utils/_enforce/apply.py"),
        ("inventory/x.py", "module_utils/_policy/plan.py"),
        ("doc_fragments/x.py", "module_utils/_text.py"),
        ("plugin_utils/x.py", "module_utils/_acronis/client.py"),
        ("module_utils/_tasks/x.py", "modules/acronis_thing.py"),
        ("module_utils/_enforce/x.py", "module_utils/_tasks/run.py"),
        ("module_utils/_record/x.py", "module_utils/_acronis/client.py"),
        ("module_utils/_estate/x.py", "module_utils/_record/record.py"),
        ("module_utils/_acronis/x.py", "module_utils/_policy/plan.py"),
        ("module_utils/_cluster/x.py", "module_utils/_acronis/client.py"),
        ("module_utils/_policy/x.py", "module_utils/_errors.py"),
        ("module_utils/_text.py", "module_utils/_errors.py"),
        ("module_utils/_x.py", "module_utils/_policy/plan.py"),
    ],
)
def test_an_arrow_that_is_not_in_the_rules_is_a_fault(tmp_path: Path, file: str, target: str) -> None:
    module = target.removesuffix(".py").replace("/", ".")
    text = f"import ansible_collections.tenantops.access.plugins.{module}"
    room, other = imports.room_of(file), imports.room_of(target)
    assert room is not None and other is not None
    lines = faults(tmp_path, {file: text})
    assert any(line.startswith(f"{file}:1: {room.name} must not import {other.name} ({target})") for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "\nfrom .._tasks.run import run",
        "\nfrom .._tasks import run",
        f"\nfrom {UTILS}._tasks import run",
        "def late():\n    from .._tasks import run",
        "try:\n    from .._tasks import run\nexcept ImportError:\n    pass",
        "if TYPE_CHECKING:\n    from .._tasks import run",
    ],
)
def test_an_import_counts_wherever_it_stands_and_however_it_is_written(tmp_path: Path, text: str) -> None:
    (line,) = faults(tmp_path, {"module_utils/_acronis/x.py": text})
    assert line == (
        "module_utils/_acronis/x.py:2: _acronis must not import _tasks (module_utils/_tasks/run.py); "
        "it may import _text and base."
    )


def test_files_that_import_each_other_are_one_fault(tmp_path: Path) -> None:
    files = {
        "module_utils/_acronis/paging.py": "def late():\n    from .tenants import read",
        "module_utils/_acronis/tenants.py": "from .client import Client",
    }
    assert faults(tmp_path, files) == [
        "module_utils/_acronis/client.py:1: These files import each other: module_utils/_acronis/client.py -> "
        "module_utils/_acronis/paging.py -> module_utils/_acronis/tenants.py -> module_utils/_acronis/client.py."
    ]


@pytest.mark.parametrize(
    ("file", "package", "places"),
    [
        ("modules/x.py", "requests", "module_utils/_http.py"),
        ("module_utils/_x.py", "urllib3", "module_utils/_http.py"),
        ("module_utils/_enforce/x.py", "yaml", "_tasks"),
        *(
            (f"module_utils/{room}/x.py", "ansible", "modules, action, inventory, plugin_utils, _tasks and base")
            for room in ("_policy", "_acronis", "_cluster", "_enforce", "_record", "_estate")
        ),
    ],
)
def test_a_package_is_imported_only_where_it_may_be(tmp_path: Path, file: str, package: str, places: str) -> None:
    (line,) = faults(tmp_path, {file: f"from {package}.some import thing"})
    assert re.fullmatch(rf"{file}:1: \w+ must not import the package {package}, which is for {places} only\.", line)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("import attrs", "No file may import the package attrs."),
        ("from ansible_collections.community.general.plugins import x", "No file may import the package"),
        (f"from {UTILS} import x", f"{UTILS} is in no room"),
        (f"import {UTILS}._gone", f"{UTILS}._gone is no Python file below plugins."),
        ("from ....tests.unit import x", "ansible_collections.tenantops.access.tests.unit is no Python file below"),
    ],
)
def test_nothing_else_is_imported(tmp_path: Path, text: str, sentence: str) -> None:
    (line,) = faults(tmp_path, {"module_utils/_tasks/x.py": text})
    assert sentence in line


def test_a_file_without_a_room_is_a_fault(tmp_path: Path) -> None:
    lines = faults(tmp_path, {"filter/x.py": "", "module_utils/x.py": "", "module_utils/_new/x.py": ""})
    assert [line.partition(":1: This file is in no room")[0] for line in lines] == [
        "filter/x.py",
        "module_utils/_new/x.py",
        "module_utils/x.py",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from ansible.module_utils.basic import AnsibleModule as Module", "AnsibleModule"),
        ("def run(module: AnsibleModule): ...", "AnsibleModule"),
        ("module.check_mode", "check_mode"),
        ("def run(check_mode): ...", "check_mode"),
        ("run(check_mode=True)", "check_mode"),
        ("class Outcome: ...", "Outcome"),
    ],
)
def test_a_name_is_used_only_where_it_may_be(tmp_path: Path, text: str, name: str) -> None:
    assert faults(tmp_path, {"module_utils/_x.py": text}) == [
        f"module_utils/_x.py:1: base must not use the name {name}, which is for modules and _tasks only."
    ]


@pytest.mark.parametrize(
    "text",
    ["for one in []: ...", "[found for found in []]", "def f(*, one): ...", "found, rest = 1, 2", "one: int = 1"],
)
def test_a_vague_name_is_a_fault_in_module_utils_only(tmp_path: Path, text: str) -> None:
    (line,) = faults(tmp_path, {"module_utils/_policy/x.py": text, "inventory/x.py": text})
    assert re.fullmatch(r"module_utils/_policy/x.py:1: The name (one|found) does not say what it holds\.", line)


def test_a_function_has_sixty_lines_at_most_without_its_docstring(tmp_path: Path) -> None:
    docstring = '    """One.\n\n    Two.\n    """\n'
    good = "@wrapped\nasync def good():\n" + docstring + "    pass\n" * 59
    bad = "def bad():\n" + docstring + "    pass\n" * 60
    assert faults(tmp_path, {"inventory/x.py": good + bad}) == [
        "inventory/x.py:66: The function bad has 61 lines without its docstring; 60 is the most."
    ]


def test_the_drawing_counts_the_imports_between_rooms(tmp_path: Path) -> None:
    faults(tmp_path, {"module_utils/_acronis/x.py": "from . import client\nfrom .. import _errors, _text\n"})
    arrows = imports.arrows_of(imports.read(tmp_path / "plugins"))
    assert arrows["_acronis"] == {"_text": 1, "base": 2}
    assert "_acronis      -> _text 1, base 2" in imports.draw(arrows).splitlines()
    assert "_text         -> no other room" in imports.draw(arrows).splitlines()
    assert "    _acronis -->|2| base" in imports.draw_mermaid(arrows).splitlines()


def test_the_command_fails_if_there_is_a_fault(tmp_path: Path) -> None:
    script = tmp_path / "hacking" / "imports.py"
    script.parent.mkdir()
    shutil.copy(imports.__file__, script)

    def check() -> tuple[int, str]:
        command = [sys.executable, str(script), "--check"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        return result.returncode, result.stdout + result.stderr

    faults(tmp_path, {})
    assert check() == (0, "")
    faults(tmp_path, {"module_utils/_x.py": "import attrs"})
    assert check() == (1, "plugins/module_utils/_x.py:1: No file may import the package attrs.\n")


def test_contributing_shows_the_same_rooms() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("| room | may import |\n|---|---|\n")[2]
    rows = [line.strip("| ").split(" | ") for line in table.partition("\n\n")[0].splitlines()]
    shown = {name: set(rooms.split()) - {"nothing"} for names, rooms in rows for name in names.split(", ")}
    assert shown == {room.name: set(room.rooms) for room in imports.ROOMS}
