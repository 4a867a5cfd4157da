"""One LLM, several threads: every call is right, their requests share steps, and nobody waits for all others."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from engines import MODEL, check_blocks, expected_tokens, greedy, random_prompt
from letters import LetterTokenizer

from mini_vllm import LLM, SamplingParams


def llm(**limits) -> LLM:
    return LLM(MODEL, tokenizer=LetterTokenizer(), block_size=4, **limits)


def settings(index: int) -> tuple[list[int], SamplingParams]:
    params = greedy(20) if index % 2 else SamplingParams(seed=index, max_tokens=20)
    return random_prompt(index, 3 + index % 7), params


EXPECTED = [expected_tokens(*settings(index)) for index in range(24)]


def generated(engine: LLM, index: int) -> list[int]:
    (output,) = engine.generate(*settings(index), use_tqdm=False)
    return output.outputs[0].token_ids


def streamed(engine: LLM, index: int) -> list[int]:
    tokens: list[int] = []
    for output in engine.stream(*settings(index)):
        assert output.outputs[0].token_ids[: len(tokens)] == tokens
        tokens = output.outputs[0].token_ids
    return tokens


@pytest.mark.parametrize("limits", [{}, {"num_blocks": 20, "max_model_len": 32}], ids=str)
def test_calls_of_several_threads_get_their_own_tokens(limits):
    engine = llm(**limits)
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(streamed if index % 3 else generated, engine, index) for index in range(24)]
        assert [call.result(timeout=120) for call in calls] == EXPECTED
    assert not engine.llm_engine.has_unfinished_requests()
    check_blocks(engine.llm_engine)


def test_requests_of_several_threads_share_their_steps():
    engine, barrier = llm(), threading.Barrier(4)

    def call(index: int) -> list[int]:
        barrier.wait(timeout=60)
        return generated(engine, index)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(call, range(4))) == EXPECTED[:4]
    assert engine.llm_engine.stats.num_steps < 4 * 20


def test_a_short_call_does_not_wait_for_a_long_one():
    engine, has_begun = llm(), threading.Event()
    ends = []

    def long():
        for _ in engine.stream(random_prompt(1, 4), greedy(120)):
            has_begun.set()
        ends.append("long")

    thread = threading.Thread(target=long)
    thread.start()
    assert has_begun.wait(timeout=60)
    engine.generate(random_prompt(2, 4), greedy(2), use_tqdm=False)
    ends.append("short")
    thread.join(timeout=60)
    assert ends == ["short", "long"]


def test_an_error_in_one_thread_leaves_the_others_alone():
    engine = llm()
    with ThreadPoolExecutor(4) as pool:
        good = [pool.submit(generated, engine, index) for index in range(8)]
        bad = [pool.submit(engine.generate, [[1], [64]], greedy(5), False) for _ in range(4)]
        assert [call.result(timeout=60) for call in good] == EXPECTED[:8]
        for call in bad:
            with pytest.raises(ValueError, match="token id 64"):
                call.result(timeout=60)
    assert not engine.llm_engine.has_unfinished_requests()


def test_a_stream_that_the_garbage_collector_closes_in_the_middle_of_a_step_does_not_hang():
    engine = llm()
    stream = engine.stream(random_prompt(1, 4), greedy(50))
    next(stream)
    holder = [stream]
    holder.append(holder)  # a cycle: only the collector closes the stream
    forward = engine.llm_engine.model_runner.execute_model

    def collecting(plan):
        engine.llm_engine.model_runner.execute_model = forward
        gc.collect()
        return forward(plan)

    engine.llm_engine.model_runner.execute_model = collecting
    del holder, stream
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(generated, engine, 3).result(timeout=60) == EXPECTED[3]
    assert not engine.llm_engine.has_unfinished_requests()
    check_blocks(engine.llm_engine)
