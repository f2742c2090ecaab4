#!/usr/bin/python
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_ott_login
short_description: Sign in to Acronis with a one-time token
version_added: 0.1.0
author:
  - TenantOps contributors (@tenantops)
description:
  - Signs in with a one-time token, given or issued for a user, tells whose account it is, and signs out again. It
    proves that sign-in links work for a user.
  - A token can be used once, within 30 seconds after it was issued. It is used up even where the task fails afterwards,
    and a request whose answer is lost is not repeated.
extends_documentation_fragment:
  - tenantops.access.acronis
  - tenantops.access.acronis.modules
  - tenantops.access.attributes
attributes:
  check_mode:
    support: partial
    details: >-
      With O(login), O(external_id) or O(user_id), the user is looked up as in a run, and nothing is issued or used. A
      given O(ott) cannot be tested without using it up.
  diff_mode:
    support: full
  idempotent:
    support: none
    details: Every run signs in.
options:
  ott:
    description:
      - A one-time token. It needs no credentials.
      - Exactly one of O(ott), O(login), O(external_id) and O(user_id) is required.
    type: str
  login:
    description: Issue a token for the user with this login.
    type: str
  external_id:
    description: Issue a token for the user with this id at the identity provider.
    type: str
  user_id:
    description: Issue a token for the user with this id.
    type: str
  logout:
    description:
      - Whether to sign out again. Without it, the session stays open at the platform until it expires; nobody holds its
        cookie.
    type: bool
    default: true
seealso:
  - name: Logging in using a one-time token
    description: The operation in the vendor's guide.
    link: https://developer.acronis.com/doc/account-management/v2/guide/advanced/ott/ott-login
  - module: tenantops.access.acronis_ott_link
"""

EXAMPLES = r"""
# The connection comes from the environment: ACRONIS_DATACENTER_URL, ACRONIS_CLIENT_ID, ACRONIS_CLIENT_SECRET.
- name: See that a user can be signed in
  tenantops.access.acronis_ott_login:
    login: ines.vogt@harbor-dental-clinic.example
  register: signed_in

- name: Show the account
  ansible.builtin.debug:
    msg: "{{ signed_in.user.login }} lives in tenant {{ signed_in.user.tenant_id }}."

- name: Use up a token that was issued before
  tenantops.access.acronis_ott_login:
    ott: "{{ sign_in.ott }}"
"""

RETURN = r"""
user:
  description: The account that was signed in. In check mode, the account that was looked up.
  type: dict
  returned: success, except in check mode with O(ott), and failure to sign out again
  contains:
    id:
      description: Its id.
      type: str
      returned: success
    login:
      description: Its login.
      type: str
      returned: success
    tenant_id:
      description: The tenant it lives in.
      type: str
      returned: success
    enabled:
      description: Whether it is enabled.
      type: bool
      returned: success
    activated:
      description: Whether the user has activated it.
      type: bool
      returned: success
    external_id:
      description: Its id at the identity provider, if any.
      type: str
      returned: success
    email:
      description: Its e-mail address, if any.
      type: str
      returned: success
    mfa_status:
      description: V(disabled), V(setup_required), V(enabled) or V(forcibly_disabled), if the server says it.
      type: str
      returned: success
  sample:
    id: 8a7d6c5b-0c4e-4f7a-9a3c-2f3f1e0d9b8a
    login: ines.vogt@harbor-dental-clinic.example
    tenant_id: 0fcd4a69-8a40-4de8-b711-d9c83dc000f7
    enabled: true
    activated: true
    external_id: null
    email: ines.vogt@harbor-dental-clinic.example
    mfa_status: disabled
error:
  description:
    - What went wrong, as data. The message says the same in words, and what to do.
  type: dict
  returned: failure
  contains:
    type:
      description:
        - V(option), V(refused), V(no_match), V(unreachable), V(tls), V(lost), V(unauthorized), V(forbidden),
          V(not_found), V(rejected), V(rate_limited), V(server) or V(malformed).
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
    type: no_match
    status: null
    code: null
    code_name: null
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.tenantops.access.plugins.module_utils._acronis.users import UserReference
from ansible_collections.tenantops.access.plugins.module_utils._tasks.acronis_module import run_acronis_module
from ansible_collections.tenantops.access.plugins.module_utils._tasks.connection_options import acronis_argument_spec
from ansible_collections.tenantops.access.plugins.module_utils._tasks.ott_login import sign_in_once


def main() -> None:
    """Read the options, do the work, report."""
    identity = ("login", "external_id", "user_id")
    module = AnsibleModule(
        argument_spec={
            **acronis_argument_spec(),
            **{name: {"type": "str"} for name in identity},
            "ott": {"type": "str", "no_log": True},
            "logout": {"type": "bool", "default": True},
        },
        required_one_of=[("ott", *identity)],
        mutually_exclusive=[("ott", *identity)],
        supports_check_mode=True,
    )
    ott, logout = module.params["ott"], module.params["logout"]
    user = None if ott is not None else UserReference(**{name: module.params[name] for name in identity})
    run_acronis_module(
        module,
        lambda client: sign_in_once(client, ott, user, logout, module.check_mode),
        anonymous=ott is not None,
    )


if __name__ == "__main__":
    main()
