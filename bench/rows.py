# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of the table: what is measured for each, and what is asked of it.

A new row is one more function here and its place in :data:`ROWS`; the commands that it needs are in :class:`Works`.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Mapping, Sequence

from .audits import Audit, RawAudit, UriLoop
from .command import Run
from .enforcements import Enforcement, PlannedEnforcement, RawEnforcement, UriEnforcement
from .inventories import CachedInventory, LiveInventory, StaticInventory
from .load import SimpleGets
from .plays import EmptyPlay, OneTenant, Ping
from .work import CONNECTIONS, Bench, Work

SMALL, MEDIUM, LARGE, HUGE = 100, 1000, 10_000, 100_000
#: Connections where a row speaks of as many as a task makes unless told otherwise.
DEFAULT_CONNECTIONS = 16
#: Milliseconds that the cloud takes for each answer, where a row speaks of latency.
LATENCY = 50


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that was measured.

    Attributes:
        text: what, in words.
        met: whether it is as the row asks; ``None`` if nothing is asked of it.
    """

    text: str
    met: bool | None = None


class Samples:
    """What was measured, by work."""

    def __init__(self, runs: Mapping[Work, Sequence[Run]]) -> None:
        self._runs = runs

    def median(self, work: Work) -> float:
        """Seconds from start to end."""
        return statistics.median(run.seconds for run in self._runs[work])

    def facts(self, work: Work, fact: str) -> list[float]:
        """All values of a fact."""
        return [run.facts[fact] for run in self._runs[work]]


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of the table.

    Attributes:
        name: such as P1.
        work: what is measured.
        target: what is asked of it.
        needs: the works that it is made of; those that are compared stand side by side.
        findings: makes the findings of their samples.
    """

    name: str
    work: str
    target: str
    needs: tuple[Work, ...]
    findings: Callable[[Samples], list[Finding]]


def digits(value: float) -> str:
    """A whole number in groups of three digits."""
    return f"{value:,.0f}".replace(",", " ")


class Works:
    """The commands that the rows share. Nothing is started before it is measured."""

    def __init__(self, bench: Bench) -> None:
        self.sizes = [bench.scaled(size) for size in (SMALL, LARGE, HUGE)]
        self.medium = bench.scaled(MEDIUM)
        small, large, huge = (f"{digits(size)} tenants" for size in self.sizes)
        slow = f"{LATENCY} ms"
        self.play = EmptyPlay(bench, "empty `ansible-playbook`", times=3)
        self.raw = RawAudit(bench, f"raw: the requests of an audit of {large}, {slow}", LARGE, latency=LATENCY)
        self.audit = Audit(bench, f"audit of {large}, {slow}", LARGE, "all", latency=LATENCY)
        usual, connections = f"{large}, {slow}, {DEFAULT_CONNECTIONS} connections", DEFAULT_CONNECTIONS
        text = f"raw: the requests of an audit of {usual}"
        self.usual_raw = RawAudit(bench, text, LARGE, latency=LATENCY, connections=connections)
        self.usual_audit = Audit(bench, f"audit of {usual}", LARGE, "all", latency=LATENCY, connections=connections)
        self.sample = Audit(bench, f"audit of {large}, {slow}, `verify: sample`", LARGE, "sample", latency=LATENCY)
        self.small_audit = Audit(bench, f"audit of {small}, {slow}", SMALL, "all", latency=LATENCY)
        self.huge_audit = Audit(bench, f"audit of {huge}, {slow}", HUGE, "all", latency=LATENCY, once=True)
        self.uri_loop = UriLoop(bench, f"`ansible.builtin.uri` in a loop, {slow}", LARGE, latency=LATENCY, once=True)
        self.raw_enforcement = RawEnforcement(
            bench, f"raw: the requests of an enforcement in {large}, {slow}", LARGE, latency=LATENCY
        )
        self.enforcement = PlannedEnforcement(bench, f"enforcement in {large}, {slow}", LARGE, latency=LATENCY)
        self.enforcements, self.uri_enforcements = {}, {}
        for latency in (0, LATENCY):
            self.enforcements[latency] = Enforcement(
                bench,
                f"enforcement in {digits(self.medium)} tenants, {latency} ms, {DEFAULT_CONNECTIONS} connections",
                MEDIUM,
                latency=latency,
                connections=DEFAULT_CONNECTIONS,
            )
            self.uri_enforcements[latency] = UriEnforcement(
                bench,
                f"the same by `ansible.builtin.uri` for {small}, {latency} ms",
                MEDIUM,
                latency=latency,
                once=True,
            )
        self.inventory = LiveInventory(bench, f"inventory of {large}", LARGE)
        self.static = StaticInventory(bench, "the same inventory, static", LARGE)
        self.cached = CachedInventory(bench, "the same inventory, from the plugin's cache", LARGE)
        self.one_tenant = OneTenant(bench, "play of one `acronis_tenant_mfa`", SMALL, times=3)
        self.ping = Ping(bench, "play of one `ansible.builtin.ping`", times=3)
        self.gets = SimpleGets(bench, "raw: simple GETs", SMALL)


