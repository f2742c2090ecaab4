# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugins: they run the module of their name, and show its progress where that is wanted and possible."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.tenantops.access.plugins.action import acronis_mfa_plan as action
from ansible_collections.tenantops.access.plugins.module_utils._progress import FILE_NAME, Progress
from ansible_collections.tenantops.access.plugins.plugin_utils import _progress_relay as relay

COLLECTION = Path(action.__file__).parents[2]
RESULT = {"changed": False, "plan_hash": "0123"}


class Standing(action.ActionModule):
    """The plugin, with a module that stands for the real one: it writes progress into its directory for a while."""

    ran_in: Path
    in_background: bool
    watched: Callable[[], None]

    def _execute_module(self, *given: Any, **options: Any) -> dict[str, Any]:
        self.ran_in = Path(str(self._connection._shell.tmpdir))
        self.in_background = options["wrap_async"]
        assert self.ran_in.is_dir()
        Progress(str(self.ran_in)).begin("read", 7)
        self.watched()
        return RESULT


def plugin(*, transport: str = "local", **given: Any) -> Standing:
    """The plugin for a task; what ``given`` does not say is as usual."""
    play_context = PlayContext()
    connection = connection_loader.get("local", play_context, os.devnull)
    connection.transport = transport
    task = Task()
    for name, value in {"action": "tenantops.access.acronis_mfa_plan", "args": {}, "async_val": 0, **given}.items():
        setattr(task, name, value)
    loader = DataLoader()
    made = Standing(task, connection, play_context, loader, Templar(loader=loader), None)
    made.watched = lambda: time.sleep(0.1)
    return made


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(relay, "INTERVAL", 0.02)
    monkeypatch.setenv("ANSIBLE_REMOTE_TMP", str(tmp_path))


def lines_of(capsys: pytest.CaptureFixture[str], made: Standing, least: int = 0) -> list[str]:
    """What is shown while the task runs, which it does until there are so many lines."""
    lines: list[str] = []

    def watch() -> None:
        deadline = time.monotonic() + (20 if least else 0.1)
        while time.monotonic() < deadline and (len(lines) < least or not least):
            time.sleep(0.01)
            lines.extend(capsys.readouterr().err.splitlines())

    made.watched = watch
    result = made.run(task_vars={})
    assert {name: result[name] for name in RESULT} == RESULT
    captured = capsys.readouterr()
    assert captured.out == ""
    return lines + captured.err.splitlines()


def test_progress_is_shown_under_the_name_of_the_module(capsys: pytest.CaptureFixture[str]) -> None:
    made = plugin()
    assert set(lines_of(capsys, made, 3)) == {"acronis_mfa_plan: 0 of 7 read"}
    assert not made.in_background


@pytest.mark.parametrize("wanted", [True, "yes", "True", 1])
def test_it_is_shown_to_whoever_asks(capsys: pytest.CaptureFixture[str], wanted: Any) -> None:
    assert lines_of(capsys, plugin(args={"progress": wanted}), 1)


@pytest.mark.parametrize(
    "task",
    [
        {"args": {"progress": False}},
        {"args": {"progress": "no"}},
        {"args": {"progress": 0}},
        {"no_log": True},
        {"async_val": 60},
        {"transport": "ssh"},
    ],
    ids=str,
)
def test_it_is_off_where_it_is_not_wanted_or_not_possible(
    capsys: pytest.CaptureFixture[str], task: dict[str, Any]
) -> None:
    assert lines_of(capsys, plugin(**task)) == []


def test_what_runs_in_the_background_keeps_its_directory_and_all_else_leaves_none(tmp_path: Path) -> None:
    background, ordinary = plugin(async_val=60), plugin()
    for made in (background, ordinary):
        made.run(task_vars={})
    assert background.in_background
    assert background.ran_in.is_relative_to(tmp_path)
    assert json.loads((background.ran_in / FILE_NAME).read_text(encoding="utf-8"))["total"] == 7
    assert not ordinary.ran_in.exists()


def test_every_module_with_an_option_for_progress_has_such_a_plugin() -> None:
    modules = (COLLECTION / "plugins" / "modules").glob("*.py")
    wanted = {path.stem for path in modules if "progress_of(module)" in path.read_text(encoding="utf-8")}
    assert wanted == {path.stem for path in (COLLECTION / "plugins" / "action").glob("*.py")}
