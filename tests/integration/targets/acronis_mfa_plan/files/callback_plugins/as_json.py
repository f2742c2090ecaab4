# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prints one JSON document at the end, as callbacks for programs do."""

from __future__ import annotations

import json
import sys
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: as_json
type: stdout
short_description: One JSON document
description: Results of the tasks of the last play.
"""


class CallbackModule(CallbackBase):
    """Collects results of hosts and prints them, with how many were all right."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "as_json"

    def __init__(self) -> None:
        super().__init__()
        self._results: list[dict[str, Any]] = []

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Forget the play before."""
        self._results = []

    def v2_runner_on_ok(self, result: Any) -> None:
        """Keep the result of a task."""
        self._results.append(json.loads(self._dump_results(result._result)))

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Print all of them."""
        json.dump({"ok": len(self._results), "results": self._results}, sys.stdout)
