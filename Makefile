# Stampede's commands. Each sets up what it needs; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Debian packages: the C libraries of the workers, and what the tests and the demo run on. Of Postfix and Kannel
# the tests start their own; a policy keeps the packages from starting the machine's.
PACKAGES := librdkafka-dev libsqlite3-dev libcurl4-openssl-dev libssl-dev libmicrohttpd-dev libsodium-dev libidn2-dev libjemalloc-dev pkg-config gcc libc6-dev \
  openssl tzdata python3-venv kcat postfix kannel kannel-extras
# Where Apache Kafka is to be used. Everything else runs on the development broker, which needs no Java.
PACKAGES += $(if $(KAFKA_HOME),$(if $(shell command -v java),,openjdk-17-jre-headless))
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
PYTHON := .venv/bin/python
SYSTEM := Tests/System
PYTEST := $(PYTHON) -m pytest -c $(SYSTEM)/pytest.ini --rootdir $(SYSTEM) $(SYSTEM)
# Tests wait four times as long as they compute: some files at a time, each whole, for its tests may share a system.
SHORT := -m "not long" -n 3 --dist loadscope
# The Swift suites that talk to a broker.
KAFKA_SUITES := ^(KafkaTests|StreamKafkaTests|ConformanceTests|InquiryTests\.BrokerTests)
# One build folder and one configuration for the workers, their tests and the benchmarks.
SWIFT := -c release

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: packages ## Build the workers and the loyalty command (release)
	swift build $(SWIFT)

.PHONY: demo
demo: build .venv/ready ## Show the whole system at work on real purchases (under 2 minutes after the build)
	@$(PYTHON) $(SYSTEM)/demo.py

.PHONY: up
up: build .venv/ready ## Keep the same system running to play with
	@$(PYTHON) $(SYSTEM)/up.py start

.PHONY: down
down: ## Stop what `make up` started
	@if [ -x $(PYTHON) ]; then $(PYTHON) $(SYSTEM)/up.py stop; else echo "Nothing runs."; fi

.PHONY: test
test: test-build ## Run every test: Swift, then real processes on a real broker
	$(PYTHON) $(SYSTEM)/with_broker.py swift test $(SWIFT) --skip-build
	$(PYTEST) $(SHORT)

.PHONY: test-swift
test-swift: test-build ## Run the Swift tests only
	$(PYTHON) $(SYSTEM)/with_broker.py swift test $(SWIFT) --skip-build

.PHONY: test-system
test-system: build .venv/ready ## Run the system tests only
	$(PYTEST) $(SHORT)

# What KAFKA_HOME names, else what lies beside the project.
APACHE := $(or $(KAFKA_HOME),$(wildcard ../shared/kafka))
define on-apache
@[ -n "$(APACHE)" ] || { echo "Let KAFKA_HOME name an installation of Apache Kafka, 3.9 or later."; exit 2; }
@$(MAKE) $(1) KAFKA_HOME=$(abspath $(APACHE))
endef

.PHONY: test-kafka
test-kafka: ## Run the Kafka and system tests on Apache Kafka 3.9 or 4.x: KAFKA_HOME, or ../shared/kafka
	$(call on-apache,kafka-suites)

.PHONY: kafka-suites
kafka-suites: kafka-swift
	$(PYTEST) $(SHORT)

.PHONY: test-kafka-alone
test-kafka-alone: ## Run of test-kafka the Swift part, and what the development broker cannot show but for storms
	$(call on-apache,kafka-alone)

.PHONY: kafka-alone
kafka-alone: kafka-swift
	$(PYTEST) -m "apache and not long" -k "not storm" -n 2 --dist loadscope

.PHONY: test-kafka-swift
test-kafka-swift: ## Run the Swift part of test-kafka only: two minutes after the build
	$(call on-apache,kafka-swift)

.PHONY: kafka-swift
kafka-swift: test-build
	$(PYTHON) $(SYSTEM)/with_broker.py swift test $(SWIFT) --skip-build --filter '$(KAFKA_SUITES)'

.PHONY: mutate
mutate: packages .venv/ready ## Plant each fault of the kept list and see that its tests fail (ONLY=id for one)
	@$(PYTHON) $(SYSTEM)/mutate.py $(ONLY)

