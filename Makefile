# The course's commands; `make` alone lists them. Works with GNU make 3.81 (macOS) and newer.

PYTHON ?= $(shell command -v python3 >/dev/null 2>&1 && echo python3 || echo python)

# Set with = and not ?=, so that only `make lab HOST=...` counts: some shells and conda
# have an environment variable HOST of their own.
PORT = 8888
HOST = 127.0.0.1
OPEN = auto

ifeq ($(OS),Windows_NT)
VENV_PYTHON = .venv/Scripts/python
else
VENV_PYTHON = .venv/bin/python
endif

.PHONY: help install lab test demo release clean

help:
	@echo "make lab       opens JupyterLab on the first phase's notebooks (installs what is missing)"
	@echo "               options: PORT=8890, HOST=0.0.0.0 (let other machines connect), OPEN=no (no browser)"
	@echo "make test      runs all the tests; a part of them: make test ARGS=\"-k attention\""
	@echo "make demo      grades example submissions, from collecting to feedback"
	@echo "make release   makes the students' notebooks in release/ from source/"
	@echo "make install   only installs, into .venv; every other command does so by itself"
	@echo "make clean     removes .venv and build leftovers; no notebook, submission or grade"
	@echo "Another Python for any of these: make lab PYTHON=python3.12"

install:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "No Python here under the name '$(PYTHON)'. Install Python 3.11 or newer:"; \
	  echo "  Debian, Ubuntu: sudo apt install python3 python3-venv    macOS: brew install python"; \
	  echo "Or name the one you have: make lab PYTHON=/path/to/python3"; \
	  exit 1; } >&2
	@$(PYTHON) setup/install.py

# exec, so that after Ctrl-C no shell is left for make to report on.
lab: install
	@exec $(VENV_PYTHON) setup/lab.py --port "$(PORT)" --host "$(HOST)" --open "$(OPEN)"

test: install
	@$(VENV_PYTHON) -m pytest -m "not gpu" $(ARGS)

demo: install
	@$(VENV_PYTHON) -m grading.demo

release: install
	@$(VENV_PYTHON) -m grading.release

# Names each thing it removes, and keeps out of source/, release/ and the graders' folders.
clean:
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache
	find mini_vllm grading setup tests -name __pycache__ -type d -prune -exec rm -rf {} +
