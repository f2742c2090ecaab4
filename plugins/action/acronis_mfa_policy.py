# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module acronis_mfa_policy and shows its progress."""

from __future__ import annotations

from ansible_collections.tenantops.access.plugins.plugin_utils._progress_relay import ProgressAction


class ActionModule(ProgressAction):
    """The plugin that Ansible loads."""
