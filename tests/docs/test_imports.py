"""The import rules of docs/architecture.md."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from doc_pages import read

ROOT = Path(__file__).parents[2]
COURSE = {"grading", "scripts", "training", "benchmarks", "tests", "conftest"}
JUPYTER = {"nbgrader", "nbformat", "nbclient", "nbconvert", "jupyter_client", "jupyterlab", "IPython", "ipywidgets"}
ENGINES_PACKAGES = {"mini_vllm", "numpy", "tqdm", "jinja2", "gguf", "tokenizers"}
SERVERS_PACKAGES = {"starlette", "uvicorn", "h11"}
DATA_ONLY = ("grading.wire", "grading.student_process")
NEVER = [
    # who, and the modules (with all that is in them) that it never imports
    ("mini_vllm/core", {f"mini_vllm.{part}" for part in ("worker", "models", "layers")} | {"numpy"}),
    ("mini_vllm/models", {f"mini_vllm.{part}" for part in ("core", "engine", "request", "sample", "worker")}),
    ("mini_vllm/layers", {f"mini_vllm.{part}" for part in ("core", "engine", "request", "sample", "worker")}),
    ("labkit", {"grading", "nbgrader"}),
    ("grading/judge", {"nbgrader"}),
    ("grading/sandbox", {"nbgrader"}),
    ("grading/student_process", {"nbgrader"}),
    ("grading/wire", {"nbgrader"}),
]


def imported(source: str) -> Iterator[str]:
    """The modules that the code imports, anywhere in it, with what is taken from them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def imports_of(folder: str) -> dict[str, str]:
    """module -> a file that imports it, of all the code in the folder."""
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files, f"there is no code in {folder}"
    return {
        module: path.relative_to(ROOT).as_posix()
        for path in files
        for module in imported(path.read_text(encoding="utf-8"))
    }


def is_in(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("who, never", NEVER, ids=[who for who, _ in NEVER])
def test_it_never_imports_what_the_page_says(who, never):
    found = imports_of(who)
    assert {module: file for module, file in found.items() if is_in(module, never)} == {}
    assert not any(module.startswith(".") for module in found), "a relative import, which this test does not follow"


def test_the_engine_imports_nothing_of_the_course_and_few_packages():
    allowed = ENGINES_PACKAGES | SERVERS_PACKAGES | sys.stdlib_module_names
    assert not allowed & (COURSE | JUPYTER)
    strange = {m: file for m, file in imports_of("mini_vllm").items() if not is_in(m, allowed)}
    assert strange == {}


def test_only_the_server_imports_what_it_is_made_of():
    files = {path for path in (ROOT / "mini_vllm").rglob("*.py") if "openai" not in path.parts}
    found = {path.name: {*imported(path.read_text(encoding="utf-8"))} for path in files}
    assert [name for name, modules in found.items() if any(is_in(m, SERVERS_PACKAGES) for m in modules)] == []


@pytest.mark.parametrize("who", ["grading/student_process", "grading/wire"])
def test_what_the_sandbox_holds_imports_nothing_else_of_grading(who):
    of_grading = {m: file for m, file in imports_of(who).items() if is_in(m, {"grading"})}
    assert {m: file for m, file in of_grading.items() if not is_in(m, set(DATA_ONLY))} == {}


@pytest.mark.parametrize("path", sorted(ROOT.glob("source/*/*.ipynb")), ids=lambda path: path.stem)
def test_a_lab_knows_nothing_of_grading(path):
    cells = nbformat.read(path, as_version=4).cells
    modules = {m for cell in cells if cell.cell_type == "code" for m in imported(cell.source)}
    assert {m for m in modules if is_in(m, COURSE | {"nbgrader"})} == set()


def test_the_page_has_a_line_for_each_of_them():
    page = read("docs/architecture.md")
    table = page[page.index("## Import rules") :]
    for who, _ in [*NEVER, ("mini_vllm", None)]:
        assert f"`{who}`" in table, f"the table does not name {who}"
