"""The facts of lab 06, by formula, by the engine, and as its cells print them."""

import re

import numpy as np
import pytest
from answers.lab_06 import ANSWERS
from cell_names import names_set
from lab_cells import Lab

from labkit import check, lab_06
from labkit.lab_06.gather import EXAMPLE, WRONG
from mini_vllm import SamplingParams
from mini_vllm.core.block_pool import BlockPool
from mini_vllm.core.kv_cache_manager import KVCacheManager
from mini_vllm.request import Request
from mini_vllm.worker.paged_kv_cache import BlockTable

LAB = Lab.read("phase-01-engine/lab-06-paged-kv-cache.ipynb")
EXERCISES = {  # function -> its exercise, and the solution cell that defines it
    "num_blocks": (lab_06.NUM_BLOCKS, "num_blocks"),
    "slot": (lab_06.SLOT, "slot"),
    "requests_that_fit": (lab_06.FIT, "requests_that_fit"),
    "requests_that_fit_paged": (lab_06.FIT_PAGED, "requests_that_fit"),
    "share": (lab_06.SHARE, "share"),
    "release": (lab_06.RELEASE, "share"),
}


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-06")


@pytest.fixture(scope="module")
def reference():
    """The lab's own solutions, by name."""
    return defined("\n".join(LAB.solutions.values()))


def defined(code: str) -> dict:
    namespace = {"__name__": "__main__", "np": np}
    exec(code, namespace)
    return namespace


def answer(exercise: str, name: str) -> str:
    """The code of a collected answer."""
    (code,) = [a.code for a in ANSWERS if (a.exercise, a.name) == (exercise, name)]
    return code


# --- what the tests say ---


@pytest.mark.parametrize(
    "exercise, name, test",
    [
        ("num_blocks", "at most 7", "correct_num_blocks"),
        ("slot", "at most three blocks", "correct_slot"),
        ("requests_that_fit", "reserved: at most 8", "correct_requests_that_fit"),
        ("requests_that_fit", "paged: at most 73", "correct_requests_that_fit_paged"),
        ("gather", "at most 10 rows", "correct_gather"),
        ("share", "share: at most 4 users", "correct_share"),
        ("share", "release: at most 3", "correct_release"),
    ],
)
def test_a_message_of_a_hidden_test_gives_no_answer_away(exercise, name, test):
    message = LAB.messages(**{exercise: answer(exercise, name)})[test]
    assert "right for the visible" in message
    assert not {"7", "8", "73", "113", "700"} & set(re.findall(r"\d+", message))


@pytest.mark.parametrize(
    "earlier, name, later, right, test",
    [
        (
            "num_blocks",
            "rounded down",
            "requests_that_fit",
            "with num_blocks of exercise 1",
            "correct_requests_that_fit_paged",
        ),
        ("slot", "no offset", "gather", "flat slots, with slot of exercise 2", "correct_gather"),
    ],
)
def test_a_wrong_earlier_function_is_named_where_a_later_one_calls_it(earlier, name, later, right, test):
    message = LAB.messages(**{earlier: answer(earlier, name), later: answer(later, right)})[test]
    assert f"your {earlier} does not pass its own test yet, if this function calls it" in message


@pytest.mark.parametrize("code", ["", "num_blocks = slot = 5", "raise NotImplementedError()"])
def test_the_later_exercises_keep_their_points_whatever_the_first_two_are(code):
    messages = LAB.messages(tests=LAB.tests, num_blocks=code, slot=code)
    assert [test for test, message in messages.items() if message] == ["correct_num_blocks", "correct_slot"]


def test_one_function_of_a_cell_costs_nothing_while_the_other_is_not_written():
    for exercise, name, failed in (
        ("requests_that_fit", "paged: left as it was", "correct_requests_that_fit_paged"),
        ("share", "release: not written", "correct_release"),
        ("share", "share: not written", "correct_share"),
    ):
        messages = LAB.messages(**{exercise: answer(exercise, name)})
        assert [test for test, message in messages.items() if message] == [failed]


def test_no_variable_of_a_test_cell_takes_the_place_of_a_helper_of_the_student():
    assert {name for source in LAB.tests.values() for name in names_set(source)} <= {"call", "earlier", "run_hidden"}


