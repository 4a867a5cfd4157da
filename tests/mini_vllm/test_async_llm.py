"""`AsyncLLM` and its streams: what a slow reader, an error and an abort do to them."""

import asyncio
import threading

import pytest
from engines import engine, expected_tokens, greedy, random_prompt

from mini_vllm import CompletionOutput, RequestOutput
from mini_vllm.engine.async_llm import AsyncLLM, QueueFullError
from mini_vllm.engine.output_stream import OutputStream
from mini_vllm.metrics.stat_logger import StatLogger


def output(request_id: str, length: int, finished: bool = False) -> RequestOutput:
    return RequestOutput(request_id, None, [1], [CompletionOutput(0, "a" * length, [1] * length)], finished)


def test_a_slow_reader_gets_the_latest_output_of_each_prompt():
    async def read():
        aborted = []
        stream = OutputStream(["x", "y"], 1, aborted.append)
        for length in range(1, 1000):
            stream.put(output("x", length))
        stream.put(output("y", 7, finished=True))
        first = [await anext(stream), await anext(stream)]
        stream.put(output("x", 1000, finished=True))
        rest = [item async for item in stream]
        stream.close()
        return [(index, len(out.outputs[0].text)) for index, out in [*first, *rest]], aborted

    assert asyncio.run(read()) == ([(0, 999), (1, 7), (0, 1000)], [])


def test_a_closed_stream_aborts_once_what_has_not_ended():
    async def close():
        aborted = []
        stream = OutputStream(["x", "y"], 2, aborted.append)
        stream.put(output("y", 1, finished=True))
        assert stream.num_unfinished == 2
        stream.close()
        stream.close()
        return aborted, [item async for item in stream][0][0]

    assert asyncio.run(close()) == (["x"], 1)


def serve(work, **limits):
    """The result of work(async_llm), a coroutine, on an engine of its own."""

    async def run():
        async_llm = AsyncLLM(engine(max_num_seqs=2), StatLogger("m"), **limits)
        async_llm.start()
        try:
            return await work(async_llm)
        finally:
            async_llm.shutdown()
            assert not async_llm._thread.is_alive()

    return asyncio.run(run())


def test_requests_from_many_tasks_get_their_own_tokens():
    prompts = [random_prompt(seed, 5 + seed) for seed in range(8)]

    async def work(async_llm):
        async def one(name, prompt):
            stream = await async_llm.generate([prompt], greedy(), name)
            return [out async for _, out in stream][-1].outputs[0].token_ids

        return await asyncio.gather(*(one(str(index), prompt) for index, prompt in enumerate(prompts)))

    assert serve(work) == [expected_tokens(prompt, greedy()) for prompt in prompts]


@pytest.mark.parametrize("wrong", [[1000], []])
def test_of_several_prompts_with_a_wrong_one_none_is_left_behind(wrong):
    async def work(async_llm):
        with pytest.raises(ValueError):
            await async_llm.generate([[1, 2], wrong, [3]], greedy(), "r")
        assert async_llm.num_unfinished_requests == 0
        return async_llm.llm_engine.has_unfinished_requests(), async_llm.is_healthy

    assert serve(work) == (False, True)


def gate_of(async_llm: AsyncLLM) -> threading.Event:
    """What the engine's steps wait for, so that no request ends before it is set."""
    gate, step = threading.Event(), async_llm.llm_engine.step
    async_llm.llm_engine.step = lambda: gate.wait() and step()
    return gate


def test_an_id_in_use_is_refused_and_the_engine_goes_on():
    async def work(async_llm):
        gate = gate_of(async_llm)
        stream = await async_llm.generate([[1]], greedy(5), "a")
        with pytest.raises(ValueError, match="request_id='a' belongs"):
            await async_llm.generate([[2]], greedy(), "a")
        gate.set()
        return [out async for _, out in stream][-1].outputs[0].token_ids

    assert serve(work) == expected_tokens([1], greedy(5))


def test_the_limit_counts_completions_and_is_free_again_after_them():
    async def work(async_llm):
        gate = gate_of(async_llm)
        stream = await async_llm.generate([[1], [2]], greedy(5, n=1), "a")
        with pytest.raises(QueueFullError, match="2 sequences run or wait, and 4 may"):
            await async_llm.generate([[1], [2], [3]], greedy(), "b")
        gate.set()
        [_ async for _ in stream]
        await async_llm.generate([[1], [2], [3]], greedy(), "b")

    serve(work, max_num_waiting=2)
