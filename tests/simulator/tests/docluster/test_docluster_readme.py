# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reference for test authors names everything that there is."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from ...docluster import add_arguments
from ...docluster.faults import KINDS, SHAPES, Fault
from ...docluster.settings import CLUSTER_STATES, JOIN_OUTCOMES, TOKEN_TIMEOUTS
from .talk import Talk

README = (Path(__file__).parents[2] / "docluster" / "README.md").read_text(encoding="utf-8")


def test_all_options_are_listed() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    add_arguments(parser)
    for option in parser.format_help().split():
        if option.startswith("--"):
            assert f"`{option}" in README, option


def test_all_profiles_are_listed_with_the_life_of_their_tokens() -> None:
    for profile, seconds in TOKEN_TIMEOUTS.items():
        assert f"| `{profile}` | {seconds} s |" in README


def test_all_faults_are_listed() -> None:
    for word in (*KINDS, *SHAPES, *(field.name for field in dataclasses.fields(Fault) if field.name != "gate")):
        assert f"`{word}`" in README, word


def test_all_that_control_shows_is_listed(head: Talk) -> None:
    head.login()
    entry, session = head.simulator.journal()[-1], head.control("GET", "/tokens")["items"][0]
    shown = (head.simulator.settings(), head.simulator.counters(), head.simulator.ready, entry, session)
    for word in (*CLUSTER_STATES, *JOIN_OUTCOMES, *(name for names in shown for name in names)):
        assert f"`{word}`" in README, word
