# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worked examples of the guide on policies, over the estate that it says they are about."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._acronis.settings import AcronisSettings, Credentials
from ansible_collections.tenantops.access.plugins.module_utils._estate.evaluate import Evaluation, evaluate
from ansible_collections.tenantops.access.plugins.module_utils._http import HttpSettings
from ansible_collections.tenantops.access.plugins.module_utils._policy.document import read_policy
from ansible_collections.tenantops.access.plugins.module_utils._progress import Progress
from simulator.process import Simulator

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "docsite" / "rst" / "guide_policy.rst"
BLOCK = re.compile(r"\.\. code-block:: (yaml|text)\n\n((?:(?:    .*)?\n)+)")


def examples() -> list[tuple[str, str]]:
    """Each example of the guide, and the figures that follow it."""
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    return [
        (policy, figures)
        for (kind, policy), (next_kind, figures) in itertools.pairwise(blocks)
        if kind == "yaml" and next_kind == "text"
    ]


@pytest.fixture(scope="module")
def client() -> Iterator[AcronisClient]:
    with Simulator(estate="demo") as cloud:
        credentials = Credentials(client_id=cloud.client_id, client_secret=cloud.client_secret)
        yield AcronisClient(AcronisSettings(cloud.base_url, credentials, HttpSettings(), None), pytest.fail)


def figures_of(evaluation: Evaluation) -> list[str]:
    """The figures, as the guide writes them."""
    summary = evaluation.summary()
    lines = [
        ", ".join(f"{name} {count}" for name, count in summary["dispositions"].items() if count),
        f"compliance {summary['compliance_percent']} %, changes {summary['changes']}, "
        f"lockouts {summary['lockouts_max']}",
    ]
    guards = ", ".join(violation.guard for violation in evaluation.violations)
    return [*lines, f"guards {guards}"] if guards else lines


def test_the_guide_has_examples() -> None:
    assert len(examples()) >= 4


@pytest.mark.parametrize("policy, figures", examples(), ids=lambda text: text.split("\n")[0].strip())
def test_an_example_gives_the_figures_below_it(client: AcronisClient, policy: str, figures: str) -> None:
    evaluation = evaluate(client, read_policy(yaml.safe_load(policy)), "all", Progress(None))
    assert figures_of(evaluation) == [line.strip() for line in figures.strip().split("\n")]
