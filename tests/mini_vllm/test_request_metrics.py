"""When things happened to a request: in order, and on one clock."""

import time

from engines import engine, greedy, random_prompt

from mini_vllm import SamplingParams


def test_the_times_of_a_request_come_in_order():
    an_engine, outputs = engine(max_num_seqs=1), {"a": [], "b": []}
    before = time.monotonic()
    for name in outputs:
        an_engine.add_request(name, random_prompt(1, 9), greedy(4))
    while an_engine.has_unfinished_requests():
        for output in an_engine.step():
            outputs[output.request_id].append(output.metrics)
    for first, *middle, last in outputs.values():
        times = (before, last.arrival_time, last.first_scheduled_time, last.first_token_time, last.last_token_time)
        assert list(times) == sorted(times) and last.first_token_time < last.last_token_time
        assert last.finished_time == last.last_token_time <= time.monotonic()
        assert first.last_token_time == first.first_token_time == last.first_token_time
        assert {each.finished_time for each in (first, *middle)} == {None}
    assert outputs["b"][-1].first_scheduled_time >= outputs["a"][-1].finished_time, "b waited for a"


def test_a_caller_may_say_when_a_request_arrived():
    an_engine = engine()
    an_engine.add_processed(an_engine.input_processor.process_inputs("a", [1, 2], greedy(1), arrival_time=12.5))
    (output,) = an_engine.step()
    assert output.metrics.arrival_time == 12.5


def test_of_several_completions_the_first_and_the_last_token_count():
    an_engine, outputs = engine(max_num_seqs=1), []
    an_engine.add_request("a", [1, 2, 3], SamplingParams(n=2, max_tokens=3))
    while an_engine.has_unfinished_requests():
        outputs += an_engine.step()
    assert len({output.metrics.first_token_time for output in outputs}) == 1
    assert len({output.metrics.last_token_time for output in outputs}) == 6
    assert [output.metrics.finished_time is None for output in outputs] == [True] * 5 + [False]


def test_a_preemption_changes_neither_the_arrival_nor_the_first_times():
    an_engine, outputs = engine(num_blocks=7, max_model_len=24, enable_prefix_caching=False), []
    for name in "abc":
        an_engine.add_request(name, random_prompt(1, 8), greedy(8))
    while an_engine.has_unfinished_requests():
        outputs += an_engine.step()
    assert an_engine.stats.num_preemptions > 0
    for name in "abc":
        own = [output.metrics for output in outputs if output.request_id == name]
        assert len({(each.arrival_time, each.first_scheduled_time, each.first_token_time) for each in own}) == 1
