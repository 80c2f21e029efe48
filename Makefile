# Kanalarkiv's commands. `make run` and `make test` set up a fresh machine by themselves.
VENV ?= .venv
ONCE ?=
BIN := $(VENV)/bin
export VENV

.PHONY: run test test-real bench lint types contracts format lock pictures help

help:  ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run:  ## the whole way on the made-up municipality, then the Prefect UI (ONCE=1: stop after the job)
	@scripts/setup run
	@$(BIN)/kanalarkiv demo $(if $(ONCE),--once)

test:  ## the everyday tests
	@scripts/setup dev
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --durations=10

test-real:  ## tests on real servers (Debian; installs WordPress and MariaDB from its packages), and long ones
	@scripts/setup dev
	@bash tests/real/install.sh
	@$(BIN)/python -m pytest -q -m real --durations=10 tests

bench:  ## ratios beside named peers, in one run
	@scripts/setup dev
	@$(BIN)/python -m tests.benchmarks

lint:  ## style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types:  ## mypy, strict
	@$(BIN)/mypy

contracts:  ## which room may import which
	@$(BIN)/lint-imports --no-cache 2>/dev/null || $(BIN)/lint-imports

format:  ## put the code in its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock:  ## compile the locks anew, with hashes and without any registry's address
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements.lock
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements-dev.lock

pictures:  ## the README's pictures, made anew from the running product
	@scripts/setup dev
	@$(BIN)/python scripts/pictures.py