.PHONY: sim
sim: packages ## Run SEEDS=n simulated histories of the runtime from FROM=seed; prints the history of one that fails
	@swift build $(SWIFT) --product Simulate >/dev/null
	@.build/release/Simulate --seeds $(or $(SEEDS),2000) --from $(or $(FROM),1)
	@.build/release/Simulate --seeds $(or $(SEEDS),2000) --from $(or $(FROM),1) --hostile

.PHONY: test-baskets
test-baskets: build .venv/ready ## Compare all 15,167 real baskets with the model
	$(PYTEST) -m long -k real_baskets

.PHONY: test-rules
test-rules: build .venv/ready ## Compare every member of a long woven history under ten programmes with the model
	$(PYTEST) -m long -k test_rules -s

.PHONY: soak
soak: build .venv/ready ## Kill, move, starve and cut off the workers for ten minutes, and for ten more while rewards are raced for (STAMPEDE_SEED=N repeats a run)
	$(PYTEST) -m long -k "chaos or long_race" -s

.PHONY: messages
messages: build .venv/ready ## Send MESSAGES=50000 through two notifiers that are killed every few seconds (STAMPEDE_SEED=N repeats a run)
	STAMPEDE_MESSAGES=$(or $(MESSAGES),50000) $(PYTEST) -m long -k message_storm -s

.PHONY: test-brokers
test-brokers: ## Kill KILLS=60 brokers of three, one after another, under load, on the Apache Kafka that test-kafka takes
	$(call on-apache,broker-storm)

.PHONY: broker-storm
broker-storm: build .venv/ready
	STAMPEDE_KILLS=$(or $(KILLS),60) $(PYTEST) -m long -k test_broker_storm -s

.PHONY: test-trials
test-trials: ## Take BASKETS=n real baskets through what a cluster does to its users, on the same Apache Kafka (ONLY=word)
	$(call on-apache,trials)

.PHONY: trials
trials: build .venv/ready
	$(if $(BASKETS),STAMPEDE_BASKETS=$(BASKETS)) $(PYTEST) -m long -k "test_trials $(if $(ONLY),and $(ONLY))" -s

.PHONY: hostile
hostile: $(if $(SANITIZER),sanitized,build) .venv/ready ## Send RECORDS=n hostile records of SEED=s, BATCH=b at a time, to a whole platform (FROM=a TO=b: those alone; NARROW=1: to the culprit; SANITIZER=address)
	@$(if $(SANITIZER),$(SANITIZED)) $(PYTHON) $(SYSTEM)/hostile.py --records $(or $(RECORDS),20000) $(if $(SEED),--seed $(SEED)) \
	  $(if $(BATCH),--batch $(BATCH)) $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO)) $(if $(NARROW),--narrow) \
	  $(if $(SHOW),--show $(SHOW))

# Optimised, for some ownership faults show only then; what a process that ends has not given back is nobody's concern.
SANITIZED = STAMPEDE_BINARIES=$(CURDIR)/.build/$(SANITIZER)/release ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
.PHONY: sanitized
sanitized: packages
	STAMPEDE_SANITIZER=$(SANITIZER) swift build -c release --sanitize=$(SANITIZER) --scratch-path .build/$(SANITIZER)

.PHONY: elasticity
elasticity: build .venv/ready ## Measure how long partitions stand still as instances join and leave
	@$(PYTHON) $(SYSTEM)/elasticity.py

.PHONY: bench
bench: build .venv/ready Benchmarks/.build/ceiling Benchmarks/.build/hop ## Measure beside a plain C loop in the same run (PART=speed|chain|latency|peer|members|rules|messages|rewards|waiting)
	@$(PYTHON) Benchmarks/run $(PART)

.PHONY: flood
flood: build .venv/ready ## Measure ingest: dirt, an hour, 10,000,000 ids, 5,000,000 members (PART=dirt|hour|ids|members)
	@$(PYTHON) $(SYSTEM)/flood.py $(PART)

