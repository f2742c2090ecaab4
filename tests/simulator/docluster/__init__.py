# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A DoCluster node that speaks the dialect of the manual, of the old or of the newest server. See README.md."""

from __future__ import annotations

from .command import add_arguments, serve

__all__ = ["add_arguments", "serve"]
