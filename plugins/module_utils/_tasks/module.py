# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module does around its work: report the outcome, report failures masked."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._errors import AccessError
from .._http import HAS_REQUESTS, REQUESTS_IMPORT_ERROR
from .._options import plain_http_warning
from .._progress import Progress
from .._redact import Redactor
from .outcome import Outcome

Warn = t.Callable[[str], None]
Request = t.TypeVar("Request")


def request_of(kind: type[Request], module: AnsibleModule) -> Request:
    """What a task wants: the options that are called as the request's attributes are.

    Args:
        kind: a dataclass.
        module: the module.
    """
    names = [attribute.name for attribute in dataclasses.fields(t.cast(t.Any, kind))]
    return kind(**{name: module.params[name] for name in names})


def progress_of(module: AnsibleModule) -> Progress:
    """Where a module with the option ``progress`` tells how far it is."""
    return Progress(module.tmpdir if module.params["progress"] else None)


def run_module(
    module: AnsibleModule,
    urls: tuple[str, ...],
    secrets: tuple[str, ...],
    connected: t.Callable[[Redactor, Warn], Outcome],
) -> t.NoReturn:
    """Do a module's work and exit, with every secret masked except what the task exists to return.

    Args:
        module: the module, with the options of its group.
        urls: names of options that may have a password in a URL.
        secrets: names of options that are secret.
        connected: connects and works; returns the outcome or raises :class:`AccessError`.
    """
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


def warn_of_plain_http(warn: Warn, option: str, url: str) -> None:
    """Warn if ``url`` is not encrypted.

    Args:
        warn: takes the warning.
        option: name of the option that the URL comes from.
        url: of the server.
    """
    warning = plain_http_warning(option, url)
    if warning:
        warn(warning)
