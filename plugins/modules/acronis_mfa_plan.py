#!/usr/bin/python
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_mfa_plan
short_description: Evaluate an MFA policy over an estate of Acronis tenants
version_added: 0.1.0
author:
  - TenantOps contributors (@tenantops)
description:
  - Reads all tenants of a scope, decides by a policy about each of them, and returns what holds, what has drifted, and
    what would change. It writes nothing to the cloud.
  - Exactly one of O(policy) and O(policy_file) is required.
  - Guards that a run of the plan would violate are returned; they never fail this task.
  - Tenants that could not be read are V(unknown), which is never compliant. The task does the rest, then fails and
    names them. A listing that cannot be read to its end, and a rule that decides no tenant, are errors.
  - Work that takes longer than five seconds shows its progress every five seconds.
extends_documentation_fragment:
  - tenantops.access.acronis
  - tenantops.access.acronis.modules
  - tenantops.access.policy
  - tenantops.access.progress
  - tenantops.access.attributes
attributes:
  check_mode:
    support: full
    details: It reads as a run does, and does not write O(dest).
  diff_mode:
    support: full
    details: >-
      One line for each planned change. Ansible shows the diff of a task only if it has changed something, which is
      O(dest) here. The result has it in any case.
  idempotent:
    support: full
    details: O(dest) is written again only if the plan differs in more than its time.
options:
  dest:
    description:
      - A file to write the plan to, as JSON, with mode 0600. Its directory has to exist.
      - Whether the task has changed something is about this file, the plan's time left out.
    type: path
seealso:
  - module: tenantops.access.acronis_tenant_mfa_info
"""

EXAMPLES = r"""
# The connection comes from the environment: ACRONIS_DATACENTER_URL, ACRONIS_CLIENT_ID, ACRONIS_CLIENT_SECRET.
- name: See how far the estate is from the policy in a file
  tenantops.access.acronis_mfa_plan:
    policy_file: policies/msp-baseline.yml
  register: audit

- name: Show the figures
  ansible.builtin.debug:
    msg: >-
      {{ audit.summary.compliance_percent }} % compliant,
      {{ audit.summary.dispositions.drifted }} drifted,
      {{ audit.summary.dispositions.blocked }} blocked.

