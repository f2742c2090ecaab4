# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders and asks through the control interface of the simulator that the target started."""

from __future__ import annotations

import json
import urllib.request
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
                found: Content = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            raise AnsibleActionFail(f"{method} {path}: HTTP {error.code} {error.read().decode()}") from None


def seen(tenant: Content) -> Content:
    """The truth about a tenant, with its path as the main client sees it: from below its own tenant."""
    return {**tenant, "path": tenant["path"][1:]}


class ActionModule(ActionBase):
    """What is ordered is done in the order of the options below; the counters come back, as they are then.

    Options:
        clear_faults: forget all faults.
        settings: new settings, such as ``switches``.
        clients: the new status of API clients by their id.
        create: new tenants by a name of the test's own, which come back as ``tenants``; ``parent`` is such a name or
            an id, by default that of the main client's own tenant.
        change: what else is to be different about tenants, by id.
        delete: ids of tenants.
        faults: faults in the order in which they are looked at.
        advance: seconds to let pass for the server.
        expire_tokens: make the tokens issued until now invalid.
        reset_counters: count anew.
        tenant: id of a tenant to tell the truth about, which comes back as ``truth``.
        estate: the kinds of tenants to tell the truth about, or true for all, as ``estate``.
        journal: whether to tell what was requested since the last reset, as ``journal``.
    """

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Content:
        """Do what the task orders."""
        result: Content = super().run(tmp, task_vars)
        args = self._task.args
        control = Control((task_vars or {})["simulator_acronis"]["control_url"])
        if args.get("clear_faults"):
            control("DELETE", "/faults")
        if "settings" in args:
            control("PATCH", "/settings", args["settings"])
        for client, status in args.get("clients", {}).items():
            control("PATCH", f"/clients/{client}", {"status": status})
        tenants: dict[str, Any] = {}
        result["tenants"] = tenants
        for key, wanted in args.get("create", {}).items():
            wanted = dict(wanted)
            if "parent" in wanted:
                parent = wanted.pop("parent")
                wanted["parent_id"] = tenants[parent]["id"] if parent in tenants else parent
            tenants[key] = seen(control("POST", "/tenants", wanted))
        for tenant_id, changes in args.get("change", {}).items():
            control("PATCH", f"/tenants/{tenant_id}", changes)
        for tenant_id in args.get("delete", []):
            control("DELETE", f"/tenants/{tenant_id}")
        for fault in args.get("faults", []):
            control("POST", "/faults", fault)
        if "advance" in args:
            control("POST", "/advance", {"seconds": args["advance"]})
        if args.get("expire_tokens"):
            control("POST", "/tokens/expire", {})
        if args.get("reset_counters"):
            control("POST", "/counters/reset")
        if "tenant" in args:
            result["truth"] = seen(control("GET", f"/tenants/{args['tenant']}"))
        if args.get("estate"):
            estate = control("GET", "/tenants")["items"]
            kinds = {tenant["kind"] for tenant in estate} if args["estate"] is True else args["estate"]
            result["estate"] = [seen(tenant) for tenant in estate if tenant["kind"] in kinds]
        result["counters"] = counters = control("GET", "/counters")
        if args.get("journal"):
            items = control("GET", "/journal")["items"]
            result["journal"] = items[len(items) - counters["total"] :]
        return result
