# The course's commands; `make` alone lists them. Works with GNU make 3.81 (macOS) and newer.

PYTHON ?= $(shell command -v python3 >/dev/null 2>&1 && echo python3 || echo python)

# Set with = and not ?=, so that only `make lab HOST=...` counts: some shells and conda
# have an environment variable HOST of their own.
PORT = 8888
HOST = 127.0.0.1
OPEN = auto
FOR = student

ifeq ($(OS),Windows_NT)
VENV_PYTHON = .venv/Scripts/python
else
VENV_PYTHON = .venv/bin/python
endif

PHASE =
NAME =
TITLE =
BRANCH =
REPOSITORY =

.PHONY: help check install lab test test-all lock demo release new-lab bundle address clean
.PHONY: python install-labs  # what the others need

help:
	@echo "make lab       copy the notebooks to work/ and open JupyterLab there (installs what is missing)"
	@echo "               options: PORT=8890, HOST=0.0.0.0 (let other machines connect), OPEN=no (no browser)"
	@echo "make test      run the fast tests, or some of them: make test ARGS=\"-k attention\""
	@echo "make test-all  run all tests: also a browser, Binder, every attack, every command of the documentation"
	@echo "make check     report what this machine has, what it is missing, and what to do about it"
	@echo "make install   only install into .venv; the other commands do this when needed"
	@echo "make clean     remove .venv and build files, but no notebooks, submissions or grades"
	@echo "For instructors and authors:"
	@echo "make lab FOR=instructor  open JupyterLab on source/, with the Formgrader and Create Assignment"
	@echo "make demo      grade example submissions, from collecting to feedback (PHASE=...: of that phase)"
	@echo "make bundle    build dist/mini-vllm-student.zip, without solutions (BRANCH=student: a git branch instead)"
	@echo "make address   show where the repository's address is used; REPOSITORY=https://... changes it for a fork"
	@echo "make lock      choose the newest versions of all packages that pyproject.toml allows: constraints.txt"
	@echo "make release   generate the students' notebooks in release/ from source/"
	@echo "make new-lab   create a lab: PHASE=phase-02-serving NAME=lab-09-batching TITLE=\"Batching\""
	@echo "To use another Python: make lab PYTHON=python3.12"

# Looked at before anything is installed, so it runs on the system's Python.
check: python
	@$(PYTHON) scripts/check.py

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "No Python found as '$(PYTHON)'. Install Python 3.11 or newer:"; \
	  echo "  Debian, Ubuntu: sudo apt install python3 python3-venv    macOS: brew install python"; \
	  echo "Or specify yours: make lab PYTHON=/path/to/python3"; \
	  exit 1; } >&2

install: python
	@$(PYTHON) scripts/install.py

# What the labs and grading need, without the tests' own packages.
install-labs: python
	@$(PYTHON) scripts/install.py --extras grading

# exec, so that after Ctrl-C no shell is left for make to report on.
lab: install-labs
	@exec $(VENV_PYTHON) scripts/lab.py --port "$(PORT)" --host "$(HOST)" --open "$(OPEN)" --for "$(FOR)"

# Tests start hundreds of processes; where bytecode may not be written, each of them compiles the project again.
test test-all: export PYTHONDONTWRITEBYTECODE =
# The workers keep the processors busy: several threads of BLAS in each would wait for one another in a loop, which
# takes three times as long.
test test-all: export OPENBLAS_NUM_THREADS = 1
# A worker for each core; tests/conftest.py says which tests stay together.
PYTEST = $(VENV_PYTHON) -m pytest --numprocesses logical --dist loadscope --no-loadscope-reorder
test: install
	@$(PYTEST) -m "not gpu and not slow" $(ARGS)
test-all: install
	@$(PYTEST) -m "not gpu" $(ARGS)

# It needs uv, and not what pyproject.toml asks for by now, which may be why somebody runs it.
lock: python
	@test -x $(VENV_PYTHON) || $(PYTHON) scripts/install.py
	@$(VENV_PYTHON) -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
	  --custom-compile-command "make lock" --quiet --output-file constraints.txt

demo: install-labs
	@$(VENV_PYTHON) -m grading demo $(if $(PHASE),"$(PHASE)")

release: install-labs
	@$(VENV_PYTHON) -m grading release

new-lab: install-labs
	@$(VENV_PYTHON) -m grading new-lab "$(PHASE)" "$(NAME)" --title "$(TITLE)"

bundle: install-labs
	@$(VENV_PYTHON) scripts/bundle.py $(if $(BRANCH),--branch "$(BRANCH)")

address: install-labs
	@$(VENV_PYTHON) scripts/address.py $(if $(REPOSITORY),"$(REPOSITORY)") $(if $(BRANCH),--branch "$(BRANCH)")

# Names each thing it removes, and keeps out of source/, release/, work/ and the graders' folders.
clean:
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache .mypy_cache
	find mini_vllm labkit grading scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +
