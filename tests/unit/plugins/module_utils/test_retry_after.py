# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a server asks to wait."""

from __future__ import annotations

import math
import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._answer import retry_after

NOW = "Fri, 20 Nov 2026 12:00:00 GMT"


@given(seconds=st.integers(1, 10**8))
def test_seconds(seconds: int) -> None:
    assert retry_after({"Retry-After": f" {seconds} "}) == seconds


@pytest.mark.parametrize(
    "date", ["Fri, 20 Nov 2026 12:02:00 GMT", "Friday, 20-Nov-26 12:02:00 GMT", "Fri, 20 Nov 2026 13:02:00 +0100"]
)
def test_a_date_counts_from_the_servers_own_clock(date: str) -> None:
    assert retry_after({"Retry-After": date, "Date": NOW}) == 120


@pytest.mark.parametrize("clock", ["", "yesterday"])
def test_without_the_servers_clock_a_date_counts_from_ours(clock: str) -> None:
    asked = retry_after({"Retry-After": formatdate(time.time() + 1000, usegmt=True), "Date": clock})
    assert asked is not None
    assert 900 < asked <= 1000


@pytest.mark.parametrize("value", ["0", "Fri, 20 Nov 2026 11:00:00 GMT", NOW])
def test_no_less_than_nothing(value: str) -> None:
    assert retry_after({"Retry-After": value, "Date": NOW}) == 0


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "1e3", "٣", "12 seconds", "Fri, 99 Nov 2026 12:00:00 GMT"])
def test_what_cannot_be_understood_is_not_said(value: str) -> None:
    assert retry_after({"Retry-After": value, "Date": NOW}) is None


def test_nothing_is_not_said() -> None:
    assert retry_after({}) is None


def test_more_digits_than_a_number_of_seconds_has_are_for_ever() -> None:
    assert retry_after({"Retry-After": "9" * 400}) == math.inf


@given(value=st.text(max_size=40), clock=st.text(max_size=40))
def test_no_text_breaks_it(value: str, clock: str) -> None:
    asked = retry_after({"Retry-After": value, "Date": clock})
    assert asked is None or asked >= 0
