# Every target works from a fresh checkout; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run setup build test bench format lint clean

# What `make run` serves: the demonstration camera, or for example ARGS="--camera rtsp://camera.local/stream".
ARGS ?= --demo
SWIFT_FILES := Package.swift Sources Tests

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup build ## Set up, build, and serve the demonstration camera (ARGS="..." to serve something else)
	@exec .build/release/vedette serve $(ARGS)

setup: ## Install what is missing: Debian packages, inference runtime, models, photographs
	@Scripts/setup --for run

build: setup ## Build the release executable, .build/release/vedette
	@swift build -c release --product vedette

test: ## Set up, check the formatting, build and run all tests
	@Scripts/setup --for test
	@$(MAKE) --no-print-directory lint
	@swift build --build-tests
	@# Not in parallel: the tests of live sources have real time in them.
	@swift test --skip-build --disable-xctest --no-parallel

bench: build ## Measure inference and the whole pipeline on this machine
	@.build/release/vedette bench inference
	@.build/release/vedette bench pipeline

format: ## Format all Swift sources in place
	@swift format --in-place --recursive --parallel $(SWIFT_FILES)

lint: ## Check the formatting of all Swift sources
	@swift format lint --strict --recursive --parallel $(SWIFT_FILES)

clean: ## Remove what was built (models and runtime stay; remove .vedette to fetch them again)
	@rm -rf .build
