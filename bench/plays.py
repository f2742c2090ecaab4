# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays of one task or none: what a command costs before it does anything."""

from __future__ import annotations

from .command import BenchError, Run
from .work import Work, ours, playbook, same, the_result


class EmptyPlay(Work):
    """ansible-playbook with nothing to do."""

    def command(self) -> list[str]:
        return playbook(ours("empty"))

    def check(self, measured: Run) -> None:
        if measured.results:
            raise BenchError("it ran a task")


class Ping(Work):
    """A play of one ``ansible.builtin.ping``, the cheapest module there is."""

    def command(self) -> list[str]:
        return playbook(ours("ping"))

    def check(self, measured: Run) -> None:
        same("ping", the_result(measured, "ansible.builtin.ping")["ping"], "pong")


class OneTenant(Work):
    """A play of one ``acronis_tenant_mfa`` that finds everything as wanted; the access token is cached.

    Fact: ``requests``.
    """

    def prepare(self) -> None:
        if not self.place.exists():
            self.run()

    def command(self) -> list[str]:
        return playbook(ours("tenant_mfa"), bench_tenant=self._tenant())

    def check(self, measured: Run) -> None:
        result, counted = the_result(measured, "tenantops.access.acronis_tenant_mfa"), self.cloud.counted()
        same("state", (result["mfa"]["status"], result["changed"]), ("enabled", False))
        same("access tokens", counted.tokens, 0)
        counted.expect("GET /tenants/{id}/mfa/status", 1)
        measured.facts["requests"] = counted.total

    def _tenant(self) -> str:
        """A customer of a partner, with MFA switched on."""
        return next(
            tenant_id
            for tenant_id, tenant in self.cloud.tenants.items()
            if tenant["kind"] == "customer" and tenant["mfa"] == "enabled" and len(tenant["path"]) > 2
        )
