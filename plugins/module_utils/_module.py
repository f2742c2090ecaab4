# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module does around its work: settle the options, connect, report the outcome, report failures masked."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._acronis.client import AcronisClient
from ._errors import AccessError
from ._http import HAS_REQUESTS, REQUESTS_IMPORT_ERROR
from ._options import CREDENTIALS, acronis_settings, plain_http_warning
from ._outcome import Outcome
from ._redact import Redactor


def run_acronis_module(module: AnsibleModule, work: t.Callable[[AcronisClient], Outcome]) -> t.NoReturn:
    """Run a module of the group ``acronis`` and exit.

    Args:
        module: the module, with the options of the group.
        work: called with a connected client; returns the outcome or raises :class:`AccessError`.
    """
    redactor = Redactor()
    redactor.add_url(module.params["proxy"])
    redactor.add_url(module.params["datacenter_url"])
    # Options marked no_log are masked by Ansible already, but only as they are, not inside a Basic header.
    redactor.add(module.params["client_secret"], module.params["access_token"])
    try:
        if not HAS_REQUESTS:
            module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
        settings = acronis_settings(module.params, {name: module.params[name] for name in CREDENTIALS})
        warning = plain_http_warning("datacenter_url", settings.base_url)
        if warning:
            module.warn(warning)
        client = AcronisClient(settings, lambda text: module.warn(redactor.mask(text)), redactor)
        result = work(client).as_result()
    except AccessError as error:
        module.no_log_values.update(redactor.forms)
        module.fail_json(msg=redactor.mask(str(error)), error=error.as_result())
    module.no_log_values.update(redactor.forms)
    module.exit_json(**result)
