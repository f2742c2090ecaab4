#!/usr/bin/python
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_ott_link
short_description: Issue a one-time sign-in link for an Acronis user
version_added: 0.1.0
author:
  - TenantOps contributors (@tenantops)
description:
  - Issues a one-time token for a user and makes an external sign-in link of it. Whoever opens the link within 30
    seconds is signed in as that user, once, without a password.
  - The user has to live in the API client's tenant or below it, and no tenant on the way may have support access
    disabled. That is looked up before anything is issued. With an O(access_token) and no O(client_id), a user that is
    given by O(login) or O(external_id) cannot be looked up, and the platform alone decides.
  - Every run issues a link, unless O(reuse_seconds) says otherwise. A request whose answer is lost is not repeated.
extends_documentation_fragment:
  - tenantops.access.acronis
  - tenantops.access.acronis.modules
  - tenantops.access.attributes
attributes:
  check_mode:
    support: full
    details: >-
      The user is looked up as in a run, and nothing is issued. That needs the API client's own tenant, so with only an
      O(access_token) and no O(client_id) it fails unless the user is given by O(user_id). Whether the API client's role
      allows it to issue tokens shows in a run only.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: A link can be used once, so every run issues one, except with O(dest) and O(reuse_seconds).
options:
  login:
    description:
      - Login of the user.
      - Exactly one of O(login), O(external_id) and O(user_id) is required.
    type: str
  external_id:
    description: Id of the user at the identity provider.
    type: str
  user_id:
    description: Id of the user in the platform.
    type: str
  target_uri:
    description:
      - Where the user arrives after signing in, an absolute URL.
      - The default is the backup console of the data center, C(/bc/).
    type: str
  style:
    description:
      - V(fragment) puts token and target behind a C(#), as the vendor's guide does. The server never sees them; the
        sign-in page takes them apart and goes to the target as it stands, so a target with C(&) or C(=) is refused.
      - V(query) puts them behind a C(?), both encoded. It carries any target, and the vendor's reference recommends it
        where branding matters, but it passes through logs of servers and proxies.
    type: str
    choices:
      - fragment
      - query
    default: fragment
  dest:
    description:
      - A file to write the link to, with mode 0600 and nothing else in it. Then neither RV(link) nor RV(ott) is
        returned.
      - Its directory has to exist. A hidden file beside it, C(.NAME.issued), says what the link was issued for.
      - It is written whole or not at all. A symbolic link in its place is replaced, not followed.
    type: path
  reuse_seconds:
    description:
      - With O(dest), a link there that was issued for the same user, target and style less than so many seconds ago
        is kept. One that has ended after its 30 seconds is replaced in any case. V(0) keeps none.
    type: int
    default: 0
notes:
  - A link is as good as a password for half a minute. Use O(dest), or set C(no_log) where the result is registered.
seealso:
  - name: Generating an external login URL
    description: The operation in the vendor's guide.
    link: https://developer.acronis.com/doc/account-management/v2/guide/advanced/ott/
  - module: tenantops.access.acronis_ott_login
"""

EXAMPLES = r"""
# The connection comes from the environment: ACRONIS_DATACENTER_URL, ACRONIS_CLIENT_ID, ACRONIS_CLIENT_SECRET.
- name: Write a sign-in link to a file
  tenantops.access.acronis_ott_link:
    login: ines.vogt@harbor-dental-clinic.example
    dest: /run/user/1000/sign-in-link

- name: Issue a link to the management portal and keep it in a variable
  tenantops.access.acronis_ott_link:
    login: ines.vogt@harbor-dental-clinic.example
    target_uri: https://eu2-cloud.acronis.com/mc/
  register: sign_in
  no_log: true

- name: Issue a link to a page whose address has parameters
  tenantops.access.acronis_ott_link:
    user_id: 8a7d6c5b-0c4e-4f7a-9a3c-2f3f1e0d9b8a
    target_uri: https://eu2-cloud.acronis.com/bc/?tab=alerts&level=critical
    style: query
    dest: /run/user/1000/sign-in-link
    reuse_seconds: 20
"""

RETURN = r"""
link:
  description: The sign-in link. Set C(no_log) where it is registered.
  type: str
  returned: when issued and O(dest) is not set
  sample: https://eu2-cloud.acronis.com/api/2/idp/external-login#ott=T1RU...%3D%3D&targetURI=https://eu2-cloud.acronis.com/bc/
ott:
  description: The one-time token in it. Set C(no_log) where it is registered.
  type: str
  returned: when issued and O(dest) is not set
  sample: T1RUAQAAAG8-AAAAAAAATxLwKLZ0RMaVZ3GEk4JUMw==
expires_at:
  description: When the link ends, in UTC, counted from sending the request.
  type: str
  returned: when there is a link
  sample: "2027-01-15T09:30:30Z"
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
from ansible_collections.tenantops.access.plugins.module_utils._tasks.ott_link import LinkRequest, make_link


def main() -> None:
    """Read the options, do the work, report."""
    identity = ("login", "external_id", "user_id")
    module = AnsibleModule(
        argument_spec={
            **acronis_argument_spec(),
            **{name: {"type": "str"} for name in identity},
            "target_uri": {"type": "str"},
            "style": {"type": "str", "choices": ["fragment", "query"], "default": "fragment"},
            "dest": {"type": "path"},
            "reuse_seconds": {"type": "int", "default": 0},
        },
        required_one_of=[identity],
        mutually_exclusive=[identity],
        supports_check_mode=True,
    )
    request = request_of(LinkRequest, module)
    run_acronis_module(module, lambda client: make_link(client, request, module.check_mode))


if __name__ == "__main__":
    main()
