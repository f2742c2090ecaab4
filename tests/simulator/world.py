# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole state of one simulated cloud."""

from __future__ import annotations

from .clients import Client, preset_clients
from .clock import Clock
from .counters import Counters
from .estate.model import Estate
from .faults import Faults, RateLimit
from .paging import Cursors
from .sessions import OneTimeTokens, Sessions
from .switches import Switches
from .tokens import Tokens


class World:
    """Estate, clients, tokens, switches, faults and counters of one simulator process."""

    def __init__(
        self, estate: Estate, switches: Switches, token_lifetime: float, latency_ms: float, clock: Clock
    ) -> None:
        self.clock = clock
        self.estate = estate
        self.switches = switches
        self.token_lifetime = token_lifetime
        self.ott_lifetime = 30.0
        self.latency_ms = latency_ms
        self.rate_limit: RateLimit | None = None
        self.clients: dict[str, Client] = preset_clients(estate)
        self.clients_by_id = {client.id: client for client in self.clients.values()}
        self.tokens = Tokens()
        self.one_time_tokens = OneTimeTokens()
        self.sessions = Sessions()
        self.cursors = Cursors()
        self.counters = Counters()
        self.faults = Faults()

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.now()
