# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module does around its work: settle the options, connect, report the outcome, report failures masked."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._acronis.client import AcronisClient
from ._cluster.api import ClusterApi
from ._cluster.session import ClusterSession
from ._errors import AccessError
from ._http import HAS_REQUESTS, REQUESTS_IMPORT_ERROR, Http
from ._options import CREDENTIALS, acronis_settings, cluster_settings, plain_http_warning
from ._outcome import Outcome
from ._redact import Redactor

Warn = t.Callable[[str], None]


def run_acronis_module(
    module: AnsibleModule, work: t.Callable[[AcronisClient], Outcome], *, anonymous: bool = False
) -> t.NoReturn:
    """Run a module of the group ``acronis`` and exit.

    Args:
        module: the module, with the options of the group.
        work: called with a connected client; returns the outcome or raises :class:`AccessError`.
        anonymous: the work needs no credentials.
    """

    def connected(redactor: Redactor, warn: Warn) -> Outcome:
        explicit = {name: module.params[name] for name in CREDENTIALS}
        settings = acronis_settings(module.params, explicit, anonymous=anonymous)
        _warn_of_plain_http(warn, "datacenter_url", settings.base_url)
        return work(AcronisClient(settings, warn, redactor))

    _run(module, ("datacenter_url", "proxy"), ("client_secret", "access_token"), connected)


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
        _warn_of_plain_http(warn, "url", settings.url)
        return work(ClusterSession(ClusterApi(Http(settings.http, redactor), settings.url), settings, redactor))

    _run(module, ("url", "proxy"), ("password", "access_token"), connected)


def _run(
    module: AnsibleModule,
    urls: tuple[str, ...],
    secrets: tuple[str, ...],
    connected: t.Callable[[Redactor, Warn], Outcome],
) -> t.NoReturn:
    """Do the work and exit, with every secret masked except what the task exists to return."""
    redactor = Redactor()
    for name in urls:
        redactor.add_url(module.params[name])
    # Options marked no_log are masked by Ansible already, but only as they are, not inside a Basic header.
    redactor.add(*(module.params[name] for name in secrets))
    if not HAS_REQUESTS:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    try:
        outcome = connected(redactor, lambda text: module.warn(redactor.mask(text)))
        for text in outcome.warnings:
            module.warn(redactor.mask(text))
    except AccessError as error:
        module.no_log_values.update(redactor.forms)
        module.fail_json(msg=redactor.mask(str(error)), error=error.as_result())
    module.no_log_values.update(redactor.forms_except(outcome.product))
    if outcome.failure is not None:
        module.fail_json(msg=redactor.mask(outcome.failure), **outcome.as_result())
    module.exit_json(**outcome.as_result())


def _warn_of_plain_http(warn: Warn, option: str, url: str) -> None:
    warning = plain_http_warning(option, url)
    if warning:
        warn(warning)
