# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the progress that long tasks show."""

from __future__ import annotations


class ModuleDocFragment:
    """The option of every module whose work may take long."""

    DOCUMENTATION = r"""
options:
  progress:
    description:
      - Whether to show the progress of work that takes longer than five seconds, as counts without names, on the error
        output. With C(no_log) and C(async) it is not shown in any case.
    type: bool
    default: true
"""
