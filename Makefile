# Everything a developer does here. `make` alone lists the targets.
# Another Python: make test PYTHON=python3.12 VENV=.venv-3.12

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
BROWSER_READY := $(VENV)/ready-for-browser
CHROMIUM ?= /usr/bin/chromium

# Tests start hundreds of processes: none should compile again what another has compiled.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo serve console test coverage test-long test-browser test-live test-node package release bench template lint format lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: $(READY) ## make .venv with everything pinned and hashed

$(READY): requirements/dev.txt
	@# A linked one is another project's too: what it points to is not emptied.
	@test -L $(VENV) || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

demo: setup ## send messages to an emulator on this machine, verify a number, and show it all
	@$(BIN)/python -m sms_connector demo

serve: setup ## run the function in web mode behind http://127.0.0.1:9000, with an emulator
	@$(BIN)/python -m sms_connector serve --emulator --web

console: setup ## fill in, check, try and save the settings in a browser, with an emulator
	@$(BIN)/python -m sms_connector console --emulator

# The tests wait for sockets more than they compute: four at a time, also on two cores.
test: setup ## run the tests
	$(BIN)/python -m pytest --numprocesses=4

coverage: setup ## run the tests, and fail if they run too few lines of what ships
	$(BIN)/python -m pytest --numprocesses=4 --cov --cov-report=term-missing:skip-covered

test-long: setup ## run the tests that take long: floods, races of thousands, waits of minutes
	$(BIN)/python -m pytest -m long --numprocesses=4 --maxschedchunk=1

test-browser: $(BROWSER_READY) $(CHROMIUM) ## run the pages' tests in Chromium; KEEP_SCREENSHOTS=1 writes the docs' pictures
	CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest --numprocesses=2 tests/browser

$(BROWSER_READY): requirements/browser.txt $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/browser.txt
	touch $@

$(CHROMIUM):
	@test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { echo "make test-browser needs Chromium: install it, or set CHROMIUM to its path" >&2; exit 1; }
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null

test-live: setup ## try the SMS service itself with ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET; LIVE_SIGN, LIVE_TEMPLATE and LIVE_PHONE try more
	LIVE_TESTS=1 $(BIN)/python -m pytest tests/live

test-node: setup ## run the tests that need Node: Logto's own connector, Better Auth, and `s verify`
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || { echo "make test-node needs Node 20 or later" >&2; exit 1; }
	cd tests/node && npm ci --no-audit --no-fund --loglevel=error
	cd tests/node && PYTHON="$(abspath $(BIN))/python" node --test
	EXAMPLES="js go" $(BIN)/python -m pytest tests/test_docs.py

package: setup ## make build/function, the directory that `s deploy` uploads, and prove it
	@$(BIN)/python -m sms_connector package

release: setup ## make build/release: the ZIP for the console, with its checksum and all licences
	@$(BIN)/python -m sms_connector release

bench: package ## measure beside the plain SDK, Logto's connector and a minimal client; write docs/benchmarks.md
	@$(BIN)/python -m tests.benchmarks

template: ## make build/template of the last commit, which `s registry publish` publishes
	rm -rf build/template && mkdir -p build/template/src
	git archive HEAD | tar -x -C build/template/src
	cp build/template/src/template/publish.yaml build/template/src/template/version.md build/template
	@# The registry reads the page's text in these two, Chinese first.
	cp build/template/src/docs/README.zh-CN.md build/template/readme.md
	cp build/template/src/README.md build/template/readme_en.md
	@# `s init` fills in s.yaml alone.
	sed -i.bak -e 's/^  region: .*/  region: "{{ region }}"/' -e 's/^  functionName: .*/  functionName: "{{ functionName }}"/' build/template/src/s.yaml && rm build/template/src/s.yaml.bak

lint: setup ## types and style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup ## put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup ## pin requirements/*.in anew, for Python 3.10 and later
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.10 --generate-hashes --custom-compile-command "make lock" --output-file requirements.txt requirements/function.in
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.10 --generate-hashes --custom-compile-command "make lock" --output-file requirements/dev.txt requirements/dev.in
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.10 --generate-hashes --custom-compile-command "make lock" --output-file requirements/browser.txt requirements/browser.in

clean: ## remove what the other targets made
	rm -rf .venv .venv-* build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage tests/node/node_modules
