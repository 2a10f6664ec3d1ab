# One word for each thing people do here. `make` alone lists them.
# Each sets up .venv by itself when it is missing or older than pyproject.toml.

.DEFAULT_GOAL := help
.PHONY: help demo test lint types docs docs-check bench proof fuzz clean git which-python

# Each is tried, not only looked up: a pyenv shim may be there and run nothing.
# The search is made once, and only when something asks for it.
PYTHON ?= $(eval PYTHON := $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c '$(new_enough)' 2>/dev/null && echo "$$python" && break; done))$(PYTHON)
new_enough = import sys; sys.exit(sys.version_info < (3, 11))

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PAGES := $(VENV)/pages

# More arguments for the tool behind a target: make test ARGS="-x -k size"
ARGS =

help:  ## show this list
	@echo 'make WORD, where WORD is one of:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | \
		while IFS='|' read -r word text; do printf '%-16s%s\n' "  $$word" "$$text"; done

demo: $(STAMP) | git  ## watch the guard judge an agent's commits in a scratch repository
	@$(BIN)/selfmod-guard demo $(ARGS)

test: $(STAMP) | git  ## run the test suite
	@$(BIN)/python -m pytest $(ARGS)

lint: $(STAMP)  ## check style and formatting
	@$(BIN)/ruff check $(ARGS)
	@$(BIN)/ruff format --check $(ARGS)

types: $(STAMP)  ## check the types
	@$(BIN)/mypy $(ARGS)

docs: $(STAMP)  ## write docs/rules.md and docs/policy.schema.json anew from the code
	@$(write_pages)
	@cp $(PAGES)/* docs/
	@echo 'written: docs/rules.md docs/policy.schema.json'

docs-check: $(STAMP)  ## fail when those two are not what the code says
	@$(write_pages)
	@for page in $(PAGES)/*; do diff -u "docs/$${page##*/}" "$$page" || { \
		echo "docs/$${page##*/} is not what the code says; run: make docs" >&2; exit 1; }; done
	@echo 'docs/rules.md and docs/policy.schema.json are what the code says'

bench: $(STAMP) | git  ## run every benchmark, for many minutes, and print what was measured
	@ls benchmarks/*.py >/dev/null 2>&1 || { echo 'benchmarks/ holds no benchmark' >&2; exit 1; }
	@set -e; for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python "$$file" $(ARGS); done

proof: $(STAMP) | git  ## run what proves the pages of docs/ and takes a while, which `make test` leaves out
	@$(BIN)/python -m pytest -m proof $(ARGS)

fuzz: $(STAMP) | git  ## try many random cases, for minutes, which `make test` leaves out
	@$(BIN)/python -m pytest -m fuzz $(ARGS)

clean:  ## remove .venv and everything else that was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -path ./.git -prune -o -name __pycache__ -prune -exec rm -rf {} +

# A page that could not be made must not replace the one that is there.
define write_pages
rm -rf $(PAGES) && mkdir $(PAGES) && \
$(BIN)/selfmod-guard rules --format markdown >$(PAGES)/rules.md && \
$(BIN)/selfmod-guard policy --schema >$(PAGES)/policy.schema.json
endef

git:
	@command -v git >/dev/null || { \
		echo 'git is not installed, and the guard reads every change by it.' >&2; \
		echo 'Install it and try again; on Debian: apt install git' >&2; exit 1; }

which-python:
	@$(need_python)
	@'$(PYTHON)' -c 'import sys; print(sys.executable, sys.version.split()[0])'

define need_python
test -n '$(PYTHON)' && '$(PYTHON)' -c '$(new_enough)' 2>/dev/null || { \
	echo 'No Python 3.11 or newer was found as "$(or $(PYTHON),python3)".' >&2; \
	echo 'Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3' >&2; exit 1; }; \
'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { \
	echo '"$(PYTHON)" has no "venv" module, so $(VENV) cannot be made.' >&2; \
	echo 'Install it and try again; on Debian: apt install python3-venv' >&2; exit 1; }
endef

# pip leaves byte code out when the environment says so, and without it every
# run of the guard takes two to four times as long.
$(STAMP): pyproject.toml | git
	@$(BIN)/python -m pip --version >/dev/null 2>&1 && $(BIN)/python -c '$(new_enough)' || { \
		$(need_python); \
		echo 'Making $(VENV) with "$(PYTHON)".'; '$(PYTHON)' -m venv --clear $(VENV); }
	@echo 'Installing the guard and its tools into $(VENV): once, about half a minute.'
	@unset PYTHONDONTWRITEBYTECODE; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' && \
		$(BIN)/python -m compileall -qq $(VENV)/lib pytest_selfmod_guard
	@touch $@
