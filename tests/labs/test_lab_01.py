"""The tests of lab 01's tests: its real cells, run on right and wrong answers."""

import nbformat
import pytest
from lab_cells import Lab
from nbclient import NotebookClient

from grading.answers.lab_01 import ANSWERS

LAB = Lab.read("phase-00-foundations/lab-01-kv-cache-speedup.ipynb")


def named(answers):
    return [pytest.param(answer, id=f"{answer.exercise}-{answer.name.replace(' ', '_')}") for answer in answers]


def test_the_reference_passes_every_test_cell():
    assert set(LAB.messages().values()) == {""}


def test_each_test_cell_of_the_untouched_lab_fails_by_itself():
    stub = "raise NotImplementedError()"
    untouched = {name: stub for name in LAB.solutions}
    for name in LAB.solutions:
        if name != "predict":
            untouched[name] = f"def {name}(*args):\n    {stub}"
    messages = LAB.messages(**untouched)
    assert all(messages.values())
    assert all("not written yet" in text or "not set yet" in text for text in messages.values())


@pytest.mark.parametrize("answer", named(a for a in ANSWERS if a.is_right))
def test_a_right_answer_keeps_all_points(answer):
    assert set(LAB.messages(**{answer.exercise: answer.code}).values()) == {""}


@pytest.mark.parametrize("answer", named(a for a in ANSWERS if not a.is_right))
def test_a_wrong_answer_loses_its_own_exercise_and_the_message_names_the_mistake(answer):
    messages = LAB.messages(**{answer.exercise: answer.code})
    failed = {LAB.exercise_of[test] for test, message in messages.items() if message}
    assert failed == {answer.exercise}
    (message,) = filter(None, messages.values())
    assert answer.message in message
    assert "Next step:" in message


def test_a_message_of_a_hidden_test_gives_no_answer_away():
    hard_coded = next(a for a in ANSWERS if a.exercise == "work_without_cache" and a.name == "hard-coded")
    message = LAB.messages(work_without_cache=hard_coded.code)["correct_work_without_cache"]
    assert not any(character.isdigit() for character in message)


def test_every_exercise_has_three_right_answers_and_the_known_mistakes():
    for exercise in set(LAB.solutions) - {"predict"}:
        assert sum(a.is_right for a in ANSWERS if a.exercise == exercise) >= 3
        assert sum(not a.is_right for a in ANSWERS if a.exercise == exercise) >= 8


def test_the_lab_is_worth_20_automatic_points():
    assert sum(LAB.points.values()) == 20


@pytest.fixture(scope="module")
def executed() -> nbformat.NotebookNode:
    return NotebookClient(nbformat.read(LAB.path, as_version=4), kernel_name="python3").execute()


def printed(notebook: nbformat.NotebookNode, cell_id: str) -> str:
    cell = next(cell for cell in notebook.cells if cell.id == cell_id)
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def test_the_notebook_runs_with_nothing_on_stderr(executed):
    outputs = [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.get("name") == "stderr" or output.output_type == "error"] == []


def test_the_facts_of_the_lab_come_out_of_its_cells(executed):
    table = printed(executed, "plot-work")
    for row in ("5     10         95       15    6.33x", "504,500    1,005  501.99x", "10,045    1,010    9.95x"):
        assert row in table
    assert "reaches 100x at N=197" in table
    proof = printed(executed, "proof")
    assert "without: 95 units, with: 15 units, identical tokens: True" in proof
    assert "1,000 new tokens: 504,500 against 1,005 units, identical tokens: True" in proof
    assert "the count says 502x" in proof


def test_appending_a_token_changes_no_past_key_but_without_the_causal_mask_it_does(executed):
    lines = printed(executed, "causality-shown").splitlines()
    llama = [
        float(number)
        for line in lines
        if "layer " in line and "rounding" in line
        for number in (line.split("K ")[1].split(",")[0], line.split("V ")[1].split()[0])
    ]
    assert len(llama) == 4 and max(llama) < 1e-4
    causal, acausal = (float(line.split("layer 1 ")[1]) for line in lines if line.startswith("Bare"))
    assert causal == 0 and acausal > 1e-3


def test_a_stale_cache_is_shown_to_change_the_next_token(executed):
    said = printed(executed, "break-it")
    stale, honest = said.split("stale cache: ")[1].split(";")[0].split(", honest: ")
    assert stale != honest
    assert "refused: 5 cached and 1024 new tokens" in said


def test_the_notebook_has_the_size_of_a_lab():
    cells = nbformat.read(LAB.path, as_version=4).cells
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    assert 20 <= len(cells) <= 30 and 900 <= words <= 1600
