# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Audits of an estate: ours, the raw peer's, and what people do today."""

from __future__ import annotations

import collections
import json
import sys

from .command import BENCH, Run
from .work import CONNECTIONS, Bench, Work, ours, playbook, same, the_result

STATUS = "GET /tenants/{id}/mfa/status"
LISTING = "GET /tenants"


class Audit(Work):
    """policy.yml applied to an estate by the collection's playbook, from nothing: no access token is cached.

    Facts: ``requests``, ``read`` (organizations, or sampled ones), ``expected`` (those and the pages), and ``memory``
    (of the module's process, in MB).
    """

    def __init__(
        self,
        bench: Bench,
        text: str,
        tenants: int,
        verify: str,
        *,
        latency: int,
        connections: int = CONNECTIONS,
        once: bool = False,
    ) -> None:
        super().__init__(bench, text, tenants, latency=latency, connections=connections, once=once)
        self._verify = verify

    def command(self) -> list[str]:
        return playbook(
            "tenantops.access.mfa_audit",
            mfa_policy_file=str(BENCH / "policy.yml"),
            mfa_policy_verify=self._verify,
            ansible_python_interpreter=str(self.bench.watched_python),
        )

    def check(self, measured: Run) -> None:
        cloud, result = self.cloud, the_result(measured, "tenantops.access.acronis_mfa_plan")
        counted = cloud.counted()
        truth = collections.Counter(cloud.dispositions.values())
        found = result["summary"]["dispositions"]
        if self._verify == "all":
            read = len(cloud.organizations)
            same("dispositions", {name: count for name, count in found.items() if count}, dict(truth))
            wanted = {tenant_id for tenant_id, one in cloud.dispositions.items() if one == "drifted"}
            same("planned changes", set(result["planned"]), wanted)
            counted.expect(STATUS, read)
        else:
            # What a sample has not read is not known to be out of hand.
            read = cloud.strata * 20
            for name in ("inherited", "unmanaged", "compliant", "unknown"):
                same(name, found[name], truth[name])
            same("drifted and blocked", found["drifted"] + found["blocked"], truth["drifted"] + truth["blocked"])
        same("access tokens", counted.tokens, 1)
        counted.expect(LISTING, cloud.pages + 1)
        measured.facts["requests"] = counted.total
        measured.facts["read"] = read
        measured.facts["expected"] = cloud.pages + read
        measured.facts["memory"] = max(measured.peaks) * 1024 / 1e6


class RawAudit(Work):
    """The same requests, from asyncio and bytes on sockets; nothing is decided about them."""

    def command(self) -> list[str]:
        return [sys.executable, str(BENCH / "raw.py"), "audit"]

    def check(self, measured: Run) -> None:
        cloud = self.cloud
        counted = cloud.counted()
        truth = collections.Counter(cloud.tenants[one]["mfa"] for one in cloud.organizations)
        same("states", json.loads(measured.output.read_bytes())["states"], dict(truth))
        counted.expect(STATUS, len(cloud.organizations))
        counted.expect(LISTING, cloud.pages + 1)
        measured.facts["requests"] = counted.total


class UriLoop(Work):
    """``ansible.builtin.uri`` in a loop over tenants, what people do today. Fact: ``requests``."""

    def _some(self) -> list[str]:
        return self.cloud.organizations[: self.bench.scaled(100)]

    def command(self) -> list[str]:
        cloud = self.cloud
        return playbook(
            ours("uri_loop"), bench_url=cloud.simulator.base_url, bench_token=cloud.token(), bench_tenants=self._some()
        )

    def check(self, measured: Run) -> None:
        number = len(self._some())
        same("statuses", the_result(measured, "ansible.builtin.uri")["statuses"], [200] * number)
        self.cloud.counted().expect(STATUS, number)
        measured.facts["requests"] = number
