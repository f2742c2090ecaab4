# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same work for many items: in order, by so many threads, and nothing begun after a failure."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._pool import in_parallel


@given(items=st.lists(st.integers(), max_size=50), workers=st.integers(1, 8))
def test_results_come_in_the_order_of_the_items(items: list[int], workers: int) -> None:
    assert in_parallel(lambda item: item * 2, items, workers) == [item * 2 for item in items]


def test_all_workers_work_at_once() -> None:
    together = threading.Barrier(4, timeout=20)
    assert len(in_parallel(lambda _item: together.wait(), list(range(8)), 4)) == 8


def test_no_more_threads_than_workers() -> None:
    lock = threading.Lock()
    at_work = most = 0

    def work(_item: int) -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        threading.Event().wait(0.005)
        with lock:
            at_work -= 1

    in_parallel(work, list(range(30)), 3)
    assert most <= 3


def test_the_failure_of_an_item_is_raised_and_the_rest_is_left() -> None:
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        if item == 2:
            raise ValueError("item 2")

    with pytest.raises(ValueError, match="item 2"):
        in_parallel(work, list(range(10)), 1)
    assert begun == [0, 1, 2]


def test_what_was_begun_when_another_failed_is_finished() -> None:
    both_begun = threading.Barrier(2, timeout=20)
    failed = threading.Event()
    finished: list[int] = []

    def work(item: int) -> None:
        both_begun.wait()
        if item == 0:
            failed.set()
            raise ValueError("item 0")
        assert failed.wait(20)
        finished.append(item)

    with pytest.raises(ValueError, match="item 0"):
        in_parallel(work, [0, 1], 2)
    assert finished == [1]
