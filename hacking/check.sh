#!/bin/sh
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The quick checks, for the loop of writing: linters, imports, types and unit tests. Needs .venv on PATH.
# Every check runs, so that one run shows all there is to repair.

set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 1
passed=0
failed=0

check() {
    echo "--- $*"
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}

python hacking/tree.py .build/tree || exit 1
check python hacking/generate.py --check
check ruff check .
check ruff format --check .
check yamllint --strict .
check python hacking/imports.py --check
check hacking/types.sh .build/tree
check hacking/unit.sh
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
