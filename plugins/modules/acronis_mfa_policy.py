#!/usr/bin/python
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_mfa_policy
short_description: Enforce an MFA policy over an estate of Acronis tenants
version_added: 0.1.0
author:
  - TenantOps contributors (@tenantops)
description:
  - Brings multi-factor authentication (MFA) of all tenants of a scope into the state that a policy wants, in one task.
    Either a policy is evaluated and carried out, or a plan made before by M(tenantops.access.acronis_mfa_plan).
  - Exactly one of O(policy), O(policy_file), O(plan) and O(plan_file) is required.
  - Of a given plan, each tenant is looked at again first. What somebody else has changed, moved, disabled or locked
    since is a conflict, and is not written, and so is one that a protected user has joined.
  - Guards stop the task before its first write if it would do more than the policy allows. Approving the plan by its
    hash passes them, except C(allow_disable), the one against switching MFA off. Too many conflicts stop the task
    before its first write too, approved or not (C(max_conflicts_percent)).
  - Changes are made in waves. After too many failures no other change is begun; those under way are finished. A change
    whose answer is lost is settled by reading, so nothing is reported that was not seen.
  - A run that was killed is continued by running again. One that was approved has another hash by then, because a part
    of it is done. Approve that, or run the plan.
extends_documentation_fragment:
  - tenantops.access.acronis
  - tenantops.access.acronis.modules
  - tenantops.access.policy
  - tenantops.access.progress
  - tenantops.access.attributes
attributes:
  check_mode:
    support: full
    details: It reads as a run does, writes nothing, keeps no record, and fails where the run would.
  diff_mode:
    support: full
    details: One line for each change.
  idempotent:
    support: full
options:
  plan:
    description:
      - A plan made before, as data. It brings its policy, so O(policy) and O(policy_file) are left out.
    type: dict
  plan_file:
    description:
      - A plan made before, as the file that M(tenantops.access.acronis_mfa_plan) has written. It brings its policy, so
        O(policy) and O(policy_file) are left out.
    type: path
  approve:
    description:
      - Hash of the plan that somebody has looked at. It passes the guards, except C(allow_disable) and
        C(max_conflicts_percent).
      - If it is not the hash of this plan, the task fails, because the policy or the estate has changed since, unless
        nothing is left to be made.
    type: str
  record_dir:
    description:
      - A directory for records and locks, as an absolute path. It is created with mode 0700, with whatever is missing
        above it.
      - Each run writes a file of JSON lines, what it is about to change and what came of it, each line on disk before
        it goes on.
      - A second run on the same scope with the same directory fails and names the one that is under way.
      - Without it there is neither a record nor a lock.
    type: path
seealso:
  - module: tenantops.access.acronis_mfa_plan
  - module: tenantops.access.acronis_mfa_rollback
"""

EXAMPLES = r"""
# The connection comes from the environment: ACRONIS_DATACENTER_URL, ACRONIS_CLIENT_ID, ACRONIS_CLIENT_SECRET.
- name: Enforce the policy in a file, as far as its guards allow
  tenantops.access.acronis_mfa_policy:
    policy_file: policies/msp-baseline.yml
    record_dir: /var/lib/msp/mfa-records

- name: Carry out exactly the plan that was looked at
  tenantops.access.acronis_mfa_policy:
    plan_file: /var/tmp/msp-baseline.plan.json
    approve: 7d7c1bb4a0e3a1f4c2b5e8d9f6071829a3b4c5d6e7f8091a2b3c4d5e6f708192
    record_dir: /var/lib/msp/mfa-records
  register: enforced

- name: Show what came of it
  ansible.builtin.debug:
    var: enforced.summary.results
"""

RETURN = r"""
changes:
  description:
    - Every change of this run, with C(tenant_id), C(name), C(path), C(kind), C(parent_id), C(pricing_mode), C(before),
      C(after), C(rule), C(reason), C(lockouts_max) and C(expired_exception) as planned.
    - C(result) is V(changed), V(already) (it was so by then), V(conflict) (overtaken by others, not written), V(failed)
      or V(not_started), which fails the task if C(detail) says why, as of a tenant that could not be looked at again.
      C(status) is the state afterwards, null if it is not known.
  type: list
  elements: dict
  returned: success, and failure after the estate was read
  sample:
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
      result: changed
      status: enabled
      detail: null
run_id:
  description: A random id of this run, null in check mode.
  type: str
  returned: success, and failure after the estate was read
  sample: 5c1d1a9e-3f7b-4f5e-9f3b-6f1f1d0c2b3a
record_path:
  description: The record of this run, null without O(record_dir) and in check mode.
  type: str
  returned: success, and failure after the estate was read
  sample: /var/lib/msp/mfa-records/20261121T213000Z-50d2e3e8-aa3b-539c-bce1-a9f787ddb856-5c1d1a9e.jsonl
summary:
  description:
    - The figures of the run. Of a policy, also those of M(tenantops.access.acronis_mfa_plan), from before the changes.
      Of a given plan only the tenants to be changed are read, so there are no dispositions.
    - C(changes) is how many were to be made, C(results) how many came out how, C(lockouts_max) how many users have to
      enrol before they can sign in again, at most.
    - C(created_since) is how many tenants are younger than a given plan. They are not changed.
  type: dict
  returned: success, and failure after the estate was read
  sample:
    changes: 1
    lockouts_max: 2
    created_since: 0
    results:
      changed: 1
      already: 0
      conflict: 0
      failed: 0
      not_started: 0
# Generated by hacking/generate.py from hacking/returns: begin
plan:
  description:
    - The plan as data. Of a given plan, the plan as it was given.
  type: dict
  returned: success, and failure after the estate was read
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
  returned: success, and failure after the estate was read
  sample: 7d7c1bb4a0e3a1f4c2b5e8d9f6071829a3b4c5d6e7f8091a2b3c4d5e6f708192
guard_violations:
  description: Guards that this run violates, or would violate without an approval.
  type: list
  elements: dict
  returned: success, and failure after the estate was read
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
  returned: success, and failure after the estate was read, not for a given plan
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
  returned: success, and failure after the estate was read, not for a given plan
  sample: []
blocked:
  description: Tenants that are not as wanted and cannot be changed, with the reason.
  type: list
  elements: dict
  returned: success, and failure after the estate was read, not for a given plan
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
  returned: if O(return_tenants=all); success, and failure after the estate was read, not for a given plan
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
  returned: failure before the estate was read
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
from ansible_collections.tenantops.access.plugins.module_utils._tasks.mfa_policy import EnforceRequest, enforce
from ansible_collections.tenantops.access.plugins.module_utils._tasks.module import progress_of, request_of
from ansible_collections.tenantops.access.plugins.module_utils._tasks.policy_files import check_yaml
from ansible_collections.tenantops.access.plugins.module_utils._tasks.policy_options import (
    policy_argument_spec,
    progress_argument_spec,
)


def main() -> None:
    """Read the options, do the work, report."""
    sources = ("policy", "policy_file", "plan", "plan_file")
    module = AnsibleModule(
        argument_spec={
            **acronis_argument_spec(),
            **policy_argument_spec(),
            **progress_argument_spec(),
            "plan": {"type": "dict"},
            "plan_file": {"type": "path"},
            "approve": {"type": "str"},
            "record_dir": {"type": "path"},
        },
        required_one_of=[sources],
        mutually_exclusive=[sources],
        supports_check_mode=True,
    )
    check_yaml(module)
    request, progress = request_of(EnforceRequest, module), progress_of(module)
    run_acronis_module(module, lambda client: enforce(client, request, progress, module.check_mode))


if __name__ == "__main__":
    main()
