# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection to a DoCluster node: documentation, and the source of what ``make generate`` makes of it."""

from __future__ import annotations


class ModuleDocFragment:
    """Options that every module of the group ``cluster`` shares."""

    DOCUMENTATION = r"""
options:
  url:
    description:
      - URL of the node's API, such as V(http://node1.example.com:3033), with or without C(/api).
      - DoCluster itself speaks plain C(http) only. That warns, because password and token then cross the network
        unencrypted; put a TLS proxy in front of the nodes.
      - If not set, the environment variable E(DOCLUSTER_URL) is used.
    type: str
    required: true
  username:
    description:
      - User to log in as. A session that O(token_path) keeps for another user is not used.
      - If not set, the environment variable E(DOCLUSTER_USERNAME) is used.
    type: str
  password:
    description:
      - Password of O(username).
      - If not set, the environment variable E(DOCLUSTER_PASSWORD) is used.
    type: str
  access_token:
    description:
      - Token of a session to use. A session is bound to the IP address that opened it.
      - If not set, the environment variable E(DOCLUSTER_ACCESS_TOKEN) is used, unless O(username), O(password) or
        O(token_path) is set.
    type: str
  token_path:
    description:
      - A file that keeps the session's token from one task to the next. It holds URL, user and token as JSON, is
        written with mode 0600, and its token is never sent to another URL or used for another user.
      - Its directory has to exist. If it does not, the task fails before it logs in.
      - If not set, the environment variable E(DOCLUSTER_TOKEN_PATH) is used, unless O(access_token) is set.
    type: path
  validate_certs:
    description:
      - Whether to verify the certificate of a C(https) URL.
      - If not set, the environment variable E(DOCLUSTER_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A PEM file, or a directory prepared by C(openssl rehash), with the certificate authorities to trust. The default
        is the bundle that the Python package C(requests) uses; E(REQUESTS_CA_BUNDLE) is not consulted.
      - If not set, the environment variable E(DOCLUSTER_CA_PATH) is used.
    type: path
  proxy:
    description:
      - URL of a proxy, such as V(http://proxy.example.com:3128).
      - If not set, the environment variable E(DOCLUSTER_PROXY) is used, and then the usual ones (E(HTTPS_PROXY),
        E(HTTP_PROXY), E(NO_PROXY)).
    type: str
  timeout:
    description:
      - Seconds to wait for a connection, and for each piece of an answer, from 1 to 3600.
      - If not set, the environment variable E(DOCLUSTER_TIMEOUT) is used.
    type: int
    default: 30
attributes:
  action_group:
    description: Whether C(group/tenantops.access.cluster) in C(module_defaults) sets its connection options.
    support: full
    membership:
      - tenantops.access.cluster
requirements:
  - python >= 3.11
  - requests >= 2.31.0
"""
