# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated cloud as one test sees it."""

from __future__ import annotations

from typing import Any

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._acronis.settings import AcronisSettings, Credentials
from ansible_collections.tenantops.access.plugins.module_utils._http import HttpSettings
from ansible_collections.tenantops.access.tests.unit.support.waits import POLL, REST
from simulator.process import Simulator

#: Routes as the simulator counts them.
TOKEN = "POST /idp/token"
LISTING = "GET /tenants"
TENANT = "GET /tenants/{id}"
MFA = "GET /tenants/{id}/mfa/status"


class Cloud:
    """A running simulator as it was at its start, and clients of it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.warnings: list[str] = []
        self._clients = simulator.clients
        simulator.reset()

    def settings(
        self,
        *,
        client: str = "admin",
        secret: str | None = None,
        token: str | None = None,
        cache: str | None = None,
        base_url: str | None = None,
        **http: Any,
    ) -> AcronisSettings:
        """Settings of a connection: as one of the preset clients, or with ``token`` alone; no second try."""
        preset = self._clients[client]
        if token is None:
            credentials = Credentials(preset["client_id"], secret or preset["client_secret"])
        else:
            credentials = Credentials(access_token=token)
        # Reading the certificates that nobody shows takes longer than most tests.
        usual: dict[str, Any] = {"validate_certs": False, "retries": 0, "timeout": 20, "concurrency": 4, "rest": REST}
        return AcronisSettings(
            base_url=base_url or self.simulator.base_url,
            credentials=credentials,
            http=HttpSettings(**{**usual, **http}),
            token_cache_dir=cache,
            poll=POLL,
        )

    def connect(self, **wanted: Any) -> AcronisClient:
        """A client of the collection; ``wanted`` is what :meth:`settings` takes. Warnings go to ``warnings``."""
        return AcronisClient(self.settings(**wanted), self.warnings.append)

    def issue_token(self, client: str = "admin") -> str:
        """An access token of a preset client, got without the collection."""
        preset = self._clients[client]
        answer = self.simulator.session.post(
            f"{self.simulator.base_url}/idp/token",
            data={"grant_type": "client_credentials"},
            auth=(preset["client_id"], preset["client_secret"]),
            timeout=20,
        )
        return str(answer.json()["access_token"])

    def tenant(self, *path: str) -> dict[str, Any]:
        """The truth about the tenant with this path below the main client's own; that one without a path."""
        home = self.simulator.tenant(self.simulator.tenant_id)
        wanted = [*home["path"], *path]
        (found,) = (one for one in self.simulator.tenants() if one["path"] == wanted and not one["deleted"])
        return found

    def tenants(self) -> list[dict[str, Any]]:
        """The truth about everything that the main client's inventory may show."""
        below = self.simulator.tenants(self.simulator.tenant_id)
        return [one for one in below if one["owner_id"] is None and not one["deleted"]]

    def count(self, route: str) -> int:
        """Requests of one route since the test began."""
        return int(self.simulator.counters()["requests"].get(route, 0))

    def puts(self) -> dict[str, int]:
        """PUTs of the MFA state by tenant since the test began."""
        return dict(self.simulator.counters()["mfa_puts"])

    def toggles(self) -> dict[str, int]:
        """Changes of the MFA state by tenant since the test began."""
        return dict(self.simulator.counters()["mfa_toggles"])

    def tokens_issued(self) -> int:
        """Access tokens issued since the test began."""
        return int(self.simulator.counters()["tokens_issued"])
