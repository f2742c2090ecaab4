#!/bin/sh
# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the collection and installs it as a user would, into .build/collections. Needs ansible-galaxy on PATH.

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
rm -rf .build/dist .build/collections
ansible-galaxy collection build --force --output-path .build/dist . >/dev/null
# No dependencies, so no server is asked. The variable tells that the place is one where collections are looked for.
ANSIBLE_COLLECTIONS_PATH=$root/.build/collections ansible-galaxy collection install --force --offline \
    --collections-path .build/collections .build/dist/*.tar.gz >/dev/null
