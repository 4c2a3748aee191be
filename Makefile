# Everything a person types. Needs GNU make and Python 3.12 or newer; the rest is made in .venv.
#   make test ARGS="-k approve"      PYTHON=/path/to/python make run      PORT=8001 POSKO_STATE=/a/folder make run

.POSIX:
.SUFFIXES:
.PHONY: help run backup restore test check bench shots lock format translations clean environment environment-dev

PY = .venv/bin/python
ARGS =
FROM =
FORCE =

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

run: environment ## start Posko on this machine, until Ctrl-C
	@exec $(PY) -m local run

backup: environment ## keep database and media in one folder below .posko/backups; Posko may run meanwhile
	@exec $(PY) -m local backup $(ARGS)

restore: environment ## bring a backup back into an empty place: FROM=/its/folder (FORCE=1 deletes what is there)
	@test -n "$(FROM)" || { echo "Name the backup: make restore FROM=.posko/backups/posko-…"; exit 2; }
	@exec $(PY) -m local restore "$(FROM)" $(FORCE:%=--force)

test: environment-dev ## all tests, with a Postgres and a Redis of their own
	@exec $(PY) -m local with -- $(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: environment-dev ## lint, types, imports, templates, migrations, translations
	@exec $(PY) -m local with -- $(PY) -m tools.check $(ARGS)

bench: environment-dev ## the benchmarks, with servers of their own that write through to the disk
	@exec $(PY) -m bench $(ARGS)

shots: environment-dev ## pictures of every page, at 390 and 1280 pixels, in shots/
	@exec $(PY) -m local with -- $(PY) -m tests.shots $(ARGS)

format: environment-dev ## rewrite Python and templates in our style
	$(PY) -m ruff check -q --fix-only .
	$(PY) -m ruff format -q .
	@# It answers 1 when it changed a file.
	$(PY) -m djlint --quiet --reformat templates || true

translations: environment-dev ## collect the pages' texts, then compile what is translated
	$(PY) -m tools.translations collect
	$(PY) -m tools.translations compile

lock: environment-dev ## requirements*.in to requirements*.txt, with hashes
	@set -e; for name in requirements requirements-local requirements-dev; do \
		UV_PYTHON_DOWNLOADS=never $(PY) -m uv pip compile -q --universal --python-version 3.12 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --no-header $$name.in -o $$name.txt; \
	done

clean: ## remove what can be made again; never .posko, where your data is
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache shots staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@sh tools/environment.sh run

environment-dev:
	@sh tools/environment.sh dev
