"""The instruments of lab 07: who sits where, plans that the engine cannot execute, and what the plots say."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit import CheckFailed, check, lab_07
from labkit.lab_07.pause_plot import Pause
from labkit.lab_07.report import busy_stream, metrics
from labkit.lab_07.schedulers import StaticBatches, planned_by
from labkit.lab_07.seats_plot import stays
from labkit.lab_07.stream import MOST_STEPS, Arrival, Served, serve

matplotlib.use("agg")
TWO = [Arrival("a", 0.0, 3, 4), Arrival("b", 0.0, 3, 4)]


def everybody(running, waiting, *limits):
    """A plan without any limit."""
    return [(name, known - computed) for name, known, computed, _ in running + waiting]


def test_a_request_keeps_its_seat_and_a_new_one_takes_the_lowest():
    plans = [[("a", 1), ("b", 1)], [("b", 1), ("c", 1)], [("c", 1), ("d", 1)]]
    assert stays(plans) == [(0, "a", 0, 1), (1, "b", 0, 2), (0, "c", 1, 2), (1, "d", 2, 1)]


def test_static_batches_start_nobody_until_the_whole_batch_is_finished():
    """Also where the batch does not fit into one step's budget."""
    arrivals = [Arrival(name, 0.0, 6, length) for name, length in zip("abcd", (2, 5, 1, 1))]
    plans = [dict(plan) for plan in serve(arrivals, StaticBatches, max_num_seqs=2, max_num_batched_tokens=4).plans]
    first_of_c = next(step for step, plan in enumerate(plans) if "c" in plan)
    assert not any("a" in plan or "b" in plan for plan in plans[first_of_c:])
    assert any("a" in plan and "b" in plan for plan in plans)


@pytest.mark.parametrize(
    "schedule, said",
    [
        (lambda running, waiting, *limits: [("z", 1)], "1 token of z.\nLikely cause: no such request"),
        (
            lambda running, waiting, *limits: [("a", 0)],
            "0 tokens of a.\nLikely cause: each request of a plan gets at least 1",
        ),
        (lambda running, waiting, *limits: [], "The plan is empty, though 0 requests run and 2 wait"),
        (lambda running, waiting, *limits: None, "schedule returned None"),
    ],
)
def test_a_plan_that_the_engine_cannot_execute_is_named(schedule, said):
    with pytest.raises(CheckFailed, match=said):
        serve(TWO, planned_by(schedule))


def test_a_plan_with_more_blocks_than_there_are_is_named():
    arrivals = [Arrival("a", 0.0, 16, 1), Arrival("b", 0.0, 12, 1)]
    with pytest.raises(CheckFailed, match="more blocks than the 2 that are free"):
        serve(arrivals, planned_by(everybody), num_blocks=6, block_size=4, max_model_len=24)


def test_a_victim_that_is_not_running_is_named():
    def first_only(running, waiting, *limits):
        return [(name, 1) for name, *_ in (running or waiting)[:1]] if not running else []

    with pytest.raises(CheckFailed, match="cannot preempt 'nobody'"):
        serve(TWO, planned_by(first_only, lambda running: "nobody"))


def test_requests_that_preempt_one_another_for_ever_are_stopped(monkeypatch):
    monkeypatch.setattr("labkit.lab_07.stream.MOST_STEPS", 50)

    def newest(running, waiting, *limits):
        return [(name, 1) for name, *_ in (*running[-1:], *waiting[:1])]

    long = [Arrival(name, 0.0, 30, 1) for name in "ab"]
    with pytest.raises(CheckFailed, match="After 50 steps"):
        serve(long, planned_by(newest, lambda running: running[0][0]))
    assert MOST_STEPS == 5000


def test_metrics_are_those_of_vllm_bench_serve():
    arrivals = [Arrival("a", 1.0, 4, 3), Arrival("b", 2.0, 4, 1)]
    times = {"a": [3.0, 4.0, 7.0], "b": [4.0]}
    run = Served(arrivals, [], [], [1.0], [8.0], {}, times, None)
    assert metrics(run) == {
        "Benchmark duration (s)": 8,
        "Request throughput (req/s)": 0.25,
        "Output token throughput (tok/s)": 0.5,
        "Mean TTFT (ms)": 2000,
        "P99 TTFT (ms)": 2000,
        "Mean TPOT (ms)": 2000,
        "P99 ITL (ms)": pytest.approx(2980),
        "longest ITL (ms)": 3000,
    }


def test_the_busy_stream_is_in_order_of_arrival_and_fits():
    stream = busy_stream()
    assert len(stream) == 32 and max(one.prompt_len + one.output_len for one in stream) <= 960
    assert [one.arrival_s for one in stream] == sorted(one.arrival_s for one in stream)
    assert len(lab_07.OUTPUT_LENS) == 64 and np.median(lab_07.OUTPUT_LENS) == 70


def test_the_words_below_the_seats_tell_a_wrong_count(monkeypatch, capsys):
    monkeypatch.setattr(plt, "show", lambda: None)
    lab_07.plot_seats(lambda lens, seats: 24, lambda lens, seats: 15)
    said = capsys.readouterr().out
    assert "24 steps, 30 of 48 places used (62.5%); your count as well" in said
    assert "17 steps, 30 of 34 places used (88.2%); your count is 15" in said


def test_a_pause_needs_no_second_run(monkeypatch):
    calls = []

    def schedule(running, waiting, budget, *limits):
        calls.append(budget)
        plan = []
        for name, known, computed, _ in running + waiting:
            if budget:
                plan.append((name, min(known - computed, budget)))
                budget -= plan[-1][1]
        return plan

    pause = Pause(schedule, lambda plans, name, seconds: max(seconds))
    first = pause.ms(1024)
    count = len(calls)
    assert pause.ms(1024) == first and pause.tokens(1024) == 1024 and len(calls) == count


def test_a_difference_from_the_engine_shows_step_and_lists(capsys):
    def schedule(running, waiting, *limits):
        return [(name, 1) for name, *_ in running + waiting]

    with pytest.raises(CheckFailed) as failure:
        lab_07.compare_with_engine(check(schedule, lab_07.SCHEDULE))
    message = str(failure.value)
    assert message.startswith("Step 1 of the engine: schedule (running none; waiting r0; max_num_batched_tokens=24")
    assert "planned r0 1; the engine's own plan is r0 24" in message
    assert "run the test of schedule above" in message


def test_a_plot_of_a_function_that_is_not_written_yet_leaves_no_empty_picture():
    def schedule(running, waiting, *limits):
        raise NotImplementedError()

    pause = Pause(schedule, lambda plans, name, seconds: 0)
    for draw in (pause.strips, pause.curve):
        with pytest.raises(NotImplementedError):
            draw()
    with pytest.raises(NotImplementedError):
        lab_07.plot_seats(schedule, schedule)
    assert plt.get_fignums() == []


def test_the_clock_stands_still_until_a_request_arrives_and_then_adds_up_the_steps():
    run = serve([Arrival("a", 5.0, 3, 4)], clock=lambda tokens: tokens / 2)
    assert run.seconds == [1.5, 0.5, 0.5, 0.5]
    assert run.token_times_s["a"] == run.ends_s == [6.5, 7.0, 7.5, 8.0]
