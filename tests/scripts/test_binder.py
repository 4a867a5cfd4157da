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


def test_all_that_labs_and_labkit_import_anywhere_can_be_imported_in_that_environment(rehearsal):
    """Plots, too, which no test cell needs, and which are imported where they are drawn."""
    lines = {line for text in sources() for line in import_lines(text)}
    assert {"import numpy as np", "import matplotlib.pyplot as plt"} <= lines
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


def sources():
    """The texts of labkit's modules and of the labs' cells."""
    yield from (path.read_text(encoding="utf-8") for path in REPOSITORY.glob("labkit/**/*.py"))
    for lab in LABS:
        cells = json.loads((REPOSITORY / "source" / lab).read_text(encoding="utf-8"))["cells"]
        yield from ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def import_lines(text):
    """What it imports, in functions too, each statement as one line."""
    statements = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom))
    return [ast.unparse(node) for node in statements]


def README():
    return (REPOSITORY / "README.md").read_text(encoding="utf-8")


def settings(server, plugin):
    return json.load(server.ask(f"lab/api/settings/@jupyterlab/{plugin}"))["schema"]["properties"]
