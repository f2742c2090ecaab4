# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same work for many items, by a fixed number of threads."""

from __future__ import annotations

import threading
import typing as t
from concurrent.futures import ThreadPoolExecutor

Item = t.TypeVar("Item")
Result = t.TypeVar("Result")


def in_parallel(
    work: t.Callable[[Item], Result],
    items: t.Sequence[Item],
    workers: int,
    done: t.Callable[[Result], None] = lambda _result: None,
) -> list[Result]:
    """``[work(item) for item in items]``, by up to ``workers`` threads.

    Each thread takes the next item when it is done with one, so nothing queues up, whatever the number of items.
    ``done`` is called with each result, one call at a time.

    Raises:
        Exception: the first that ``work`` raised; items not begun by then are left, those begun are finished.
    """
    results: dict[int, Result] = {}
    errors: list[BaseException] = []
    remaining = iter(enumerate(items))
    lock = threading.Lock()

    def drain() -> None:
        while not errors:
            with lock:
                index, item = next(remaining, (-1, None))
            if index < 0:
                return
            try:
                result = work(t.cast(Item, item))
                with lock:
                    results[index] = result
                    done(result)
            except BaseException as error:
                errors.append(error)

    threads = min(workers, len(items))
    if threads:
        with ThreadPoolExecutor(max_workers=threads) as pool:
            for _thread in range(threads):
                pool.submit(drain)
    if errors:
        raise errors[0]
    return [results[index] for index in range(len(items))]
