# Every target works from a fresh checkout; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run setup build test bench bench-tracking format lint clean

# What `make run` serves: the demonstration camera, or for example ARGS="--camera rtsp://camera.local/stream".
ARGS ?= --demo
SWIFT_FILES := Package.swift Sources Tests Benchmarks

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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

# A Python with Benchmarks/References/requirements.txt, and where the figures go.
PYTHON ?= python3
TRACKING_OUT ?= .build/tracking

bench-tracking: build ## Compare trackers with Python references, accuracy and time (PYTHON=... has requirements.txt)
	@swift build -c release --product TrackingBenchmark
	@$(PYTHON) -W ignore Benchmarks/References/track_references.py --vedette .build/release/vedette --out $(TRACKING_OUT)
	@$(PYTHON) -W ignore Benchmarks/References/time_references.py \
		--benchmark .build/release/TrackingBenchmark --out $(TRACKING_OUT)
	@$(PYTHON) -W ignore Benchmarks/References/plot_tracking.py --from $(TRACKING_OUT) --to Docs/images/tracking.svg

format: ## Format all Swift sources in place
	@swift format --in-place --recursive --parallel $(SWIFT_FILES)

lint: ## Check the formatting of all Swift sources
	@swift format lint --strict --recursive --parallel $(SWIFT_FILES)

clean: ## Remove what was built (models and runtime stay; remove .vedette to fetch them again)
	@rm -rf .build
