"""The functions of the four labs together are an engine: the same tokens and counters as the engine's own."""

import re

import pytest
from lab_cells import LABS, ROOT
from student_engine import engines_own, random_stream, students

PHASE = "phase-01-engine"


@pytest.fixture(scope="module")
def functions() -> dict:
    """Every function of the reference solutions, by name."""
    found: dict = {}
    for lab in LABS:
        if lab.path.parent.name == PHASE:
            found |= lab.reference
    return found


def test_a_mistake_in_any_of_them_changes_tokens_or_counters(functions):
    """So that the test above can fail."""
    stream = random_stream(1, num_requests=16)
    own = engines_own(stream)
    schedule, release, gather = functions["schedule"], functions["release"], functions["gather"]
    wrong = {
        "block_hashes": lambda ids, size: [tuple(ids[i : i + size]) for i in range(0, len(ids) // size * size, size)],
        "schedule": lambda running, waiting, budget, *others: schedule(running, waiting, budget // 2, *others),
        "victim": lambda running: running[0][0],
        "gather": lambda blocks, ids, num_tokens: gather(blocks, sorted(ids), num_tokens),
        "release": lambda counts, ids: (release(counts, ids)[0], release(counts, ids)[1][::-1]),
    }
    assert [name for name, function in wrong.items() if students(stream, functions | {name: function}) == own] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_the_four_labs_functions_serve_50_random_requests_as_the_engine_does(functions, seed):
    stream = random_stream(seed)
    outputs, counters = engines_own(stream)
    assert min(counters.values()) > 0, counters  # the stream tries all of it
    assert len({reason for _, reason in outputs}) == 2
    yours, counted = students(stream, functions)
    assert yours == outputs
    assert counted == counters


def test_the_start_page_gives_no_number_away():
    """Its numbers are those of phases, labs, minutes and points; a prediction or an exercise asks for none of them."""
    page = (ROOT / "source" / PHASE / "README.md").read_text(encoding="utf-8")
    numbers = re.findall(r"\d[\d,.]*", re.sub(r"\]\([^)]*\)", "]", page))
    assert {number.rstrip(",.") for number in numbers} <= {"00", "01", "05", "06", "07", "08", "55", "60", "20", "4"}
