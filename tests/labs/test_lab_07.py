"""The facts of lab 07, as its cells print them, by formula, and as the engine has them."""

import math
import re

import numpy as np
import pytest
from answers.lab_07 import ANSWERS
from lab_cells import Lab

from labkit.lab_07.engine import LIMITS, engines_run, random_stream
from labkit.lab_07.schedulers import StaticBatches, planned_by
from labkit.lab_07.stream import Arrival, serve
from mini_vllm.core.scheduler import Scheduler

LAB = Lab.read("phase-01-engine/lab-07-continuous-batching.ipynb")


def code_of(exercise: str, name: str) -> str:
    (answer,) = [answer for answer in ANSWERS if (answer.exercise, answer.name) == (exercise, name)]
    return answer.code


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-07")


@pytest.fixture(scope="module")
def functions() -> dict:
    return LAB.reference


def arrivals_of(output_lens) -> list[Arrival]:
    """Requests with a prompt of one token, so that each step gives each running request one token."""
    return [Arrival(f"r{i}", 0.0, 1, int(length)) for i, length in enumerate(output_lens)]


@pytest.mark.parametrize(
    "exercise, name, test",
    [
        ("static_steps", "two at a time", "correct_static_steps"),
        ("continuous_steps", "few seats", "correct_continuous_steps"),
        ("schedule", "blocks of 4", "correct_schedule"),
        ("victim", "hard-coded", "correct_victim"),
        ("longest_gap", "whole seconds", "correct_longest_gap"),
    ],
)
def test_a_message_of_a_hidden_test_gives_no_number_of_it_away(exercise, name, test):
    message = LAB.messages(**{exercise: code_of(exercise, name)})[test]
    sentence, _, rest = message.partition("Next step:")
    assert "right for the visible examples" in sentence
    assert set(re.findall(r"\d+", message)) <= set(re.findall(r"\d+", LAB.tests[test].split("### BEGIN")[0]))


def test_the_first_example_takes_24_and_17_steps(lab):
    said = lab.printed("plot-seats")
    assert "static batches: 24 steps, 30 of 48 places used (62.5%); your count as well" in said
    assert "continuous batching: 17 steps, 30 of 34 places used (88.2%); your count as well" in said


@pytest.mark.parametrize("seed, seats", [(1, 2), (2, 5), (3, 1), (4, 30)])
def test_both_counts_are_the_engines(functions, seed, seats):
    """Finds a count that is right for the lab's examples only."""
    lens = np.random.default_rng(seed).integers(1, 25, 23).tolist()
    for scheduler_cls, count in ((StaticBatches, "static_steps"), (Scheduler, "continuous_steps")):
        steps = len(serve(arrivals_of(lens), scheduler_cls, max_num_seqs=seats).plans)
        assert functions[count](lens, seats) == steps, count


def test_most_places_of_static_batches_stay_empty_and_the_guess_is_answered(lab):
    said = lab.printed("plot-seats")
    assert "static_steps: 59% of the places empty" in said and "continuous_steps: 14% of" in said
    assert "64 requests of 70 (median) to 258 tokens" in said
    assert "percent empty: you guessed 25, it is 58.97" in said


def test_the_engines_stream_tries_every_rule(lab):
    """Chunks, seats, blocks and preemptions: else a schedule without one of them would pass."""
    run = engines_run()
    tokens = [dict(plan) for plan in run.plans]
    assert run.stats.num_preemptions > 5
    assert max(map(len, tokens)) == LIMITS["max_num_seqs"]
    assert any(sum(plan.values()) == LIMITS["max_num_batched_tokens"] and max(plan.values()) > 1 for plan in tokens)
    assert "40 requests, 654 tokens: all the same" in lab.printed("test-schedule-in-the-engine")


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("changes", [{}, {"max_num_batched_tokens": 5}, {"num_blocks": 26}, {"max_num_seqs": 12}])
def test_the_reference_plans_every_step_as_the_engine_does(functions, seed, changes):
    """Also where the lab's one stream does not go."""
    limits, stream = LIMITS | changes, random_stream(seed, 12)
    own = serve(stream, **limits)
    yours = serve(stream, planned_by(functions["schedule"], functions["victim"]), **limits)
    assert (yours.plans, yours.token_ids, yours.stats) == (own.plans, own.token_ids, own.stats)


