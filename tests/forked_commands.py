"""Runs the project's commands, each in a fork of one process, which has loaded what most of them import.

python tests/forked_commands.py < LINES    LINES: [["scripts/lab.py", "--help"], ...] in JSON
"""

import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOADED = ("numpy", "matplotlib", "mini_vllm", "mini_vllm.entrypoints.cli.main", "grading.__main__", "labkit")


def module_of(name: str) -> str | None:
    """`grading/__main__.py` is a package's and runs by its module's name, as scripts/lab.py does not."""
    is_package = name.split("/")[0] in ("mini_vllm", "grading")
    return name.removesuffix(".py").removesuffix("/__main__").replace("/", ".") if is_package else None


def completed(lines: list[tuple[str, ...]]) -> dict[tuple[str, ...], subprocess.CompletedProcess]:
    """What came of each line: a file of the project and its arguments."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    command, given = [sys.executable, __file__], json.dumps(lines)
    run = subprocess.run(command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    return {tuple(line): subprocess.CompletedProcess(line, *came) for line, came in zip(lines, json.loads(run.stdout))}


def in_a_fork(line: list[str]) -> tuple[int, str, str]:
    """Its exit status, standard output and standard error."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        pid = os.fork()
        if pid == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(error.fileno(), 2)
            os._exit(_status(line))
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        texts = []
        for file in (out, error):
            file.seek(0)
            texts.append(file.read().decode())
        return status, *texts


def _status(line: list[str]) -> int:
    """Run it as `python` does."""
    name, *sys.argv[1:] = line
    module = module_of(name)
    sys.path[0], sys.argv[0] = str(ROOT if module else (ROOT / name).parent), str(ROOT / name)
    try:
        if module:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(str(ROOT / name), run_name="__main__")
        return 0
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    for name in LOADED:
        importlib.import_module(name)
    print(json.dumps([in_a_fork(line) for line in json.load(sys.stdin)]))