- name: Plan, and keep the plan to be looked at
  tenantops.access.acronis_mfa_plan:
    policy:
      name: msp-baseline
      rules:
        - name: customers of Northwind IT
          match:
            kind:
              - customer
            path:
              - Northwind IT/**
          mfa: enabled
      exceptions:
        - tenant_id: 0fdf094a-3f42-5884-99e1-25708081bde4
          tenant: Northwind IT/Healthcare/Harbor Dental Clinic
          reason: X-ray appliance signs in with a password
          owner: jane@example.com
          expires: "2027-01-31"
      guards:
        protected_users:
          - backup-*
    dest: /var/tmp/msp-baseline.plan.json
"""

RETURN = r"""
summary:
  description: The figures of the evaluation.
  type: dict
  returned: success, and failure because of unknown tenants
  contains:
    tenants:
      description: Tenants of the scope, folders and units included.
      type: int
      returned: success
    dispositions:
      description:
        - How many tenants have which disposition. They add up to all tenants.
        - In the order in which they are tested, a tenant is V(inherited) if it is a folder or unit, V(unknown) if it
          could not be read or lacks a field that a rule asks for, V(unmanaged) if nothing is wanted of it, V(excepted)
          if an exception holds, V(compliant) if it is as wanted, V(converging) if it is being switched off as wanted,
          V(blocked) if it cannot be changed, V(pending) if it is to be changed on a later day, and else V(drifted),
          which is to be changed now.
      type: dict
      returned: success
    compliance_percent:
      description:
        - Share of V(compliant) in V(compliant), V(drifted), V(pending), V(converging), V(blocked) and V(unknown),
          rounded down. Null if there are none of them.
      type: float
      returned: success
    changes:
      description: Tenants that the next run would change.
      type: int
      returned: success
    lockouts_max:
      description:
        - Users who would have to enrol before they can sign in again, at most. Null if that is not known, which happens
          with O(verify=sample).
      type: int
      returned: success
    evidence:
      description:
        - Of how many partners and customers the state was read (V(endpoint)), inferred (V(listing)), or is not known
          (V(none)).
      type: dict
      returned: success
    strata:
      description:
        - With O(verify=sample), what the sample showed of each kind and listing value. C(bound_percent) is the share of
          deviating tenants that is not exceeded with 95 % confidence.
      type: list
      elements: dict
      returned: success
  sample:
    tenants: 61
    dispositions:
      unknown: 0
      inherited: 16
      unmanaged: 27
      excepted: 1
      compliant: 3
      converging: 0
      blocked: 1
      pending: 0
      drifted: 13
    compliance_percent: 17.64
    changes: 13
    lockouts_max: 34
    evidence:
      endpoint: 45
      listing: 0
      none: 0
    strata: []
# Generated by hacking/generate.py from hacking/returns: begin
plan:
  description:
    - The plan as data. It is what O(dest) holds.
  type: dict
  returned: success, and failure because of unknown tenants
  contains:
    format:
      description: Version of the plan's form.
      type: int
      returned: success
    hash:
      description: See RV(plan_hash).
      type: str
      returned: success
    created_at:
      description: When the reading of the estate began, in UTC.
      type: str
      returned: success
    scope_id:
      description: The tenant at the top of the scope.
      type: str
      returned: success
    wanted:
      description: Tenants of which a state is wanted.
      type: int
      returned: success
    digest:
      description: Hash of the whole plan but its time, by which an edited plan is noticed. It is no signature.
      type: str
      returned: success
    pending:
      description: What will change later, each with its day (C(not_before)). Otherwise like RV(plan.changes).
      type: list
      elements: dict
      returned: success
    policy:
      description: The policy with its defaults.
      type: dict
      returned: success
    changes:
      description:
        - Every tenant that has drifted, in a stable order. A run takes them from the front, C(max_per_run) of them if
          the policy has that.
        - Each has C(tenant_id), C(name), C(path), C(kind), C(parent_id), C(pricing_mode), C(before), C(after), C(rule),
          C(reason), C(lockouts_max) (users it can lock out at most, null if not known) and C(expired_exception).
      type: list
      elements: dict
      returned: success
  sample:
    format: 1
    hash: 7d7c1bb4a0e3a1f4c2b5e8d9f6071829a3b4c5d6e7f8091a2b3c4d5e6f708192
    created_at: "2026-11-21T21:30:00Z"
    scope_id: 50d2e3e8-aa3b-539c-bce1-a9f787ddb856
    policy:
      name: msp-baseline
    changes:
      - tenant_id: c82ac0e9-78ad-56af-b287-9482230e5f4e
        name: Cobalt Architects
        path:
          - Northwind IT
          - Cobalt Architects
        kind: customer
        parent_id: caa283e4-8e1f-5c95-95a5-ac699d848f88
        pricing_mode: production
        before: disabled
        after: enabled
        rule: customers of Northwind IT
        reason: MFA is disabled, wanted is enabled
        lockouts_max: 2
        expired_exception: false
plan_hash:
  description:
    - Hash of the scope, the rules, the default, the exceptions, and of each change the tenant, the state that it starts
      from and the state that it leads to. It covers all changes, also those that C(max_per_run) leaves for later runs.
      Guards and rollout are not part of it.
  type: str
  returned: success, and failure because of unknown tenants
  sample: 7d7c1bb4a0e3a1f4c2b5e8d9f6071829a3b4c5d6e7f8091a2b3c4d5e6f708192
guard_violations:
  description: Guards that a run of the plan would violate.
  type: list
  elements: dict
  returned: success, and failure because of unknown tenants
  contains:
    guard:
      description: Its name in the policy.
      type: str
      returned: success
    limit:
      description: What the policy allows.
      type: raw
      returned: success
    value:
      description: What the plan has, null if that is not known.
      type: float
      returned: success
    approvable:
      description: Whether approving the plan by its hash passes the guard.
      type: bool
      returned: success
    message:
      description: The same in words, with the remedy.
      type: str
      returned: success
  sample:
    - guard: max_lockouts
      limit: 30
      value: 34
      approvable: true
      message: Up to 34 users would have to enrol before they can sign in again, more than max_lockouts (30).
exceptions:
  description:
    - The policy's exceptions and what has become of each. Those that have expired or expire within 14 days, that fit no
      tenant, a folder or a unit, or a tenant of another name than expected, are warnings as well.
  type: list
  elements: dict
  returned: success, and failure because of unknown tenants
  sample:
    - tenant_id: 0fdf094a-3f42-5884-99e1-25708081bde4
      name: Harbor Dental Clinic
      path:
        - Northwind IT
        - Healthcare
        - Harbor Dental Clinic
      reason: X-ray appliance signs in with a password
      owner: jane@example.com
      ticket: null
      expires: "2027-01-31"
      matched: true
      expired: false
      expires_soon: false
unknown:
  description: Tenants that could not be read, or lack a field that a rule asks for, with the reason.
  type: list
  elements: dict
  returned: success, and failure because of unknown tenants
  sample: []
blocked:
  description: Tenants that are not as wanted and cannot be changed, with the reason.
  type: list
  elements: dict
  returned: success, and failure because of unknown tenants
  sample:
    - tenant_id: 945e6749-2185-54b9-bc8f-511b6fbce83b
      path:
        - Northwind IT
        - Granite Law
      rule: customers of Northwind IT
      reason: "the tenant manages itself: support access from above is switched off"
tenants:
  description: All tenants of the scope with their dispositions.
  type: list
  elements: dict
  returned: if O(return_tenants=all); success, and failure because of unknown tenants
  sample:
    - tenant_id: c82ac0e9-78ad-56af-b287-9482230e5f4e
      name: Cobalt Architects
      path:
        - Northwind IT
        - Cobalt Architects
      kind: customer
      disposition: drifted
      wanted: enabled
      rule: customers of Northwind IT
      reason: MFA is disabled, wanted is enabled
      mfa_status: disabled
      evidence: endpoint
      users_count: 2
      users_with_totp_enabled_count: 0
      exception_expires: null
error:
  description:
    - What went wrong, as data. The message says the same in words, and what to do.
  type: dict
  returned: failure, except because of unknown tenants
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
from ansible_collections.tenantops.access.plugins.module_utils._tasks.mfa_plan import PlanRequest, plan_estate
from ansible_collections.tenantops.access.plugins.module_utils._tasks.module import progress_of, request_of
from ansible_collections.tenantops.access.plugins.module_utils._tasks.policy_files import check_yaml
from ansible_collections.tenantops.access.plugins.module_utils._tasks.policy_options import (
    policy_argument_spec,
    progress_argument_spec,
)


def main() -> None:
    """Read the options, do the work, report."""
    module = AnsibleModule(
        argument_spec={
            **acronis_argument_spec(),
            **policy_argument_spec(),
            **progress_argument_spec(),
            "dest": {"type": "path"},
        },
        required_one_of=[("policy", "policy_file")],
        mutually_exclusive=[("policy", "policy_file")],
        supports_check_mode=True,
    )
    check_yaml(module)
    request, progress = request_of(PlanRequest, module), progress_of(module)
    run_acronis_module(module, lambda client: plan_estate(client, request, progress, module.check_mode))


if __name__ == "__main__":
    main()
