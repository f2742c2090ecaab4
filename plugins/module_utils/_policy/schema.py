# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Generated from plugins/doc_fragments/policy.py by hacking/generate.py: change that, not this.

"""The form of a policy document, as an Ansible argument spec."""

from __future__ import annotations

import typing as t

#: Kinds that a rule can speak of. Folders and units inherit, so a rule about them would decide nothing.
KINDS = ("root", "partner", "customer")
STATES = ("enabled", "disabled", "unmanaged")
PRICING_MODES = ("trial", "production", "suspended")

Option = dict[str, t.Any]

#: The whole document.
POLICY: dict[str, Option] = {
    "name": {"type": "str", "required": True},
    "scope_id": {"type": "str"},
    "default": {"type": "str", "choices": ["unmanaged", "enabled"], "default": "unmanaged"},
    "rules": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "match": {
                "type": "dict",
                "required": True,
                "options": {
                    "id": {"type": "list", "elements": "str"},
                    "kind": {"type": "list", "elements": "str", "choices": ["root", "partner", "customer"]},
                    "path": {"type": "list", "elements": "raw"},
                    "pricing_mode": {
                        "type": "list",
                        "elements": "str",
                        "choices": ["trial", "production", "suspended"],
                    },
                },
            },
            "mfa": {"type": "str", "required": True, "choices": ["enabled", "disabled", "unmanaged"]},
            "not_before": {"type": "str"},
            "allow_empty": {"type": "bool", "default": False},
        },
    },
    "exceptions": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "tenant_id": {"type": "str", "required": True},
            "tenant": {"type": "raw"},
            "reason": {"type": "str", "required": True},
            "owner": {"type": "str", "required": True},
            "ticket": {"type": "str"},
            "expires": {"type": "str", "required": True},
        },
    },
    "guards": {
        "type": "dict",
        "apply_defaults": True,
        "options": {
            "max_changes": {"type": "int", "default": 100},
            "max_change_percent": {"type": "float", "default": 25.0},
            "max_lockouts": {"type": "int", "default": 500},
            "max_conflicts_percent": {"type": "float", "default": 5.0},
            "protected_users": {"type": "list", "elements": "str", "default": []},
            "allow_disable": {"type": "bool", "default": False},
            "enforce_expired": {"type": "bool", "default": False},
        },
    },
    "rollout": {
        "type": "dict",
        "apply_defaults": True,
        "options": {
            "max_per_run": {"type": "int"},
            "waves": {"type": "list", "elements": "str", "default": ["5%", "25%", "100%"]},
            "max_failures": {"type": "int", "default": 0},
        },
    },
}
