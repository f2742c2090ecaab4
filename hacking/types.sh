#!/bin/sh
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: hacking/types.sh TREE
#
# Checks the types of all our Python in a tree that hacking/tree.py laid out. Needs mypy on PATH.
# The simulator is checked by itself, because it must not import from the plugins.

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
collection=ansible_collections/tenantops/access

cd "$1"
mypy --config-file "$root/.mypy.ini" -p simulator
# mypy refuses a directory without Python, and not every kind of test has some.
set -- "$collection/plugins"
for tests in unit integration; do
    if [ -n "$(find "$collection/tests/$tests" -name '*.py')" ]; then
        set -- "$@" "$collection/tests/$tests"
    fi
done
mypy --config-file "$root/.mypy.ini" "$@"
cd "$collection"
MYPYPATH=tests mypy --config-file "$root/.mypy.ini" noxfile.py hacking bench
