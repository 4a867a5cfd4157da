"""What a notebook says before any test can: in a real kernel, configured as `make lab` and Binder configure it."""

import importlib.util
import json
import os
import re
import sys
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from labkit.advice import DEMONSTRATION

ROOT = Path(__file__).resolve().parents[2]
LABS = sorted((ROOT / "source").glob("*/lab-*.ipynb"))


@pytest.fixture(scope="module")
def jupyter_files():
    spec = importlib.util.spec_from_file_location("jupyter_files", ROOT / "scripts" / "jupyter_files.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Kernel:
    """A kernel whose user has a configuration with these lines."""

    def __init__(self, folder: Path, configuration: str) -> None:
        profile = folder / "profile_default"
        profile.mkdir(parents=True, exist_ok=True)
        (profile / "ipython_kernel_config.py").write_text(configuration)
        environment = os.environ | {"IPYTHONDIR": str(folder), "PYTHONPATH": str(ROOT)}
        self.manager, self.client = start_new_kernel(kernel_name="python3", cwd=str(folder), env=environment)

    def run(self, code: str) -> dict:
        """The content of the error that the code ends with; {} if it ends well."""
        errors = []

        def note(message):
            if message["msg_type"] == "error":
                errors.append(message["content"])

        self.client.execute_interactive(code, output_hook=note, timeout=120)
        return errors[0] if errors else {}

    def restart(self) -> None:
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=120)

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def running(tmp_path_factory, jupyter_files):
    kernel = Kernel(tmp_path_factory.mktemp("ipython"), jupyter_files.NEXT_STEPS)
    yield kernel
    kernel.stop()


@pytest.fixture
def kernel(running):
    """A kernel of the course's environment, without names of other tests."""
    running.run("%reset -f")
    return running


