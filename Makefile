# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs make, and a Python from 3.11 on with its venv module. Everything else is put into .venv, .nox and .build here;
# "make clean" removes them.

# Commands of .venv come first; nothing of the user's Ansible settings takes part.
WITH_VENV = PATH="$(CURDIR)/.venv/bin:$$PATH" ANSIBLE_HOME="$(CURDIR)/.build/ansible" \
	ANSIBLE_REMOTE_TEMP="$(CURDIR)/.build/ansible/tmp"

# What "make simulator" starts; see tests/simulator/README.md for its options.
simulator: ARGS = --estate=demo

# Which unit tests "make unit" runs, in the words of pytest; and which check "make session" runs, and its arguments.
TESTS =
NAME =

# What "make bench" measures: rows of its table (none means all), how many rounds, and a share of the tenants.
ROWS =
REPEAT = 3
SCALE = 1

.DEFAULT_GOAL := help
.PHONY: help demo simulator unit generate check session test test-all bench lock clean demo-environment test-environment

help: ## Show what there is to make
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)$$/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

demo: demo-environment ## Run the main job on the built-in simulator, as a story
	@$(WITH_VENV) hacking/install.sh
	@$(WITH_VENV) ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/.build/collections" PYTHONPATH="$(CURDIR)/tests" demo/run

simulator: demo-environment ## Start the simulator and print the environment that points a shell at it
	@$(WITH_VENV) PYTHONPATH="$(CURDIR)/tests" python hacking/run_simulator.py $(ARGS)

unit: test-environment ## Run unit tests, or those that TESTS= names: TESTS='tests/unit/plugins/module_utils/test_http.py -k redirect'
	@$(WITH_VENV) hacking/unit.sh $(TESTS)

generate: test-environment ## Write anew what stands in several files, from the one place that says it
	@$(WITH_VENV) python hacking/generate.py

check: test-environment ## Run linters, types and unit tests: about two minutes
	@$(WITH_VENV) hacking/check.sh

session: test-environment ## Run one check of "make test": NAME=integration-2.19 ARGS=acronis_tenant_mfa; without NAME, list them
	@$(WITH_VENV) CI=true nox $(if $(NAME),--session $(NAME) -- $(ARGS),--list)

test: test-environment ## Run all checks; the longer tests with the oldest and the newest ansible-core
	@$(WITH_VENV) python -m hacking.run_checks

test-all: test-environment ## Run all checks with every ansible-core that this machine has a Python for
	@$(WITH_VENV) python -m hacking.run_checks --every

bench: demo-environment ## Measure whole commands on the simulator against their targets: about ten minutes
	@$(WITH_VENV) PYTHONPATH="$(CURDIR):$(CURDIR)/tests" python -m bench --repeat=$(REPEAT) --scale=$(SCALE) \
		--page=docs/benchmarks.md $(ROWS)

lock: test-environment ## Resolve requirements/*.in anew into the pins of requirements/*.txt
	@mkdir -p .build && .venv/bin/python -m venv .build/lock && .build/lock/bin/python -m pip install --quiet uv==0.13.9
	@.build/lock/bin/python hacking/lock.py

clean: ## Remove everything that make and nox have made
	rm -rf .venv .nox .build .ansible .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/output

demo-environment:
	@hacking/environment.sh demo

test-environment:
	@hacking/environment.sh test
