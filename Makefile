# Gestiones. "make" alone says what can be done.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# A machine without HOME has nowhere to keep Go's caches.
ifeq ($(strip $(HOME)),)
export HOME := $(CURDIR)/.gestiones/home
endif

GO      ?= go
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TOOLS   := $(CURDIR)/bin/tools

# Linters, pinned. They stay out of go.mod: nobody who builds Gestiones needs them.
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.9.0
WORKFLOWCHECK := go.temporal.io/sdk/contrib/tools/workflowcheck@v0.6.0

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: run
run: bin/local ## Everything on this machine: PostgreSQL, Temporal, API, demo data (FRESH=1: begin anew)
	@exec bin/local run $(if $(FRESH),--fresh) $(ARGS)

.PHONY: doctor
doctor: build ## How what «make run» started is, and what to do about it
	@test -f .gestiones/motor.env || { echo 'Primero «make run», en otra terminal.' >&2; exit 3; }
	@. ./.gestiones/motor.env && bin/gestiones doctor --disco=.gestiones

.PHONY: test
test: bin/local ## Every test, on real PostgreSQL and Temporal
	bin/local engines -- $(GO) test -race -timeout 30m $(TESTFLAGS) $(filter-out $(APART:./%=$(CURDIR)/%),$(LIGHT))
	$(GO) test -p 1 -timeout 30m $(TESTFLAGS) ./internal/devstack ./cmd/local $(APART)

.PHONY: kill
kill: bin/local bin/bench build ## kill -9 of every part under load, ROUNDS=200 in all (SEED=1, STATE=file to go on)
	bin/bench kill --rounds $(or $(ROUNDS),200) --seed $(or $(SEED),1) $(if $(STATE),--state $(STATE)) $(ARGS)

.PHONY: drill
drill: bin/local bin/bench build ## Lose Temporal's databases with 5,000 gestiones in every estado, and recover (ARGS=--gestiones=500)
	bin/bench lost-engine $(ARGS)

.PHONY: soak
soak: bin/local bin/bench ## Faults at every point for a while, MINUTES=5 (SEED=1, STATE=file: adds up)
	bin/local engines -- bin/bench soak --seed=$(or $(SEED),1) --minutes=$(or $(MINUTES),5) $(if $(STATE),--state=$(STATE))

.PHONY: privacy
privacy: bin/local bin/bench build ## Search all that is left behind for planted personal data (ARGS=--gestiones=100)
	bin/bench privacy $(ARGS)

.PHONY: build
build: ## The production binary, bin/gestiones
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/gestiones ./cmd/gestiones

# Whatever imports the Temporal server is slow to analyse and to race-instrument.
LIGHT = $(shell $(GO) list -f '{{.Dir}}' ./... | grep -v -e /cmd/local$$ -e /internal/devstack$$)
# These start engines of their own and break them: one after the other, since what
# they time out on is part of what they find.
APART = ./internal/devstack/procs ./internal/attacks ./internal/canary ./internal/soak ./cmd/bench

.PHONY: lint
lint: $(TOOLS)/golangci-lint $(TOOLS)/workflowcheck ## Linters, import rules, workflow determinism
	$(TOOLS)/golangci-lint run $(LIGHT)
	$(GO) vet ./cmd/local ./internal/devstack
	$(TOOLS)/workflowcheck ./workflows/...
	sh scripts/light-binary

.PHONY: bench
bench: bin/local build bin/bench ## Measurements, in minutes (N=10000, ROWS=1000000, JSON=file, AGAINST=file; see docs/bench.md)
	bin/bench measure $(if $(N),--n $(N)) $(if $(ROWS),--rows $(ROWS)) $(if $(JSON),--json $(JSON)) $(if $(AGAINST),--against $(AGAINST)) $(ARGS)

.PHONY: fuzz
fuzz: ## Every fuzz target for 30 s
	sh scripts/fuzz 30s

# The Temporal server makes the first build long: say how it goes.
.PHONY: bin/local
bin/local:
	@sh scripts/build-local bin/local

.PHONY: bin/bench
bin/bench:
	$(GO) build -ldflags "-X main.version=$(VERSION)" -o bin/bench ./cmd/bench

$(TOOLS)/golangci-lint:
	GOBIN=$(TOOLS) $(GO) install $(GOLANGCI_LINT)

$(TOOLS)/workflowcheck:
	GOBIN=$(TOOLS) $(GO) install $(WORKFLOWCHECK)
