# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task's outcome as Ansible shows it."""

from __future__ import annotations

from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome


def test_an_outcome_carries_the_diff_and_the_values_of_the_module() -> None:
    outcome = Outcome(
        changed=True,
        values={"mfa": {"status": "enabled"}},
        subject="MFA of tenant X",
        before={"mfa_status": "disabled"},
        after={"mfa_status": "enabled"},
    )
    result = outcome.as_result()
    assert result["changed"] is True
    assert result["mfa"] == {"status": "enabled"}
    assert result["diff"] == {
        "before": {"mfa_status": "disabled"},
        "after": {"mfa_status": "enabled"},
        "before_header": "MFA of tenant X",
        "after_header": "MFA of tenant X",
    }
