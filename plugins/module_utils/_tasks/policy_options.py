# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of every task about a policy, as Ansible's argument spec."""

from __future__ import annotations

import typing as t

from .._policy.schema import POLICY


def policy_argument_spec() -> dict[str, dict[str, t.Any]]:
    """The policy, how to read the estate for it, and how to report; the policy's own form is the policy package's."""
    return {
        "policy": {"type": "dict", "options": POLICY},
        "policy_file": {"type": "path"},
        "scope_id": {"type": "str"},
        "verify": {"type": "str", "choices": ["all", "sample"], "default": "all"},
    }
