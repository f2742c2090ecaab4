#!/usr/bin/python
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_session
short_description: Open, reuse and close a session on a DoCluster node
version_added: 0.1.0
author:
  - TenantOps contributors (@tenantops)
description:
  - Makes sure that there is a living session on a DoCluster node, or that there is none.
  - A session that lives is reused. Whether it lives, the node says. The releases say so in different words, which are
    all understood.
  - A session lives for some minutes after its last use (10 by the vendor's manual, 5 or 1 by its releases), is bound to
    the IP address of the client that opened it, and ends when the node is restarted.
extends_documentation_fragment:
  - tenantops.access.cluster
  - tenantops.access.attributes
attributes:
  check_mode:
    support: full
    details: >-
      The node is asked whether the session is alive, which prolongs it as any use does. No session is opened or closed.
      Whether user and password are right cannot be found out without opening a session.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) reuses the session of O(access_token) or O(token_path) if it is alive, else logs in with O(username)
        and O(password).
      - V(absent) logs out the sessions of O(access_token) and O(token_path) and removes that file. It reports no change
        if they had ended already.
    type: str
    choices:
      - present
      - absent
    default: present
seealso:
  - name: Login and logout
    description: The vendor's manual of the two calls.
    link: https://doc.puq.info
  - module: tenantops.access.cluster_info
"""

EXAMPLES = r"""
# User and password come from the environment: DOCLUSTER_USERNAME, DOCLUSTER_PASSWORD.
- name: Make the directory of the token file
  ansible.builtin.file:
    path: ~/.cache
    state: directory
    mode: "0700"

- name: Open a session, or keep the one that is there
  tenantops.access.cluster_session:
    url: http://node1.example.com:3033
    token_path: ~/.cache/node1.session
    state: present

- name: Read the cluster's state with it
  tenantops.access.cluster_info:
    url: http://node1.example.com:3033
    token_path: ~/.cache/node1.session
  register: cluster

- name: Close the session
  tenantops.access.cluster_session:
    url: http://node1.example.com:3033
    token_path: ~/.cache/node1.session
    state: absent

- name: Open a session without a file, and keep its token in a variable
  tenantops.access.cluster_session:
    url: http://node1.example.com:3033
    username: operator
    password: "{{ vaulted_password }}"
  register: node1
  no_log: true
"""

RETURN = r"""
session:
  description: The session.
  type: dict
  returned: success
  contains:
    url:
      description: The node.
      type: str
      returned: success
    username:
      description: The user, if known.
      type: str
      returned: success
    token_path:
      description: The file that keeps the token, if any.
      type: str
      returned: success
    reused:
      description: Whether a living session was found.
      type: bool
      returned: success
  sample:
    url: http://node1.example.com:3033
    username: operator
    token_path: /home/jane/.cache/node1.session
    reused: true
access_token:
  description: The new session's token. Set C(no_log) where it is registered.
  type: str
  returned: when this task logged in and O(token_path) is not set
  sample: VPXGCEZHWXEDEFBFWGCQEFJZUIARHUHDOEHDFNPXLNZQLKPEYKFYKIEWKWSS
error:
  description:
    - What went wrong, as data. The message says the same in words, and what to do.
  type: dict
  returned: failure
  contains:
    type:
      description:
        - V(option), V(unreachable), V(tls), V(lost), V(unauthorized), V(forbidden), V(rejected), V(server) or
          V(malformed).
      type: str
      returned: failure
    status:
      description: HTTP status of the answer, null where it tells nothing. DoCluster answers refusals with 200 too.
      type: int
      returned: failure
    code:
      description: Always null, DoCluster has no error codes.
      type: raw
      returned: failure
    code_name:
      description: Always null.
      type: str
      returned: failure
  sample:
    type: unauthorized
    status: 200
    code: null
    code_name: null
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.tenantops.access.plugins.module_utils._tasks.cluster_module import run_cluster_module
from ansible_collections.tenantops.access.plugins.module_utils._tasks.cluster_session import ensure_session
from ansible_collections.tenantops.access.plugins.module_utils._tasks.connection_options import cluster_argument_spec


def main() -> None:
    """Read the options, do the work, report."""
    module = AnsibleModule(
        argument_spec={
            **cluster_argument_spec(),
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        supports_check_mode=True,
    )
    state = module.params["state"]
    run_cluster_module(module, lambda session: ensure_session(session, state, module.check_mode))


if __name__ == "__main__":
    main()
