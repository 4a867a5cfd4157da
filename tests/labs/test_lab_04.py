"""The facts of lab 04, as its cells print them."""

import contextlib
import io
import re
import sys

import matplotlib.pyplot as plt
import nbformat
import pytest
from lab_cells import Lab

from grading.answers.lab_04 import ANSWERS
from mini_vllm.specs import GPU_SPECS, MODEL_SPECS

LAB = Lab.read("phase-00-foundations/lab-04-prefill-vs-decode.ipynb")


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-04")


def test_a_message_of_a_hidden_test_gives_no_answer_away():
    hidden = [
        message
        for answer in ANSWERS
        if "wrong for" in (answer.message or "")
        for message in LAB.messages(**{answer.exercise: answer.code}).values()
        if "is right for the visible" in message
    ]
    assert len(hidden) >= 5
    assert [message for message in hidden if any(character.isdigit() for character in message)] == []


def test_a_mistake_in_an_earlier_function_is_named_where_it_is_called():
    upside_down = next(a for a in ANSWERS if a.exercise == "ridge_point" and a.name == "upside down")
    messages = LAB.messages(ridge_point=upside_down.code)
    for test in ("correct_regime", "correct_critical_batch_size"):
        assert "your ridge_point does not pass its own test yet" in messages[test]
    unwritten = LAB.messages(ridge_point=LAB.untouched("ridge_point"))
    assert "If it calls your ridge_point" in unwritten["correct_regime"]


def test_what_is_written_out_keeps_its_points_whatever_the_earlier_functions_say():
    written_out = {
        exercise: next(a.code for a in ANSWERS if a.exercise == exercise and a.name == name)
        for exercise, name in (("regime", "written out"), ("critical_batch_size", "ceil"))
    }
    untouched = {name: LAB.untouched(name) for name in ("ridge_point", "arithmetic_intensity")}
    messages = LAB.messages(**untouched, **written_out)
    assert messages["correct_regime"] == messages["correct_critical_batch_size"] == ""


def test_the_toy_table_has_its_ridge_where_both_times_are_equal(lab):
    assert re.search(r"16 +384 +24 +16\.0 +6\.00 s +6\.0 s +both alike", lab.printed("worked-example"))


def test_the_roofline_has_decode_at_its_foot_and_prefill_behind_the_ridge(lab):
    said = lab.printed("plot-roofline")
    for row in (
        r"decode, 1 user +1 +2 +0\.64% +memory-bound",
        r"decode, 32 users +32 +64 +20\.51% +memory-bound",
        r"decode, 156 users +156 +312 +100\.00% +compute-bound",
        r"prefill, 2,048 tokens +2,048 +312 +100\.00% +compute-bound",
    ):
        assert re.search(row, said), row


def test_the_ridge_of_each_card_is_printed_with_the_card(lab):
    said = lab.printed("plot-roofline")
    ridges = {name: float(re.search(rf"{spec.name} .* ridge +([\d.]+)", said)[1]) for name, spec in GPU_SPECS.items()}
    assert ridges == {
        "A100": 156.0,
        "A100-80GB-SXM": 153.0,
        "A100-40GB": 200.6,
        "H100-SXM": 295.2,
        "L4": 403.3,
        "RTX-4090": 163.9,
    }
    assert "624 TFLOP/s, ridge 312.0" in said


def test_with_its_kv_cache_a_long_context_never_reaches_the_ridge(lab):
    said = lab.printed("whole-step")
    assert re.search(r"2,048 +63\.8 +46\.1 +never +238", said)
    assert re.search(r"128 +961\.3 +134\.7 +186 +3,811", said)
    assert "From 807 tokens of context on" in said and "serve 4 query heads" in said
    assert "weights of 16, 8 and 4 bits: 156 78 39" in said


def test_the_printed_intensities_follow_from_the_shape(lab):
    """FLOPs and bytes of a step, added up layer by layer, for the row of 2,048 tokens and 156 users."""
    spec, context, batch = MODEL_SPECS["Llama-3-8B"], 2048, 156
    config = spec.config
    flops = loaded = 2 * spec.num_parameters
    flops *= batch
    for _ in range(config.num_hidden_layers):
        for _query_head in range(config.num_attention_heads):
            flops += batch * context * 2 * (config.head_dim + config.head_dim)  # q times k, weights times v
        for _kv_head in range(config.num_key_value_heads):
            loaded += batch * context * 2 * (config.head_dim + config.head_dim)  # k and v, two bytes each
    assert f"{flops / loaded:.1f}" == re.search(r"2,048 +63\.8 +([\d.]+)", lab.printed("whole-step"))[1]


