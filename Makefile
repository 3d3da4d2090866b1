# What a developer runs. Targets that need the project set it up first.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
INSTALLED := .venv/installed
UNDERSTANDING := engage/understanding
TRAINED := $(UNDERSTANDING)/classifier/trained/about.json
READY := $(INSTALLED) $(TRAINED)
MEASURING := $(sort $(wildcard tests/data/replies_*.tsv))
OUTSIDE := $(wildcard $(addprefix tests/data/replies_,dev.tsv unseen_*.tsv final_*.tsv))

# Let Python keep compiled files: without them every process compiles all of Engage again.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help install run test faults check format bench evaluate migration lock clean

help:  ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

install: $(READY)  ## Set the project up: virtual environment, libraries, front end, classifier

run: $(READY)  ## Start everything, with simulated phones and demonstration people
	@$(BIN)/engage run

test: $(READY)  ## Run every test
	@$(BIN)/pytest -n auto $(ARGS)

faults: $(READY)  ## Test the text engine against kills, outages and crashes (a quarter of an hour)
	@FAULTS=long $(BIN)/pytest tests/faults $(ARGS)

check: $(INSTALLED)  ## Lint, format, templates, types, import contracts, corpus, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint --lint --quiet api messaging
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m engage.understanding.evaluation.corpus_check $(MEASURING)
	@$(BIN)/python -m migrations.check

format: $(INSTALLED)  ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY)  ## Measure speed and memory: make bench ARGS="webhook pages"
	@$(BIN)/python -m bench $(ARGS)

evaluate: $(READY)  ## Measure how well replies are understood, on texts that are never learnt
	@$(BIN)/python -m engage.understanding.evaluation $(ARGS) $(if $(filter %.tsv,$(ARGS)),,$(sort $(OUTSIDE)))

migration: $(INSTALLED)  ## Draft a migration from the models: make migration m="add a column"
	@$(BIN)/python -m migrations.draft "$(m)"

COMPILE := .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

lock:  ## Pin every library at its newest version, for development, production and training
	@$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install -qq --disable-pip-version-check uv
	@$(COMPILE) --upgrade --all-extras --output-file requirements.lock pyproject.toml
	@$(COMPILE) --constraint requirements.lock --output-file requirements-production.lock pyproject.toml
	@$(COMPILE) --constraint requirements.lock --extra training --output-file requirements-training.lock pyproject.toml
	@rm -rf .venv-lock

clean:  ## Remove what was installed and built; the data in var/ stay
	@rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock pyproject.toml package-lock.json
	@test -n "$(PYTHON)" || { echo "Engage needs Python 3.11 or newer with its venv module. Name it: make install PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11. Name a newer one: make install PYTHON=python3.11" >&2; exit 1; }
	@command -v npm >/dev/null || { echo "Engage needs npm, part of Node.js, for the GOV.UK styles of its pages." >&2; exit 1; }
	@echo "Setting up Engage (once; a minute or two)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(TRAINED): $(INSTALLED) $(wildcard $(UNDERSTANDING)/corpus/*.tsv $(UNDERSTANDING)/classifier/*.py) \
	$(addprefix $(UNDERSTANDING)/,safety/danger.py language/normalise.py language/spellings.py vocabulary.py)
	@echo "Training the classifier (once; a minute or two)"
	@$(BIN)/python -m engage.understanding.classifier.training
