# Everything a developer does. `run`, `test`, `check` and `bench` set the project up first where that is missing.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
INSTALLED := .venv/installed
READER := engage/understanding
LEARNT := $(READER)/classifier/trained/about.json
READY := $(INSTALLED) $(LEARNT)

# Where python may not keep what it compiled, every process compiles all of Engage again.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help install run test faults check format bench evaluate migration lock clean

help:  ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

install: $(READY)  ## Set the project up: virtual environment, libraries, front-end parts, what the reader learns

run: $(READY)  ## Start everything, with a pretend phone network and demonstration people
	@$(BIN)/engage run

test: $(READY)  ## Run every test
	@$(BIN)/pytest -n auto $(ARGS)

faults: $(READY)  ## Try the text engine against faults at full length: kills, outages, crashes (a quarter of an hour)
	@FAULTS=long $(BIN)/pytest tests/faults $(ARGS)

check: $(INSTALLED)  ## Lint, format, types, import contracts, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m migrations.check

format: $(INSTALLED)  ## Put the code into the house format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY)  ## Measure, against peers, in one run
	@$(BIN)/python -m bench $(ARGS)

evaluate: $(READY)  ## Measure how well replies are read, on styles of writing that the reader has not seen
	@$(BIN)/python -m engage.understanding.evaluation $(or $(ARGS),$(sort $(wildcard tests/data/replies_dev.tsv tests/data/replies_unseen_*.tsv tests/data/replies_final_*.tsv)))

migration: $(INSTALLED)  ## Draft a migration from the models: make migration m="add a thing"
	@$(BIN)/python -m migrations.draft "$(m)"

COMPILE := .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

lock:  ## Pin every library again, at its newest; once for work and once for production
	@$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install -qq --disable-pip-version-check uv
	@$(COMPILE) --upgrade --all-extras --output-file requirements.lock pyproject.toml
	@$(COMPILE) --constraint requirements.lock --output-file requirements-production.lock pyproject.toml
	@$(COMPILE) --constraint requirements.lock --extra training --output-file requirements-training.lock pyproject.toml
	@rm -rf .venv-lock

clean:  ## Remove what was installed and built; the demonstration's data in var/ stay
	@rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock pyproject.toml package-lock.json
	@test -n "$(PYTHON)" || { echo "Engage needs Python 3.11 or newer with its venv module. Say where it is: make install PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11. Name a newer one: make install PYTHON=python3.11" >&2; exit 1; }
	@command -v npm >/dev/null || { echo "Engage needs npm, which comes with Node.js, for the pages' GOV.UK styles." >&2; exit 1; }
	@echo "Setting up Engage (once; a minute or two)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(LEARNT): $(INSTALLED) $(wildcard $(READER)/corpus/*.tsv $(READER)/classifier/*.py) \
	$(addprefix $(READER)/,safety/danger.py language/normalise.py language/spellings.py vocabulary.py)
	@echo "Teaching the reader (once; a minute or two)"
	@$(BIN)/python -m engage.understanding.classifier.training
