"""Everything that the pages tell you to type is typed here, in the order of the page, in a copy of the course."""

import re
import subprocess

import pytest
from doc_class import ACTS, LAB, MARK, PHASE, late_penalty
from doc_course import Course
from doc_exceptions import NOT_EXECUTED, PYTHON_ELSEWHERE, SERVERS, STATUS
from doc_pages import COMMAND_LANGUAGES, LIKE_A_COMMAND, PAGES, blocks, later, typed

CONFIGURATION = "# nbgrader_config.py\n"  # the first line of a block that belongs there


class Typist:
    """Types a page, and keeps what every command said: (command, exit status, text)."""

    def __init__(self, course: Course, page: str) -> None:
        self.course, self.page, self.acts, self.later = course, page, list(ACTS), later(page)
        self.done: list[tuple[str, int, str]] = []
        self.bens_penalties: list[float] = []

    def type_page(self) -> None:
        for block in blocks(self.page):
            if block.language in COMMAND_LANGUAGES:
                for command in block.commands:
                    self.type(block.line, command)
            elif block.text.startswith(CONFIGURATION):
                self.course.configure(block.text)

    def type(self, line: int, command: str) -> None:
        if command in NOT_EXECUTED or command in self.later:
            return
        expected = STATUS.get(command, 0)
        if act := next((act for act in self.acts if act.words in command), None):
            self.acts.remove(act)
            act.do(self.course)
            expected = act.status or expected
        status, said = (self.course.serve if command in SERVERS else self.course.type)(command)
        assert status == expected, f"{self.page}:{line}: `{command}` ended with {status}, not {expected}:\n{said}"
        self.done.append((command, status, said))
        if "--student ben" in command:
            self.bens_penalties.append(late_penalty(self.course, "ben"))

    def said(self, words: str) -> str:
        return "".join(said for command, _, said in self.done if words in command)


@pytest.fixture(scope="module")
def after(tmp_path_factory):
    """What typing a page has left; each page is typed once."""
    typists: dict[str, Typist] = {}

    def typist_of(page: str) -> Typist:
        if page not in typists:
            typists[page] = Typist(Course(tmp_path_factory.mktemp("typed")), page)
            typists[page].type_page()
        return typists[page]

    return typist_of


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_page_ends_as_the_page_says(page, after):
    executed = [command for command, _, _ in after(page).done]
    assert executed == [command for _, command in typed(page) if command not in {*NOT_EXECUTED, *later(page)}]


@pytest.mark.parametrize("page", PAGES)
def test_every_other_block_is_configuration_or_shown_or_executed_elsewhere(page):
    for block in blocks(page):
        if block.language in COMMAND_LANGUAGES or block.text.startswith(CONFIGURATION):
            continue
        where = f"{page}:{block.line}"
        if block.language == "python":
            assert block.text.splitlines()[0] in PYTHON_ELSEWHERE, f"{where}: this Python is executed by no test"
        else:
            assert block.language == "text", f"{where}: nobody executes {block.language}"
            assert not LIKE_A_COMMAND.search(block.text), f"{where}: looks like something to type"


def test_every_exception_stands_on_a_page():
    on_pages = {command for page in PAGES for _, command in typed(page)}
    assert {*NOT_EXECUTED, *SERVERS, *STATUS} - on_pages == set()
    python = {block.text.splitlines()[0] for page in PAGES for block in blocks(page) if block.language == "python"}
    assert set(PYTHON_ELSEWHERE) - python == set()


# --- what running a course leaves ---

RUNNING = "docs/running-a-course.md"


@pytest.mark.slow
def test_the_class_was_graded_with_its_names_and_the_export_says_who_earned_what(after):
    typist = after(RUNNING)
    assert f"grades-{PHASE}.csv: 4 students." in typist.said("grading export")
    assert re.search(r"^ada +20$", typist.said("autograde phase-00-foundations"), re.MULTILINE)
    assert re.search(r"^ben +15$", typist.said("autograde phase-00-foundations"), re.MULTILINE)


@pytest.mark.slow
def test_nine_hours_late_cost_a_tenth_and_with_a_day_more_nothing(after):
    assert after(RUNNING).bens_penalties == [pytest.approx(1.5), 0]


@pytest.mark.slow
def test_a_broken_notebook_is_named_and_its_repair_is_graded(after):
    broken, mended = [said for command, _, said in after(RUNNING).done if "--student cleo" in command]
    assert re.search(r"^cleo +- ", broken, re.MULTILINE) and "1 not graded" in broken
    assert re.search(r"^cleo +20$", mended, re.MULTILINE)


@pytest.mark.slow
def test_the_server_answered_and_stopped_by_ctrl_c(after):
    assert "It answers 200." in after(RUNNING).said("make lab")


@pytest.mark.slow
def test_after_the_last_command_nothing_of_a_student_is_left(after):
    root = after(RUNNING).course.root
    personal = [MARK.encode(), b"Lovelace", b"Bitdiddle"]
    left = [
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and "tests" not in path.parts and any(word in path.read_bytes() for word in personal)
    ]
    assert left == []
    assert (root / "autograded" / "README.md").is_file() and (root / "release" / PHASE / f"{LAB}.ipynb").is_file()


@pytest.mark.slow
def test_git_ignores_all_that_the_page_removes_at_the_end(after):
    (remove,) = blocks(RUNNING)[-1].commands
    assert remove.startswith("rm -rf ")
    for name in remove.split()[2:]:
        probes = [name.replace("*", "x") + ("probe" if name.endswith("/") else "")]
        if "." not in name:
            probes = [f"{name.rstrip('/').replace('*', 'x')}/probe"]
        found = subprocess.run(["git", "check-ignore", "-q", "--no-index", *probes], cwd=after(RUNNING).course.root)
        assert found.returncode == 0, f".gitignore does not name {name}"


# --- what writing a lab leaves ---


@pytest.mark.slow
def test_the_new_lab_passes_and_is_released_untouched(after):
    typist = after("docs/writing-a-lab.md")
    assert "2 passed" in typist.said(".venv/bin/python -m pytest source/")
    assert "2 failed" in typist.said("LAB_IMPL=starter")
    assert "4 failed" in typist.said("-k lab-09")
    assert (typist.course.root / "release/phase-02-serving/lab-09-batching.ipynb").is_file()
