"""What students get has what they need to work, and nothing of what they must not see."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
from bundled_course import REPOSITORY, bundle, copy_of_course
from nbgrader.utils import is_solution

LABS = sorted(path.relative_to(REPOSITORY / "source") for path in REPOSITORY.glob("source/*/*.ipynb"))
HIDDEN = re.compile(r"^\s*#+ BEGIN (SOLUTION|HIDDEN TESTS)\n.*?^\s*#+ END \1$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return copy_of_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def archive(course):
    bundle(course)
    return course / "dist" / "mini-vllm-student.zip"


@pytest.fixture(scope="module")
def unzipped(archive, tmp_path_factory):
    """The students' folder, where they unzipped it."""
    folder = tmp_path_factory.mktemp("students home")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    (only,) = folder.iterdir()
    return only


@pytest.fixture(scope="module")
def variables(unzipped, tmp_path_factory):
    """The environment of a student who installed the bundle alone: there is no grading to be imported."""
    absent = tmp_path_factory.mktemp("absent")
    (absent / "grading.py").write_text("raise ImportError('a student has no grading')\n", encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "LAB_IMPL", "CI"))}
    return clean | {"PYTHONPATH": os.pathsep.join([str(absent), str(unzipped)]), "HOME": str(absent)}


def student(unzipped, variables, *words):
    """A Python command of a student, run in their folder."""
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=unzipped, env=variables, check=False, capture_output=True, text=True, timeout=900
    )


def secrets():
    """Each line of a solution or a hidden test that no visible cell has, as (where it stands, the line)."""
    hidden, visible = [], set()
    for lab in LABS:
        for cell in nbformat.read(REPOSITORY / "source" / lab, as_version=4).cells:
            shown = HIDDEN.sub("", cell.source)
            if is_solution(cell) and shown == cell.source:  # without marks, the whole cell is the solution
                shown = ""
            seen = {line.strip() for line in shown.splitlines()}
            visible |= seen
            hidden += [(lab.name, line.strip()) for line in cell.source.splitlines() if line.strip() not in seen]
    return {(lab, line) for lab, line in hidden if line not in visible and len(line) > 12 and "## END" not in line}


