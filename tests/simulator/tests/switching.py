# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A register of checks, one for each value of each switch."""

from __future__ import annotations

from collections.abc import Callable

from .api import Api
from .conftest import Make

Check = Callable[[Api, Make], None]


class Checks(dict[tuple[str, str], Check]):
    """Checks by switch and value."""

    def of(self, switch: str, *values: str) -> Callable[[Check], Check]:
        """Register a check for values of a switch, which are set before it is called."""

        def register(check: Check) -> Check:
            self.update({(switch, value): check for value in values})
            return check

        return register


def set_to(api: Api, switch: str) -> str:
    """The present value of a switch."""
    return str(api.cloud.settings()["switches"][switch])