@pytest.mark.parametrize("budget, work", [(2048, 2001), (64, 64), (256, 256)])
def test_a_prompt_of_2000_tokens_beside_a_decode(functions, budget, work):
    """By the engine's own scheduler: the longest pause in tokens of work, and the steps for the prompt."""
    steps = math.ceil(2000 / (budget - 1))
    arrivals = [Arrival("reader", 0.0, 1, steps + 6), Arrival("prompt", 2.5, 2000, 2)]
    run = serve(arrivals, clock=float, max_num_batched_tokens=budget)
    assert functions["longest_gap"](run.plans, "reader", run.seconds) == work
    assert sum(dict(plan).get("prompt", 0) > 1 for plan in run.plans) == steps


def test_the_pause_is_printed_and_the_guess_is_answered(lab):
    said = lab.printed("plot-pause")
    assert "budget 2,048: longest pause 2,001 tokens of work\nbudget 64: longest pause 64 tokens of work" in said
    assert "  2,048                     1         103.0 ms" in said
    assert "you guessed 16, it is 103" in said and "the weights alone take 8 ms" in said


def test_up_to_the_ridge_a_chunk_is_free_and_beyond_it_the_prompt_gains_little(lab):
    rows = re.findall(r"^ *([\d,]+) +([\d,.]+) ms +([\d,.]+) ms$", lab.printed("plot-budget"), re.M)
    numbers = [[float(number.replace(",", "")) for number in row] for row in rows]
    pause = {budget: ms for budget, ms, _ in numbers}
    wait = {budget: ms for budget, _, ms in numbers}
    assert pause[16] == pause[128] == 8.0 and pause[2048] > 12 * pause[128]
    assert wait[16] > 8 * wait[128] and wait[256] < 1.01 * wait[2048]


def test_what_is_broken_breaks(lab):
    said = lab.printed("break-it")
    assert "they need more blocks than the 8 that are free" in said and "Next step: run the test of schedule" in said
    table = said[said.index("Benchmark duration") :].splitlines()
    rows = {row[:33].strip(): [float(number.replace(",", "")) for number in row[33:].split()] for row in table}
    yours, shortest, oldest = range(3)
    assert rows["Mean TTFT (ms)"][shortest] < rows["Mean TTFT (ms)"][yours]
    assert rows["P99 TTFT (ms)"][shortest] > 1.5 * rows["P99 TTFT (ms)"][yours]
    assert rows["longest ITL (ms)"][oldest] > 2 * rows["longest ITL (ms)"][yours]
    assert rows["num_tokens_processed"][oldest] > 1.2 * rows["num_tokens_processed"][yours]


def test_the_students_functions_serve_as_the_engine_does_and_static_batches_do_not(lab):
    said = lab.printed("meet-the-engine")
    assert "Your plans are the engine's own. All three ways give the same tokens." in said
    for name in ("Request throughput (req/s)", "Output token throughput (tok/s)", "Mean TTFT (ms)", "Mean TPOT (ms)"):
        assert f"\n{name} " in said
    mean = re.search(r"Mean TTFT \(ms\) +([\d.,]+) +([\d.,]+) +([\d.,]+)", said)
    static, yours, own = (float(number.replace(",", "")) for number in mean.groups())
    assert yours == own and static > 3 * yours
    rows = {row[:33].strip(): row[33:].split() for row in said.splitlines()}
    static, yours, own = map(float, rows["longest ITL (ms)"])
    assert yours == own > 5 * static and len({*rows["P99 ITL (ms)"]}) == 1  # a preempted request's pause


def test_no_printed_line_is_wider_than_a_page(lab):
    assert [line for line in lab.all_printed.splitlines() if len(line) > 95] == []
