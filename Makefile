# Two commands do all the set-up: `make demo` and `make test`. docs/operations.md lists what the environment may say.

BIN := .venv/bin
FRONT := $(shell find static -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
NODE := . tools/node.sh && cd static &&
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo run test check bench locks clean setup test-setup

help: ## list what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/:/' | awk -F: '{ printf "make %-8s %s\n", $$1, $$2 }'

demo: setup ## run the product with an invented company
	@ONETHREAD_DEMO=1 exec $(BIN)/python manage.py up

run: setup ## run the product empty: the first page asks for the admin account
	@exec $(BIN)/python manage.py up

test: check ## every check and every test: Python, TypeScript, browser
	@$(NODE) npm test
	@$(BIN)/pytest -n 2

check: setup test-setup ## style, types, import layers, templates, tsc, missing migrations
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --extend-exclude templates/fragments --check --quiet
	@$(BIN)/djlint templates/fragments --profile=jinja --no-function-formatting --check --quiet
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(NODE) npm run check

bench: setup test-setup ## the benchmarks, printed as a table
	@$(BIN)/python -m tests.bench

setup: .venv/installed static/dist/.compressed

test-setup: .venv/installed-test
	@sh tools/chromium.sh

.venv/installed: requirements.lock
	@sh tools/venv.sh
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.lock
	@touch $@

.venv/installed-test: requirements-test.lock .venv/installed
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-test.lock
	@touch $@

static/node_modules/.package-lock.json: static/package-lock.json | .venv/installed
	@$(NODE) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

static/dist/manifest.json: static/node_modules/.package-lock.json $(FRONT)
	@$(NODE) node build.mjs
	@touch $@

static/dist/.compressed: static/dist/manifest.json # the build removes it with everything else that is not its own
	@$(BIN)/python -m servestatic.compress --quiet static/dist
	@touch $@

locks: .venv/installed ## pin again what pyproject.toml asks for
	@$(BIN)/pip install --quiet uv
	@$(LOCK) -o requirements.lock
	@$(LOCK) --group test --constraint requirements.lock -o requirements-test.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --group node -o requirements-node.lock

clean: ## remove what can be made again; the data in var/ stays
	@rm -rf .venv static/node_modules static/dist .mypy_cache .ruff_cache .import_linter_cache
