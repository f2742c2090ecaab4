#!/usr/bin/python
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_info
short_description: Read the state of a DoCluster cluster
version_added: 0.1.0
author:
  - TenantOps contributors (@tenantops)
description:
  - Reads what a cluster says of its nodes and of its quorum.
  - A living session, from O(access_token) or O(token_path), is used as it is. Otherwise one is opened with O(username)
    and O(password), and closed again.
  - For some seconds after its creation, and after its node was started, a cluster elects its master and answers nothing
    else, and then has no state yet. That is waited for, up to O(wait_timeout).
  - Releases up to April 2022 have no state of a quorum, and of the cluster nothing but C(status). Asking them for
    V(quorum) fails, so set O(gather=cluster) there.
extends_documentation_fragment:
  - tenantops.access.cluster
  - tenantops.access.attributes
attributes:
  check_mode:
    support: full
    details: It reads as a run does, for which it may open a session and close it again.
  diff_mode:
    support: N/A
  idempotent:
    support: N/A
options:
  gather:
    description:
      - What to read.
      - V(cluster) is the state of the nodes, V(quorum) that of the quorum with its master.
    type: list
    elements: str
    choices:
      - cluster
      - quorum
    default:
      - cluster
      - quorum
  wait_timeout:
    description:
      - Seconds to wait, for all of O(gather) together, until a master is elected and the cluster has a state.
      - Without a master by then, the task fails. A state that is still empty by then is returned as it is.
    type: int
    default: 30
seealso:
  - module: tenantops.access.cluster_session
"""

EXAMPLES = r"""
# The connection comes from the environment: DOCLUSTER_URL, DOCLUSTER_USERNAME, DOCLUSTER_PASSWORD.
- name: Read the state of the cluster
  tenantops.access.cluster_info:
    gather:
      - cluster
  register: docluster

- name: Complain about nodes that are not online
  ansible.builtin.assert:
    that: docluster.cluster.status == 'OK'
    fail_msg: "{{ docluster.cluster.errors | default([]) | join(', ') }}"

- name: Find the master
  tenantops.access.cluster_info:
    gather:
      - quorum
"""

RETURN = r"""
cluster:
  description:
    - State of the nodes, as the master sees it. It is refreshed every five seconds.
    - C(status) is V(OK) or V(WARNING), or empty if the cluster had no state before O(wait_timeout) ended. Of a node
      that is offline, only C(status) is known.
  type: dict
  returned: when O(gather) has V(cluster)
  sample:
    status: OK
    errors: []
    nodes:
      node1:
        status: success
        cpu_percent: 3.4
        memory_percent: 21.0
        uptime: "0:08:50"
        errors: []
quorum:
  description: State of the quorum, and its master.
  type: dict
  returned: when O(gather) has V(quorum)
  sample:
    status: OK
    errors: []
    master: node1
    nodes:
      - node: node1
        status: success
        error: ""
        config_version: 0
        modules_data_version: 0
        errors: []
error:
  description:
    - What went wrong, as data. The message says the same in words, and what to do.
  type: dict
  returned: failure
  contains:
    type:
      description:
        - V(option), V(refused), V(timeout), V(unreachable), V(tls), V(lost), V(unauthorized), V(rejected), V(server) or
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
    type: refused
    status: null
    code: null
    code_name: null
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.tenantops.access.plugins.module_utils._tasks.cluster_info import gather_info
from ansible_collections.tenantops.access.plugins.module_utils._tasks.cluster_module import run_cluster_module
from ansible_collections.tenantops.access.plugins.module_utils._tasks.connection_options import cluster_argument_spec


def main() -> None:
    """Read the options, do the work, report."""
    parts = ["cluster", "quorum"]
    module = AnsibleModule(
        argument_spec={
            **cluster_argument_spec(),
            "gather": {"type": "list", "elements": "str", "choices": parts, "default": parts},
            "wait_timeout": {"type": "int", "default": 30},
        },
        supports_check_mode=True,
    )
    run_cluster_module(
        module, lambda session: gather_info(session, module.params["gather"], module.params["wait_timeout"])
    )


if __name__ == "__main__":
    main()