def texts(folder):
    """{path: text} of all that is readable; of a notebook the cells' texts, as they are read."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in (".safetensors", ".pyc"):
            name = path.relative_to(folder).as_posix()
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".ipynb":
                text = "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells)
            found[name] = text
    return found


def test_no_line_of_a_solution_or_hidden_test_is_in_it(unzipped):
    lines, searched = secrets(), texts(unzipped)
    assert len(lines) > 200 and len(searched) > 50
    # The engine computes some of what the labs ask for, in the same words; it holds what it holds in the repository.
    # labkit, which a student can read as well, is searched like the notebooks.
    engine = {name for name in searched if name.startswith("mini_vllm/")}
    found = {name: {line.strip(" #\t") for line in searched[name].splitlines()} for name in set(searched) - engine}
    assert {(name, line) for name, said in found.items() for _, line in lines if line in said} == set()
    assert [name for name in engine if searched[name] != (REPOSITORY / name).read_text(encoding="utf-8")] == []


def test_it_holds_no_folder_that_is_not_the_students(unzipped):
    assert {path.name for path in unzipped.iterdir() if path.is_dir()} == {"release", "mini_vllm", "labkit", "scripts"}
    released = {path.relative_to(unzipped / "release") for path in unzipped.glob("release/*/*.ipynb")}
    assert released == set(LABS)


def test_all_that_its_pages_and_makefile_name_is_there(unzipped):
    for page in [unzipped / "README.md", *unzipped.glob("release/*/*.md")]:
        links = re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == []
    makefile = (unzipped / "Makefile").read_text(encoding="utf-8")
    scripts = set(re.findall(r"scripts/\w+\.py", makefile))
    assert {"scripts/install.py", "scripts/lab.py", "scripts/check.py"} <= scripts
    assert [script for script in scripts if not (unzipped / script).exists()] == []
    said = (unzipped / "README.md").read_text(encoding="utf-8") + makefile
    named = set(re.findall(r"""(?:^|[`"])make ([a-z-]+)""", said, re.MULTILINE))
    assert {"lab", "check"} <= named <= set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    assert "$(PHASE)" not in makefile and "BRANCH" not in makefile


@pytest.mark.skipif(not shutil.which("make"), reason="no make on this machine")
def test_its_make_lists_its_commands_and_cleans(unzipped, tmp_path):
    folder = shutil.copytree(unzipped, tmp_path / "mine")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    for words in ([], ["clean"], ["-n", "lab", "PORT=8890"]):
        ran = subprocess.run(["make", *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, ran.stderr
    assert '--port "8890"' in ran.stdout


@pytest.mark.slow
def test_it_installs_as_make_lab_does_with_the_engine_in_it(unzipped, tmp_path):
    folder = shutil.copytree(unzipped, tmp_path / "mine")
    uv = [sys.executable, "-m", "uv", "pip", "install", "--no-deps", "--target", tmp_path / "packages", folder]
    ran = subprocess.run(uv, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "packages" / "mini_vllm" / "embedded" / "model.safetensors").exists()
    labs = {path.name for path in (REPOSITORY / "labkit").glob("lab_*")}
    assert {path.name for path in (tmp_path / "packages" / "labkit").glob("lab_*")} == labs and labs
    assert not (tmp_path / "packages" / "grading").exists()


@pytest.mark.slow
def test_an_untouched_lab_fails_each_test_by_its_message(unzipped, variables):
    ran = student(unzipped, variables, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"release/{LABS[0].as_posix()}")
    failed = re.findall(r"^FAILED .*::(\w+)$", ran.stdout, re.MULTILINE)
    assert len(failed) >= 5 and f"\n{len(failed)} failed in" in ran.stdout, ran.stdout
    assert len(
        re.findall(r" is not (?:written|defined|set) yet\.\n(?:Likely cause: .*\n)?Next step: ", ran.stdout)
    ) == len(failed)


@pytest.mark.slow
def test_validate_succeeds_on_right_answers_and_names_what_fails_on_none(unzipped, variables):
    lab = next(lab for lab in LABS if lab.name.startswith("lab-02"))  # its cells take little time
    answered = nbformat.read(unzipped / "release" / lab, as_version=4)
    source = nbformat.read(REPOSITORY / "source" / lab, as_version=4)
    right = {cell.metadata.nbgrader.grade_id: cell.source for cell in source.cells if is_solution(cell)}
    for cell in filter(is_solution, answered.cells):
        cell.source = right[cell.metadata.nbgrader.grade_id]
    # Only with nbgrader_config.py does another kernel's name not count; one that does not load is left out silently.
    answered.metadata.kernelspec = {"name": "not-installed", "display_name": "Mine", "language": "python"}
    nbformat.write(answered, unzipped / "release" / "answered.ipynb")
    as_the_button_does = (
        "import json, sys, labkit, mini_vllm\n"
        "from nbgrader.server_extensions.validate_assignment.handlers import ValidateAssignmentHandler, Validator\n"
        "validator = Validator(config=ValidateAssignmentHandler.load_config(None))\n"
        "found = [mini_vllm.__file__, labkit.__file__, *map(validator.validate, sys.argv[1:])]\n"
        "print('', json.dumps(found), sep='\\n')\n"
    )
    names = ["release/answered.ipynb", f"release/{lab.as_posix()}"]
    ran = student(unzipped, variables, "-c", as_the_button_does, *names)
    (unzipped / names[0]).unlink()
    assert ran.returncode == 0, ran.stderr
    engine, labkit, answered, untouched = json.loads(ran.stdout.splitlines()[-1])
    assert engine.startswith(str(unzipped)) and labkit.startswith(str(unzipped))
    assert "failed" not in answered, answered
    assert len(untouched["failed"]) >= 5


def test_the_same_course_gives_the_same_bytes_wherever_and_whenever_it_is_made(archive, tmp_path):
    other = copy_of_course(tmp_path / "another place")
    for package in ("mini_vllm", "labkit"):
        for path in (other / package).rglob("*.py"):
            os.utime(path, (1_000_000_000, 1_000_000_000))
            path.chmod(0o600)
        (other / package / "__pycache__").mkdir(exist_ok=True)
        (other / package / "__pycache__" / "x.pyc").write_bytes(b"x")
    bundle(other, "--output", "mine.zip")
    assert (other / "mine.zip").read_bytes() == archive.read_bytes()


def test_where_release_is_out_of_step_nothing_is_made_and_make_release_is_the_next_step(tmp_path):
    course = copy_of_course(tmp_path)
    page = course / "release" / LABS[0].parent / "README.md"
    page.write_text(page.read_text(encoding="utf-8") + "my notes\n", encoding="utf-8")
    said = bundle(course, status=1)
    assert page.relative_to(course).as_posix() in said and "make release" in said
    assert not (course / "dist").exists()


@pytest.mark.parametrize("output", ["release", "students.tar", ""])
def test_an_output_that_is_no_zip_is_refused_by_its_value(course, output):
    assert f"--output is {output!r}" in bundle(course, f"--output={output}", status=2)