def test_memory_binds_before_the_ridge_on_all_cards_but_the_largest_a100(lab):
    said = lab.printed("whole-step")
    assert "batch 156: 15.0 +  39.0 =  54.0 GiB of 74.5 GiB, fits" in said
    for row in (
        r"A100 40 GB +batch 201.*only 89 fit",
        r"H100 SXM +batch 296.*only 238 fit",
        r"L4 +batch 404.*only 29 fit",
    ):
        assert re.search(row, said), row


def test_what_helps_decode_does_not_help_prefill(lab):
    said = lab.printed("levers")
    for row in (
        r"weights of 8 bits +1\.65x +1\.00x",
        r"weights of 4 bits +2\.45x +1\.00x",
        r"4 times the batch +2\.45x +1\.00x",
        r"FP8 KV cache +1\.12x +1\.00x",
        r"3 of 4 guesses right +4\.00x",
        r"chunked prefill\) +0\.99x",
        r"twice the FLOP/s +1\.00x +2\.00x",
        r"twice the bandwidth +2\.00x +1\.00x",
    ):
        assert re.search(row, said), row


def test_fewer_bits_make_one_user_faster(lab):
    assert "125 tokens per second in 16 bits, 249 in 8, 498 in 4" in lab.printed("levers")


def test_without_ipywidgets_the_picture_is_drawn_once(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    drawn = []
    monkeypatch.setattr(plt, "show", lambda: drawn.append(plt.gcf()))
    cells = {cell.id: cell.source for cell in nbformat.read(LAB.path, as_version=4).cells if cell.cell_type == "code"}
    namespace = {"__name__": "__main__", "guess_percent": 1, "guess_users": 1}
    printed = io.StringIO()
    needed = ["setup", "ridge-point", "arithmetic-intensity", "regime", "max-decode", "critical-batch"]
    with contextlib.redirect_stdout(printed):
        for name in (*needed, "plot-roofline", "whole-step", "levers"):
            exec(cells[name], namespace)
    assert len(drawn) == 3
    assert "pip install ipywidgets" in printed.getvalue()
    plt.close("all")


def test_the_machine_is_measured_and_the_steps_stand_where_their_tokens_put_them(lab):
    said = lab.printed("machine")
    peak, bandwidth, ridge = (
        float(number.replace(",", ""))
        for number in re.search(r"measured: ([\d,]+) GFLOP/s, ([\d.]+) GB/s; ridge ([\d.]+)", said).groups()
    )
    assert peak > 0 and bandwidth > 0
    assert ridge == pytest.approx(peak / bandwidth, rel=0.1, abs=0.1)
    rows = re.findall(r"(?:decode, \d+ users?|prefill, 1 user) +(\d+) +([\d.]+) +[\d.]+ +[\d.]+ +\d+%", said)
    assert [(int(tokens), float(intensity)) for tokens, intensity in rows] == [
        (1, 0.5),
        (4, 2.0),
        (16, 8.0),
        (64, 32.0),
        (128, 64.0),
    ]


def test_the_engine_counts_the_tokens_of_each_step(lab):
    said = lab.printed("meet-the-engine")
    one, many, late, crowd = re.split(r"\n(?=32 users|8 users|156 users)", said)
    assert re.findall(r"(\d+) x +(\d+) tokens", one) == [("1", "32"), ("7", "1")]
    assert re.findall(r"(\d+) x +(\d+) tokens", many) == [("1", "1024"), ("7", "32")]
    pieces = [int(tokens) for _, tokens in re.findall(r"(\d+) x +(\d+) tokens", late)]
    assert pieces.count(64) == 2 and max(pieces) == 64  # the first prompts, then the late one
    assert "never more than 40 ran at once" in crowd
    assert "refused: The KV cache holds 1 block of" in crowd


def test_a_wrong_unit_gives_a_number_that_gives_itself_away(lab):
    said = lab.printed("break-it")
    assert "critical batch 312 for 156" in said and "50% of the peak" in said
    assert "ridge 1.56e+11 FLOPs per byte" in said and "compute-bound? False" in said
    assert "between 153 and 403" in said
