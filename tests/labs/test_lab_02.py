"""The facts of lab 02, as its cells print them."""

import re

import pytest
from answers.lab_02 import ANSWERS
from cell_names import names_set
from lab_cells import Lab

from labkit.lab_02 import context_plot

LAB = Lab.read("phase-00-foundations/lab-02-kv-memory-calculator.ipynb")


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-02")


def row_of(table: str, start: str) -> str:
    """The line that begins so, with single blanks."""
    (line,) = [line for line in table.splitlines() if line.startswith(start)]
    return " ".join(line.split())


def answer(exercise: str, name: str) -> str:
    """The code of a collected answer."""
    (code,) = [a.code for a in ANSWERS if a.exercise == exercise and a.name == name]
    return code


@pytest.mark.parametrize(
    "exercise, name",
    [
        ("kv_bytes_per_token", "hard-coded"),
        ("kv_bytes_per_sequence", "hard-coded"),
        ("kv_bytes_with_windows", "hard-coded"),
        ("max_concurrent_sequences", "hard-coded"),
        ("users_on_card", "hard-coded"),
        ("requests_that_fit", "at most 5"),
    ],
)
def test_a_message_of_a_hidden_test_gives_no_answer_away(exercise, name):
    message = LAB.messages(**{exercise: answer(exercise, name)})[f"correct_{exercise}"]
    assert "right for the visible" in message
    assert not any(character.isdigit() for character in message)


@pytest.mark.parametrize("later", ["kv_bytes_per_sequence", "kv_bytes_with_windows"])
def test_a_wrong_first_function_is_named_where_a_later_one_calls_it(later):
    message = LAB.messages(kv_bytes_per_token=answer("kv_bytes_per_token", "query heads"))[f"correct_{later}"]
    assert "your kv_bytes_per_token does not pass its own test yet, if this function calls it" in message


@pytest.mark.parametrize("first", [answer("kv_bytes_per_token", "query heads"), "", "kv_bytes_per_token = 5"])
def test_a_right_later_function_keeps_its_points_beside_a_wrong_or_missing_first_one_that_it_does_not_call(first):
    messages = LAB.messages(
        tests=LAB.tests,
        kv_bytes_per_token=first,
        kv_bytes_per_sequence=answer("kv_bytes_per_sequence", "by itself"),
        kv_bytes_with_windows=answer("kv_bytes_with_windows", "by itself"),
    )
    assert [test for test, message in messages.items() if message] == ["correct_kv_bytes_per_token"]


def test_a_first_function_that_was_never_run_is_named_where_a_later_one_calls_it():
    message = LAB.messages(kv_bytes_per_token="")["correct_kv_bytes_per_sequence"]
    assert "name 'kv_bytes_per_token' is not defined" in message
    assert "run the test of kv_bytes_per_token first" in message


def test_no_variable_of_a_test_cell_takes_the_place_of_a_helper_of_the_student():
    taken = {"calls", "config", "size", "blocks", "expected", "numbers", "users", "one", "rng", "kept", "card", "fit"}
    helpers = "\n".join(f"def {name}(x): return x" for name in sorted(taken))
    body = "".join(f"    bytes_per_element = {name}(bytes_per_element)\n" for name in sorted(taken))
    code = (
        f"{helpers}\n\ndef kv_bytes_per_token(c, bytes_per_element=2):\n{body}"
        "    return 2 * c.num_hidden_layers * c.num_key_value_heads * c.head_dim * bytes_per_element\n"
    )
    assert set(LAB.messages(tests=LAB.tests, kv_bytes_per_token=code).values()) == {""}
    assigned = {name for source in LAB.tests.values() for name in names_set(source)}
    assert assigned <= {"call", "earlier", "run_hidden"}


def test_the_calculator_as_it_is_handed_out_is_wrong_and_its_message_tells_the_symptom_and_not_the_repair():
    stub = "    raise NotImplementedError()\n"
    handed_out = LAB.untouched("users_on_card")
    assert stub in handed_out
    code = handed_out.replace(stub, "")
    assert answer("users_on_card", "as it was given").splitlines()[1:] == code.splitlines()[-3:]
    message = LAB.messages(users_on_card=code)["correct_users_on_card"]
    assert message.startswith("users_on_card(24_564, 16 GiB, 256 MiB) returned 28 users, expected 22 (1.27x).")
    assert "right for weights of 0 bytes" in message and "subtract" not in message


def test_a_real_array_has_the_bytes_that_were_counted_by_hand(lab):
    said = lab.printed("worked-example")
    assert "by hand: 240 numbers, 480 bytes; numpy's .nbytes: 480" in said
    assert "as int8: 240 bytes\nas float32: 960" in said and "with one token more: 600 bytes" in said
    assert said.count("■") == (600 - 480) // 2


