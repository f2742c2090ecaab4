# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of the group ``cluster`` does around its work: settle the options and find the session."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from .._cluster.calls import ClusterApi
from .._cluster.session import ClusterSession
from .._cluster.settings import cluster_settings
from .._http import Http
from .._redact import Redactor
from .module import Warn, run_module, warn_of_plain_http
from .outcome import Outcome


def run_cluster_module(module: AnsibleModule, work: t.Callable[[ClusterSession], Outcome]) -> t.NoReturn:
    """Run a module of the group ``cluster`` and exit.

    Args:
        module: the module, with the options of the group.
        work: called with the session that the options mean, not yet opened; returns the outcome or raises
            :class:`AccessError`.
    """

    def connected(redactor: Redactor, warn: Warn) -> Outcome:
        settings = cluster_settings(module.params)
        redactor.add(settings.password, settings.access_token)
        warn_of_plain_http(warn, "url", settings.url)
        return work(ClusterSession(ClusterApi(Http(settings.http, redactor), settings.url), settings, redactor))

    run_module(module, ("url", "proxy"), ("password", "access_token"), connected)
