# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated clouds of the sizes that the benchmarks need, and the truth about them to compare results with."""

from __future__ import annotations

import functools
import math
from collections.abc import Collection
from typing import Any

from simulator.process import Simulator

from .command import BenchError

ORGANIZATIONS = ("root", "partner", "customer")
PAGE = 5000
SEED = 4


class Cloud:
    """A simulator with an estate that only reading commands use.

    Args:
        tenants: in reach of the API client, personal tenants included.
    """

    def __init__(self, tenants: int) -> None:
        self.simulator = Simulator(tenants=tenants, seed=SEED)
        self.pages = math.ceil(tenants / PAGE)

    @functools.cached_property
    def tenants(self) -> dict[str, dict[str, Any]]:
        """The tenants in reach by id, personal ones left out."""
        found = self.simulator.tenants(self.simulator.tenant_id)
        return {tenant["id"]: tenant for tenant in found if tenant["owner_id"] is None}

    @functools.cached_property
    def organizations(self) -> list[str]:
        """Ids of the tenants that have an MFA setting of their own."""
        return [tenant["id"] for tenant in self.tenants.values() if tenant["kind"] in ORGANIZATIONS]

    @functools.cached_property
    def strata(self) -> int:
        """Number of pairs of kind and state among the organizations, which the listing tells apart."""
        return len({(self.tenants[one]["kind"], self.tenants[one]["mfa"]) for one in self.organizations})

    @functools.cached_property
    def dispositions(self) -> dict[str, str]:
        """What policy.yml says of each tenant, from the simulator's truth alone, by id."""
        return {tenant_id: self._disposition(tenant) for tenant_id, tenant in self.tenants.items()}

    def _disposition(self, tenant: dict[str, Any]) -> str:
        if tenant["kind"] not in ORGANIZATIONS:
            return "inherited"
        if tenant["kind"] != "customer" or not tenant["enabled"]:
            return "unmanaged"
        if tenant["mfa"] == "enabled":
            return "compliant"
        return "blocked" if self._is_out_of_hand(tenant) else "drifted"

    def _is_out_of_hand(self, tenant: dict[str, Any]) -> bool:
        """Whether the API client may not change a tenant: locked by another, or at or below one that is on its own."""
        own = self.simulator.tenant_id
        if tenant["update_lock"]["owner_id"] not in (None, own):
            return True
        while tenant["id"] != own:
            if not tenant["ancestral_access"]:
                return True
            tenant = self.tenants[tenant["parent_id"]]
        return False

    def environment(self) -> dict[str, str]:
        """The variables that point a command at it."""
        return {
            "ACRONIS_DATACENTER_URL": self.simulator.url,
            "ACRONIS_CLIENT_ID": self.simulator.client_id,
            "ACRONIS_CLIENT_SECRET": self.simulator.client_secret,
        }

    def token(self) -> str:
        """A new access token, for what cannot get one by itself."""
        simulator = self.simulator
        answer = simulator.session.post(
            f"{simulator.base_url}/idp/token",
            auth=(simulator.client_id, simulator.client_secret),
            data={"grant_type": "client_credentials"},
            timeout=60,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def begin(self, latency: int) -> None:
        """Count anew, and from now on answer after ``latency`` milliseconds."""
        self.simulator.settings(latency_ms=latency)
        self.simulator.reset_counters()

    def counted(self, written: Collection[str] = ()) -> Counted:
        """What was counted since :meth:`begin`.

        Args:
            written: ids of the tenants that must have been written to, each once.

        Raises:
            BenchError: others were, or more often.
        """
        return Counted(self.simulator.counters(), written)


class DriftingCloud(Cloud):
    """A simulator with an estate of which a tenth drifts from policy.yml, again and again.

    Args:
        tenants: in reach of the API client, personal tenants included.
    """

    def __init__(self, tenants: int) -> None:
        super().__init__(tenants)
        astray = [tenant_id for tenant_id, disposition in self.dispositions.items() if disposition == "drifted"]
        count = tenants // 10
        if len(astray) < count:
            raise BenchError(f"{len(astray)} of {tenants} tenants drift, {count} are to")
        #: Ids of the tenants that drift.
        self.drifting = astray[:count]
        for tenant_id in astray[count:]:
            self.simulator.patch_tenant(tenant_id, mfa=True)

    def begin(self, latency: int) -> None:
        """Have the tenants drift again, whose ids are :attr:`drifting`, and count anew."""
        for tenant_id in self.drifting:
            self.simulator.patch_tenant(tenant_id, mfa=False)
        super().begin(latency)

    def astray(self) -> set[str]:
        """Ids of the tenants of :attr:`drifting` that still drift."""
        now = {tenant["id"]: tenant["mfa"] for tenant in self.simulator.tenants(self.simulator.tenant_id)}
        return {tenant_id for tenant_id in self.drifting if now[tenant_id] != "enabled"}


class Counted:
    """The simulator's counters after a run.

    Attributes:
        total: all requests.
        tokens: access tokens issued.
    """

    def __init__(self, counters: dict[str, Any], written: Collection[str]) -> None:
        self._routes: dict[str, int] = counters["requests"]
        self.total: int = counters["total"]
        self.tokens: int = counters["tokens_issued"]
        if counters["mfa_puts"] != dict.fromkeys(written, 1):
            raise BenchError(
                f"{sum(counters['mfa_puts'].values())} times one of {len(counters['mfa_puts'])} tenants was written, "
                f"expected {len(written)} tenants once each"
            )

    def expect(self, route: str, wanted: int) -> None:
        """Compare the number of requests of one route.

        Raises:
            BenchError: it is another one.
        """
        if self._routes.get(route, 0) != wanted:
            raise BenchError(f"{self._routes.get(route, 0)} requests {route}, expected {wanted}: {self._routes}")
