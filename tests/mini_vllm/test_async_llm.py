"""`AsyncLLM` and its streams: what a slow reader, an error and an abort do to them."""

import asyncio
import threading

import pytest
from engines import MODEL, engine, expected_tokens, greedy, random_prompt
from letters import LetterTokenizer

from mini_vllm import CompletionOutput, LLMEngine, RequestOutput, SamplingParams
from mini_vllm.engine.async_llm import AsyncLLM, QueueFullError
from mini_vllm.engine.output_stream import OutputStream
from mini_vllm.metrics.stat_logger import StatLogger


def output(request_id: str, length: int, finished: bool = False) -> RequestOutput:
    reason = "length" if finished else None
    completion = CompletionOutput(0, "a" * length, [1] * length, finish_reason=reason)
    return RequestOutput(request_id, None, [1], [completion], finished)


def test_a_slow_reader_gets_the_latest_output_of_each_prompt():
    async def read():
        aborted = []
        stream = OutputStream(["x", "y"], 1, {"x", "y"}, aborted.append)
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
        stream = OutputStream(["x", "y"], 2, {"x", "0_x", "1_x", "y", "0_y", "1_y"}, aborted.append)
        stream.put(output("y", 1, finished=True))
        assert stream.num_unfinished == 2
        stream.close()
        stream.close()
        return aborted, [item async for item in stream][0][0]

    assert asyncio.run(close()) == (["x"], 1)


def test_a_completion_that_has_ended_makes_room_before_the_others_of_its_request():
    async def count():
        stream = OutputStream(["x", "y"], 3, {"x", "y"}, lambda request_id: None)
        ended = [CompletionOutput(index, "a", [1], finish_reason="stop") for index in range(2)]
        stream.put(RequestOutput("x", None, [1], [*ended, CompletionOutput(2, "a", [1])]))
        return stream.num_unfinished

    assert asyncio.run(count()) == 1 + 3


def serve(work, llm_engine=None, **limits):
    """The result of work(async_llm), a coroutine, on an engine of its own."""

    async def run():
        async_llm = AsyncLLM(llm_engine or engine(max_num_seqs=2), StatLogger("m"), **limits)
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
        with pytest.raises(ValueError, match="request_id='a' names"):
            await async_llm.generate([[2]], greedy(), "a")
        gate.set()
        return [out async for _, out in stream][-1].outputs[0].token_ids

    assert serve(work) == expected_tokens([1], greedy(5))


@pytest.mark.parametrize(("first", "second"), [(("x", 2), ("0_x", 1)), (("1_x", 2), ("x", 2))])
def test_an_id_that_is_the_name_of_a_completion_is_refused_and_the_engine_goes_on(first, second):
    """Two completions of 'x' are the requests '0_x' and '1_x'."""

    async def work(async_llm):
        gate = gate_of(async_llm)
        stream = await async_llm.generate([[1]], SamplingParams(seed=1, n=first[1]), first[0])
        with pytest.raises(ValueError, match=f"request_id='{second[0]}' .* choose another"):
            await async_llm.generate([[2]], SamplingParams(seed=1, n=second[1]), second[0])
        gate.set()
        num_tokens = [len(each.token_ids) for each in [out async for _, out in stream][-1].outputs]
        later = await async_llm.generate([[2]], SamplingParams(seed=1, n=second[1]), second[0])
        return num_tokens, [out async for _, out in later][-1].finished, async_llm.is_healthy

    assert serve(work) == ([16] * first[1], True, True)


class NoThirteen(LetterTokenizer):
    """Cannot decode one token."""

    def decode(self, token_ids, skip_special_tokens=True):
        if 13 in token_ids:
            raise LookupError("no token 13")
        return super().decode(token_ids, skip_special_tokens)


def test_a_request_that_cannot_be_added_fails_alone():
    async def work(async_llm):
        gate = gate_of(async_llm)
        good = await async_llm.generate([[1]], greedy(5), "good")
        bad = await async_llm.generate([[2], [13]], greedy(5), "bad")
        gate.set()
        with pytest.raises(LookupError, match="no token 13"):
            [_ async for _ in bad]
        bad.close()
        tokens = [out async for _, out in good][-1].outputs[0].token_ids
        return tokens, async_llm.is_healthy, async_llm.num_unfinished_requests

    llm_engine = LLMEngine(MODEL, NoThirteen())
    assert serve(work, llm_engine) == (expected_tokens([1], greedy(5)), True, 0)
    assert not llm_engine.has_unfinished_requests()


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