def _requests(samples: Samples, work: Work, more: int = 5) -> Finding:
    """How an audit's requests compare with the pages and organizations, or samples, that there were to read."""
    made, limit = max(samples.facts(work, "requests")), min(samples.facts(work, "expected")) + more
    return Finding(f"{digits(made)} requests of {digits(limit)}", made <= limit)


def _against_raw(samples: Samples, ours: Work, play: Work, raw: Work, limit: float) -> Finding:
    """How long a play of ours takes, compared with an empty one and the same requests by the plain client."""
    mine, empty, plain = (samples.median(work) for work in (ours, play, raw))
    text = f"{mine / (empty + plain):.2f} x: {mine:.1f} s against {empty:.1f} + {plain:.1f} s"
    return Finding(text, mine <= limit * (empty + plain))


def audit(works: Works) -> Row:
    """P1: the audit that reads every organization's own endpoint."""

    def findings(samples: Samples) -> list[Finding]:
        return [_against_raw(samples, works.audit, works.play, works.raw, 1.5), _requests(samples, works.audit)]

    return Row(
        "P1",
        f"audit of {digits(works.sizes[1])} tenants, {LATENCY} ms latency, {CONNECTIONS} connections, `verify: all`",
        "at most 1.5 x (play + raw); requests at most pages + organizations + 5",
        (works.play, works.raw, works.audit),
        findings,
    )


def audit_by_default(works: Works) -> Row:
    """P1d: the same with as many connections as there are unless somebody sets ``concurrency``."""

    def findings(samples: Samples) -> list[Finding]:
        return [_against_raw(samples, works.usual_audit, works.play, works.usual_raw, 1.1)]

    return Row(
        "P1d",
        f"the same with {DEFAULT_CONNECTIONS} connections, the default of `concurrency`",
        "at most 1.1 x (play + raw with as many connections)",
        (works.play, works.usual_raw, works.usual_audit),
        findings,
    )


def audit_by_uri(works: Works) -> Row:
    """P1 as people do it today."""

    def findings(samples: Samples) -> list[Finding]:
        requests, organizations = samples.facts(works.uri_loop, "requests")[0], samples.facts(works.audit, "read")[0]
        each = (samples.median(works.uri_loop) - samples.median(works.play)) / requests
        scaled = samples.median(works.play) + each * organizations
        times = scaled / samples.median(works.audit)
        return [Finding(f"{each:.2f} s per request: {scaled / 60:.0f} minutes, {times:.0f} x P1")]

    return Row(
        "P1u",
        f"the same by `ansible.builtin.uri` in a loop, measured at {digits(works.sizes[0])} tenants and scaled",
        "none, for comparison",
        (works.play, works.audit, works.uri_loop),
        findings,
    )


def sampled_audit(works: Works) -> Row:
    """P1s: the audit that proves what the listing means."""

    def findings(samples: Samples) -> list[Finding]:
        ours, play = samples.median(works.sample), samples.median(works.play)
        text = f"{ours - play:.1f} s beyond: {ours:.1f} s against {play:.1f} s"
        return [Finding(text, ours - play <= 3), _requests(samples, works.sample)]

    return Row(
        "P1s",
        "the same with `verify: sample`",
        "at most 3 s beyond an empty play; requests at most pages + strata x 20 + 5",
        (works.play, works.sample),
        findings,
    )


def enforcement(works: Works) -> Row:
    """P2: the policy enforced."""

    def findings(samples: Samples) -> list[Finding]:
        puts = len(works.enforcement.written())
        return [
            _against_raw(samples, works.enforcement, works.play, works.raw_enforcement, 1.5),
            Finding(f"one PUT for each of {digits(puts)} tenants", True),
        ]

    return Row(
        "P2",
        f"enforcement in {digits(works.sizes[1])} tenants, 10 % drifted, {LATENCY} ms, {CONNECTIONS} connections",
        "at most 1.5 x (play + raw); one PUT per drifted tenant",
        (works.play, works.raw_enforcement, works.enforcement),
        findings,
    )


