# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the connection to Acronis Cyber Protect Cloud."""

from __future__ import annotations


class ModuleDocFragment:
    """Options that every module of the group ``acronis`` and the inventory plugin share."""

    DOCUMENTATION = r"""
options:
  datacenter_url:
    description:
      - URL of the data center that the API client belongs to, with or without C(/api/2).
      - Plain C(http) works, but warns, because credentials then cross the network unencrypted.
      - If not set, the environment variable E(ACRONIS_DATACENTER_URL) is used.
    type: str
    required: true
  client_id:
    description:
      - Id of the API client. Create one in the management portal under Settings, API clients.
      - Beside O(access_token), it only tells which tenant is the client's own.
      - If not set, the environment variable E(ACRONIS_CLIENT_ID) is used.
      - An option beats an environment variable. Among options, and likewise among environment variables,
        O(access_token) beats the pair of O(client_id) and O(client_secret). An empty text counts as not set.
    type: str
  client_secret:
    description:
      - Secret of the API client.
      - It is sent in the header of the token request, or in its body if the client was created for that.
      - Put it into the environment of the process that runs Ansible, or into a vaulted variable. The keyword
        C(environment) of a play or task is no place for it, because Ansible shows its values at C(-vvv).
      - If not set, the environment variable E(ACRONIS_CLIENT_SECRET) is used.
    type: str
  access_token:
    description:
      - An access token to use instead of O(client_id) and O(client_secret). It cannot be renewed when it expires.
      - If not set, the environment variable E(ACRONIS_ACCESS_TOKEN) is used.
    type: str
  validate_certs:
    description:
      - Whether to verify the server's certificate. Switch it off for a laboratory only.
      - If not set, the environment variable E(ACRONIS_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A PEM file, or a directory prepared by C(openssl rehash), with the certificate authorities to trust. The
        default is the bundle that the Python package C(requests) uses; E(REQUESTS_CA_BUNDLE) is not consulted.
      - If not set, the environment variable E(ACRONIS_CA_PATH) is used.
    type: path
  proxy:
    description:
      - URL of a proxy, such as V(http://proxy.example.com:3128).
      - If not set, the environment variable E(ACRONIS_PROXY) is used, and then the usual ones (E(HTTPS_PROXY),
        E(HTTP_PROXY), E(NO_PROXY)).
    type: str
  timeout:
    description:
      - Seconds to wait for a connection, and for each piece of an answer, from 1 to 3600.
      - If not set, the environment variable E(ACRONIS_TIMEOUT) is used.
    type: int
    default: 30
  retries:
    description:
      - Tries after the first, one to two seconds apart, when the server fails (50x), the connection is lost, or an
        answer is garbled. Only what may safely be repeated is repeated. From 0 to 100.
      - If not set, the environment variable E(ACRONIS_RETRIES) is used.
    type: int
    default: 2
  retry_max_wait:
    description:
      - Seconds that C(Retry-After) of the statuses 429 and 503 may make one request wait in all, from 0 to 86400. A
        longer wait is an error at once.
      - If not set, the environment variable E(ACRONIS_RETRY_MAX_WAIT) is used.
    type: int
    default: 300
  concurrency:
    description:
      - Connections that bulk work uses at once, from 1 to 512. A single tenant needs one only.
      - If not set, the environment variable E(ACRONIS_CONCURRENCY) is used.
    type: int
    default: 16
  token_cache:
    description:
      - Whether to share the access token between tasks and processes in a private file (mode 0600), so that a run needs
        one token instead of one for each task.
      - If not set, the environment variable E(ACRONIS_TOKEN_CACHE) is used.
    type: bool
    default: true
  token_cache_dir:
    description:
      - Directory of the token cache, created with mode 0700. It must belong to the user and be writable for nobody
        else; otherwise the cache is not used, and a warning says so.
      - The default is C(tenantops.access/tokens) in the user's cache directory, which is E(XDG_CACHE_HOME) or
        C(~/.cache).
      - If not set, the environment variable E(ACRONIS_TOKEN_CACHE_DIR) is used.
    type: path
requirements:
  - python >= 3.11
  - requests >= 2.31.0
"""

    PLUGINS = r"""
options:
  datacenter_url:
    env:
      - name: ACRONIS_DATACENTER_URL
  client_id:
    env:
      - name: ACRONIS_CLIENT_ID
  client_secret:
    env:
      - name: ACRONIS_CLIENT_SECRET
  access_token:
    env:
      - name: ACRONIS_ACCESS_TOKEN
  validate_certs:
    env:
      - name: ACRONIS_VALIDATE_CERTS
  ca_path:
    env:
      - name: ACRONIS_CA_PATH
  proxy:
    env:
      - name: ACRONIS_PROXY
  timeout:
    env:
      - name: ACRONIS_TIMEOUT
  retries:
    env:
      - name: ACRONIS_RETRIES
  retry_max_wait:
    env:
      - name: ACRONIS_RETRY_MAX_WAIT
  concurrency:
    env:
      - name: ACRONIS_CONCURRENCY
  token_cache:
    env:
      - name: ACRONIS_TOKEN_CACHE
  token_cache_dir:
    env:
      - name: ACRONIS_TOKEN_CACHE_DIR
"""

    MODULES = r"""
attributes:
  action_group:
    description: Whether C(group/tenantops.access.acronis) in C(module_defaults) sets its connection options.
    support: full
    membership:
      - tenantops.access.acronis
"""
