# PerfAnalysis: every target does its own set-up on Debian and Ubuntu, as root or with sudo.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-demo setup-packages setup-programs setup-tests demo demo-stop test test-long bench lint sbom audit format docs tour pictures alerts golden clean

PYTHON_IN_VENV := .venv/bin/python
# What Python has compiled is kept: tests and lint start hundreds of Pythons.
unexport PYTHONDONTWRITEBYTECODE

help: ## Show this list.
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: system packages, .venv with the C kernels, Prometheus.
	@scripts/setup

# The demonstration needs a third of the Python packages, where it is not the full one.
setup-demo:
	@scripts/setup $(if $(FULL),,report)

demo: setup-demo ## Measure this machine and write out/report.pdf (FULL=1 shows all parts, KEEP=1 leaves the servers up).
	@exec $(PYTHON_IN_VENV) -m demo $(if $(FULL),--full) $(if $(KEEP),--keep) $(if $(PORT),--port $(PORT))

demo-stop: setup-demo ## Stop the servers that `make demo KEEP=1` left up.
	@exec $(PYTHON_IN_VENV) -m demo --stop

test: ## Run all tests, against real servers.
	@$(MAKE) --no-print-directory --jobs=3 lint setup-tests
	@$(PYTHON_IN_VENV) -m pytest -m "not long" -n 4 --dist loadscope $(PYTEST_ARGUMENTS)

# Go builds while pip installs: beside each other they keep two CPUs busy.
setup-tests: setup-packages setup-programs

setup-packages: setup
	@scripts/setup-tests packages

setup-programs:
	@scripts/setup-tests programs

test-long: setup-tests ## Run the tests that are too slow for every change.
	@if scripts/build-promtool >/dev/null; then $(PYTHON_IN_VENV) -m pytest -q tests/prometheus tests/deploy -k newest; fi
	@if newest=$$(scripts/build-prometheus); then PATH="$${newest%/*}:$$PATH" $(PYTHON_IN_VENV) -m pytest -q tests/importing/test_future_times.py tests/importing/test_restart.py; fi
	@scripts/setup-runtimes
	@scripts/setup-drawing || true
	@scripts/build-vmalert >/dev/null || echo "the replay of rules in MetricsQL is skipped" >&2
	@scripts/build-node-mixin >/dev/null || echo "the catalogue of incidents goes without node-mixin's rules" >&2
	@$(PYTHON_IN_VENV) -m pytest -q -m "hypothesis and not long" --hypothesis-profile "many examples" --timeout 7200 -n 4 --dist loadscope
	@$(PYTHON_IN_VENV) -m pytest -m long --timeout 7200 $(PYTEST_ARGUMENTS)

bench: setup ## Compare with peers, side by side; writes benchmarks/results/ and docs/benchmarks.md.
	@scripts/setup-bench
	@$(PYTHON_IN_VENV) -m benchmarks $(BENCH_ARGUMENTS)

lint: setup ## Check style, types, and who imports whom.
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

sbom: setup ## Write the bill of materials, out/sbom.cdx.json (CycloneDX).
	@$(PYTHON_IN_VENV) scripts/sbom.py

audit: setup ## Ask what is known against each pinned package; fails where it cannot be asked.
	@$(PYTHON_IN_VENV) scripts/audit.py

format: setup ## Format the code.
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

docs: setup ## Build the documentation as a site in out/docs/site.
	@$(PYTHON_IN_VENV) scripts/docs_site.py

tour: setup ## Draw the pictures of docs/tour.md anew, from a real run (needs Chromium).
	@$(PYTHON_IN_VENV) -m pictures.tour

pictures: setup ## Draw the pictures of dashboards and runbooks in docs anew, from the tests' four machines.
	@$(PYTHON_IN_VENV) -m pictures.illustrations
	@$(PYTHON_IN_VENV) -m prometheus.generator

alerts: setup ## Regenerate what comes from prometheus/alerts: rules, dashboards, the chart's copies, lists in docs.
	@$(PYTHON_IN_VENV) -m prometheus.generator
	@$(PYTHON_IN_VENV) -m grafana.managed_alerts
	@.venv/bin/perfanalysis dashboards build
	@$(PYTHON_IN_VENV) -m grafana.dashboards.followed
	@scripts/fill-chart

golden: alerts ## Regenerate golden files and everything generated; read the diff before committing.
	@$(PYTHON_IN_VENV) -m pytest -q -m "not long" --update-golden tests

clean: ## Remove everything that the other targets made.
	@rm -rf .venv .tools out build dist ./*.egg-info cffi_burn/_burn* exporter/native/_numbers* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
