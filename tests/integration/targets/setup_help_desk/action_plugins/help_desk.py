# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes users to sign in as, and opens sign-in links as a browser with the vendor's page would."""

from __future__ import annotations

import importlib
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

Content = dict[str, Any]


class Control:
    """The control interface at ``url``."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __call__(self, method: str, path: str, content: Content | None = None) -> Content:
        """One request; raises AnsibleActionFail with the simulator's words when it is refused."""
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(self._url + path, data=body, method=method)
        try:
            with self._opener.open(request, timeout=60) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            raise AnsibleActionFail(f"{method} {path}: HTTP {error.code} {error.read().decode()}") from None


def opened(link: str) -> Content:
    """What comes of a link: account and location, or why not."""
    here = Path(__file__).resolve()
    # ansible-test runs a target from a copy; the collection is above it.
    tests = next(str(above / "tests") for above in here.parents if above.parts[-2:] == ("tenantops", "access"))
    if tests not in sys.path:
        sys.path.insert(0, tests)
    browser = importlib.import_module("simulator.external_login")
    try:
        result = browser.open_link(link)
    except browser.LinkError as error:
        return {"refused": str(error)}
    return {"login": result.account["login"], "location": result.location}


class ActionModule(ActionBase):
    """What is ordered is done in the order of the options below; the counters come back, as they are then.

    Options:
        people: new users by a name of the test's own, each in a customer of its own, which come back as ``people``.
            ``parent`` is the id of the tenant above, by default the main client's own; ``ancestral_access`` is the
            customer's; everything else is the user's.
        open: links to open in their order. What comes of each comes back as ``opened``: ``login`` and ``location``, or
            ``refused`` with the reason.
        reset_counters: count anew.
    """

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: Content | None = None) -> Content:
        """Do what the task orders."""
        result: Content = super().run(tmp, task_vars)
        args = self._task.args
        control = Control((task_vars or {})["simulator_acronis"]["control_url"])
        result["people"] = {
            name: self._person(control, dict(wanted)) for name, wanted in args.get("people", {}).items()
        }
        result["opened"] = [opened(link) for link in args.get("open", [])]
        if args.get("reset_counters"):
            control("POST", "/counters/reset")
        result["counters"] = control("GET", "/counters")
        return result

    @staticmethod
    def _person(control: Control, wanted: Content) -> Content:
        """Make one user in a customer of its own."""
        customer: Content = {"name": f"Customer of {wanted.get('login', 'somebody')}", "users": 1}
        if "parent" in wanted:
            customer["parent_id"] = wanted.pop("parent")
        if "ancestral_access" in wanted:
            customer["ancestral_access"] = wanted.pop("ancestral_access")
        (user,) = control("POST", "/tenants", customer)["users"]
        return control("PATCH", f"/users/{user['id']}", wanted) if wanted else dict(user)
