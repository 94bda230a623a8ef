PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SIZE ?= 100000
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

.PHONY: help install run test proof check docs bench lock clean

help: ## Show this help
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

install: $(VENV)/.installed ## Make .venv with the pinned, hashed requirements and the donthu command

$(VENV)/.installed: requirements/dev.txt requirements/run.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: install ## Create the database and demo on first use, then serve web and scheduler on 127.0.0.1:8000
	$(BIN)/donthu serve

test: install ## The tests that need only Python, on both databases (8 minutes at most)
	$(BIN)/pytest -m "not proof" -n 2 --dist loadgroup

proof: install ## The long ones: journeys in a browser, the real register, fault runs
	$(BIN)/pytest -m proof

check: install ## Format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: install ## Print the transition table into docs/lifecycle.md
	$(BIN)/python -m petitions.cli.lifecycle docs/lifecycle.md

bench: install ## Ratios to the floor of the same work; SIZE= cases (default 100000)
	$(BIN)/python -m tests.bench --size $(SIZE)

lock: install ## Renew requirements/*.txt from requirements/*.in
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/$(LOCK) requirements/run.in -o requirements/run.txt
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/$(LOCK) requirements/dev.in -o requirements/dev.txt

clean: ## Remove the virtual environment and caches (never var/, where data lives)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
