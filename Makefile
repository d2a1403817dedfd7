# Everything that is done with this repository starts here: `make run`, `make test`, `make check`.
# Needs Python 3.11+; uses uv where it is installed, otherwise venv and hashed requirements.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check format types bench faults pictures services archive lock assets translations clean

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.complete
CATALOGUES := $(wildcard webapp/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
WORKERS ?= 2
ROUNDS ?= 20
PROFILE ?= embedded
PYTEST ?=

help:
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: $(STAMP) $(COMPILED) ## makes .venv with everything that the embedded profile and the tests need

$(STAMP): uv.lock requirements-dev.txt scripts/make_venv.sh
	@scripts/make_venv.sh $(VENV)
	@touch $@

%.mo: %.po $(STAMP)
	@$(PY) -m babel.messages.frontend compile -i $< -o $@ -l $(notdir $(patsubst %/,%,$(dir $(patsubst %/,%,$(dir $<))))) 2>/dev/null

run: setup ## starts the product with its demonstration (PORT=8000 HOST=127.0.0.1)
	@MODE=$${MODE:-demo} DEMO=$${DEMO:-1} exec $(PY) -m webapp run

test: setup ## runs the tests; on real servers where TEST_DATABASE_URL, TEST_REDIS_URL, TEST_ELASTICSEARCH_URL are given
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST)

check: setup ## format, lint, types, layers, templates, translations, migrations, requirements
	@$(PY) scripts/check.py

format: setup ## puts Python files into the house's format
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix .

types: setup
	@$(PY) -m mypy

bench: setup ## measures the product beside bare limits of the same machine (SCALE, BENCH); writes var/bench.json
	@$(PY) -m tests.benchmarks

faults: setup ## kills the running product at random moments while clients write (ROUNDS=20 PROFILE=embedded|full)
	@$(PY) -m tests.faults --rounds $(ROUNDS) --profile $(PROFILE)

pictures: setup ## makes the pictures of README anew from the running demonstration (needs Chromium)
	@$(PY) -m tests.browser.pictures

services: ## installs and starts PostgreSQL, Redis and Elasticsearch for tests and development (Debian, root)
	@scripts/services start && scripts/services env

archive: setup ## one file that installs without network (dist/), for x86_64 and aarch64
	@scripts/archive

lock: ## after editing dependencies in pyproject.toml (needs uv)
	@UV_PYTHON_DOWNLOADS=never uv lock
	@uv export -q --frozen --no-dev --no-emit-project --no-annotate --no-header -o requirements.txt >/dev/null
	@uv export -q --frozen --no-emit-project --no-annotate --no-header -o requirements-dev.txt >/dev/null

assets: ## fetches browser libraries anew after editing package.json (needs Node; the result is committed)
	@npm ci --ignore-scripts && node vendor.mjs

translations: setup ## extracts new strings into the catalogues
	@$(PY) scripts/translations.py update

clean: ## removes caches, not data
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache node_modules