def enforcement_by_uri(works: Works) -> Row:
    """P3: against what people do today."""

    def findings(samples: Samples) -> list[Finding]:
        found = []
        for latency, times in ((0, 150), (LATENCY, 60)):
            enforcement, loop = works.enforcements[latency], works.uri_enforcements[latency]
            each = (samples.median(loop) - samples.median(works.play)) / samples.facts(loop, "requests")[0]
            requests = len(enforcement.cloud.organizations) + len(enforcement.written())
            scaled, ours = samples.median(works.play) + each * requests, samples.median(enforcement)
            text = f"at {latency} ms {scaled / ours:.0f} x: {ours:.1f} s against {scaled / 60:.0f} minutes"
            found.append(Finding(text, scaled >= times * ours))
        return found

    works_of_all = [
        work for latency in (0, LATENCY) for work in (works.enforcements[latency], works.uri_enforcements[latency])
    ]
    return Row(
        "P3",
        f"enforcement in {digits(works.medium)} tenants, 10 % drifted, {DEFAULT_CONNECTIONS} connections, against "
        f"`ansible.builtin.uri` in a loop, measured at {digits(works.sizes[0])} tenants and scaled",
        f"at 0 ms 150 x faster, at {LATENCY} ms 60 x",
        (works.play, *works_of_all),
        findings,
    )


def memory(works: Works) -> Row:
    """P4: what the module's process needs."""
    audits = (works.small_audit, works.audit, works.huge_audit)

    def findings(samples: Samples) -> list[Finding]:
        peaks = [max(samples.facts(work, "memory")) for work in audits]
        return [
            Finding(f"{peak:.0f} MB of {limit}", peak <= limit)
            for peak, limit in zip(peaks, (64, 128, 600), strict=True)
        ]

    return Row(
        "P4",
        f"memory of the module process at {', '.join(map(digits, works.sizes))} tenants",
        "64, 128, 600 MB",
        audits,
        findings,
    )


def growth(works: Works) -> Row:
    """P5: ten times the tenants."""

    def findings(samples: Samples) -> list[Finding]:
        huge, large = samples.median(works.huge_audit), samples.median(works.audit)
        return [Finding(f"{huge / large:.1f} x: {huge:.1f} s against {large:.1f} s", huge <= 12 * large)]

    return Row(
        "P5",
        f"audit of {digits(works.sizes[2])} tenants against {digits(works.sizes[1])}",
        "at most 12 x the time",
        (works.audit, works.huge_audit),
        findings,
    )


def inventory(works: Works) -> Row:
    """P6: the plugin against no plugin."""

    def findings(samples: Samples) -> list[Finding]:
        ours, static = samples.median(works.inventory), samples.median(works.static)
        requests = max(samples.facts(works.cached, "requests"))
        return [
            Finding(f"{ours / static:.2f} x: {ours:.1f} s against {static:.1f} s", ours <= 1.25 * static),
            Finding(f"{digits(requests)} requests from cache", requests == 0),
        ]

    return Row(
        "P6",
        f"inventory of {digits(works.sizes[1])} tenants against the same hosts, variables and groups in a static one",
        "at most 1.25 x; second run from cache makes 0 requests",
        (works.static, works.inventory, works.cached),
        findings,
    )


def one_tenant(works: Works) -> Row:
    """P7: what a module of ours costs beside the cheapest that there is."""

    def findings(samples: Samples) -> list[Finding]:
        ours, ping = samples.median(works.one_tenant), samples.median(works.ping)
        return [Finding(f"{ours / ping:.2f} x: {ours:.2f} s against {ping:.2f} s", ours <= 1.7 * ping)]

    return Row(
        "P7",
        "`acronis_tenant_mfa`, one host, against `ansible.builtin.ping`",
        "at most 1.7 x",
        (works.one_tenant, works.ping),
        findings,
    )


def simulator(works: Works) -> Row:
    """P9: that the simulator is not what limits the others."""

    def findings(samples: Samples) -> list[Finding]:
        rate = statistics.median(samples.facts(works.gets, "rate"))
        answered = statistics.median(samples.facts(works.gets, "answered"))
        text = f"{digits(rate)} for each second of its core; {digits(answered)} for each second that passed"
        return [Finding(text, rate >= 3000)]

    return Row("P9", "the simulator", "3 000 simple GETs per second on one core", (works.gets,), findings)


ROWS = (
    audit,
    audit_by_default,
    audit_by_uri,
    sampled_audit,
    enforcement,
    enforcement_by_uri,
    memory,
    growth,
    inventory,
    one_tenant,
    simulator,
)
