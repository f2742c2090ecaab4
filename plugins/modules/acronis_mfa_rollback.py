#!/usr/bin/python
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_mfa_rollback
short_description: Undo what one run of an MFA policy has changed
version_added: 0.1.0
author:
  - TenantOps contributors (@tenantops)
description:
  - Sets tenants back to the state from before a run of M(tenantops.access.acronis_mfa_policy), by the run's record or
    by the changes that it returned.
  - Only what that run has changed is set back, and only where nobody has changed it since. Everything else is a
    conflict, and is listed.
  - Of a killed run, a change that was begun counts as made. The tenant's present state tells whether it was.
  - The guards of a policy do not apply. Undoing a run that has switched MFA off switches it on, and so locks out users
    who have not enrolled, protected ones too. Look at it in check mode first.
  - A tenant that does not exist any more is a conflict. One that cannot be looked at, or that this API
    client may not see, is not begun, and the task fails after the others.
  - It cannot give users back what they have lost. Whoever was locked out can sign in again, but whether an enrolled
    second factor survives is not documented.
extends_documentation_fragment:
  - tenantops.access.acronis
  - tenantops.access.acronis.modules
  - tenantops.access.progress
  - tenantops.access.attributes
attributes:
  check_mode:
    support: full
    details: It looks at each tenant as a run does, writes nothing, and fails where the run would.
  diff_mode:
    support: full
    details: One line for each change.
  idempotent:
    support: full
options:
  record_path:
    description:
      - The record of the run. It says what its scope was.
      - Exactly one of O(record_path) and O(changes) is required.
    type: path
  changes:
    description:
      - The list C(changes) that the run has returned, for when its files are gone.
    type: list
    elements: dict
  scope_id:
    description:
      - Id of the tenant at the top of the run's scope, which O(changes) do not say. It is needed for the lock in
        O(record_dir). Not together with O(record_path).
      - The default is the API client's own tenant.
    type: str
  record_dir:
    description:
      - A directory for the record and the lock of the roll back itself, as in M(tenantops.access.acronis_mfa_policy),
        as an absolute path. With it a roll back can be rolled back too, and no run on the same scope begins meanwhile.
      - The default with O(record_path) is its directory, if runs on that scope keep their lock there. If not, there is
        a warning, and neither record nor lock. With O(changes), there is none by default.
    type: path
  allow_disable:
    description:
      - Whether MFA may be switched off, which undoing a run usually means. Without it, such a roll back fails before
        its first write.
    type: bool
    default: false
seealso:
  - module: tenantops.access.acronis_mfa_policy
"""

EXAMPLES = r"""
# The connection comes from the environment: ACRONIS_DATACENTER_URL, ACRONIS_CLIENT_ID, ACRONIS_CLIENT_SECRET.
- name: Undo the last run, by its record
  tenantops.access.acronis_mfa_rollback:
    record_path: "{{ enforced.record_path }}"
    allow_disable: true
  register: undone

- name: Show what somebody else has changed since
  ansible.builtin.debug:
    var: undone.conflicts

- name: Undo a run by what it returned
  tenantops.access.acronis_mfa_rollback:
    changes: "{{ enforced.changes }}"
    scope_id: "{{ enforced.plan.scope_id }}"
    record_dir: /var/lib/msp/mfa-records
    allow_disable: true
"""

RETURN = r"""
changes:
  description:
    - Every tenant that the run has changed, with C(tenant_id), C(path), C(before) and C(after) (of the roll back),
      C(result) (V(changed), V(already), V(conflict), V(failed) or V(not_started)), C(status) afterwards and C(detail).
  type: list
  elements: dict
  returned: success, and failure after the tenants were looked at
  sample:
    - tenant_id: c82ac0e9-78ad-56af-b287-9482230e5f4e
      path:
        - Northwind IT
        - Cobalt Architects
      before: enabled
      after: disabled
      result: changed
      status: disabled
      detail: null
conflicts:
  description:
    - Those of RV(changes) that are in conflict, because somebody else has changed the tenant since, it is gone, or it
      may not be changed. They are left as they are.
  type: list
  elements: dict
  returned: success, and failure after the tenants were looked at
  sample: []
run_id:
  description: A random id of this roll back, null in check mode.
  type: str
  returned: success, and failure after the tenants were looked at
  sample: 0e2f7a52-6f0e-4c4b-8d0f-5f3d5b7f6f11
record_path:
  description: The record of this roll back, null if none is kept, in check mode, and if it is refused.
  type: str
  returned: success, and failure after the tenants were looked at
  sample: /var/lib/msp/mfa-records/20261122T060000Z-50d2e3e8-aa3b-539c-bce1-a9f787ddb856-0e2f7a52.jsonl
summary:
  description: How many of RV(changes) have which result.
  type: dict
  returned: success, and failure after the tenants were looked at
  sample:
    changed: 1
    already: 0
    conflict: 0
    failed: 0
    not_started: 0
# Generated by hacking/generate.py from hacking/returns: begin
error:
  description:
    - What went wrong, as data. The message says the same in words, and what to do.
  type: dict
  returned: failure before the tenants were looked at
  contains:
    type:
      description:
        - One of V(option), V(refused), V(no_match), V(timeout), V(unreachable), V(tls), V(lost), V(unauthorized),
          V(forbidden), V(not_found), V(rejected), V(rate_limited), V(server) or V(malformed).
      type: str
      returned: failure
    status:
      description: HTTP status of the answer, if there was one.
      type: int
      returned: failure
    code:
      description: The vendor's error code, if the answer had one.
      type: raw
      returned: failure
    code_name:
      description: What the vendor's error code means.
      type: str
      returned: failure
  sample:
    type: forbidden
    status: 403
    code: 1002
    code_name: access denied
# Generated by hacking/generate.py from hacking/returns: end
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.tenantops.access.plugins.module_utils._tasks.acronis_module import run_acronis_module
from ansible_collections.tenantops.access.plugins.module_utils._tasks.connection_options import acronis_argument_spec
from ansible_collections.tenantops.access.plugins.module_utils._tasks.mfa_rollback import UndoRequest, roll_back
from ansible_collections.tenantops.access.plugins.module_utils._tasks.module import progress_of, request_of
from ansible_collections.tenantops.access.plugins.module_utils._tasks.policy_options import progress_argument_spec


def main() -> None:
    """Read the options, do the work, report."""
    module = AnsibleModule(
        argument_spec={
            **acronis_argument_spec(),
            **progress_argument_spec(),
            "record_path": {"type": "path"},
            "changes": {"type": "list", "elements": "dict"},
            "scope_id": {"type": "str"},
            "record_dir": {"type": "path"},
            "allow_disable": {"type": "bool", "default": False},
        },
        required_one_of=[("record_path", "changes")],
        mutually_exclusive=[("record_path", "changes"), ("record_path", "scope_id")],
        supports_check_mode=True,
    )
    request, progress = request_of(UndoRequest, module), progress_of(module)
    run_acronis_module(module, lambda client: roll_back(client, request, progress, module.check_mode))


if __name__ == "__main__":
    main()
