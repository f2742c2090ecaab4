# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long tests look for what random cases may show."""

from __future__ import annotations

import os

#: How many times as many random cases as usual; ``make test-all`` sets the variable.
LENGTH = int(os.environ.get("TEST_LENGTH", "1"))


def seeds(usual: int) -> range:
    """Seeds of random cases: so many in a usual run, more in a long one."""
    return range(usual * LENGTH)