@pytest.mark.parametrize(
    "model, bytes_per_token, shortcut",
    [
        ("GPT-2", "36,864", "1.00x"),
        ("Llama-2-7B", "524,288", "1.00x"),
        ("Llama-2-13B", "819,200", "1.00x"),
        ("Llama-3-8B", "131,072", "4.00x"),
        ("Llama-3.1-8B", "131,072", "4.00x"),
        ("Llama-3-70B", "327,680", "8.00x"),
        ("Qwen2.5-7B", "57,344", "7.00x"),
        ("Qwen3-0.6B", "114,688", "1.00x"),
        ("Gemma-2-9B", "344,064", "1.75x"),
        ("SmolLM2-135M", "23,040", "3.00x"),
    ],
)
def test_the_formula_gives_the_bytes_of_published_models_and_an_array_agrees(lab, model, bytes_per_token, shortcut):
    row = row_of(lab.printed("published-shapes"), model)
    assert f" {bytes_per_token} " in row and row.endswith(f"True {shortcut}")


def test_calculators_disagree_as_their_assumptions_do(lab):
    table = lab.printed("plot-card")
    for start, per_user, users in (
        ("1 the prediction's card", "256 MiB", 32),
        ("2 weights counted exactly", "256 MiB", 36),
        ("3 ... and a GB counted as", "256 MiB", 29),
        ("4 ... or 90 %", "256 MiB", 26),
        ("5 row 1, 8-bit cache", "128 MiB", 64),
        ("6 row 1, without GQA", "1 GiB", 8),
        ("7 row 1, 8,192 tokens", "1 GiB", 8),
    ):
        assert f" {per_user} {users} " in row_of(table, start)
    assert len(re.findall(r"(?m)^\d ", table)) == 7
    assert "rows 2 to 4 change card or weights, rows 5 to 7" in LAB.path.read_text(encoding="utf-8")
    assert "RTX-4090, sold as 24 GB, reports 24,564 MiB: 36 users" in table
    assert "L4, sold as 24 GB, reports 23,034 MiB: 30 users" in table
    assert "8,030,261,248 parameters" in table and "14.96 GiB" in table


def test_the_cache_of_one_user_outgrows_the_weights_at_the_printed_context(lab):
    table = lab.printed("plot-context")
    assert row_of(table, "GQA, 16 bits").startswith("GQA, 16 bits 256 MiB 1 GiB 4 GiB 16 GiB")
    tokens = int(row_of(table, "GQA, 16 bits").split()[-2].replace(",", ""))
    weight_bytes = 2 * 8_030_261_248
    assert (tokens - 1) * 131_072 < weight_bytes <= tokens * 131_072
    assert row_of(table, "MQA,  8 bits").endswith("not reached")


def test_a_context_is_drawn_no_longer_than_its_model_allows():
    assert context_plot.CONTEXTS[-1] == context_plot.MODEL.config.max_position_embeddings


def test_the_engine_holds_the_bytes_of_the_formula_and_as_many_users_as_whole_blocks_allow(lab):
    said = lab.printed("meet-the-engine")
    cache, formula = re.search(r"The cache: ([\d,]+) bytes in .*; your formula gives ([\d,]+)\.", said).groups()
    assert cache == formula == "442,368"
    reserved, to_the_byte, in_blocks = (int(n) for n in re.findall(r"(?m)^  (?:with|counted).*: (\d+)$", said)[:3])
    assert (reserved, to_the_byte, in_blocks) == (1, 4, 3)
    assert "The engine serves 3 without a preemption; your count in blocks is 3." in said
    users = [[int(n) for n in row] for row in re.findall(r"(?m)^ +(\d+) +(\d+) +(\d+) +(\d+)$", said)[:5]]
    assert users[0] == [1, 97, 7, 15] and all(tokens + unused == blocks * 16 for _, tokens, blocks, unused in users)
    rows = [line.split() for line in said.splitlines() if re.fullmatch(r" +\d+ +\d+ +\d+ +\d+ +(True|False)", line)][:5]
    assert [int(preemptions) > 0 for _, preemptions, *_ in rows] == [False, False, False, True, True]
    assert {same for *_, same in rows} == {"True"}
    assert all((int(units) > int(needed)) == (int(p) > 0) for _, p, units, needed, _ in rows)


def test_what_cannot_work_is_refused_and_a_shared_prefix_breaks_the_count(lab):
    said = " ".join(lab.printed("break-it").split())
    assert said.count("refused: ") == 3 and "it worked" not in said
    assert "num_blocks=4 and block_size=16 holds 64 tokens, less than" in said
    shared_blocks, own_blocks = 80 // 16, 2
    assert f"{(27 - shared_blocks) // own_blocks} users fit; your count says 3" in said


def test_a_prediction_is_answered_where_the_truth_first_appears(lab):
    assert "KiB per token: you guessed 8, it is 128" in lab.printed("published-shapes")
    assert "Users: you guessed 500, it is 32" in lab.printed("plot-card")
