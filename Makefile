# Everything that a person or a machine does with the project: `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: packages
packages: ## install the Debian packages that the build needs, where missing
	@scripts/packages build

.PHONY: test
test: packages ## run every test
	swift test

.PHONY: clean
clean: ## remove what was built
	rm -rf .build .venv dist
