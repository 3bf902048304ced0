# Every target does its own set-up. PYTHON=python3.12 names the interpreter, VENV its environment,
# ARGS goes to the demo.
.PHONY: help setup demo test soak soak-pythons soak-laws soak-simulate soak-histories soak-reports fuzz check check-form check-types check-laws check-alerts bench bench-engine bench-prober bench-scaling bench-mix lock fixtures-r clean
.DEFAULT_GOAL := help
VENV ?= .venv
BIN := $(VENV)/bin
UV ?= uv
LOCK := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
SEEDS ?= 1..20
# No fault test begins later than 4 h after the first; none takes more than 15 min, so a night is enough.
SOAK_S ?= 14400
# The in-memory simulation: 3,000 small worlds, half of them storms, the others of every scenario,
# take about an hour on two cores. Ended before, it goes on where it was the next time.
SIM_SEEDS ?= $(if $(filter file,$(origin SEEDS)),1..3000,$(SEEDS))
SIM_SCENARIO ?= all
SIM_SIZE ?= $(if $(filter all,$(SIM_SCENARIO)),,--days 0.4 --hosters 5 --rate 8)
SIM_S ?= 7200
HISTORIES ?= 200000
WORLDS ?= 20
FUZZ ?= url head wire tls probe verdict names record
FUZZ_S ?= 60
empty :=
PROCESSES ?= 5
SUPPORT := $(subst $(empty) $(empty),:,$(wildcard tests/support/*))
BENCH_OUT ?= .hostwatch/bench/engine.json

help:
	@echo 'make demo    the whole pipeline on a practice world; Ctrl-C ends it (ARGS="--for 2m")'
	@echo 'make test    the tests but the long ones, in five processes (PROCESSES=4; ARGS="-n 0": in one, in order)'
	@echo 'make soak    the tests on each other Python, the laws by many examples, 3,000 seeds in memory, 200,000 histories, the long tests, then the fault matrix, seed after seed for 4 h (SEEDS=1..20 SOAK_S=14400; a failed one: SEEDS=7)'
	@echo 'make soak-pythons   the tests on each Python from 3.11 to 3.13 that is installed beside the one of .venv'
	@echo 'make soak-laws   the laws by all of their examples; make test tries a part'
	@echo 'make soak-simulate   3,000 seeds of all stages in memory (SEEDS=1..3000 SIM_SCENARIO=all SIM_S=7200)'
	@echo 'make soak-histories   200,000 random histories, in any order and by the second reading (HISTORIES=200000 SIM_S=7200)'
	@echo 'make soak-reports   reports of 20 whole worlds beside the truth (WORLDS=20 ARGS="--write docs/methods.md")'
	@echo 'make fuzz    a search for inputs that break a parser or a rule (FUZZ_S=60 a target, FUZZ=url)'
	@echo 'make check   format, lint, types, import rules, documents, alert rules'
	@echo 'make bench   the measurements of docs/performance.md'
	@echo 'make bench-engine   the engine against bare loops and its peers (QUICK=1, ONLY=engine,hand)'
	@echo 'make bench-prober   the prober against aiohttp and blackbox_exporter (QUICK=1)'
	@echo 'make bench-scaling  costs by partitions, workers and open cases, docs/scaling.md (PUBLISH=1, ONLY=p12-w1)'
	@echo 'make bench-mix   the mix of hostwatch load through one worker and two (ARGS="--records 60000 --rounds 3")'
	@echo 'make setup   .venv from the lock, and the system packages where it may'
	@echo 'make fixtures-r  R'\''s answers that the estimators of reports are compared with (needs r-cran-npsurv r-cran-cmprsk r-cran-survey; PANEL=FOLDER: the panel, too)'
	@echo 'make lock    the lock files again from pyproject.toml (needs uv)'
	@echo 'make clean   remove .venv, caches and local state'

setup: $(VENV)/ready

$(VENV)/ready: requirements-dev.lock pyproject.toml deploy/setup.sh
	@PYTHON='$(PYTHON)' VENV='$(VENV)' deploy/setup.sh

demo: setup
	@$(BIN)/hostwatch demo $(ARGS)

# Five processes on two cores: much of the time tests wait for brokers and for the clock. They start
# the product hundreds of times, so what is compiled is kept; it is compiled once, before they begin.
test: setup
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python tests/support/process/compiled.py || true
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(PROCESSES) --dist worksteal --durations 25 -m 'not bench and not soak' $(ARGS)

# Each test on every other version of Python that README names and this machine has.
soak-pythons: setup
	@deploy/other_pythons.sh | while read -r version python; do \
		echo "soak-pythons: $$python"; \
		$(MAKE) --no-print-directory test PYTHON="$$python" VENV=".venv-$$version" </dev/null || exit 1; \
	done

# Every law by many examples; `make test` tries a part of them.
soak-laws: setup
	@$(BIN)/python -m pytest -n 2 --dist worksteal --hypothesis-profile soak -m 'not bench and not soak' \
		$$(grep -rlE '@given|RuleBasedStateMachine' --include='test_*.py' tests) $(ARGS)

soak: soak-pythons soak-laws soak-simulate soak-histories soak-reports
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m soak --urls-times 5 $(ARGS)
	@$(BIN)/python -m pytest tests/e2e/faults --seeds '$(SEEDS)' --broker-pause 60 --urls-times 5 \
		--begin-within $(SOAK_S) -rs $(ARGS)

soak-simulate: setup
	@$(BIN)/hostwatch simulate --scenario $(SIM_SCENARIO) --seeds '$(SIM_SEEDS)' $(SIM_SIZE) \
		--jobs $$(nproc) --within $(SIM_S) --done .hostwatch/soak-simulate-$(SIM_SCENARIO)

# Ended before, it goes on where it was the next time.
soak-histories: setup
	@$(BIN)/python tests/support/differential/run.py --seeds $(HISTORIES) --within $(SIM_S) \
		--done .hostwatch/soak-histories

# Reports of whole worlds beside the truth. Ended before, it goes on where it was the next time.
soak-reports: setup
	@nice -n 15 $(BIN)/python -m sim.memory.reports --worlds $(WORLDS) --jobs $$(nproc) $(ARGS)

fuzz: setup
	@for target in $(FUZZ); do \
		echo "fuzz: $$target, $(FUZZ_S) s"; \
		$(BIN)/python tests/fuzz/run.py $$target -max_total_time=$(FUZZ_S) -print_final_stats=1 $(ARGS) || exit 1; \
	done

# Its parts share no file, so they run on both cores; each prints what it found at its end.
check: setup
	@$(MAKE) --no-print-directory -j 2 --output-sync check-alerts check-types check-laws check-form

check-form:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

check-types:
	$(BIN)/mypy

check-laws:
	$(BIN)/python -m pytest -q tests/test_documents.py tests/test_words.py tests/test_architecture.py tests/test_patterns.py

check-alerts:
	@if command -v promtool >/dev/null; then \
		promtool check config deploy/prometheus/prometheus.yml && \
		promtool test rules deploy/prometheus/tests/*.test.yml; \
	else echo 'alert rules: not checked, promtool is missing (Debian: prometheus)'; fi

bench: setup
	@$(BIN)/python -m pytest -m bench -s tests/bench $(ARGS)

bench-engine: setup .venv-bench/ready
	@tests/bench/engine/streams/setup.sh .hostwatch/bench/streams
	@PYTHONPATH=tests/bench/harness $(BIN)/python tests/bench/engine/run.py --peers .venv-bench/bin/python --out '$(BENCH_OUT)' \
		$(if $(QUICK),--quick) $(if $(PUBLISH),--publish .) --only '$(ONLY)' $(ARGS)

bench-prober: setup .venv-bench/ready
	@tests/bench/prober/setup.sh
	@PYTHONPATH=tests/bench/harness $(BIN)/python tests/bench/prober/run.py --peers .venv-bench/bin/python \
		--out .hostwatch/bench/prober.json $(if $(QUICK),--quick) $(ARGS)

bench-scaling: setup
	@PYTHONPATH=tests/bench/harness:tests/bench/scaling:tests/bench/engine:$(SUPPORT) $(BIN)/python \
		tests/bench/scaling/scaling.py --out .hostwatch/bench/scaling.json \
		$(if $(PUBLISH),--publish docs) --only '$(ONLY)' $(ARGS)

bench-mix: setup
	@PYTHONPATH=tests/bench/harness:tests/bench/engine:$(SUPPORT) $(BIN)/python tests/bench/scaling/mix.py $(ARGS)

.venv-bench/ready: requirements-bench.lock
	@echo 'Making .venv-bench from requirements-bench.lock (a minute) ...'
	@$(BIN)/python -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip install -q --disable-pip-version-check --require-hashes \
		-r requirements-bench.lock
	@touch $@

lock:
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --group dev -o requirements-dev.lock
	$(LOCK) --group bench -o requirements-bench.lock
	$(LOCK) --group build -o requirements-build.lock

R_TESTS = tests/streams/statistics/report/r
# With PANEL=FOLDER also npsurv's answers to the panel of 155,214 intervals, from the panel itself.
fixtures-r:
	Rscript $(R_TESTS)/fixtures.R > $(R_TESTS)/fixtures.json
	@$(if $(PANEL),$(BIN)/python tests/support/reports/host_panel.py keep '$(PANEL)')

clean:
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .hostwatch dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
