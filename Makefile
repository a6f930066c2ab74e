# Each target sets up what it needs in .venv; nothing is installed outside the checkout.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
SOURCES := $(wildcard ../shared/sources)

.PHONY: run built test coverage test-long lint bench bench-check bench-publish countries pin clean

## Build the graph of data/, check it, and serve it as a web site until Ctrl-C (PORT=8001: at another port).
run: built
	@printf '%s\n' ''\
	  'Prova vidare i ett annat fönster / Try next, in another window:' \
	  '  $(BIN)/coopgraph query partnership/by-country -p country=Kina' \
	  '  $(BIN)/coopgraph show "Växjö kommun"' \
	  '  $(BIN)/coopgraph query' ''
	@exec $(BIN)/coopgraph serve --port $(PORT) --quiet

## Build the graph of data/ and check it.
built: .venv/run
	@$(BIN)/coopgraph build
	@$(BIN)/coopgraph check $(if $(SOURCES),--sources $(SOURCES))

## Lint, types and the whole test suite. What is skipped is named at the end.
test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not long"

## The same, and which lines no test reaches; it takes longer.
coverage: .venv/test
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not long" --cov=coopgraph --cov-report=term:skip-covered

## Fuzzing, kills and servers at length: minutes.
test-long: .venv/test
	$(BIN)/python -m pytest -m long

## The tests that need a SPARQL server, with the servers installed where that can be done (Virtuoso: as root on Debian).
test-servers: .venv/test
	sh scripts/install-servers.sh
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "server and not long" -rs

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

## Checking beside its peers, on generated graphs.
bench-check: .venv/test
	$(BIN)/python -m benchmarks.check

## Builds, look-ups and every saved query beside their peers, on generated graphs; `make bench SIZES=10000000` for ten million.
bench: .venv/test
	$(BIN)/python -m benchmarks.answers $(SIZES)

## The web site beside its peers.
bench-publish: .venv/test
	$(BIN)/python -m benchmarks.publish

## Write the list of countries anew from ISO 3166-1 and CLDR.
countries: .venv/test
	$(BIN)/python scripts/countries.py

## Write the pinned requirements anew.
pin: .venv/test
	sh scripts/pin.sh

clean:
	rm -rf .venv .coopgraph build dist

.venv/pip:
	@command -v $(PYTHON) >/dev/null || { echo 'Python 3.11 or newer is needed: apt install python3 python3-venv'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed; name one: make PYTHON=python3.12'; exit 1; }
	@$(PYTHON) -m venv .venv || { echo 'The module venv is needed: apt install python3-venv'; exit 1; }
	@touch $@

.venv/run: requirements.txt pyproject.toml package-lock.json hatch_build.py | .venv/pip
	@echo 'Installing into .venv …'
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@test -f coopgraph/publish/assets/vendor/made-of.txt || echo 'Sidorna får inga bilder: Node och npm saknas. / The pages get no pictures: no Node and npm here.'
	@touch $@

.venv/test: requirements-dev.txt .venv/run
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
