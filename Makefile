# SmartPick. `make` alone lists what it can do.
# Settings: PORT=8001 make run, PYTHON=/path/to/python3.13 make run; all others are in .env.example.

MAKEFLAGS += --no-print-directory
SHELL = /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check bench demo-on demo-off install install-dev clean

PY = .venv/bin/python
BIN = .venv/bin
# Checks and tests do not depend on what happens to be set in the terminal, but for the services they use.
CLEAN_ENV = env -u SECRET_KEY -u SECRET_KEY_FILE -u ALLOWED_HOSTS EMBEDDED=true DEBUG=false LOG_LEVEL=WARNING

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## start SmartPick on http://127.0.0.1:8000; Ctrl-C stops it
	@exec $(PY) manage.py run

test: install-dev ## run every test; those in a browser need Chromium
	@$(CLEAN_ENV) $(PY) -m pytest -n auto $(ARGS)

check: install-dev ## look for errors without running: style, types, layers, migrations, settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(CLEAN_ENV) $(PY) manage.py makemigrations --check
	EMBEDDED=false SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') ALLOWED_HOSTS=smartpick.example.org \
		$(PY) manage.py check --deploy --fail-level WARNING

bench: install-dev ## measure the engine and the pages
	@$(PY) -m bench

demo-on: install ## load the demonstration data: invented programs and people
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py load_reference --verbosity 0
	@$(PY) manage.py demo_on

demo-off: install ## remove every demonstration row
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo_off

install: ## make .venv with what SmartPick runs on (the other commands do it by themselves)
	@$(call setup,requirements.txt)

install-dev: ## the same, with what tests and checks need
	@$(call setup,requirements-dev.txt)

clean: ## remove .venv and caches; the database in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python that is new enough and can make environments installs into .venv, unless all is there.
define setup
found=''; \
for python in $$PYTHON python3.13 python3.12 python3.11 python3 python; do \
	version=$$("$$python" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue; \
	if ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then found="$$found $$python is $$version;"; continue; fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then found="$$found $$python is $$version, but without venv;"; continue; fi; \
	exec "$$python" -I smartpick/bootstrap.py $(1); \
done; \
echo "SmartPick needs Python 3.11 or newer, with venv. Found:$${found:- none}" >&2; \
echo "  Debian, Ubuntu:  sudo apt-get install python3 python3-venv" >&2; \
echo "  macOS:           brew install python@3.13" >&2; \
echo "  elsewhere:       https://www.python.org/downloads/, then PYTHON=/path/to/python3 make run" >&2; \
exit 1
endef
