# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m bench [ROW ...]``: measure, print the table, and write the page if it was all of it."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from hacking.tree import refresh

from .command import BENCH, BenchError, Run
from .report import PAGE, machine, rows_table, works_table
from .rows import ROWS, Row, Samples, Works
from .work import Bench, Work

TREE = BENCH.parent / ".build" / "bench"


def arguments(words: list[str]) -> argparse.Namespace:
    """Understand the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure whole commands on the simulator.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows of the table, such as P1; default: all")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="how many rounds (default 3)")
    parser.add_argument("--scale", type=float, default=1.0, metavar="SHARE", help="of the tenants, to try things out")
    parser.add_argument("--page", type=Path, metavar="PATH", help="what to write, if all rows are measured in full")
    chosen = parser.parse_args(words)
    if chosen.repeat < 1 or not 0 < chosen.scale <= 1:
        parser.error("--repeat is at least 1, --scale above 0 and at most 1")
    return chosen


def schedule(works: list[Work], rounds: int) -> list[Work]:
    """The order of the runs: all works in turn, again and again, so that what disturbs one disturbs its peers too."""
    order = []
    for number in range(rounds):
        turn = [work for work in works if number == 0 or not work.once]
        for again in range(max(work.times for work in turn)):
            order += [work for work in turn if again < work.times]
    return order


def measure(rows: list[Row], rounds: int) -> dict[Work, list[Run]]:
    """Measure all that the rows need.

    Raises:
        BenchError: a command did not do what was asked for.
    """
    works = list(dict.fromkeys(work for row in rows for work in row.needs))
    runs: dict[Work, list[Run]] = {work: [] for work in works}
    order = schedule(works, rounds)
    for number, work in enumerate(order, 1):
        print(f"[{number}/{len(order)}] {work.text} ... ", end="", file=sys.stderr, flush=True)
        runs[work].append(work.measure())
        print(f"{runs[work][-1].seconds:.2f} s", file=sys.stderr, flush=True)
    return runs


def main(words: list[str]) -> int:
    """Do it and return the exit status: 0 whether targets are met or not, for no test asserts a time."""
    chosen = arguments(words)
    # Whoever asks it to end, what it started ends too.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    refresh(TREE)
    with tempfile.TemporaryDirectory(prefix="tenantops-bench-") as scratch:
        bench = Bench(Path(scratch), TREE, chosen.scale)
        works = Works(bench)
        rows = [make(works) for make in ROWS]
        unknown = set(chosen.rows) - {row.name for row in rows}
        if unknown:
            print(f"no such rows: {', '.join(sorted(unknown))}", file=sys.stderr)
            return 2
        rows = [row for row in rows if not chosen.rows or row.name in chosen.rows]
        try:
            runs = measure(rows, chosen.repeat)
        except BenchError as error:
            print(f"\nThis is no benchmark: {error}", file=sys.stderr)
            return 1
        finally:
            bench.close()
    parts = {"facts": machine(), "rows": rows_table(rows, Samples(runs)), "works": works_table(runs)}
    print("\n\n".join(parts.values()))
    if chosen.page is not None and not chosen.rows and chosen.scale == 1:
        chosen.page.write_text(PAGE.format(**parts), encoding="utf-8")
        print(f"\nWritten to {chosen.page}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
