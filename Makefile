# `make demo` and `make test` each work as the only command on a fresh clone. `make help` lists the rest.

PYTHON ?= python3
VENV   ?= .venv
UV     ?= uv

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
LOG   := $(VENV)/install.log

# Runs a command quietly, and shows all it said if it fails.
quietly = { $(1) >>"$(LOG)" 2>&1 || { cat "$(LOG)" >&2; echo "make: could not $(2); see above." >&2; exit 1; }; }

.PHONY: help demo install test pytest lint format bench pictures mutants kills replicas lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1\t/p' Makefile | expand -t 16

demo: $(STAMP) ## judge the example portfolios and show the mails, without sending any
	@$(BIN)/telltale demo

install: $(VENV)/.installed-to-run ## what serving needs, without the tools of development

test: lint pytest ## every check: style, format, types, then the tests

pytest: $(STAMP) ## the tests alone; PYTEST_ARGS says which
	@$(BIN)/pytest $(PYTEST_ARGS)

lint: $(STAMP) ## style, format and types alone
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "make: the files above are not formatted; 'make format' does it." >&2; exit 1; }
	@$(BIN)/mypy --no-error-summary

format: $(STAMP) ## put the layout of the code in order
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

bench: $(STAMP) ## run the benchmarks
	@$(BIN)/python -m benchmarks

MUTANT_TESTS ?= tests/rulebook tests/inference

mutants: $(STAMP) ## change functions one place at a time, and see whether tests notice; MUTANTS names the modules
	@$(BIN)/python -m tests.mutants $(MUTANTS) --tests $(MUTANT_TESTS)

kills: $(STAMP) ## kill a sender at every step of a sending, 20 times each, and say what became of the messages
	@TELLTALE_KILLS=20 $(BIN)/pytest -n 0 -s -k killed_at_any_step tests/sending tests/acceptance

replicas: $(STAMP) ## kill, pause and stop replicas of the service in the middle of a run, 5 times each on both databases
	@TELLTALE_REPLICAS=5 $(BIN)/pytest -n 0 -v tests/service/test_replicas.py

pictures: $(STAMP) ## draw the messages as the guide shows them (needs Chromium)
	@$(BIN)/python docs/pictures.py

# Makes the environment with the packages of a list, and the project itself.
define install_from
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "make: Telltale needs Python 3.11 or newer, and '$(PYTHON)' is not one; name another: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing into $(VENV) ..."
	@mkdir -p "$(VENV)" && : >"$(LOG)"
	@$(call quietly,$(PYTHON) -m venv "$(VENV)",make a virtual environment (on Debian: apt install python3-venv))
	@$(call quietly,$(BIN)/python -m pip install --require-hashes -r requirements/build.txt,install what builds the packages)
	@$(call quietly,$(BIN)/python -m pip install --require-hashes --no-build-isolation -r requirements/$(1),install the packages (durable-rules needs a C compiler and Python's headers))
	@$(call quietly,$(BIN)/python -m pip install --no-deps --no-build-isolation -e .,install the project itself)
	@touch "$@"
endef

# durable-rules calls PyEval_CallObject, which Python 3.13 no longer has; PyObject_CallObject is the same function.
$(STAMP) $(VENV)/.installed-to-run: export CPPFLAGS := -DPyEval_CallObject=PyObject_CallObject $(CPPFLAGS)
$(STAMP): pyproject.toml requirements/build.txt requirements/lock.txt
	$(call install_from,lock.txt)
$(VENV)/.installed-to-run: pyproject.toml requirements/build.txt requirements/run.txt
	$(call install_from,run.txt)

LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
    --no-annotate --custom-compile-command 'make lock' $(LOCK_ARGS)

lock: ## remake requirements/*.txt; LOCK_ARGS=--upgrade takes the newest (needs uv)
	@command -v $(UV) >/dev/null || { echo "make: 'make lock' needs uv (pip install uv), or UV=path/to/uv" >&2; exit 1; }
	@$(LOCK) requirements/build.in -o requirements/build.txt
	@$(LOCK) --extra dev --constraint requirements/build.txt pyproject.toml -o requirements/lock.txt
	@$(LOCK) --extra postgres --constraint requirements/lock.txt pyproject.toml -o requirements/run.txt
	@if grep -nE '://|/(root|home|tmp|usr|opt)/' requirements/*.txt; then \
	    echo "make: the lines above give away an address or a path of this machine" >&2; exit 1; fi

clean: ## remove what was made: the environment and the caches (var/ stays: it holds data)
	@rm -rf "$(VENV)" build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -not -path './.git/*' -exec rm -rf {} +
