# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task reports: the result, and before and after for the diff."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a task did, or in check mode would do.

    Attributes:
        changed: whether ``after`` had to be written.
        values: the module's own return values.
        subject: what the diff is about.
        before: the part of the state that the task is about, as it was.
        after: the same part as it is now, or would be.
        product: secrets that ``values`` contain because the task exists to return them.
        warnings: sentences that the user should read.
        failure: why the task fails although it has done all that it could.
    """

    changed: bool
    values: dict[str, t.Any]
    subject: str = ""
    before: t.Any = None
    after: t.Any = None
    product: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    failure: str | None = None

    def as_result(self) -> dict[str, t.Any]:
        """Arguments for ``exit_json``."""
        diff = {
            "before": self.before,
            "after": self.after,
            "before_header": self.subject,
            "after_header": self.subject,
        }
        return {"changed": self.changed, "diff": diff, **self.values}
