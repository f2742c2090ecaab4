# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of the group ``acronis`` does around its work: settle the options and connect."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from .._acronis.client import AcronisClient
from .._acronis.settings import CREDENTIALS, acronis_settings
from .._redact import Redactor
from .module import Warn, run_module, warn_of_plain_http
from .outcome import Outcome


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
        warn_of_plain_http(warn, "datacenter_url", settings.base_url)
        return work(AcronisClient(settings, warn, redactor))

    run_module(module, ("datacenter_url", "proxy"), ("client_secret", "access_token"), connected)
