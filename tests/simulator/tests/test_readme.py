# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reference for test authors names everything that there is."""

from __future__ import annotations

import re
from pathlib import Path

from ..faults import COMMON, KINDS
from ..process import Simulator
from ..router import OPERATIONS
from ..switches import SWITCHES

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_all_switches_are_listed_with_their_values() -> None:
    rows = {row[0]: row[1:] for row in re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", README, re.M)}
    for name, switch in SWITCHES.items():
        values = [f"**`{switch.choices[0]}`**", *(f"`{choice}`" for choice in switch.choices[1:])]
        assert rows[name][0].removesuffix(", `polls:N`") == ", ".join(values)
        assert rows[name][1] == switch.about


def test_all_faults_and_operations_are_listed() -> None:
    for word in [*KINDS, *(name for kind in KINDS.values() for name in kind), *COMMON]:
        assert f"`{word}`" in README, word
    for template in OPERATIONS:
        assert f"`{template}`" in README or re.search(rf"`[A-Z]+ {re.escape(template)}`", README), template


def test_all_clients_and_settings_are_listed(cloud: Simulator) -> None:
    for word in (*cloud.clients, *cloud.settings(), *cloud.counters(), *cloud.ready):
        assert f"`{word}`" in README, word
