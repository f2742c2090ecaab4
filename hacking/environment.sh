#!/bin/sh
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: hacking/environment.sh demo|test
#
# Makes .venv from requirements/demo.txt or requirements/test.txt, unless it is there already. "test" holds all of "demo".
# Needs a Python from 3.11 on with its venv module; PYTHON names one, else one is looked for.

set -eu

set_name=$1
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=$root/.venv

# The path belongs to it: the scripts of an environment know where it was made, so a moved one is made anew.
mark() {
    printf '%s %s\n' "$root" "$(cksum <"$root/requirements/$1.txt")"
}

usable() {
    [ "$(cat "$venv/$1.made" 2>/dev/null)" = "$(mark "$1")" ] && "$venv/bin/python" -c '' 2>/dev/null
}

# Print the first Python that fits. The shims of pyenv run only the selected versions, so try each candidate.
# The pinned ansible-core supports Python 3.11 to 3.13; anything newer is a last resort.
find_python() {
    for newest in '(3, 13)' '(3, 99)'; do
        for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14 \
            "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.1[1-9]*/bin/python3; do
            [ -n "$candidate" ] || continue
            probe="import ensurepip, ssl, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= $newest)"
            if "$candidate" -c "$probe" 2>/dev/null; then
                command -v "$candidate"
                return 0
            fi
        done
    done
    echo "No Python 3.11 or newer with its venv module was found. Install one (on Debian: python3 and python3-venv)," \
        "or name it: make PYTHON=/path/to/python3" >&2
    return 1
}

if usable "$set_name"; then
    exit 0
fi
# The pins changed, or the environment is half made, moved or broken. With other pins nothing old may stay behind.
if ! usable demo || [ -e "$venv/$set_name.made" ]; then
    python=$(find_python)
    echo "Making .venv with $("$python" -c 'import sys; print("Python %d.%d.%d" % sys.version_info[:3])') ..." >&2
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
echo "Installing what requirements/$set_name.txt pins ..." >&2
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input -r "$root/requirements/$set_name.txt"
mark "$set_name" >"$venv/$set_name.made"
if [ "$set_name" = test ]; then
    mark demo >"$venv/demo.made"
fi
