# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated DoCluster node as one test sees it."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from ansible_collections.tenantops.access.plugins.module_utils._cluster.calls import ClusterApi
from ansible_collections.tenantops.access.plugins.module_utils._cluster.session import ClusterSession
from ansible_collections.tenantops.access.plugins.module_utils._cluster.settings import ClusterSettings
from ansible_collections.tenantops.access.plugins.module_utils._http import Http, HttpSettings
from ansible_collections.tenantops.access.plugins.module_utils._redact import Redactor
from ansible_collections.tenantops.access.plugins.module_utils._tasks.cluster_session import ensure_session
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.tests.unit.support.waits import POLL, REST
from simulator.process import Simulator

#: The dialects: of the manual, of the older releases, of the newest one.
PROFILES = ("manual", "old", "head")
#: An address of this host that is not the one from which it speaks to 127.0.0.1 by itself.
ELSEWHERE = "127.0.0.2"
#: Options of their command line: elections end when a test says so, and then the cluster's state is there at once.
OPTIONS = ("--election-seconds=30", "--status-seconds=0", "--token-timeout=100")


class Node:
    """A running simulator, and sessions of the collection with it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.profile = str(simulator.ready["profile"])
        self.url = simulator.url
        self.username = str(simulator.ready["username"])
        self.password = str(simulator.ready["password"])

    def reset(self) -> None:
        """Bring it back to where it started, without sessions."""
        self.simulator.reset()

    def change(self, **settings: Any) -> None:
        """Change settings, such as ``cluster``."""
        self.simulator.control("PATCH", "/settings", settings)

    def restart(self) -> None:
        """Restart it: all sessions are gone."""
        self.simulator.control("POST", "/restart")
        self.change(cluster="created")

    def advance(self, seconds: float) -> None:
        """Let time pass for it."""
        self.simulator.advance(seconds)

    def fault(self, kind: str, path: str = "*", **wanted: Any) -> None:
        """Order a fault."""
        self.simulator.fault(kind, path=path, **wanted)

    def session(
        self,
        *,
        login: bool = True,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        token_path: object = None,
        url: str | None = None,
        timeout: int = 20,
    ) -> ClusterSession:
        """A session of the collection: with the right credentials unless told otherwise, no second try."""
        settings = ClusterSettings(
            url=url or self.url,
            username=username or (self.username if login else None),
            password=password or (self.password if login else None),
            access_token=token,
            token_path=None if token_path is None else str(token_path),
            # Reading the certificates that nobody shows takes longer than most tests.
            http=HttpSettings(validate_certs=False, retries=0, timeout=timeout, concurrency=1, rest=REST),
            poll=POLL,
        )
        redactor = Redactor()
        redactor.add(settings.password, settings.access_token)
        return ClusterSession(ClusterApi(Http(settings.http, redactor), settings.url), settings, redactor)

    def call(self, path: str, source: str = "127.0.0.1", **fields: str) -> dict[str, Any]:
        """Post a form without the collection, from an address of this host."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20, source_address=(source, 0))
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/api/{path}", urlencode(fields), headers)
            answer: dict[str, Any] = json.load(connection.getresponse())
        finally:
            connection.close()
        return answer

    def log_in(self, source: str = "127.0.0.1") -> str:
        """Open a session without the collection, and do not count it."""
        answer = self.call("login", source, username=self.username, password=self.password)
        self.simulator.reset_counters()
        return str(answer["msg"]["access_token"])

    def live(self) -> int:
        """Sessions that are open."""
        return int(self.simulator.control("GET", "/tokens")["live"])

    def count(self, name: str) -> int:
        """One of the counters ``logins``, ``refused_logins``, ``logouts`` and ``total`` since the test began."""
        return int(self.simulator.counters()[name])

    def sent_fields(self) -> set[str]:
        """Names of all form fields that were received since the test began."""
        return {name for entry in self.simulator.journal() for name in entry["fields"]}


def ensure_present(session: ClusterSession, check_mode: bool) -> Outcome:
    """What the module does for the state ``present``."""
    return ensure_session(session, "present", check_mode)


def ensure_absent(session: ClusterSession, check_mode: bool) -> Outcome:
    """What the module does for the state ``absent``."""
    return ensure_session(session, "absent", check_mode)
