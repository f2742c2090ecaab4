# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps what a benchmark compares with the simulator's truth: one line of JSON for each task's result."""

from __future__ import annotations

DOCUMENTATION = """
name: results
type: aggregate
short_description: Keeps results of tasks for the benchmarks
description:
  - Appends a line of JSON for each task to the file that the environment variable E(BENCH_RESULTS) names.
"""

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

#: What is kept of a result. The rest would only cost time.
KEPT = ("changed", "failed", "mfa", "ping", "summary")


class CallbackModule(CallbackBase):
    """The plugin that Ansible loads."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "results"

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task has succeeded."""
        returned = result.result
        kept = {name: returned[name] for name in KEPT if name in returned}
        if "plan" in returned:
            kept["planned"] = [change["tenant_id"] for change in returned["plan"]["changes"]]
        if "results" in returned:
            kept["statuses"] = [item["status"] for item in returned["results"]]
        with open(os.environ["BENCH_RESULTS"], "a", encoding="utf-8") as file:
            file.write(json.dumps({"action": result.task.action, **kept}) + "\n")
