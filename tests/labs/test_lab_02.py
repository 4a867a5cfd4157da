"""The facts of lab 02, as its cells print them."""

import re

import pytest
from lab_cells import Lab

from grading.answers.lab_02 import ANSWERS

LAB = Lab.read("phase-00-foundations/lab-02-kv-memory-calculator.ipynb")


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-02")


def row_of(table: str, start: str) -> str:
    """The line that begins so, with single blanks."""
    (line,) = [line for line in table.splitlines() if line.startswith(start)]
    return " ".join(line.split())


@pytest.mark.parametrize("exercise", ["kv_bytes_per_token", "kv_bytes_per_sequence", "max_concurrent_sequences"])
def test_a_message_of_a_hidden_test_gives_no_answer_away(exercise):
    hard_coded = next(a for a in ANSWERS if a.exercise == exercise and a.name == "hard-coded")
    message = LAB.messages(**{exercise: hard_coded.code})[f"correct_{exercise}"]
    assert "right for the visible" in message
    assert not any(character.isdigit() for character in message)


def test_a_wrong_first_function_is_named_where_the_second_one_calls_it():
    query_heads = next(a for a in ANSWERS if a.exercise == "kv_bytes_per_token" and a.name == "query heads")
    message = LAB.messages(kv_bytes_per_token=query_heads.code)["correct_kv_bytes_per_sequence"]
    assert "your kv_bytes_per_token does not pass its own test yet (the query heads are counted" in message


def test_a_right_second_function_keeps_its_points_beside_a_wrong_first_one_that_it_does_not_call():
    wrong = next(a for a in ANSWERS if a.exercise == "kv_bytes_per_token" and a.name == "query heads")
    by_itself = next(a for a in ANSWERS if a.exercise == "kv_bytes_per_sequence" and a.name == "by itself")
    messages = LAB.messages(kv_bytes_per_token=wrong.code, kv_bytes_per_sequence=by_itself.code)
    assert [test for test, message in messages.items() if message] == ["correct_kv_bytes_per_token"]


def test_no_variable_of_a_test_cell_takes_the_place_of_a_helper_of_the_student():
    taken = {"calls", "returned", "cause", "step", "expected", "shapes", "config", "users", "sequence_bytes", "number"}
    helpers = "\n".join(f"def {name}(x): return x" for name in sorted(taken))
    body = "".join(f"    bytes_per_element = {name}(bytes_per_element)\n" for name in sorted(taken))
    code = (
        f"{helpers}\n\ndef kv_bytes_per_token(c, bytes_per_element=2):\n{body}"
        "    return 2 * c.num_hidden_layers * c.num_key_value_heads * c.head_dim * bytes_per_element\n"
    )
    assert set(LAB.messages(kv_bytes_per_token=code).values()) == {""}


def test_a_real_array_has_the_bytes_that_were_counted_by_hand(lab):
    said = lab.printed("worked-example")
    assert "by hand: 240 numbers of 2 bytes, 480 bytes; numpy's .nbytes: 480" in said
    assert "as int8: 240 bytes, as float32: 960" in said and "with one token more: 600 bytes" in said
    assert said.count("■") == (600 - 480) // 2


@pytest.mark.parametrize(
    "model, bytes_per_token, shortcut",
    [
        ("GPT-2", "36,864", "1.00x"),
        ("Llama-2-7B", "524,288", "1.00x"),
        ("Llama-2-13B", "819,200", "1.00x"),
        ("Llama-3-8B", "131,072", "4.00x"),
        ("Llama-3-70B", "327,680", "8.00x"),
        ("Qwen2.5-7B", "57,344", "7.00x"),
        ("Qwen3-0.6B", "114,688", "1.00x"),
        ("Gemma-2-9B", "344,064", "1.75x"),
        ("SmolLM2-135M", "23,040", "3.00x"),
    ],
)
def test_the_formula_gives_the_bytes_of_published_models_and_numpy_agrees(lab, model, bytes_per_token, shortcut):
    row = row_of(lab.printed("published-shapes"), model)
    assert f" {bytes_per_token} " in row and row.endswith(f"True {shortcut}")


def test_calculators_disagree_as_their_assumptions_do(lab):
    table = lab.printed("plot-card")
    for start, per_user, users in (
        ("16 GiB of weights", "256 MiB", 32),
        ("weights counted exactly", "256 MiB", 36),
        ("... and a card of 24 GB", "256 MiB", 29),
        ("... or 90 %", "256 MiB", 26),
        ("first row, 8-bit cache", "128 MiB", 64),
        ("first row, without GQA", "1 GiB", 8),
        ("first row, 8,192 tokens", "1 GiB", 8),
    ):
        assert f" {per_user} {users} " in row_of(table, start)
    assert "8,030,261,248 parameters" in table and "14.96 GiB" in table


def test_the_cache_of_one_user_outgrows_the_weights_at_the_printed_context(lab):
    table = lab.printed("plot-context")
    assert row_of(table, "GQA, 16 bits").startswith("GQA, 16 bits 256 MiB 1 GiB 4 GiB 16 GiB")
    tokens = int(row_of(table, "GQA, 16 bits").split()[-2].replace(",", ""))
    weight_bytes = 2 * 8_030_261_248
    assert (tokens - 1) * 131_072 < weight_bytes <= tokens * 131_072


def test_the_engine_holds_the_bytes_of_the_formula_and_as_many_users_as_whole_blocks_allow(lab):
    said = lab.printed("meet-the-engine")
    cache, formula = re.search(r"its cache: ([\d,]+) bytes in .*; your formula says ([\d,]+)", said).groups()
    assert cache == formula == "442,368"
    reserved, to_the_byte, in_blocks = (int(n) for n in re.findall(r"tokens each.*: (\d+)\n", said)[:3])
    assert (reserved, to_the_byte, in_blocks) == (1, 4, 3)
    assert "the engine serves 3 without a preemption; the count in blocks said 3" in said
    rows = [line.split() for line in said.splitlines() if re.fullmatch(r" +\d+ +\d+ +\d+ +\d+  (True|False)", line)][:5]
    assert [int(preemptions) > 0 for _, preemptions, *_ in rows] == [False, False, False, True, True]
    assert {same for *_, same in rows} == {"True"}
    assert all((int(units) > int(needed)) == (int(p) > 0) for _, p, units, needed, _ in rows)


def test_what_cannot_work_is_refused_and_a_shared_prefix_breaks_the_count(lab):
    said = lab.printed("break-it")
    assert said.count("refused: ") == 3 and "it worked" not in said
    assert "The KV cache holds 4 blocks of 16 tokens, 64 tokens" in said
    shared_blocks, own_blocks = 80 // 16, 2
    assert f"and {(27 - shared_blocks) // own_blocks} users fit" in said
