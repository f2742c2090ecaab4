#!/usr/bin/python
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_tenant_mfa_info
short_description: Read the MFA state of many Acronis tenants
version_added: 0.1.0
author:
  - TenantOps contributors (@tenantops)
description:
  - Reads multi-factor authentication (MFA) of tenants, and how many of their users have enrolled, in one task.
  - Folders and units show their organization's state.
  - A tenant that cannot be read is V(unknown). The task reads the rest, then fails and names it.
extends_documentation_fragment:
  - tenantops.access.acronis
  - tenantops.access.acronis.modules
  - tenantops.access.attributes
attributes:
  check_mode:
    support: full
    details: It reads as a run does, and has nothing to write.
  diff_mode:
    support: N/A
  idempotent:
    support: N/A
options:
  tenant_ids:
    description:
      - Ids of tenants. An id that does not exist, or is that of a user's personal tenant, is an error.
      - The default is O(scope_id) and all tenants below it. Not together with O(scope_id).
    type: list
    elements: str
  scope_id:
    description:
      - Id of the tenant to start from.
      - The default is the API client's own tenant. Required with an O(access_token) and no O(client_id), unless
        O(tenant_ids) is given.
    type: str
  kinds:
    description:
      - Kinds of tenants to return.
      - The default is V(partner) and V(customer), or any kind for O(tenant_ids).
    type: list
    elements: str
    choices:
      - root
      - partner
      - folder
      - customer
      - unit
  verify:
    description:
      - V(all) reads every organization's own endpoint, one request each.
      - V(sample) reads 20 of each kind and listing value and infers the others if these agree; else it reads them all.
        Inferred tenants have no counts.
    type: str
    choices:
      - all
      - sample
    default: all
seealso:
  - module: tenantops.access.acronis_mfa_plan
  - module: tenantops.access.acronis_tenant_mfa
"""

EXAMPLES = r"""
# The connection comes from the environment: ACRONIS_DATACENTER_URL, ACRONIS_CLIENT_ID, ACRONIS_CLIENT_SECRET.
- name: Read MFA of all customers
  tenantops.access.acronis_tenant_mfa_info:
    kinds:
      - customer
  register: customers

- name: Show who has not got it
  ansible.builtin.debug:
    msg: "{{ customers.tenants | selectattr('mfa.status', '==', 'disabled') | map(attribute='name') }}"

- name: Read MFA of two tenants
  tenantops.access.acronis_tenant_mfa_info:
    tenant_ids:
      - 0fdf094a-3f42-5884-99e1-25708081bde4
      - c82ac0e9-78ad-56af-b287-9482230e5f4e
"""

RETURN = r"""
tenants:
  description: The tenants.
  type: list
  elements: dict
  returned: success, and failure because of unknown tenants
  contains:
    id:
      description: Id of the tenant.
      type: str
      returned: success
    name:
      description: Its name.
      type: str
      returned: success
    kind:
      description: Its kind.
      type: str
      returned: success
    path:
      description: Names from below the API client's own tenant down to this one.
      type: list
      elements: str
      returned: success
    parent_id:
      description: Id of the tenant above.
      type: str
      returned: success
    pricing_mode:
      description: V(trial), V(production) or V(suspended), if the server says it.
      type: str
      returned: success
    enabled:
      description: Whether the tenant is enabled, if the server says it.
      type: bool
      returned: success
    mfa:
      description:
        - C(status) is V(enabled), V(disabled), V(disable_in_progress) or V(unknown). C(evidence) says how it is known,
          read from the organization's own endpoint (V(endpoint)), inferred (V(listing)) or not (V(none)).
        - C(organization_id) is the tenant whose setting it is, C(listing) what the listing shows, in the words of
          users' states.
        - C(users_count), C(users_with_totp_enabled_count) and C(update_allowed) are null where the state was inferred.
      type: dict
      returned: success
  sample:
    - id: 0fdf094a-3f42-5884-99e1-25708081bde4
      name: Harbor Dental Clinic
      kind: customer
      path:
        - Northwind IT
        - Healthcare
        - Harbor Dental Clinic
      parent_id: 8bd63f0e-c66f-5b67-8f29-64f4bb5ae7cc
      pricing_mode: production
      enabled: true
      mfa:
        status: disabled
        evidence: endpoint
        organization_id: 0fdf094a-3f42-5884-99e1-25708081bde4
        listing: disabled
        users_count: 6
        users_with_totp_enabled_count: 0
        update_allowed: true
summary:
  description:
    - How many C(tenants) there are, and how many of them have which C(status) and which C(evidence).
    - With O(verify=sample), C(strata) is what the sample showed of each kind and listing value. C(bound_percent) is the
      share of deviating tenants that is not exceeded with 95 % confidence.
  type: dict
  returned: success, and failure because of unknown tenants
  sample:
    tenants: 45
    status:
      enabled: 13
      disabled: 32
      disable_in_progress: 0
      unknown: 0
    evidence:
      endpoint: 45
      listing: 0
      none: 0
    strata: []
# Generated by hacking/generate.py from hacking/returns: begin
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
from ansible_collections.tenantops.access.plugins.module_utils._tasks.module import request_of
from ansible_collections.tenantops.access.plugins.module_utils._tasks.tenant_mfa_info import (
    InfoRequest,
    gather_mfa_info,
)


def main() -> None:
    """Read the options, do the work, report."""
    module = AnsibleModule(
        argument_spec={
            **acronis_argument_spec(),
            "tenant_ids": {"type": "list", "elements": "str"},
            "scope_id": {"type": "str"},
            "kinds": {
                "type": "list",
                "elements": "str",
                "choices": ["root", "partner", "folder", "customer", "unit"],
            },
            "verify": {"type": "str", "choices": ["all", "sample"], "default": "all"},
        },
        mutually_exclusive=[("tenant_ids", "scope_id")],
        supports_check_mode=True,
    )
    request = request_of(InfoRequest, module)
    run_acronis_module(module, lambda client: gather_mfa_info(client, request))


if __name__ == "__main__":
    main()
