# 相天 Xiangtian. `make` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
TOOLS := .tools
UV := $(TOOLS)/bin/uv
UV_VERSION := 0.9.0
export XIANGTIAN_HOME ?= $(CURDIR)/home
export UV_PROJECT_ENVIRONMENT ?= $(CURDIR)/.venv
RUN := $(UV) run --frozen

.PHONY: help setup run test test-postgres check lint types contracts docs bench gallery browser front clean

help: ## List the targets, with a sentence each.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(UV):
	@echo "[1/3] tools: uv into $(TOOLS)"
	@$(PYTHON) -m venv $(TOOLS) && $(TOOLS)/bin/python -m pip install --quiet "uv>=$(UV_VERSION)"

.venv/.ready: $(UV) pyproject.toml uv.lock
	@echo "[2/3] Python packages (locked)"
	@$(UV) sync --frozen --quiet && touch $@

node_modules/.ready: package.json package-lock.json
	@echo "[3/3] pages: npm packages (locked)"
	@npm ci --silent --no-audit --no-fund && touch $@

FRONT := $(shell find frontend -type f 2>/dev/null) vite.config.ts tsconfig.json
xiangtian/web/static/dist/manifest.json: node_modules/.ready $(FRONT)
	@echo "      pages: build"
	@npm run --silent build

setup: .venv/.ready xiangtian/web/static/dist/manifest.json ## Install the locked packages and build the pages.

run: setup ## Set up everything, start the platform, play the built-in drill, serve http://127.0.0.1:8000.
	@$(RUN) xiangtian run --drill

test: setup ## Set up and run all tests.
	@XIANGTIAN_HOME=$$(mktemp -d) $(RUN) pytest -n auto --dist loadfile
	@XIANGTIAN_HOME=$$(mktemp -d) $(RUN) pytest --doctest-modules xiangtian --ignore-glob='*/tests/*' --ignore-glob='*/migrations/*'
	@npm run --silent test

test-postgres: setup ## The tests of rooms with records, on the PostgreSQL that XIANGTIAN_DATABASE_URL names.
	@test -n "$$XIANGTIAN_DATABASE_URL" || { echo "set XIANGTIAN_DATABASE_URL to postgresql://user@host:port/name"; exit 2; }
	@XIANGTIAN_HOME=$$(mktemp -d) $(RUN) pytest -n auto --dist loadfile -m "not browser and not slow" xiangtian/core xiangtian/kit xiangtian/lake xiangtian/publish xiangtian/observe xiangtian/warn xiangtian/verify tests/test_walk.py

check: setup lint types contracts docs test ## Everything that CI runs.

lint: setup ## Style of the Python and TypeScript sources; docstrings; migrations complete.
	@$(RUN) ruff check . && $(RUN) ruff format --check .
	@npm run --silent check
	@XIANGTIAN_HOME=$$(mktemp -d) DJANGO_SETTINGS_MODULE=xiangtian.web.settings $(RUN) python -m django makemigrations --check --dry-run >/dev/null

types: setup ## Types (mypy, strict).
	@$(RUN) mypy xiangtian

contracts: setup ## Floors and furniture (import-linter).
	@$(RUN) lint-imports

docs: setup ## Build the documents, warnings are errors.
	@$(RUN) mkdocs build --strict --quiet

bench: setup ## Benchmarks, each beside its peer in the same run (pysteps is built for it: needs a C compiler).
	@$(UV) sync --frozen --quiet --group bench
	@$(UV) run --frozen --group bench python -m benchmarks

gallery: setup ## Pictures of the pages, made by a browser that walks through a drill, into docs/pictures.
	@$(RUN) python -m tests.gallery docs/pictures

clean: ## Remove what can be made again (not the home).
	@rm -rf .venv $(TOOLS) node_modules xiangtian/web/static/dist site .mypy_cache .ruff_cache .pytest_cache
