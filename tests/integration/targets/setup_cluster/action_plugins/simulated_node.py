# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders and asks through the control interface of a simulated DoCluster node, and logs in without the collection."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode, urlsplit

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


def log_in(node: Content, address: str) -> str:
    """A token for a client with another address of this host."""
    form = urlencode({"username": node["username"], "password": node["password"]})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection(urlsplit(node["url"]).netloc, timeout=60, source_address=(address, 0))
    try:
        connection.request("POST", "/api/login", form, headers)
        return str(json.load(connection.getresponse())["msg"]["access_token"])
    finally:
        connection.close()


class ActionModule(ActionBase):
    """What is ordered is done in the order of the options below; then the node is described.

    Options:
        node: dialect of the node; by default the last that was started.
        clear_faults: forget all faults.
        settings: new settings, such as ``cluster``.
        restart: restart it; its election ends at once.
        advance: seconds to let pass.
        log_in: addresses of this host to log in from; the tokens come back as ``tokens``.
        reset_counters: count anew.
        faults: faults in the order in which they are looked at.
        since: number of the request after which the journal begins.

    Returns ``counters``, ``live`` (how many sessions are open), ``journal`` and ``last`` (the number of its last
    request).
    """

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: Content | None = None) -> Content:
        """Do what the task orders."""
        result: Content = super().run(tmp, task_vars)
        args = self._task.args
        known = task_vars or {}
        node = known["cluster_nodes"][args["node"]] if "node" in args else known["simulator_docluster"]
        control = Control(node["control_url"])
        if args.get("clear_faults"):
            control("DELETE", "/faults")
        if "settings" in args:
            control("PATCH", "/settings", args["settings"])
        if args.get("restart"):
            control("POST", "/restart")
            control("PATCH", "/settings", {"cluster": "created"})
        if "advance" in args:
            control("POST", "/advance", {"seconds": args["advance"]})
        result["tokens"] = [log_in(node, address) for address in args.get("log_in", [])]
        if args.get("reset_counters"):
            control("POST", "/counters/reset")
        for fault in args.get("faults", []):
            control("POST", "/faults", fault)
        result["counters"] = control("GET", "/counters")
        result["live"] = control("GET", "/tokens")["live"]
        result["journal"] = control("GET", f"/journal?since={args.get('since', 0)}")["items"]
        result["last"] = result["journal"][-1]["n"] if result["journal"] else args.get("since", 0)
        return result