.PHONY: fuzz
fuzz: packages ## Decode INPUTS=n fuzzed events under the address sanitizer (STAMPEDE_SEED=N repeats a run)
	STAMPEDE_SANITIZER=address swift build -c release --build-tests --sanitize=address --scratch-path .build/fuzz
	@# The test harness itself leaks two objects.
	STAMPEDE_SANITIZER=address ASAN_OPTIONS=detect_leaks=0 STAMPEDE_FUZZ_INPUTS=$(or $(INPUTS),1000000) swift test -c release --skip-build --sanitize=address \
	  --scratch-path .build/fuzz --filter 'DecoderFuzzTests|InputFuzzTests'

.PHONY: contract
contract: ## Make topics/asyncapi.json and topics/pages/ from the topic files (RELEASE=0.1.0 keeps the schemas as released)
	@/usr/bin/python3 $(SYSTEM)/contract.py $(if $(RELEASE),release $(RELEASE))

.PHONY: commands
commands: build ## Write the part of docs/commands.md that is made from the declarations of `loyalty`
	@page=$$(sed '/make commands\. -->/q' docs/commands.md; echo; .build/release/loyalty manual); echo "$$page" > docs/commands.md

.PHONY: golden
golden: test-build ## Write the rows of RELEASE=0.1.0 as today's code writes them to Tests/GoldenRows (what is there keeps its bytes)
	STAMPEDE_GOLDEN_RELEASE=$(RELEASE) swift test $(SWIFT) --skip-build --filter 'GoldenRowTests/writeGoldenRows'

.PHONY: release-state
release-state: build .venv/ready ## Record the state that RELEASE=0.1.0, as built, leaves behind, for Tests/Data/releases
	$(PYTHON) $(SYSTEM)/record_release.py $(RELEASE)

.PHONY: test-upgrade
test-upgrade: build .venv/ready ## Run the programs of FROM=REVISION (the last release), these, and those again over one state
	binaries=$$($(PYTHON) $(SYSTEM)/build_revision.py $(FROM)); STAMPEDE_OLD_BINARIES=$$binaries $(PYTEST) -m long -k test_upgrade

.PHONY: format
format: .venv/ready ## Format Swift and Python
	swift format -i -p -r Package.swift Sources Tests
	.venv/bin/ruff format -q $(SYSTEM) Benchmarks Benchmarks/run

.PHONY: lint
lint: .venv/ready ## Check format, Python and the compose file
	swift format lint -s -p -r Package.swift Sources Tests
	.venv/bin/ruff check $(SYSTEM) Benchmarks Benchmarks/run
	.venv/bin/ruff format -q --check $(SYSTEM) Benchmarks Benchmarks/run
	@command -v docker-compose >/dev/null || $(MAKE) packages PACKAGES=docker-compose
	STAMPEDE_LOOKUP_SECRET=any STAMPEDE_LINK_SECRET=any STAMPEDE_VOUCHER_SECRET=any docker-compose -f compose/compose.yaml config -q

.PHONY: clean
clean: down ## Remove builds, the Python environment and what runs left
	rm -rf .build .build-mutate .venv .run Benchmarks/.build

# Tests start what they need themselves: no service is started as it is installed.
.PHONY: packages
packages:
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q '^install ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "Installing Debian packages:$$missing"; \
	  $(SUDO) apt-get update -qq; \
	  policy=/usr/sbin/policy-rc.d; made=""; done=0; \
	  if [ ! -e $$policy ]; then \
	    printf '#!/bin/sh\nexit 101\n' | $(SUDO) tee $$policy >/dev/null; $(SUDO) chmod 755 $$policy; made=$$policy; \
	  fi; \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null || done=$$?; \
	  if [ -n "$$made" ]; then $(SUDO) rm -f $$made; fi; \
	  exit $$done; \
	fi

.PHONY: test-build
test-build: packages .venv/ready
	swift build $(SWIFT) --build-tests

.venv/ready: Tests/requirements.txt | packages
	@echo "Making the Python environment in .venv"
	@rm -rf .venv
	@/usr/bin/python3 -m venv .venv
	@.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r Tests/requirements.txt
	@touch $@

Benchmarks/.build/%: Benchmarks/%.c | packages
	@mkdir -p $(@D)
	cc -O2 -Wall -Wextra -Werror -o $@ $< $$(pkg-config --cflags --libs rdkafka sqlite3)
