# Everything a developer does here. `make` alone lists the targets.
# Another Python: make test PYTHON=python3.12 VENV=.venv-3.12

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

setup: $(READY) ## make .venv with everything pinned and hashed

$(READY): requirements-dev.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

demo: setup ## send one message to an emulator on this machine and show it
	@$(BIN)/python -m sms_connector demo

test: setup ## run the tests, with coverage
	$(BIN)/python -m pytest

lint: setup ## types and style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup ## put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup ## pin requirements*.in anew, for Python 3.10 and later
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --custom-compile-command "make lock" --output-file requirements.txt requirements.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --custom-compile-command "make lock" --output-file requirements-dev.txt requirements-dev.in

clean: ## remove what the other targets made
	rm -rf .venv .venv-* build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
