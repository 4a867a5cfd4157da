"""The facts of lab 04, as its cells print them."""

import re

import pytest
from answers.lab_04 import ANSWERS
from lab_cells import Lab

from labkit.specs import GPU_SPECS, MODEL_SPECS

LAB = Lab.read("phase-00-foundations/lab-04-prefill-vs-decode.ipynb")


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-04")


def code_of(exercise, name):
    return next(answer.code for answer in ANSWERS if (answer.exercise, answer.name) == (exercise, name))


def test_a_message_of_a_hidden_test_gives_no_answer_away():
    hidden = [
        message
        for answer in ANSWERS
        if "wrong for" in (answer.message or "")
        for message in LAB.messages(**{answer.exercise: answer.code}).values()
        if "is right for the visible" in message
    ]
    assert len(hidden) >= 7
    assert [message for message in hidden if any(character.isdigit() for character in message)] == []


def test_a_mistake_in_an_earlier_function_is_named_where_it_is_called():
    messages = LAB.messages(ridge_point=code_of("ridge_point", "upside down"))
    for test in ("correct_regime", "correct_critical_batch_size"):
        assert "your ridge_point does not pass its own test yet" in messages[test]
    unwritten = LAB.messages(ridge_point=LAB.untouched("ridge_point"))
    assert "ridge_point is not written yet" in unwritten["correct_regime"]
    blended = LAB.messages(decode_step_seconds=code_of("decode_step_seconds", "one maximum over the whole step"))
    assert "your decode_step_seconds does not pass its own test yet" in blended["correct_lever_speedup"]


def test_what_is_written_out_keeps_its_points_whatever_the_earlier_functions_say():
    written_out = {
        exercise: code_of(exercise, name)
        for exercise, name in (("regime", "written out"), ("critical_batch_size", "ceil"))
    }
    for earlier in (LAB.untouched, lambda exercise: "pass"):  # not written; never run
        cells = {name: earlier(name) for name in ("ridge_point", "arithmetic_intensity")}
        messages = LAB.messages(**cells, **written_out)
        assert messages["correct_regime"] == messages["correct_critical_batch_size"] == ""


def test_the_code_to_be_repaired_fails_with_the_symptom_and_not_with_the_fix():
    given = LAB.untouched("lever_speedup").replace("raise NotImplementedError()", "")
    message = LAB.messages(lever_speedup=given)["correct_lever_speedup"]
    assert "'peak_flops': 6.24e+14, 'bandwidth': 4e+12" in message
    assert "returned 1.7612, expected 2 (0.88x)" in message
    assert "each lever alone is right" in message


def test_the_toy_table_has_its_ridge_where_both_times_are_equal(lab):
    assert re.search(r"16 +384 +24 +16\.0 +6\.00 s +6\.0 s +both equal", lab.printed("worked-example"))


def test_the_roofline_has_decode_at_its_foot_and_prefill_behind_the_ridge(lab):
    said = lab.printed("plot-roofline")
    for row in (
        r"decode, 1 user +1 +2 +0\.64% +memory-bound",
        r"decode, 32 users +32 +64 +20\.51% +memory-bound",
        r"decode, 156 users +156 +312 +100\.00% +compute-bound",
        r"prefill, 2,048 tokens +2,048 +312 +100\.00% +compute-bound",
    ):
        assert re.search(row, said), row


def test_both_predictions_are_answered(lab):
    said = " ".join(lab.printed("plot-roofline").split())
    assert "you guessed 20, it is 0.641" in said and "you guessed 16, it is 156" in said


def test_memory_binds_before_the_ridge_on_all_cards_but_the_largest_a100(lab):
    rows = {}
    for spec in GPU_SPECS.values():
        row = re.search(
            rf"{spec.name} +[\d.]+ +[\d,]+ +([\d.]+) +(\d+) +([\d.]+) +([\d.]+) +(.*)", lab.printed("whole-step")
        )
        rows[spec.name] = row.groups()
    assert rows == {
        "A100 80 GB, rounded": ("156.0", "156", "54.0", "80.0", "yes"),
        "A100 80 GB SXM": ("153.0", "154", "53.5", "80.0", "yes"),
        "A100 40 GB": ("200.6", "201", "65.2", "40.0", "for 100 users"),
        "H100 SXM": ("295.2", "296", "89.0", "79.6", "for 258 users"),
        "L4": ("403.3", "404", "116.0", "22.5", "for 30 users"),
        "GeForce RTX 4090": ("163.9", "164", "56.0", "24.0", "for 36 users"),
    }
    assert "critical batch 156 78 39" in lab.printed("whole-step")


