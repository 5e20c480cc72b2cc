# Every command that a developer or CI uses. `make help` lists them.

PORT ?= 8069
DATA ?= var
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

# The first Python that is new enough; pyenv shims of versions that are not switched on answer with an error and fall through.
PYTHON = $(shell for name in python3 python python3.14 python3.13 python3.12 python3.11; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo $$name; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help run test check bench docs clean

help: ## List the commands
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-8s %s\n' "$$name" "$$text"; done

# make hands SIGTERM on to its recipes, but keeps a SIGINT sent to itself alone (a terminal sends it to all of us); the
# watcher sees that on Linux, in make's blocked signals, and hands it on too. `exec` leaves no shell in between.
run: $(VENV)/.run ## Serve the demo tenant on http://127.0.0.1:8069 (PORT=8069 DATA=var)
	@if [ -r /proc/$$PPID/status ]; then ( while sleep 1 && kill -0 $$$$; do case "$$(sed -n 's/^SigBlk:[^0-9a-f]*//p' \
		/proc/$$PPID/status)" in *[2367abef]) exec kill -INT $$$$;; esac; done ) >/dev/null 2>&1 & fi; \
		exec $(BIN)/entrepot run --port "$(PORT)" --data "$(DATA)"

test: $(VENV)/.tools ## Run every test, on both stores (ARGS="tests/kernel -k search" for some)
	@$(BIN)/python -m pytest -n 2 $(ARGS)

check: $(VENV)/.tools ## Formatter, linter, types, floors, and the longest files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@find src -name '*.py' -exec wc -l {} + | awk '$$2 != "total" && $$1 > 400 { print "longer than 400 lines: " $$2 " (" $$1 ")" }'

bench: $(VENV)/.tools ## Measure the server beside a hand-written floor, and tenants, on both stores
	@$(BIN)/python bench/run.py $(ARGS)
	@[ -n "$(ARGS)" ] || $(BIN)/python bench/tenants.py

docs: $(VENV)/.tools ## Write the generated pages of docs/look-up
	@$(BIN)/python docs/generate.py

clean: ## Remove the virtual environment and the caches; data stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Some systems ship venv without the pip that it would put inside; then the Python that runs us lends its own.
$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Entrepot needs Python 3.11 or newer." >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version) (once)"
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
		$(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(VENV) install --quiet pip; } \
		|| { rm -rf $(VENV); exit 1; }

$(VENV)/.run: pyproject.toml | $(BIN)/python
	@echo "Installing Entrepot into $(VENV) (once)"
	@$(PIP) -e .
	@touch $@

$(VENV)/.tools: pyproject.toml | $(BIN)/python
	@echo "Installing Entrepot with its test tools into $(VENV) (once)"
	@$(PIP) -e '.[test,check]'
	@touch $@ $(VENV)/.run
