# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of progress: readable, on the error output, and gone with the task."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._progress import FILE_NAME, Progress
from ansible_collections.tenantops.access.plugins.plugin_utils import _progress_relay as relay


def counts(done: int, total: int, seconds: float = 0.0, **more: Any) -> dict[str, Any]:
    """What a module writes."""
    return {"phase": "read", "seconds": seconds, "done": done, "total": total, "changed": 0, "failed": 0, **more}


@pytest.mark.parametrize(
    "given, line",
    [
        (counts(0, 10_000), "0 of 10000 read"),
        (counts(0, 10_000, 7.0), "0 of 10000 read"),
        (counts(4000, 10_000, 5.0), "4000 of 10000 read, 800/s, about 8 s left"),
        (counts(4000, 10_000, 3.0), "4000 of 10000 read, 1333/s, about 4 s left"),
        (counts(90_000, 100_000, 9.0), "90000 of 100000 read, 10000/s, about 1 s left"),
        (counts(7, 21, 10.0), "7 of 21 read, 0.7/s, about 20 s left"),
        (counts(21, 21, 10.0), "21 of 21 read, 2.1/s, about 0 s left"),
        (counts(5000, 0, 5.0, phase="tenants listed"), "5000 tenants listed, 1000/s"),
        (counts(0, 0, phase="tenants listed"), "0 tenants listed"),
        (
            counts(40, 100, 20.0, phase="written", changed=37, failed=3),
            "40 of 100 written, 37 changed, 3 failed, 2.0/s, about 30 s left",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_line_says_how_far_and_how_long(given: dict[str, Any], line: str) -> None:
    assert relay.line_of(given) == line


class Screen:
    """What appears on the error output; nothing may appear on the other one."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.lines: list[str] = []

    def look(self) -> list[str]:
        """All lines until now."""
        captured = self._capsys.readouterr()
        assert captured.out == ""
        self.lines += captured.err.splitlines()
        return self.lines

    def wait_for(self, line: str) -> None:
        """Look until a line is there."""
        deadline = time.monotonic() + 20
        while line not in self.look() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert line in self.lines


@pytest.fixture
def screen(capsys: pytest.CaptureFixture[str]) -> Screen:
    return Screen(capsys)


@pytest.mark.usefixtures("hurried")
class TestRelay:
    """what is shown while a file changes"""

    @pytest.fixture
    def hurried(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A look at the file every now and then."""
        monkeypatch.setattr(relay, "INTERVAL", 0.02)

    def test_what_a_module_writes_is_shown_as_it_goes(self, screen: Screen, tmp_path: Path) -> None:
        progress = Progress(str(tmp_path))
        with relay.relayed(str(tmp_path / FILE_NAME), "acronis_mfa_plan"):
            for phase in ("tenants listed", "read"):
                progress.begin(phase, 3)
                screen.wait_for(f"acronis_mfa_plan: 0 of 3 {phase}")
        assert set(screen.look()) == {"acronis_mfa_plan: 0 of 3 tenants listed", "acronis_mfa_plan: 0 of 3 read"}

    @pytest.mark.parametrize(
        "content", ["", "{", "[]", "7", "null", '{"done": 1}', json.dumps(counts(1, 2, 1.0) | {"done": "x"}), "\xff"]
    )
    def test_a_file_that_says_nothing_is_passed_over(self, screen: Screen, tmp_path: Path, content: str) -> None:
        path = tmp_path / FILE_NAME
        path.write_bytes(content.encode("latin-1"))
        with relay.relayed(str(path), "acronis_mfa_plan"):
            time.sleep(0.1)
            complete = tmp_path / "complete"
            complete.write_text(json.dumps(counts(1, 2)), encoding="utf-8")
            complete.rename(path)
            screen.wait_for("acronis_mfa_plan: 1 of 2 read")
        assert set(screen.look()) == {"acronis_mfa_plan: 1 of 2 read"}

    @pytest.mark.parametrize("name", [FILE_NAME, f"absent/{FILE_NAME}", "."])
    def test_without_a_file_nothing_is_shown(self, screen: Screen, tmp_path: Path, name: str) -> None:
        with relay.relayed(str(tmp_path / name), "acronis_mfa_plan"):
            time.sleep(0.1)
        assert screen.look() == []

    def test_nothing_is_left_running_even_after_a_failure(self, screen: Screen, tmp_path: Path) -> None:
        path = tmp_path / FILE_NAME
        path.write_text(json.dumps(counts(1, 2)), encoding="utf-8")
        before = threading.active_count()
        with pytest.raises(RuntimeError), relay.relayed(str(path), "acronis_mfa_plan"):
            raise RuntimeError
        assert threading.active_count() == before
        shown = len(screen.look())
        time.sleep(0.1)
        assert len(screen.look()) == shown


def test_a_short_task_shows_nothing(screen: Screen, tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(json.dumps(counts(1, 2)), encoding="utf-8")
    assert relay.INTERVAL == 5.0
    with relay.relayed(str(path), "acronis_mfa_plan"):
        pass
    assert screen.look() == []
