# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Generated from plugins/doc_fragments/acronis.py and cluster.py by hacking/generate.py: change those, not this.

"""The connection options of each group of modules, as argument specs."""

from __future__ import annotations

import typing as t

from .._options import env_option


def acronis_argument_spec() -> dict[str, dict[str, t.Any]]:
    """Return the connection options that all modules of the group ``acronis`` share."""
    return {
        "datacenter_url": env_option("str", "ACRONIS_DATACENTER_URL", required=True),
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        "access_token": {"type": "str", "no_log": True},
        "validate_certs": env_option("bool", "ACRONIS_VALIDATE_CERTS", default=True),
        "ca_path": env_option("path", "ACRONIS_CA_PATH"),
        "proxy": env_option("str", "ACRONIS_PROXY", no_log=True),
        "timeout": env_option("int", "ACRONIS_TIMEOUT", default=30),
        "retries": env_option("int", "ACRONIS_RETRIES", default=2),
        "retry_max_wait": env_option("int", "ACRONIS_RETRY_MAX_WAIT", default=300),
        "concurrency": env_option("int", "ACRONIS_CONCURRENCY", default=16),
        "token_cache": env_option("bool", "ACRONIS_TOKEN_CACHE", default=True, no_log=False),
        "token_cache_dir": env_option("path", "ACRONIS_TOKEN_CACHE_DIR", no_log=False),
    }


def cluster_argument_spec() -> dict[str, dict[str, t.Any]]:
    """Return the connection options that all modules of the group ``cluster`` share."""
    return {
        "url": env_option("str", "DOCLUSTER_URL", required=True),
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "access_token": {"type": "str", "no_log": True},
        "token_path": {"type": "path", "no_log": False},
        "validate_certs": env_option("bool", "DOCLUSTER_VALIDATE_CERTS", default=True),
        "ca_path": env_option("path", "DOCLUSTER_CA_PATH"),
        "proxy": env_option("str", "DOCLUSTER_PROXY", no_log=True),
        "timeout": env_option("int", "DOCLUSTER_TIMEOUT", default=30),
    }
