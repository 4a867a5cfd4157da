"""The facts on phase 00's own pages."""

import re

from lab_cells import ROOT

from labkit.specs import GPU_SPECS, MODEL_SPECS

FOLDER = ROOT / "source" / "phase-00-foundations"


def test_the_page_gives_no_answer_of_a_prediction_or_an_exercise_away():
    llama = MODEL_SPECS["Llama-3-8B"].config
    per_token = 2 * llama.num_hidden_layers * llama.num_key_value_heads * llama.head_dim * 2
    users = (24 - 16) * 2**30 // (2048 * per_token)
    ridge = GPU_SPECS["A100"].peak_flops / GPU_SPECS["A100"].bandwidth_bytes_per_s
    answers = [f"{sum(range(5, 1005)):,}", f"{5 + 1000:,}", f"{per_token:,}", f"{per_token // 1024} KiB", f"{users}"]
    answers += [f"{ridge:.0f}", f"{100 / ridge:.2f}", "1.12", "1.57"]
    prose = re.sub(r"float(32|64)", "", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert [answer for answer in answers if re.search(rf"(?<![\d,.]){re.escape(answer)}(?![\d,])", prose)] == []


def test_the_glossarys_card_reports_the_memory_of_the_specs():
    glossary = (FOLDER / "glossary.md").read_text(encoding="utf-8")
    mib = GPU_SPECS["A100-80GB-SXM"].memory_bytes // 2**20
    assert f'an "80 GB" A100 reports {mib:,} MiB, which is {mib // 1024} GiB' in glossary
    assert f"a GiB is {2**30 / 10**9 - 1:.0%} larger".replace("%", " %") in glossary
