# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Descriptions of the attributes that modules state."""

from __future__ import annotations


class ModuleDocFragment:
    """What each attribute means; a module adds its support."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Whether it can run in C(check_mode), where nothing is written.
  diff_mode:
    description: Whether it shows what changed, or would change, in C(diff) mode.
  idempotent:
    description: Whether a second run without a change in between reports no change.
  platform:
    description: Where it runs.
    platforms: posix
    support: full
"""
