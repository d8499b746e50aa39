# `make` alone prints this list, from the comments that follow the targets.

STATICCHECK = go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
BENCHSTAT = go run golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
BASELINE = docs/bench-baseline.txt
MEASURE = go test -run '^$$' -bench . -count 6 ./sim/...

SHELL = bash
.SHELLFLAGS = -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build check test bench bench-baseline bench-load golden docs verify

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# SQL over stored runs is DuckDB, which is C++: it is built in where there is a C compiler.
SQL = $(if $(shell command -v $$(go env CC) 2>/dev/null),-tags duckdb)

build: ## build bin/flywheel, with SQL where there is a C compiler
	go build -trimpath $(SQL) -o bin/flywheel ./cmd/flywheel

check: ## before a commit: format, vet, staticcheck, short tests; under a minute
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "gofmt -w $$unformatted"; exit 1; fi
	go vet ./...
	@if $(STATICCHECK) -version >/dev/null 2>&1; then echo $(STATICCHECK) ./...; $(STATICCHECK) ./...; else echo "staticcheck cannot be had here: left out"; fi
	go test -short ./...

test: ## everything, with the race detector
	go test -race ./...

bench: ## measure the engines and compare with the stored baseline
	@mkdir -p bin
	$(MEASURE) | tee bin/bench.txt
	$(BENCHSTAT) $(BASELINE) bin/bench.txt

bench-baseline: ## store new measurements as the baseline; say in the commit what changed it
	$(MEASURE) | grep -E '^(goos|goarch|pkg|cpu|Benchmark)' > $(BASELINE)

bench-load: ## press nginx and a recording server beside vegeta's command, in turns; some ten minutes
	go test -tags long -timeout 30m -run 'BesideVegeta|MemoryAtTenThousand' -v ./loadtest

golden: ## renew golden files; read the difference before it is committed
	go test ./cmd/flywheel -run TestScripts -update
	git diff --stat

docs: ## write the generated pages of docs/ anew
	go test ./sim/study ./scenarios ./loadtest ./sim/verify -run Documented -update

verify: ## hold the model against closed forms, the library against real data, the engines against each other, SQL against files, kill -9 against stored runs, optimise against random search, rehearsals against known capacities
	go test ./sim/engine -run 'Agents|OneOverN|Fluctuations' -agree.heavy -timeout 30m -v
	go run ./cmd/flywheel verify
	go run ./cmd/flywheel check --library
	$(if $(SQL),go test $(SQL) ./results/files -run SQL,@echo "no C compiler: SQL is left out")
	FLYWHEEL_KILLS=100 go test ./results/files ./cmd/flywheel -run Killed -timeout 30m
	FLYWHEEL_SWARMS=20 go test ./cmd/flywheel -run Swarm -timeout 30m
	FLYWHEEL_OPTIMISE=40 go test ./cmd/flywheel -run BeatsRandomSearch -timeout 30m -v
	FLYWHEEL_REHEARSALS=1 go test ./cmd/flywheel -run RehearsalOfTheCoupon -timeout 30m -v
