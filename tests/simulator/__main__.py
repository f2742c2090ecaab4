# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Command line: ``python -m simulator acronis|docluster [options]``."""

from __future__ import annotations

import argparse
import importlib
import sys

# One line per simulator. A module is imported only when it is asked for, so neither needs what the other depends on.
# It provides add_arguments(parser) and serve(args), which returns the exit code.
KINDS = {
    "acronis": (".acronis", "the Acronis Account Management API v2"),
    "docluster": (".docluster", "a DoCluster node"),
}


def main(argv: list[str]) -> int:
    """Parse the command line and run the simulator it names until it is stopped; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description="Local stand-ins for cloud services.")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    wanted = next((word for word in argv if not word.startswith("-")), None)
    module = None
    for kind, (name, about) in KINDS.items():
        subparser = kinds.add_parser(kind, help=about, description=f"Simulate {about}.")
        if kind == wanted:
            module = importlib.import_module(name, __package__)
            module.add_arguments(subparser)
    args = parser.parse_args(argv)
    return int(module.serve(args)) if module else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