def setup_cell(lab: Path) -> str:
    cells = json.loads(lab.read_text(encoding="utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if cell["id"] == "setup")


NOT_DEFINED = [
    "work_without_cache is not defined yet.",
    "Likely cause: its cell has not run yet, or the name is misspelled.",
    "Next step: answer and run the cell that defines it, then run this one. After a restart, "
    "Run > Run All Above Selected Cell runs the cells above this one, up to the first that fails.",
]
NOT_ANSWERED = [
    "This cell is not answered yet.",
    "Next step: replace the line `raise NotImplementedError()` by your own lines and run the cell again.",
]


def test_a_fresh_kernel_and_one_restarted_in_the_middle_say_the_next_step_and_nothing_else(kernel):
    said = kernel.run("work_without_cache(1, 2)")
    assert said["traceback"] == NOT_DEFINED
    assert said["evalue"] == "\n".join(NOT_DEFINED)
    assert kernel.run("def work_without_cache(p, n):\n    return 3\nwork_without_cache(1, 2)") == {}
    kernel.restart()
    assert kernel.run("work_without_cache(1, 2)")["traceback"] == NOT_DEFINED


def test_a_cell_and_a_function_that_are_not_answered_say_so(kernel):
    assert kernel.run("raise NotImplementedError()")["traceback"] == NOT_ANSWERED
    said = kernel.run("def attend(q):\n    raise NotImplementedError()\nattend(1)")["traceback"]
    assert said[0] == "attend is not written yet." and said[1].startswith("Next step: ") and len(said) == 2


def test_a_name_that_is_misspelled_in_a_function_is_shown_with_its_line(kernel):
    said = kernel.run("def attend(q):\n    x = 1\n    return lenn(q)\nattend(1)")["traceback"]
    assert said[:2] == ["lenn is not defined yet.", "Your code, line 3: return lenn(q)"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("raise NotImplementedError('mine')", "NotImplementedError"),
        ("def f():\n    x += 1\nf()", "UnboundLocalError"),
        ("from concurrent.futures import Executor\nExecutor().submit(print)", "NotImplementedError"),
        ("1 * / 2", "SyntaxError"),
        ("exec(compile('missing', 'lib.py', 'exec'), {'__name__': 'library'})", "NameError"),
    ],
)
def test_every_other_error_keeps_its_traceback(kernel, code, name):
    said = kernel.run(code)
    assert said["ename"] == name
    assert re.search(name, "\n".join(said["traceback"]))
    assert "Next step" not in said["evalue"]


def test_registering_again_as_every_setup_cell_does_changes_nothing(kernel):
    assert kernel.run("%load_ext labkit\nimport labkit\nlabkit.start('01')\nlabkit.start('01')") == {}
    assert kernel.run("work_without_cache(1, 2)")["traceback"] == NOT_DEFINED
    assert kernel.run("1 / 0")["ename"] == "ZeroDivisionError"


def test_the_users_own_extensions_are_loaded_as_well(tmp_path, jupyter_files):
    (tmp_path / "mine.py").write_text("def load_ipython_extension(shell):\n    shell.push({'mine': 1})\n")
    path = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    own = "c = get_config()\nc.InteractiveShellApp.extensions = ['mine']\n"
    kernel = Kernel(tmp_path, path + own + jupyter_files.NEXT_STEPS)
    try:
        assert kernel.run("assert mine == 1") == {}
        assert kernel.run("work_without_cache(1, 2)")["traceback"] == NOT_DEFINED
    finally:
        kernel.stop()


def test_the_configuration_is_added_once_to_what_the_environments_file_holds(jupyter_files, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    path = tmp_path / "etc" / "ipython" / "ipython_kernel_config.py"
    jupyter_files.write_next_steps()
    assert path.read_text() == jupyter_files.NEXT_STEPS.lstrip()
    path.write_text("c = get_config()\nc.InteractiveShell.colors = 'nocolor'\n")
    for _ in range(2):
        jupyter_files.write_next_steps()
    assert path.read_text().startswith("c = get_config()\nc.InteractiveShell.colors = 'nocolor'\n")
    assert path.read_text().count("extensions.append") == 1


@pytest.fixture(scope="module")
def lone(tmp_path_factory):
    """A kernel that nobody has configured, as a lone notebook gets it; all labs share it."""
    kernel = Kernel(tmp_path_factory.mktemp("lone"), "")
    kernel.run("import sys, types, labkit")
    yield kernel
    kernel.stop()


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.stem[:6])
def test_without_the_package_or_with_an_older_one_the_setup_cell_says_the_next_step(lone, lab):
    lone.run("sys.modules['labkit'] = None")
    said = lone.run(setup_cell(lab))
    assert said["ename"] == "ImportError" and "labkit and mini_vllm" in said["evalue"]
    assert "\nNext step: open it with `make lab`, or by your course's Binder link" in said["evalue"]
    lone.run("sys.modules['labkit'] = types.ModuleType('labkit')")  # one that lacks a name
    assert "or newer ones" in lone.run(setup_cell(lab))["evalue"]
    lone.run("sys.modules['labkit'] = labkit; labkit.__version__ = '0.9'")
    said = lone.run(setup_cell(lab))
    needed = re.search(r'needs="([\d.]+)"', setup_cell(lab))[1]
    assert said["traceback"] == [
        f"This notebook needs labkit {needed} or newer, and 0.9 is installed.",
        "Next step: get the course's newest files (git pull, or the zip again), then run `make lab`.",
    ]
    lone.run("labkit.__version__ = '1.10'")
    assert lone.run(setup_cell(lab)) == {}


def test_what_a_wrong_function_breaks_in_a_demonstration_leads_to_its_test(kernel):
    said = kernel.run("from labkit.lab_02.units import readable\nreadable(None)")
    assert said["traceback"][-1].splitlines()[-1] == DEMONSTRATION
    assert "not supported between instances of 'NoneType' and 'int'" in "\n".join(said["traceback"])


@pytest.mark.parametrize("code", ["int('x')", "def f(n):\n    return 1 / n\nf(0)", "import json\njson.loads('{')"])
def test_an_error_that_labkit_has_no_part_in_is_shown_as_ever(kernel, code):
    said = kernel.run("import labkit\n" + code)
    assert said["traceback"] and "Next step" not in "\n".join(said["traceback"])


def test_a_failing_test_gets_no_more_than_its_message(kernel):
    said = kernel.run("from labkit import check, lab_02\ncheck(lambda *_: None, lab_02.TOKEN)(1).should_be(2)")
    assert DEMONSTRATION not in "\n".join(said["traceback"])
