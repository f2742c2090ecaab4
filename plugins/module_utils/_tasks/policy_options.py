# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Generated from plugins/doc_fragments/policy.py and progress.py by hacking/generate.py: change those, not this.

"""The options of tasks about a policy, as argument specs."""

from __future__ import annotations

import typing as t

from .._policy.schema import POLICY


def policy_argument_spec() -> dict[str, dict[str, t.Any]]:
    """Return the options that say what is wanted of an estate, and how it is read."""
    return {
        "policy": {"type": "dict", "options": POLICY},
        "policy_file": {"type": "path"},
        "scope_id": {"type": "str"},
        "verify": {"type": "str", "choices": ["all", "sample"], "default": "all"},
        "return_tenants": {"type": "str", "choices": ["changed", "all"], "default": "changed"},
    }


def progress_argument_spec() -> dict[str, dict[str, t.Any]]:
    """Return the option that says whether progress is shown."""
    return {"progress": {"type": "bool", "default": True}}
