# Joulefleet's commands. `make demo` and `make test` are all that a newcomer needs.
.DEFAULT_GOAL := help
SHELL := bash
BINARY := .build/release/joulefleet

.PHONY: help
help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

.PHONY: require
require:
	@scripts/require.sh

.PHONY: build
build: require ## Build the program (release)
	swift build -c release --product joulefleet

.PHONY: vega
vega:
	@scripts/fetch-vega.sh || echo 'No chart library: the report will hold tables only (see above).'

.PHONY: demo
demo: build vega ## Install what is missing, build, and compare policies on the quickstart scenario
	$(BINARY) compare scenarios/quickstart.yaml --output out/quickstart

.PHONY: picture
picture: demo ## Draw the README's picture anew, from the report of the quickstart scenario
	@scripts/picture.sh out/quickstart/report.html energy-accuracy docs/images/quickstart.png

.PHONY: test
test: require ## Install what is missing and run all tests
	swift test --quiet
	@scripts/test-collect.sh

# What FleetBenchmark is told, as in `make bench ARGS=--quick`; --help lists it.
ARGS :=

.PHONY: bench
bench: require ## Measure speed and memory, beside the reference engine (ARGS=--help)
	swift build -c release --product FleetBenchmark
	.build/release/FleetBenchmark $(ARGS)

.PHONY: bench-parts
bench-parts: require ## Measure what surrounds the engine, part by part
	swift build -c release --product PartBenchmark
	.build/release/PartBenchmark $(ARGS)

.PHONY: bench-instructions
bench-instructions: require ## Count instructions per request against the record (ARGS=--update)
	@scripts/require-valgrind.sh
	swift build -c release --product FleetBenchmark
	.build/release/FleetBenchmark --instructions $(ARGS)

.PHONY: coverage
coverage: require ## Measure how often the intervals of a comparison hold the truth (ARGS=--help)
	swift build -c release --product CoverageBenchmark
	.build/release/CoverageBenchmark $(ARGS)

.PHONY: sanitize
sanitize: require ## Run the tests under the thread and address sanitizers
	swift test --quiet --sanitize=thread --scratch-path .build-thread --filter 'Studies|Reports'
	# Leaks are not looked for: the test library itself leaves some at its end.
	ASAN_OPTIONS=detect_leaks=0 swift test --quiet --sanitize=address --scratch-path .build-address \
	  --filter 'NumericalMethods|Workloads|FleetEngine|AnswerModels'

.PHONY: swarm-release
swarm-release: require ## Run the random scenarios on both engines in a release build
	swift test --quiet -c release -Xswiftc -enable-testing --scratch-path .build-swarm \
	  --filter ReferenceAgreement

.PHONY: format
format: ## Format the sources
	swift format -i -r --configuration .swift-format Package.swift Sources Tests Benchmarks

.PHONY: lint
lint: ## Check the format of the sources
	swift format lint --strict -r --configuration .swift-format Package.swift Sources Tests Benchmarks

.PHONY: clean
clean: ## Remove what was built and simulated
	rm -rf .build out
