# Everything that a person or a machine does with the project: `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: packages
packages: ## install the Debian packages that the build needs, where missing
	@scripts/packages build

# What the wheel is made of; when nothing of it changed, nothing is built.
PYTHON ?= python3
WHEEL_SOURCES := $(shell git ls-files -co --exclude-standard Sources Templates Python Package.swift pyproject.toml hatch_build.py scripts/native scripts/native.map scripts/native_glibc.c README.md LICENSE)

.PHONY: build
build: packages .venv/.package ## make .venv: the package built for release and installed, with the tools for development

.venv/.tools: pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install -q --upgrade pip
	.venv/bin/python -m pip install -q --group dev
	@touch $@

.venv/.package: .venv/.tools $(WHEEL_SOURCES)
	scripts/native
	rm -rf dist
	.venv/bin/python -m pip wheel -q --no-deps --no-build-isolation --wheel-dir dist .
	.venv/bin/python -m pip install -q "$$(echo dist/subsgen-*.whl)[fastapi,starlette,pydantic]"
	.venv/bin/python -m pip install -q --no-deps --force-reinstall dist/subsgen-*.whl
	@touch $@

.PHONY: wheel
wheel: .venv/.package ## make the wheel and the sdist: dist/subsgen-*
	.venv/bin/python -m hatchling build -t sdist
	@ls -l dist

.PHONY: test
test: build ## run every test and every check
	@scripts/packages browser
	@scripts/packages buses
	@scripts/packages shells
	@scripts/test
	@scripts/lint

.PHONY: coverage
coverage: build ## run every test and say how much of the Swift and of the Python they reach; compiles the Swift once more for that
	@scripts/packages browser
	@scripts/packages buses
	@scripts/packages shells
	@COVERAGE=1 scripts/test

.PHONY: sanitize
sanitize: packages ## run the tests of the runtime, of its buses and of the server under ThreadSanitizer and AddressSanitizer; takes some minutes
	@scripts/packages buses
	swift test --sanitize=thread -Xswiftc -DTHREAD_SANITIZER --scratch-path .build-thread --filter 'RuntimeTests|RuntimeRedisTests|RuntimePostgresTests|ServerTests'
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.txt swift test --sanitize=address --scratch-path .build-address --filter 'RuntimeTests|RuntimeRedisTests|RuntimePostgresTests|ServerTests|SDLParserTests|SchemaTests'

.PHONY: soak
soak: SECONDS = 600
soak: build ## let everything happen at once for SECONDS=600, then with rules: clients churn, read slowly, vanish, become others, resolvers fail; nothing may be lost
	SOAK_SECONDS=$(SECONDS) swift test --filter 'RuntimeTests\.SoakTests'
	SOAK_SECONDS=$(SECONDS) swift test --skip-build --filter 'RuntimeTests\.RuleSoakTests'
	SOAK_SECONDS=$(SECONDS) .venv/bin/python -m pytest -q -s Tests/Python/test_soak.py

ROUNDS ?= 100
BUS ?= all
.PHONY: chaos
chaos: build ## kill, stop and cut off servers, workers and clients in ROUNDS=100 with BUS=all (redis, postgresql); clients must miss nothing. ARGS=--help says more
	@scripts/packages buses
	@PYTHONPATH=scripts .venv/bin/python -m chaos --rounds $(ROUNDS) --bus $(BUS) $(ARGS)

.PHONY: lint
lint: build ## check who imports whom, style, formatting and types
	@scripts/lint

.PHONY: docs
docs: .venv/.tools ## build the site of the documentation in site/; warnings and broken links are errors
	NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build -q
	@echo "site/index.html is the beginning; with a search: .venv/bin/python -m http.server --directory site"

.PHONY: demo
demo: build ## generate and run the chat, and let the client gql subscribe to it
	@.venv/bin/python scripts/demo.py

PORT ?= 8000
EXAMPLE ?= chat
.PHONY: serve
serve: build ## run the example EXAMPLE=chat (or auction, departures) until Ctrl-C, on PORT=8000
	@.venv/bin/python scripts/examples.py --port $(PORT) $(EXAMPLE)

BENCH ?= ../shared/bench/compare.py
.PHONY: bench
bench: build ## measure Examples/contract against other servers, with BENCH=../shared/bench/compare.py and its ARGS
	@[ -f "$(BENCH)" ] || { echo "error: no benchmark at $(BENCH); say where compare.py is: make bench BENCH=FILE" >&2; exit 1; }
	@Examples/contract/build
	@.venv/bin/python $(BENCH) --server subsgen='Examples/contract/serve {port}' \
	  --server subsgen-built='Examples/contract/serve {port} --built' --server subsgen-native='Examples/contract/serve {port} --native' $(ARGS)

SCHEMAS ?= ../shared/schemas
.PHONY: schemas
schemas: build ## try the packages of the schemas in SCHEMAS=../shared/schemas in every style; ARGS=--swift compiles Swift too
	@.venv/bin/python scripts/real_schemas.py $(SCHEMAS) $(ARGS)

SEQUENCES ?= 400
.PHONY: edits
edits: build ## play random edits, schemas and runs, killed ones too: SEQUENCES=400 with the command, as many in memory, and 50 times as many made-up
	EDIT_SEQUENCES=$(SEQUENCES) swift test --filter EditSequenceTests
	EDIT_SEQUENCES=$(SEQUENCES) .venv/bin/python -m pytest -q Tests/Python/test_edit_sequences.py

TRIPLES ?= 1000000
.PHONY: oracle
oracle: packages ## hold the rules of security against a direct reading of them, for TRIPLES=1000000 of random rules, claims and events
	SECURITY_TRIPLES=$(TRIPLES) swift test --filter SecurityOracleTests

.PHONY: mutate
mutate: packages ## change what keeps to the rules of security, check by check, and see whether tests notice; ARGS=FILE takes one file
	@scripts/mutate.py $(ARGS)

SECONDS ?= 60
.PHONY: fuzz
fuzz: ## try parser, printer, JSON reader, operations and connections on hostile bytes, for SECONDS=60 each; TARGETS=FuzzJSON takes one
	@SECONDS_EACH=$(SECONDS) scripts/fuzz $(TARGETS)

.PHONY: clean
clean: ## remove what was built and what examples and tests generated
	rm -rf .build .build-thread .build-address .build-mutants .venv dist site Fuzz/.build Fuzz/Crashes
	git clean -fdqX Examples Tests/GeneratedSwift
