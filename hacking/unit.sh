#!/bin/sh
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: hacking/unit.sh [WORDS OF PYTEST]
#
# Runs unit tests in a copy of the collection that Python can import; all of them, side by side, unless some are named.
# Needs .venv on PATH.

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
python hacking/tree.py .build/tree
if [ $# -eq 0 ]; then
    set -- -n auto tests/unit
fi
cd .build/tree/ansible_collections/tenantops/access
PYTHONPATH=$root/.build/tree exec python -m pytest -q -p no:cacheprovider --durations=5 "$@"
