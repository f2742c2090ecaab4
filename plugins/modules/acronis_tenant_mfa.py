#!/usr/bin/python
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_tenant_mfa
short_description: Switch multi-factor authentication of an Acronis tenant on or off
version_added: 0.1.0
author:
  - TenantOps contributors (@tenantops)
description:
  - Makes sure that multi-factor authentication (MFA, which Acronis calls two-factor authentication) of one tenant is
    enabled or disabled.
  - Switching it on asks every user of the tenant to enrol, and nobody who has not enrolled can sign in until then.
    API clients and service accounts are not affected.
  - A partner's setting holds for its folders, a customer's for its units. Folders and units have no setting of their
    own. Partners and customers do not inherit from each other.
  - A change whose answer is lost is settled by reading the tenant again, so the task never reports a state that it
    has not seen.
extends_documentation_fragment:
  - tenantops.access.acronis
  - tenantops.access.acronis.modules
  - tenantops.access.attributes
attributes:
  check_mode:
    support: full
    details: The tenant is looked up and read. The task fails where the run would.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  tenant_id:
    description:
      - Id of the tenant.
      - Costs one request, and one for each level between the tenant and the API client's own.
      - Exactly one of O(tenant_id) and O(tenant) is required.
    type: str
  tenant:
    description:
      - The tenant by its name or path, compared exactly.
      - A text is either a path below the API client's own tenant, joined by slashes such as V(Partner/Customer), or
        just a name. More than one match is an error that lists the candidates.
      - A list of names is a path and nothing else. It is the only way to write a path through a name that contains a
        slash. The API client's own tenant is the empty path, so it can only be given by its name or id.
      - The tenant is found in the complete listing of the API client's tenants, which takes one request for every 5000
        of them. The vendor's search is not used, because it matches parts of names.
    type: raw
  state:
    description:
      - The wanted state.
      - For a folder or a unit, the state of the organization it belongs to is compared. If that differs, the task fails
        and names the organization to change.
    type: str
    choices:
      - enabled
      - disabled
    default: enabled
  wait:
    description:
      - Switching off may take the platform a while. Whether to wait until it is done.
      - A tenant that somebody else is just switching off is waited for as well. Without waiting it counts as switched
        off, and enabling it fails.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait at most, see O(wait).
    type: int
    default: 60
seealso:
  - name: Toggling two-factor authentication for a tenant
    description: The operation in the vendor's guide.
    link: https://developer.acronis.com/doc/account-management/v2/guide/advanced/mfa/toggling-mfa-tenant
  - plugin: tenantops.access.acronis_tenants
    plugin_type: inventory
notes:
  - The API client needs the role of an administrator of the tenant, or of one above it.
  - A partner in production mode always has MFA. Disabling it fails before anything is written, as does any change of a
    tenant that manages itself (support access switched off), that is locked, or for which the server reports
    C(update_allowed=false).
"""

EXAMPLES = r"""
# The connection comes from the environment: ACRONIS_DATACENTER_URL, ACRONIS_CLIENT_ID, ACRONIS_CLIENT_SECRET.
- name: Switch MFA on for a customer, by its id
  tenantops.access.acronis_tenant_mfa:
    tenant_id: 0fcd4a69-8a40-4de8-b711-d9c83dc000f7
    state: enabled

- name: Switch MFA on for a customer, by its path
  tenantops.access.acronis_tenant_mfa:
    tenant: Northwind IT/Harbour Dental
    state: enabled
  register: harbour_dental

- name: Show how many users still have to enrol
  ansible.builtin.debug:
    msg: >-
      {{ harbour_dental.mfa.users_with_totp_enabled_count }} of
      {{ harbour_dental.mfa.users_count }} users have enrolled.

- name: Switch MFA off for a customer whose path has a name with a slash
  tenantops.access.acronis_tenant_mfa:
    tenant:
      - Northwind IT
      - Lab/Test
    state: disabled
    wait_timeout: 120

- name: Say once for a play how to connect
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/tenantops.access.acronis:
      datacenter_url: https://eu2-cloud.acronis.com
      client_id: 72a9ed51-4d4e-4bc5-8a4e-3d0b5a5e1f0a
      client_secret: "{{ vaulted_client_secret }}"
  tasks:
    - name: Switch MFA on
      tenantops.access.acronis_tenant_mfa:
        tenant: Harbour Dental
"""

RETURN = r"""
tenant:
  description: The tenant that was found.
  type: dict
  returned: success
  contains:
    id:
      description: Its id.
      type: str
      returned: success
    name:
      description: Its name.
      type: str
      returned: success
    kind:
      description: Its kind, V(partner), V(folder), V(customer) or V(unit).
      type: str
      returned: success
    path:
      description:
        - Names from below the API client's own tenant down to this one. Empty for the client's own tenant.
      type: list
      elements: str
      returned: success
  sample:
    id: 0fcd4a69-8a40-4de8-b711-d9c83dc000f7
    name: Harbour Dental
    kind: customer
    path:
      - Northwind IT
      - Harbour Dental
mfa:
  description:
    - The state after the task. In check mode, the state that the run would leave.
    - For a folder or a unit, this is its organization's, with RV(mfa.update_allowed) being V(false).
  type: dict
  returned: success
  contains:
    status:
      description: One of V(enabled), V(disabled), and V(disable_in_progress) while it is being switched off.
      type: str
      returned: success
    users_count:
      description: Active users of the tenant and of its folders or units.
      type: int
      returned: success
    users_with_totp_enabled_count:
      description: How many of them have enrolled a second factor.
      type: int
      returned: success
    update_allowed:
      description: Whether the API client may change the state.
      type: bool
      returned: success
  sample:
    status: enabled
    users_count: 12
    users_with_totp_enabled_count: 3
    update_allowed: true
# Generated by hacking/generate.py from hacking/returns: begin
error:
  description:
    - What went wrong, as data. The message says the same in words, and what to do.
  type: dict
  returned: failure
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
from ansible_collections.tenantops.access.plugins.module_utils._tasks.tenant_mfa import (
    TenantMfaRequest,
    ensure_tenant_mfa,
)


def main() -> None:
    """Read the options, do the work, report."""
    module = AnsibleModule(
        argument_spec={
            **acronis_argument_spec(),
            "tenant_id": {"type": "str"},
            "tenant": {"type": "raw"},
            "state": {"type": "str", "choices": ["enabled", "disabled"], "default": "enabled"},
            "wait": {"type": "bool", "default": True},
            "wait_timeout": {"type": "int", "default": 60},
        },
        required_one_of=[("tenant_id", "tenant")],
        mutually_exclusive=[("tenant_id", "tenant")],
        supports_check_mode=True,
    )
    request = request_of(TenantMfaRequest, module)
    run_acronis_module(module, lambda client: ensure_tenant_mfa(client, request, module.check_mode))


if __name__ == "__main__":
    main()
