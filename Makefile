# Two commands are enough: `make demo` shows the whole thing, `make test` proves it.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
BIN := $(VENV)/bin

# Bytecode is kept whatever the environment says: hundreds of commands of the tests would each compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test coverage lint types format bench pictures docs man constraints clean

demo: $(READY)
	$(BIN)/monitor demo

test: lint types
	$(BIN)/python -m pytest -n auto --dist worksteal

# The branch coverage of each part by its own tests, held to the floors of pyproject.toml. Not in `make test`: tracing costs half as
# much processor time again and more (Python before 3.12 has no cheap way), and each part is run for itself.
coverage: $(READY)
	$(BIN)/python -m tests.floors

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

# What the benchmarks compare with is installed when it is first asked for.
$(VENV)/.bench: $(READY)
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[test,bench]'
	touch $@

# The pictures of the documentation, made anew from a demo run (needs Chromium).
pictures: $(READY)
	$(BIN)/monitor --now 2026-05-20T09:00 demo
	$(BIN)/python -m docs.pictures demo-data

# The documentation as a site, which `monitor serve` shows under /hjalp. A dead link is an error.
docs: $(READY)
	$(BIN)/mkdocs build --strict --quiet

# Manual pages of the commands, into build/man.
man: $(READY)
	$(BIN)/python -m docs.man build/man

# New versions of everything, pinned again: run it, run the tests, commit the file.
constraints: $(READY)
	$(BIN)/pip install -q --upgrade --upgrade-strategy eager -e '.[test,bench]'
	$(BIN)/pip freeze --exclude-editable > constraints.txt

clean:
	rm -rf $(VENV) demo-data

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@
