# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What time it is in UTC, in the form that plans, records and results have."""

from __future__ import annotations

import datetime


def utc_text(moment: datetime.datetime) -> str:
    """A moment in UTC, ISO 8601, to the second."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_now() -> str:
    """Now in UTC, ISO 8601, to the second."""
    return utc_text(datetime.datetime.now(datetime.UTC))


def utc_today() -> datetime.date:
    """The UTC day."""
    return datetime.datetime.now(datetime.UTC).date()
