"""A written answer reaches the person who grades it, wherever in the notebook it stands; an untouched one is closed."""

import pytest
from autograde_course import gradebook_of, hand_in, ours, serial
from hostile_text import ATTACKS
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.utils import determine_grade
from test_formgrader_page import can_run, page  # noqa: F401 (fixture)
from tiny_course import ASSIGNMENT
from written_course import QUESTION, REMARK, STUB, WrittenCourse

from grading.course import load_config
from grading.feedback import markup
from grading.gradebook import released
from grading.steps.cells import CellsFromGradebook
from grading.steps.whiteboard import HEADING, LONGEST

ANSWER = "Each token is *doubled*,\n\nwhatever x is."


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> WrittenCourse:
    return WrittenCourse(tmp_path_factory.mktemp("written") / "course")


@pytest.fixture
def notebook(course):
    """As it was handed out, with its code answered."""
    return course.answered()


@pytest.fixture(scope="module")
def graded(course):
    """graded(notebook) -> (the cell that a person sees, whether one has to, the whole notebook)."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "mini-vllm") as gradebook:
        original = released(gradebook, ASSIGNMENT, "lab")
    converter = Autograde(coursedir=course.directory(), config=load_config(course.root, None))
    step = CellsFromGradebook(parent=converter, released={"lab": original})

    def graded(nb):
        nb, _ = step.preprocess(nb, {"nbgrader": {"notebook": "lab", "assignment": ASSIGNMENT, "db_url": "unused"}})
        (board,) = [it for it in nb.cells if it.metadata.get("nbgrader", {}).get("grade_id") == "whiteboard"]
        assert board.cell_type == "markdown"
        return board, determine_grade(board)[0] is None, nb

    return graded


def board_of(nb):
    return next(cell for cell in nb.cells if cell.id == "board")


def below(nb, cell):
    nb.cells.append(cell)


def in_the_question(nb):
    next(cell for cell in nb.cells if cell.id == "question").source += f"\n\n{ANSWER}"


def in_place_of_the_question(nb):
    next(cell for cell in nb.cells if cell.id == "question").source = ANSWER


def in_a_locked_cell(nb):
    next(cell for cell in nb.cells if cell.id == "remark").source = f"{REMARK}\n\n{ANSWER}"


def with_its_cell_deleted(nb):
    nb.cells[-1] = new_markdown_cell(ANSWER)


def retyped(nb):
    nb.cells[-1] = new_code_cell(ANSWER, id="board", metadata=board_of(nb).metadata)


def retyped_without_its_name(nb):
    nb.cells[-1] = new_code_cell(ANSWER, id="board")


def without_any_metadata(nb):
    board_of(nb).source = ANSWER
    for cell in nb.cells:
        cell.metadata.clear()


def above_an_empty_copy(nb):
    below(nb, new_markdown_cell("", metadata=board_of(nb).metadata))
    board_of(nb).source = ANSWER


def in_code_above_an_untouched_copy(nb):
    nb.cells.insert(-1, new_code_cell(ANSWER, metadata=board_of(nb).metadata))


PLACES = {
    "in a new cell below": lambda nb: below(nb, new_markdown_cell(ANSWER)),
    "in a raw cell": lambda nb: below(nb, new_raw_cell(ANSWER)),
    "in a code cell that is not Python": lambda nb: below(nb, new_code_cell(ANSWER)),
    "in comments": lambda nb: below(nb, new_code_cell("".join(f"# {line}\n" for line in ANSWER.splitlines()))),
    "in a string": lambda nb: below(nb, new_code_cell(f'"""\n{ANSWER}\n"""')),
    "in the question": in_the_question,
    "in place of the question": in_place_of_the_question,
    "in a locked cell": in_a_locked_cell,
    "its cell deleted": with_its_cell_deleted,
    "its cell retyped": retyped,
    "its cell retyped, and nameless": retyped_without_its_name,
    "all metadata gone": without_any_metadata,
    "above an empty copy": above_an_empty_copy,
    "in code above an untouched copy": in_code_above_an_untouched_copy,
}


@pytest.mark.parametrize("place", PLACES)
def test_an_answer_is_shown_where_it_is_graded_and_waits_for_a_person(graded, notebook, place):
    PLACES[place](notebook)
    board, waits, _ = graded(notebook)
    assert waits
    html = str(markup.markdown(board.source))
    assert "<em>doubled</em>" in html and "whatever x is." in html


def formula_under_its_id(nb):
    nb.cells[-1] = new_code_cell("2 * x", id="board")


def formula_above_an_untouched_copy(nb):
    nb.cells.insert(-1, new_code_cell("2 * x", metadata=board_of(nb).metadata))


@pytest.mark.parametrize("change", [formula_under_its_id, formula_above_an_untouched_copy])
def test_a_cell_that_was_the_answers_counts_even_if_it_could_be_code(graded, notebook, change):
    change(notebook)
    board, waits, _ = graded(notebook)
    assert waits and board.source.endswith("> 2 * x")


def delete(nb):
    nb.cells.remove(board_of(nb))


def edit_blanks(nb):
    for cell in nb.cells:
        if cell.cell_type == "markdown" and cell.id != "board":
            cell.source = cell.source.replace("\n", "  \r\n") + "\n"


UNTOUCHED = {
    "as it was handed out": lambda nb: None,
    "deleted": delete,
    "blanks changed by an editor": edit_blanks,
    "experiments": lambda nb: below(nb, new_code_cell("%timeit double(3)\n# twice\nawait_me = double(4)")),
    "an empty cell": lambda nb: below(nb, new_markdown_cell("---\n")),
    "a copy of the question": lambda nb: below(nb, new_markdown_cell(QUESTION)),
}


@pytest.mark.parametrize("what", UNTOUCHED)
def test_where_a_student_wrote_nothing_no_person_has_to_look(graded, notebook, what):
    UNTOUCHED[what](notebook)
    board, waits, _ = graded(notebook)
    assert (board.source, waits) == (STUB, False)


def test_an_answer_in_its_place_comes_first_and_is_not_repeated(graded, notebook):
    board_of(notebook).source = "In its place."
    below(notebook, new_markdown_cell("In its place."))
    assert graded(notebook)[0].source == "In its place."
    below(notebook, new_markdown_cell("And more."))
    assert graded(notebook)[0].source == f"In its place.\n\n---\n\n{HEADING}\n\n> And more."


def test_a_comment_without_an_end_hides_no_quote(graded, notebook):
    board_of(notebook).source = "Mine.\n\n<!-- to do"
    for text in ("<!-- a note", ANSWER):
        below(notebook, new_markdown_cell(text))
    html = str(markup.markdown(graded(notebook)[0].source))
    assert "a note" in html and "<em>doubled</em>" in html


def test_a_quote_is_bounded_and_says_so(graded, notebook):
    for number in range(30):
        below(notebook, new_markdown_cell(f"{number} " + "word " * 1000))
    board, waits, _ = graded(notebook)
    assert len(board.source) < LONGEST + 1000 and "more characters: see the notebook.)" in board.source and waits


def test_nothing_in_a_quote_can_run_in_the_formgrader(graded, course, page):  # noqa: F811
    for attack in ATTACKS:
        nb = course.answered()
        below(nb, new_raw_cell(f"An answer. {attack}"))
        below(nb, new_markdown_cell(attack))
        body = page(graded(nb)[0]).partition("<body>")[2]
        assert "An answer." in body
        assert can_run(body.replace(' style="width: 4em;"', "").replace(' style="width: 3em;"', "")) == [], attack


def test_pictures_come_with_the_answer_under_names_of_their_own(graded, notebook):
    photos = [{"image.png": {"image/png": f"photo{number}"}} for number in range(2)]
    board_of(notebook).update(source="![a](attachment:image.png)", attachments=photos[0])
    below(notebook, new_markdown_cell("![b](attachment:image.png)", attachments=photos[1]))
    board, _, _ = graded(notebook)
    names = [part.split(")")[0] for part in board.source.split("attachment:")[1:]]
    assert [board.attachments[name]["image/png"] for name in names] == ["photo0", "photo1"]


@pytest.mark.parametrize("place", ["in place of the question", "in the question", "in a new cell below"])
def test_the_rubric_stands_above_the_answer_once(graded, notebook, place):
    PLACES[place](notebook)
    board, _, nb = graded(notebook)
    rubric = QUESTION.replace("<details>", "<details open>")
    above = [cell.source for cell in nb.cells[: nb.cells.index(board)]]
    assert above[-1] == rubric and above.count(rubric) == 1


def test_what_is_left_out_of_a_quote_confirms_no_guess_of_a_hidden_test(graded, notebook):
    guesses = [f"assert double({number}) == {2 * number}" for number in (6, 7)]
    for guess in guesses:
        below(notebook, new_markdown_cell(guess))
    assert all(guess in graded(notebook)[0].source for guess in guesses)


@pytest.mark.parametrize("grade", [serial, ours])
def test_both_commands_leave_it_to_a_person_and_close_the_untouched_one(course, known, tmp_path, grade):
    own = course.copy(tmp_path / "course")
    elsewhere = own.answered()
    below(elsewhere, new_markdown_cell(ANSWER))
    hand_in(own, "ada", {"lab.ipynb": elsewhere})
    hand_in(own, "bob", {"lab.ipynb": own.answered()})
    grade(own)
    of = gradebook_of(own)
    assert of["ada"]["grades"] == {"test_double": (2, None, None, False), "whiteboard": (None, None, None, True)}
    assert of["bob"]["grades"] == {"test_double": (2, None, None, False), "whiteboard": (0, None, None, False)}
    assert [of[who]["comments"]["whiteboard"][0] for who in ("ada", "bob")] == [None, "No response."]
