# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulated server: everything that its answers depend on."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..clock import Clock
from .cluster import Cluster
from .settings import THIS_NODE, Settings, checked
from .tokens import Tokens, Verdict


@dataclass(frozen=True)
class Call:
    """An application request: the parts of the path after /api/, and the fields of the posted form."""

    parts: list[str]
    args: dict[str, str]
    client_ip: str
    server_ip: str


@dataclass
class Counters:
    """What has happened since the start or since the counters were last reset."""

    requests: Counter[str] = field(default_factory=Counter)
    logins: int = 0
    refused_logins: int = 0
    logouts: int = 0
    tokens_issued: int = 0

    def summary(self) -> dict[str, Any]:
        """Return the numbers in the form of the control interface."""
        return {
            "requests": dict(sorted(self.requests.items())),
            "total": self.requests.total(),
            "logins": self.logins,
            "refused_logins": self.refused_logins,
            "logouts": self.logouts,
            "tokens_issued": self.tokens_issued,
        }


def password_hash(password: str) -> str:
    """Return a password as the server stores and hands out: unsalted MD5 in hexadecimal."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


class Node:
    """The state of the server: what survives a restart (users, cluster) and what does not (tokens, leftovers)."""

    def __init__(self, profile: str, settings: Settings, username: str, password: str, clock: Clock) -> None:
        self.profile = profile
        self.settings = settings
        self.clock = clock
        self.counters = Counters()
        self.tokens = Tokens(self.clock)
        self.users: dict[str, dict[str, str]] = {username: {"password": password_hash(password)}}
        self.cluster: Cluster | None = None
        self.version = 0
        self.started = self.clock.elapsed()
        # The old server keeps an answer's content in a place shared by all requests; these say what it left there.
        self.left_tokens = False
        self.left_status = False

    def change(self, values: dict[str, Any]) -> None:
        """Apply settings by name; raises InvalidSetting, and then has changed none."""
        wanted = {name: checked(name, value) for name, value in values.items()}
        state = wanted.pop("cluster", None)
        for name, value in wanted.items():
            setattr(self.settings, name, value)
        if state == "none":
            self.cluster = None
        elif state is not None:
            self.cluster = self.cluster or Cluster(self.settings, self.clock, "127.0.0.1")
            self.cluster.settle()
            if state == "electing":
                self._elect()
        if self.cluster is not None:
            self.cluster.fit_quorum()

    def restart(self) -> None:
        """Forget what lives in the memory of the process; a cluster elects its master anew."""
        self.tokens.forget()
        self.left_tokens = self.left_status = False
        self.started = self.clock.elapsed()
        self._elect()

    def _elect(self) -> None:
        # The old server knows no election: whoever is in the quorum answers.
        if self.cluster is not None and self.profile != "old":
            self.cluster.elect()

    def create_cluster(self, address: str) -> None:
        """Create a cluster that reaches this host at `address`."""
        self.cluster = Cluster(self.settings, self.clock, address)
        self._elect()

    def is_master(self) -> bool:
        """Return whether this host leads its cluster now."""
        return self.cluster is not None and self.cluster.master() == THIS_NODE

    def save(self) -> None:
        """Count a change of the configuration, which only a master does."""
        self.version += self.is_master()

    def configuration(self) -> dict[str, Any]:
        """Return the whole configuration, password hashes and keys included, as the server hands it out."""
        old = self.profile == "old"
        part = self.cluster.configuration(old=old) if self.cluster else {}
        return {"version": self.version, "systems" if old else "system": {"users": self.users}, **part}

    def knows(self, username: str) -> bool:
        """Return whether there is such a user."""
        return username in self.users

    def accepts(self, username: str, password: str) -> bool:
        """Return whether the user exists and has this password."""
        return self.knows(username) and self.users[username]["password"] == password_hash(password)

    def sign_in(self, username: str, address: str) -> str:
        """Start a session and return its token."""
        self.counters.logins += 1
        self.counters.tokens_issued += 1
        return self.tokens.issue(username, address, self.settings.token_timeout)

    def verdict(self, call: Call) -> Verdict:
        """Judge the token of a request, and renew it if it is alive."""
        return self.tokens.judge(call.args.get("access_token", ""), call.client_ip, self.settings.token_timeout)

    def sign_out(self, call: Call) -> None:
        """End the session whose living token the request carries."""
        self.counters.logouts += 1
        self.tokens.revoke(call.args["access_token"])