def test_a_full_card_spends_most_of_its_step_on_the_kv_cache(lab):
    said = lab.printed("whole-step")
    for row in (
        r"2,048 +260 +8\.0 +5\.4 +34\.9 +48\.3 +card is full",
        r"128 +4,162 +8\.0 +206\.2 +34\.9 +249\.2 +card is full",
        r"8,192 +65 +8\.0 +0\.0 +34\.9 +42\.9 +card is full",
    ):
        assert re.search(row, said), row


def test_levers_are_answered_after_they_are_guessed(lab):
    said = lab.printed("whole-step")
    assert "type three numbers in place of `...`" in said and "you guessed" not in said


def test_what_helps_decode_does_not_help_prefill(lab):
    said = lab.printed("whole-step")
    for row in (
        r"weights of 8 bits, multiplied in 16 +1\.65x +1\.00x +1\.00x",
        r"weights of 4 bits, multiplied in 16 +2\.45x +1\.00x +1\.00x",
        r"weights and activations of 8 bits +1\.65x +1\.16x +2\.00x",
        r"FP8 KV cache +1\.12x +1\.57x +1\.00x",
        r"twice the FLOP/s +1\.00x +1\.12x +2\.00x",
        r"twice the bandwidth +2\.00x +1\.57x +1\.00x",
        r"4 times the batch, tokens per second +2\.45x",
        r"speculative decoding +4\.00x",
        r"128 prompt tokens in the same step +1\.00x",
    ):
        assert re.search(row, said), row


def test_the_blended_intensity_follows_from_the_shape(lab):
    """FLOPs over bytes of a step with a million users of 2,048 tokens, added up layer by layer."""
    spec, context, batch = MODEL_SPECS["Llama-3-8B"], 2048, 10**6
    config = spec.config
    flops, loaded = 2 * spec.num_parameters * batch, 2 * spec.num_parameters
    for _ in range(config.num_hidden_layers):
        flops += batch * context * config.num_attention_heads * 2 * 2 * config.head_dim  # q times k, weights times v
        loaded += batch * context * config.num_key_value_heads * 2 * 2 * config.head_dim  # k and v, two bytes each
    assert f"{flops / loaded:.1f}" == re.search(r"Blended .*: ([\d.]+) at most", lab.printed("whole-step"))[1] == "63.8"


def test_the_machine_is_measured_and_the_steps_stand_where_their_tokens_put_them(lab):
    said = lab.printed("machine")
    for where in ("this machine, now", "recorded on 2 cores of [^:]+"):
        peak, bandwidth, ridge = (
            float(number.replace(",", ""))
            for number in re.search(rf"{where}: ([\d,]+) GFLOP/s, ([\d.]+) GB/s, ridge ([\d.]+)", said).groups()
        )
        assert ridge == pytest.approx(peak / bandwidth, rel=0.1, abs=0.1)
    rows = re.findall(r"(?:decode, \d+ users?|prefill, 1 user) +(\d+) +([\d.]+) +[\d.]+ +[\d.]+ +\d+%", said)
    steps = [("1", "0.5"), ("4", "2.0"), ("16", "8.0"), ("64", "32.0"), ("128", "64.0")]
    assert rows == 2 * steps
    assert "The repeats agree" in said or "Do not trust this measurement" in said


def test_the_engine_counts_the_tokens_of_each_step(lab):
    said = lab.printed("meet-the-engine")
    one, many, late, crowd = re.split(r"\n(?=32 users|chunked prefill|156 users)", said)
    assert re.findall(r"(\d+) x +(\d+) tokens?", one) == [("1", "32"), ("7", "1")]
    assert re.findall(r"(\d+) x +(\d+) tokens", many) == [("1", "1024"), ("7", "32")]
    pieces = [int(tokens) for _, tokens in re.findall(r"(\d+) x +(\d+) tokens", late)]
    assert pieces.count(64) == 2 and max(pieces) == 64  # the first prompts, then the late one
    assert "memory sets the batch (at most 20 at once)" in crowd  # as many as the cell says there is room for


def test_a_wrong_unit_gives_a_number_that_gives_itself_away(lab):
    said = lab.printed("break-it")
    assert "refused: A KV cache with num_blocks=1 and block_size=16 holds 16 tokens, less" in said
    assert "critical batch 312" in said and "50% of the card. In truth they have reached the ridge" in said
    assert "ridge 1.56e+11 FLOPs per byte" in said and "compute-bound? False" in said