@pytest.mark.parametrize("function", EXERCISES)
def test_every_diagnosis_is_of_a_wrong_answer_that_is_collected_and_none_of_a_right_one(function):
    exercise, cell = EXERCISES[function]
    found = {True: set(), False: set()}
    for each in ANSWERS:
        if each.exercise == cell and not each.name.endswith(("the engine's", "the engine counts")):
            namespace = defined(f"{LAB.solutions['num_blocks']}\n{each.code}")
            if function in namespace:
                found[each.is_right].add(exercise.fingerprint(check(namespace[function], exercise)))
    assert len(found[True]) == 1 and not found[True] & set(exercise.mistakes)
    assert set(exercise.mistakes) - found[False] == set()


def test_every_diagnosis_of_gather_is_of_a_wrong_answer_that_is_collected(reference):
    right = tuple(reference["gather"](*EXAMPLE).tolist())
    collected = {a.message for a in ANSWERS if a.exercise == "gather" and not a.is_right}
    assert right not in WRONG
    assert [cause for cause, _ in WRONG.values() if not any(message in cause for message in collected)] == []


# --- the contract's facts, by formula and by the engine ---


def test_8_requests_of_100_tokens_fit_with_reservations_and_73_in_blocks(reference):
    assert reference["requests_that_fit"]([100] * 1000, 8192, 1024) == 8192 // 1024 == 8
    assert reference["requests_that_fit_paged"]([100] * 1000, 8192, 16) == (8192 // 16) // 7 == 73


@pytest.mark.parametrize("block_size", [16, 1024])
def test_the_engine_gives_blocks_to_as_many_requests_as_the_count_says(reference, block_size):
    manager = KVCacheManager(8192 // block_size, block_size, enable_caching=False)
    served = 0
    while manager.allocate_slots(Request(str(served), list(range(100)), SamplingParams(), frozenset()), 100):
        served += 1
    assert served == reference["requests_that_fit_paged"]([100] * 1000, 8192, block_size)
    assert served == {16: 73, 1024: 8}[block_size]


def test_the_waste_is_below_one_block_a_request_and_grows_with_the_block(reference):
    lengths = np.random.default_rng(8).integers(1, 400, 200).tolist()
    waste = []
    for size in (1, 2, 4, 16, 64, 256):
        unused = [reference["num_blocks"](n, size) * size - n for n in lengths]
        assert 0 <= min(unused) and max(unused) < size
        waste.append(sum(unused))
    assert waste == sorted(waste) and waste[0] == 0


def test_slots_are_those_to_which_the_engine_writes(reference):
    for size, table, num_tokens in ((16, [5, 0, 3], 37), (4, [9, 2], 8), (1, [3, 1, 2], 3)):
        engines = BlockTable(table, size, num_tokens).last_slots(num_tokens).tolist()
        assert [reference["slot"](p, table, size) for p in range(num_tokens)] == engines


def test_share_and_release_count_as_the_engines_pool_does(reference):
    rng, pool = np.random.default_rng(9), BlockPool(12)
    counts, tables = [0] * 12, []
    for _ in range(200):
        if tables and (rng.random() < 0.5 or pool.num_free_blocks < 2):
            table = tables.pop(int(rng.integers(len(tables))))[::-1]
            counts, freed = reference["release"](counts, table)
            free_before = pool.num_free_blocks
            pool.free_blocks([pool.blocks[b] for b in table])
            assert pool.num_free_blocks - free_before == len(freed)
            assert list(pool._free)[free_before:] == freed
        else:
            prefix = tables[0][:2] if tables else []
            pool.touch([pool.blocks[b] for b in prefix])
            new = [block.block_id for block in pool.get_new_blocks(int(rng.integers(1, 3)))]
            counts = reference["share"](counts, prefix + new)
            tables.append(prefix + new)
        assert counts == [block.ref_cnt for block in pool.blocks]
    with pytest.raises(ValueError, match="free already"):
        reference["release"]([0, 1], [0])


# --- what the cells print ---


def test_the_example_in_the_prose_is_that_of_the_worked_example(lab):
    printed = lab.printed("worked-example")
    assert "A has 7 tokens, block table [0, 3]\n  |AAAA|BBBB|BBBB|AAA-|B---|....|" in printed
    assert "A5 is in slot 13" in printed
    (task,) = [cell.source for cell in lab.notebook.cells if cell.id == "ex2-task"]
    assert "A5 is in the second slot of block 3: slot 13." in task
    assert "free blocks: [5]; unused slots in blocks that are held: 4" in printed


def test_the_guesses_are_answered_from_the_students_functions(lab):
    said = lab.printed("plot-memory")
    assert "Percent unused: you guessed 50, it is 90.23" in said
    assert "Requests in blocks: you guessed 20, it is 73" in said


def test_memory_as_letters_is_the_memory_of_the_plot(lab):
    said = lab.printed("plot-memory")
    assert "4 requests, 40 of 128 slots used;\nin blocks, 10 requests, 108 of 128 slots used" in said
    reserved, paged = said.split("In blocks (.: free):")
    reserved = "".join(re.findall(r"(?m)^  \|(.*)\|$", reserved))
    paged = "".join(re.findall(r"(?m)^  \|(.*)\|$", paged)).replace("|", "")
    assert len(reserved) == len(paged) == 128
    for letters, requests in ((reserved, "ABCD"), (paged, "ABCDEFGHIJ")):
        lengths = [letters.count(name) for name in requests]
        assert lengths == [9, 14, 6, 11, 18, 7, 13, 10, 12, 8][: len(requests)]
        assert not set(letters) - {*requests, "-", "."}


def test_a_block_size_trades_waste_for_entries_and_as_large_as_a_request_it_is_a_reservation(lab):
    said = lab.printed("plot-block-sizes")
    rows = [line.split() for line in said.splitlines() if re.match(r" *[\d,]+ +\d", line)]
    fit, unused, entries, shared = ([float(row[i]) for row in rows] for i in (1, 2, 3, 4))
    assert fit == sorted(fit, reverse=True) and (fit[0], fit[-1]) == (47, 8)
    assert unused == sorted(unused) and entries == sorted(entries, reverse=True)
    assert shared == [100, 100, 96, 64, 0, 0]


def test_a_shared_block_becomes_free_with_its_last_user(lab):
    said = lab.printed("plot-sharing")
    assert [line.split("frees ")[1] for line in said.splitlines() if "frees" in line] == ["2", "5", "4, 3, 1, 0"]
    assert "  C comes   3   3   1   1   1   1   0   0\n" in said


def test_attention_over_gathered_rows_is_attention_over_a_contiguous_cache(lab):
    assert lab.printed("attention-proof") == "the same output: True\n"


def test_a_wrong_read_raises_nothing_and_a_lost_reference_frees_a_block_in_use(lab):
    said = lab.printed("break-it")
    off = {what: float(number) for what, number in re.findall(r"(?m)^(.*): off by up to ([\d.]+), no error", said)}
    assert off["as it should be"] == 0
    assert off["block ids sorted"] > 0.1 and off["the last block read whole"] > 0.1
    assert "blocks of 1,024: 8 requests" in said and "blocks of 16: 73 requests" in said
    assert "handed out next: [1, 0]. B still reads block 0!\nrefused: block 0 is free already." in said


def test_the_engines_cache_is_read_by_its_block_tables(lab):
    said = lab.printed("meet-the-engine")
    assert said.count("engine's: True; K and V are those of a contiguous cache: True") == 2
    tables = [[int(n) for n in table.split(", ")] for table in re.findall(r"tokens in blocks \[(.*)\]", said)]
    assert any(table != sorted(table) for table in tables)  # else a gather that sorts would pass


def test_the_engine_preempts_when_the_count_says_that_no_more_requests_fit(lab):
    said = lab.printed("meet-the-engine")
    fit = int(re.search(r"your count is (\d+)", said).group(1))
    preempted = {int(n): int(times) for n, times in re.findall(r"(\d+) at once: (\d+) preemptions?\b", said)}
    assert sorted(preempted) == [fit - 1, fit, fit + 1]
    assert "1 preemptions" not in said
    assert preempted[fit - 1] == preempted[fit] == 0 < preempted[fit + 1]


def test_the_engine_with_the_students_parts_gives_the_same_tokens_and_counters(lab):
    said = lab.printed("meet-the-engine")
    counters = {name: (own, yours) for name, own, yours in re.findall(r"(?m)^  (\w+) +([\d,]+) +([\d,]+)$", said)}
    assert len(counters) == 5 and all(own == yours for own, yours in counters.values())
    assert counters["num_preemptions"][0] != "0" and counters["prefix_cache_hits"][0] != "0"
    assert re.search(r"identical tokens: True; the cache was read \d+ times by your gather", said)


def test_no_printed_line_is_wider_than_a_page(lab):
    assert [line for line in lab.all_printed.splitlines() if len(line) > 95] == []
