"""A student opens the course on Binder: a rehearsal of what Binder builds and starts, asked as a browser asks."""

import ast
import json
import os
import re
from urllib.parse import unquote

import pytest
from binder_rehearsal import REPOSITORY, is_root, rehearsed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Binder's machines are Linux; this needs a POSIX system"),
]
QUICK = ("lab-02", "lab-06")  # one of each phase, whose cells take little time
LABS = sorted(path.relative_to(REPOSITORY / "source").as_posix() for path in REPOSITORY.glob("source/*/*.ipynb"))


@pytest.fixture(scope="module")
def binder():
    """The rehearsal and its server: built once, since it installs every package anew."""
    with rehearsed() as both:
        yield both


@pytest.fixture
def rehearsal(binder):
    return binder[0]


@pytest.fixture
def server(binder):
    return binder[1]


def test_every_badge_of_the_readme_opens_a_file_that_is_there_and_can_be_saved(server):
    paths = [unquote(path) for path in re.findall(r"mybinder\.org/[^)]*\?urlpath=([^)&]+)\)", README())]
    assert {f"lab/tree/release/{lab}" for lab in LABS} <= set(paths)
    for path in paths:
        assert server.ask(path).status == 200
        model = json.load(server.ask(path.replace("lab/tree/", "api/contents/", 1)))
        assert model["writable"]
        assert model["type"] == ("notebook" if path.endswith(".ipynb") else "file")


def test_without_a_path_binder_opens_the_start_page_shown_as_a_page_with_no_question_about_news(server):
    start = f"lab/tree/release/{LABS[0].partition('/')[0]}/README.md"
    assert server.ask("").geturl().partition("?")[0] == server.address + start
    assert "markdown" in settings(server, "docmanager-extension:plugin")["defaultViewers"]["default"]
    assert settings(server, "apputils-extension:notification")["fetchNews"]["default"] == "false"


def test_the_kernel_that_the_notebooks_ask_for_is_the_only_one(server):
    kernels = json.load(server.ask("api/kernelspecs"))
    assert kernels["default"] == "python3"
    assert list(kernels["kernelspecs"]) == ["python3"]


def test_a_student_is_shown_validate_and_nothing_that_leads_nowhere(server):
    page = server.ask("lab").read().decode()
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>\s*(\{.*?\})\s*</script>', page, re.DOTALL)[1])
    loaded = {extension["name"] for extension in config["federated_extensions"]}
    assert {"@jupyter/nbgrader", "@jupyter-widgets/jupyterlab-manager"} <= loaded
    parts = ("menu", "formgrader", "assignment-list", "course-list", "create-assignment")
    assert set(config["disabledExtensions"]) == {f"@jupyter/nbgrader:{part}" for part in parts}


@pytest.mark.parametrize(("folder", "passes"), [("source", True), ("release", False)])
def test_validate_runs_a_notebook_and_says_what_grading_would(server, folder, passes):
    answer = json.load(server.ask("assignments/validate", {"path": f"{folder}/{quick_labs()[0]}"}))
    assert answer["success"], answer["value"]
    assert bool(answer["value"].get("failed")) != passes, answer["value"]


def test_pytest_passes_the_whole_specification_of_a_lab_of_another_phase(rehearsal):
    validated, lab = quick_labs()
    assert {name.partition("/")[0] for name in (validated, lab)} == {name.partition("/")[0] for name in LABS}
    said = rehearsal.run(rehearsal.environment / "bin" / "python", "-m", "pytest", f"source/{lab}", "-q")
    assert re.search(r"^\d+ passed", said, re.MULTILINE), said


def test_all_that_a_lab_imports_can_be_imported_in_that_environment(rehearsal):
    lines = {line for lab in LABS for line in import_lines(REPOSITORY / "source" / lab)}
    assert "import numpy as np" in lines
    parts = [path.relative_to(REPOSITORY).with_suffix("") for path in REPOSITORY.glob("labkit/lab_*/[!_]*.py")]
    lines |= {f"import {'.'.join(part.parts)}" for part in parts}
    rehearsal.run("python", "-c", "\n".join(sorted(lines)))


def test_the_rehearsal_is_one_another_user_another_folder_and_its_own_packages(rehearsal):
    ask = "import labkit, mini_vllm, numpy, os"
    ask += "; print(os.getuid(), mini_vllm.__file__, labkit.__file__, numpy.__file__, sep='\\n')"
    user, engine, labkit, packages = rehearsal.run("python", "-c", ask).splitlines()
    assert engine.startswith(str(rehearsal.course)) and labkit.startswith(str(rehearsal.course))
    assert packages.startswith(str(rehearsal.environment))
    assert user == ("1000" if is_root() else str(os.getuid()))


def quick_labs():
    return [lab for lab in LABS if lab.partition("/")[2].startswith(QUICK)]


def import_lines(lab):
    """What a lab's cells import, each statement as one line."""
    cells = json.loads(lab.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            for node in ast.walk(ast.parse("".join(cell["source"]))):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield ast.unparse(node)


def README():
    return (REPOSITORY / "README.md").read_text(encoding="utf-8")


def settings(server, plugin):
    return json.load(server.ask(f"lab/api/settings/@jupyterlab/{plugin}"))["schema"]["properties"]
