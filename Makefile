# `make` lists what can be made. Options: PYTHON=python3.12, UV=none (use pip), PACK=name, ARGS="-k phasing".

PYTHON ?= python3
UV ?= uv
PACK ?= committee
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup report test lab check lock golden clean

# Set on some machines, it makes every run compile every module again.
unexport PYTHONDONTWRITEBYTECODE

help:
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' Makefile | while read -r name does; do printf '%-8s %s\n' "$$name" "$$does"; done

setup: $(STAMP) ## Make .venv from requirements.lock (again only when that or pyproject.toml changes)
	@:

report: setup ## Build a pack of committee papers and print where it is (PACK=committee)
	@$(BIN)/best report $(PACK)

test: setup ## Run every test (ARGS="-k phasing" for some of them)
	@$(BIN)/python -m pytest $(ARGS)

lab: setup ## Open the notebooks in JupyterLab
	@$(BIN)/jupyter lab notebooks

check: setup ## Lint, formatting and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

lock: ## Write requirements.lock anew from pyproject.toml (ARGS=--upgrade for newer versions)
	@$(ENSURE_VENV)
	@$(FIND_UV); \
	test -n "$$uv" || { echo 'make lock needs uv, which could not be installed.' >&2; exit 1; }; \
	"$$uv" pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet $(ARGS) --output-file requirements.lock

golden: setup ## Rewrite the golden tables (then say why under "Results change" in CHANGELOG)
	@$(BIN)/python -m pytest tests/test_golden.py --rewrite-golden

clean: ## Remove .venv, caches and built packs (the committed example stays)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info
	@find . -name .git -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
	@test ! -d reports || find reports -mindepth 1 -maxdepth 1 ! -name README.md ! -name example -exec rm -rf {} +

# One line for a Python that is missing, too old or without venv; then the folder, unless a sound one is there.
define ENSURE_VENV
$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo 'This needs Python 3.11 or newer with venv, which "$(PYTHON)" is not: name one, as in make setup PYTHON=python3.12' >&2; \
	exit 1; }; \
$(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	$(PYTHON) -m venv --clear $(VENV)
endef

# Sets $$uv: the one on PATH, else the release that the lock pins, put into .venv; empty when neither can be had.
define FIND_UV
uv=; \
if [ '$(UV)' != none ] && ! uv=$$(command -v '$(UV)'); then \
	sed -n '/^uv==/,/^    # via/p' requirements.lock > $(VENV)/uv.lock; \
	if $(BIN)/python -m pip install --quiet --require-hashes -r $(VENV)/uv.lock >/dev/null 2>&1; \
	then uv=$(BIN)/uv; fi; \
fi
endef

# The stamp is written last, so a set-up that stopped half-way is done again.
$(STAMP): requirements.lock pyproject.toml
	@rm -f $@
	@$(ENSURE_VENV)
	@echo 'Setting up $(VENV) (a minute or two the first time)'
	@$(FIND_UV); \
	if [ -n "$$uv" ]; then \
		"$$uv" pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock && \
		"$$uv" pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .; \
	else \
		set -- --quiet --quiet --no-input && \
		$(BIN)/python -m pip install "$$@" --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install "$$@" --no-deps --no-build-isolation --editable .; \
	fi
	@touch $@
