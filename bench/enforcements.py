# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Enforcements of a policy in an estate of which a tenth drifts: ours, the raw peer's, and what people do today."""

from __future__ import annotations

import abc
import json
import sys

from .audits import LISTING, STATUS
from .clouds import Counted, DriftingCloud
from .command import BENCH, BenchError, Run
from .work import Work, ours, playbook, same, the_result

PUT = "PUT /tenants/{id}/mfa/status"


class Enforcing(Work):
    """What changes a cloud. The tenants drift again before each run."""

    @property
    def cloud(self) -> DriftingCloud:
        return self.bench.drifting_cloud(self.tenants)

    def written(self) -> list[str]:
        """Ids of the tenants that it has to switch on."""
        return self.cloud.drifting

    def check(self, measured: Run) -> None:
        written = self.written()
        left = self.cloud.astray() & set(written)
        if left:
            raise BenchError(f"{len(left)} of {len(written)} tenants were left as they were")
        counted = self.cloud.counted(written)
        counted.expect(PUT, len(written))
        measured.facts["requests"] = counted.total
        self.check_requests(counted, measured)

    @abc.abstractmethod
    def check_requests(self, counted: Counted, measured: Run) -> None:
        """Compare what else was done with what was asked for.

        Raises:
            BenchError: they differ.
        """


class Enforcement(Enforcing):
    """policy.yml enforced by one task, with a record."""

    def command(self) -> list[str]:
        return playbook(
            ours("enforce"), bench_policy=str(BENCH / "policy.yml"), bench_records=str(self.place / "records")
        )

    def check_requests(self, counted: Counted, measured: Run) -> None:
        done = the_result(measured, "tenantops.access.acronis_mfa_policy")["summary"]["results"]
        same("results", {name: count for name, count in done.items() if count}, {"changed": len(self.written())})
        same("access tokens", counted.tokens, 1)
        counted.expect(STATUS, len(self.cloud.organizations))
        counted.expect(LISTING, self.cloud.pages + 1)


class PlannedEnforcement(Enforcement):
    """policy.yml enforced by the collection's playbook, whose role plans and then enforces the plan, with a record."""

    def command(self) -> list[str]:
        return playbook(
            "tenantops.access.mfa_enforce",
            mfa_policy_file=str(BENCH / "policy.yml"),
            mfa_policy_record_dir=str(self.place / "records"),
        )

    def check_requests(self, counted: Counted, measured: Run) -> None:
        done = the_result(measured, "tenantops.access.acronis_mfa_policy")["summary"]["results"]
        same("results", {name: count for name, count in done.items() if count}, {"changed": len(self.written())})
        same("access tokens", counted.tokens, 1)
        counted.expect(STATUS, len(self.cloud.organizations) + len(self.written()))
        counted.expect(LISTING, 2 * (self.cloud.pages + 1))


class RawEnforcement(Enforcing):
    """The same requests, from asyncio and bytes on sockets; nothing is decided, guarded or recorded."""

    def prepare(self) -> None:
        super().prepare()
        self.place.mkdir()
        (self.place / "drifting.json").write_text(json.dumps(self.written()), encoding="utf-8")

    def command(self) -> list[str]:
        return [sys.executable, str(BENCH / "raw.py"), "enforce", str(self.place / "drifting.json")]

    def check_requests(self, counted: Counted, measured: Run) -> None:
        same("changed", json.loads(measured.output.read_bytes())["changed"], {"enabled": len(self.written())})
        counted.expect(STATUS, len(self.cloud.organizations) + len(self.written()))
        counted.expect(LISTING, 2 * (self.cloud.pages + 1))


class UriEnforcement(Enforcing):
    """``ansible.builtin.uri`` in a loop over tenants, of which a tenth drifts: what people do today."""

    def _some(self) -> list[str]:
        """A hundred tenants, a tenth of them among those that drift."""
        drifting = set(self.cloud.drifting)
        fine = [one for one, found in self.cloud.dispositions.items() if found == "compliant" and one not in drifting]
        return fine[: self.bench.scaled(100) - len(self.written())] + self.written()

    def written(self) -> list[str]:
        return self.cloud.drifting[: self.bench.scaled(100) // 10]

    def command(self) -> list[str]:
        cloud = self.cloud
        return playbook(
            ours("uri_enforce"),
            bench_url=cloud.simulator.base_url,
            bench_token=cloud.token(),
            bench_tenants=self._some(),
        )

    def check_requests(self, counted: Counted, measured: Run) -> None:
        counted.expect(STATUS, len(self._some()))
        # Its access token is made beforehand.
        measured.facts["requests"] = len(self._some()) + len(self.written())
