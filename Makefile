# The repository brings its own Node, and every target uses it.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Upstream reference files, for the proof that `fairlead sync` reproduces schemas/.
UPSTREAM ?= ../shared/upstream
INTROSPECTION ?= ../shared/facts/salt-introspection
# A package that people import at the start of their program is few files: Node takes longer to find a module than to read it.
BUNDLE := rm -f dist/chunk-*.js* && esbuild --bundle --splitting --packages=external --platform=node --format=esm --target=node22 --sourcemap --sources-content=false --outdir=dist --chunk-names=chunk-[hash] --log-level=warning
# Every door imports src/shared.ts, so that what is reached from there becomes one file. `sideEffects: false` would have such an import left out.
BUNDLE_SHARED := $(BUNDLE) --inject:src/shared.ts --ignore-annotations
BUNDLE_CODEGEN := cd codegen && $(BUNDLE) src/cli.ts src/compiled.ts src/index.ts src/serve/index.ts --outbase=src

.DEFAULT_GOAL := help
.PHONY: help setup generate build test lint format packages drift sync-proof check bench live live-consul live-juju live-openapi live-salt live-taskcluster demo clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-18s %s\n", $$1, $$2 }'

setup: node_modules/.package-lock.json ## Install the dependencies, Node included

node_modules/.package-lock.json: package-lock.json package.json */package.json generated/*/package.json
	npm ci --no-fund --no-audit --loglevel=error
	@touch $@

build: setup ## Compile every package
	@tsc -b
	@$(BUNDLE_CODEGEN)
	@cd runtime && $(BUNDLE_SHARED) src/index.ts src/client.ts src/services/*/index.ts --outbase=src
	@for package in generated/*/; do (cd $$package && $(BUNDLE) index.ts $$(find . -mindepth 3 -name index.ts -not -path './dist/*') --outbase=.) || exit 1; done

generate: setup ## Generate the clients from schemas/
	@tsc -b codegen
	@$(BUNDLE_CODEGEN)
	@fairlead generate

test: build ## Run the unit tests
	@node --test --test-reporter=spec 'test/**/*.test.ts'

lint: setup ## Check format and lint
	@biome check --error-on-warnings

format: setup ## Format the sources
	@biome check --write --error-on-warnings

packages: build ## Check what each package would publish
	@node test/packages.ts

drift: ## Run every writer, fail when the tree changes
	@git diff --quiet || { echo 'drift: commit or stash your changes first' >&2; exit 1; }
	@$(MAKE) --no-print-directory generate format
	@git diff --exit-code --stat || { echo 'drift: the files above are stale; commit what the writers wrote' >&2; exit 1; }

sync-proof: build ## Prove that sync reproduces schemas/ (where the upstream files are at hand)
	@if [ -e $(UPSTREAM)/taskcluster/references.json ]; then \
	  fairlead sync taskcluster --from $(UPSTREAM)/taskcluster/references.json --dry-run; \
	else \
	  echo 'sync-proof: skipped for taskcluster, no upstream files at $(UPSTREAM) (set UPSTREAM)'; \
	fi
	@if [ -e $(UPSTREAM)/juju ]; then \
	  fairlead sync juju --from $(UPSTREAM)/juju --dry-run; \
	else \
	  echo 'sync-proof: skipped for juju, no upstream files at $(UPSTREAM) (set UPSTREAM)'; \
	fi
	@if [ -e $(INTROSPECTION)/sys.argspec.json ]; then \
	  fairlead sync salt --from $(INTROSPECTION) --dry-run; \
	else \
	  echo 'sync-proof: skipped for salt, no introspection at $(INTROSPECTION) (set INTROSPECTION)'; \
	fi

check: lint test packages sync-proof ## Everything that must hold before a change lands
	@if [ -n "$$CI" ]; then $(MAKE) --no-print-directory drift; else fairlead check; fi

bench: build ## Measure side by side with the peers (ratios)
	@node test/bench/run.ts

live: live-openapi live-taskcluster live-juju live-salt live-consul ## Run the live suites against real servers

live-consul: build ## The agent at CONSUL_HTTP_ADDR, or the stand-in
	@node test/live/consul/run.ts

live-juju: build ## Bakeries in Go and Python, made by others
	@node test/live/juju/run.ts

live-openapi: build ## Clients of large OpenAPI documents that others wrote
	@node test/live/openapi/run.ts

live-salt: build ## A real master with its minion and all three netapis
	@node test/live/salt/run.ts

live-taskcluster: build ## Exchanges on a real RabbitMQ
	@node test/live/taskcluster/run.ts

demo: build ## Generate, start the stand-in services, call them
	@fairlead generate
	@for service in taskcluster consul salt juju openapi; do node test/demo/$$service.ts || exit 1; done

clean: ## Remove what was built
	rm -rf node_modules test/.tmp
	find . -name dist -o -name '*.tsbuildinfo' | grep -v node_modules | xargs rm -rf
