"""Which worker runs a test, with which models, and that CI skips none.

Beside this file stand the modules that several folders of tests import: pytest puts its folder into their path.
"""

import functools
import os
import re
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What takes longest, so that no worker begins one of these when the others have nothing left to do.
LONGEST_FIRST = (
    *("tests/grading/attacks", "tests/docs/test_commands.py", "tests/browser/test_labs.py"),
    "tests/scripts/test_binder.py",
    *("tests/grading", "source", "tests/labs", "tests/test_ctrl_c.py"),
    *("tests/scripts", "tests/docs", "tests/browser", "tests/mini_vllm/test_serve.py"),
)
PULLED = os.environ.get("MINI_VLLM_CACHE")  # where the models are that have been pulled; None: in the usual place
BESIDE = {  # they look at one graded class, and at one wheel
    "tests/grading/test_submissions.py": "tests/grading/test_autograde.py",
    "tests/grading/test_sandbox_wheel.py": "tests/scripts/test_engine_alone.py",
}


def pytest_runtest_setup():
    """Lets Ctrl-C reach what a test starts: a process in the background, as CI may be, hands on its deafness to it."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def group_of(nodeid: str) -> str:
    """What runs in one worker: the tests of a file, which share its fixtures; of the labs, those of a lab.

    So a lab's notebook is executed once, for its own test cells and for the tests of what it prints.
    """
    path = nodeid.partition("::")[0]
    if path.startswith("tests/mini_vllm/test_serve"):
        return "tests/mini_vllm/test_serve.py"  # one worker loads OpenAI's client
    lab = re.search(r"lab[-_]\d\d", nodeid) if path.startswith(("source/", "tests/labs/")) else None
    return lab[0].replace("_", "-") if lab else BESIDE.get(path, path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Gives workers whole groups. xdist's own groups are marks, which the newest pytest no longer lets it read."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Groups(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker, puts the longest groups first: the order in which they are handed out."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _turn(item.path))


def pytest_collection_finish():
    """Hides pulled models, which the labs measure too, so that the tests do the same on every machine."""
    os.environ["MINI_VLLM_CACHE"] = os.devnull


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    """A lab is executed in a fork of a process that has loaded matplotlib and the engine."""
    if item.path.suffix != ".ipynb":
        return (yield)
    from forked_kernels import forked_kernels

    with forked_kernels():
        return (yield)


@pytest.fixture
def pulled_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test find the models that have been pulled."""
    monkeypatch.delenv("MINI_VLLM_CACHE")
    if PULLED is not None:
        monkeypatch.setenv("MINI_VLLM_CACHE", PULLED)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's wheel."""
    from built_wheel import build_wheel

    return build_wheel(tmp_path_factory.mktemp("wheel"))


@functools.cache  # some files have a thousand tests
def _turn(path: Path) -> int:
    path = path.relative_to(ROOT)
    places = [place.as_posix() for place in (path, *path.parents)]
    return next((turn for turn, place in enumerate(LONGEST_FIRST) if place in places), len(LONGEST_FIRST))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """Where CI is set, a file that is skipped is a failure."""
    return _without_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Where CI is set, a test that is skipped is a failure."""
    return _without_skip((yield))


def _without_skip(report):
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"CI is set, where nothing may be skipped: {report.longrepr[2]}"
    return report
