PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEVELOPED := $(VENV)/.developed
PEERED := $(VENV)/.peered
BENCHED := $(VENV)/.benched
FUZZED := $(VENV)/.fuzzed
SECONDS := 60

.PHONY: verify test test-peers test-laws errata schema laws bench fuzz clean

verify: $(INSTALLED)  ## hold the five lecture decks against exact values
	$(BIN)/symconv verify worked_examples

test: $(DEVELOPED)  ## lint, types, all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2 --dist loadfile --ignore tests/peers --ignore tests/grid

test-peers: $(PEERED)  ## hold symconv against other libraries, thousands of cases
	$(BIN)/pytest tests/peers

test-laws: $(DEVELOPED)  ## prove the whole grid of laws and hold it against a witness
	$(BIN)/pytest tests/grid

errata: $(INSTALLED)  ## write worked_examples/ERRATA.md anew
	$(BIN)/symconv verify worked_examples --errata worked_examples/ERRATA.md

schema: $(INSTALLED)  ## write symconv/fixtures/schema.json anew
	$(BIN)/python -c "from symconv.fixtures import schema; schema.write()"

laws: $(INSTALLED)  ## write docs/law_book.md anew
	$(BIN)/python -c "from symconv.laws import LAWS, table; from symconv.render.laws import page; print(page(table(LAWS.values(), jobs=2)), end='')" > docs/law_book.md

bench: $(BENCHED)  ## measure every workload beside its peers; write benchmarks/RESULTS.md anew
	$(BIN)/symconv bench --write benchmarks

fuzz: $(FUZZED)  ## feed what reads answers with whatever breaks it, for SECONDS
	$(BIN)/python -m tests.fuzz.answers -max_total_time=$(SECONDS)

clean:
	rm -rf $(VENV)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[proof]"
	touch $@

$(DEVELOPED): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@ $(INSTALLED)

$(PEERED): pyproject.toml | $(DEVELOPED)
	$(BIN)/python -m pip install --quiet --editable ".[dev,peers]"
	touch $@ $(DEVELOPED)

$(BENCHED): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[bench]"
	touch $@ $(INSTALLED)

$(FUZZED): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[fuzz]"
	touch $@ $(INSTALLED)
