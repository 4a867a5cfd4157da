"""The student's functions beside those of a running mini_vllm engine, and in their place."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.check import quantity
from mini_vllm import SamplingParams

if TYPE_CHECKING:
    from mini_vllm import LLM, LLMEngine

COUNTERS = ("num_steps", "num_tokens_processed", "num_preemptions", "prefix_cache_queries", "prefix_cache_hits")
PROMPT_LENS, OUTPUT_LENS = (30, 9, 21), (60, 12, 45)  # of the requests whose block tables are read
SHORTEST_PREFIX = 40  # tokens that all requests of `swap_parts` begin with


def read_block_tables(slot: Callable[..., Any], gather: Callable[..., Any], num_steps: int = 50) -> None:
    """Stop an engine amid its work, and read the K and V of each running request by its block table."""
    from mini_vllm import LLM

    engine = LLM(num_blocks=24, max_model_len=128, block_size=8, enable_prefix_caching=False).llm_engine
    rng = np.random.default_rng(1)
    for name, prompt_len, output_len in zip("ABC", PROMPT_LENS, OUTPUT_LENS):
        params = SamplingParams(temperature=0, max_tokens=output_len, ignore_eos=True)
        engine.add_request(name, rng.integers(5, 1000, prompt_len).tolist(), params)
    for step in range(num_steps):
        engine.step()
        if step == 20:  # it takes the blocks that B has left
            params = SamplingParams(temperature=0, max_tokens=60, ignore_eos=True)
            engine.add_request("D", rng.integers(5, 1000, 20).tolist(), params)
    print(f"After {num_steps} steps of the engine, with blocks of 8 slots:")
    for request in engine.scheduler.running:
        _read_one(engine, request, slot, gather)


def _read_one(engine: "LLMEngine", request: Any, slot: Callable[..., Any], gather: Callable[..., Any]) -> None:
    from mini_vllm import OneSequence
    from mini_vllm.worker.paged_kv_cache import BlockTable

    cache, num_tokens = engine.model_runner.kv_cache, request.num_computed_tokens
    block_ids = engine.scheduler.kv_cache_manager.get_block_ids(request.request_id)
    slots = BlockTable(block_ids, cache.block_size, num_tokens).last_slots(num_tokens).tolist()
    yours = [int(slot(position, list(block_ids), cache.block_size)) for position in range(num_tokens)]
    alone = OneSequence(engine.model)
    contiguous = alone.new_cache()
    alone.forward(request.all_token_ids[:num_tokens], contiguous)
    largest = 0.0
    for layer, parts in enumerate(cache.blocks):
        for part, wanted in zip(parts, (contiguous.keys(layer), contiguous.values(layer))):
            rows = np.asarray(gather(part.copy(), list(block_ids), num_tokens))
            largest = max(largest, float(np.abs(rows - wanted).max())) if rows.shape == wanted.shape else np.inf
    print(f"  {request.request_id}: {num_tokens} tokens in blocks {block_ids}")
    print(
        f"     your slots are the engine's: {slots == yours}; K and V are those of a contiguous cache: {largest < 1e-3}"
    )


def count_admissions(requests_that_fit_paged: Callable[..., Any], prompt_len: int = 18, new_tokens: int = 80) -> None:
    """Serve more and more requests at once until one is preempted, beside the student's count."""
    from mini_vllm import LLM

    llm = LLM(num_blocks=27, max_model_len=256, enable_prefix_caching=False)
    length = prompt_len + new_tokens - 1  # an engine never feeds the last token
    limits = llm.llm_engine.config
    fit = requests_that_fit_paged([length] * 9, limits.num_blocks * limits.block_size, limits.block_size)
    print(f"{limits.num_blocks} blocks of {limits.block_size}, requests of {length} tokens: your count is {fit}")
    rng = np.random.default_rng(seed=2)
    prompts = [rng.integers(5, 1000, prompt_len).tolist() for _ in range(int(fit) + 1)]
    for num_requests in range(max(1, int(fit) - 1), int(fit) + 2):
        before = llm.llm_engine.stats.num_preemptions
        _serve(llm, prompts[:num_requests], new_tokens)
        preemptions = quantity(llm.llm_engine.stats.num_preemptions - before, "preemptions")
        print(f"  {num_requests} at once: {preemptions}")


def swap_parts(gather: Callable[..., Any], share: Callable[..., Any], release: Callable[..., Any]) -> None:
    """Serve the same requests with the engine's own parts and with the student's, and compare tokens and counters."""
    from labkit.lab_06.parts import read_with, scheduler_with
    from mini_vllm import LLM

    rng = np.random.default_rng(3)
    prefix = rng.integers(5, 1000, SHORTEST_PREFIX).tolist()
    prompts = [prefix + rng.integers(5, 1000, n).tolist() for n in rng.integers(1, 30, 10)]
    limits: dict[str, Any] = {"num_blocks": 18, "block_size": 8, "max_model_len": 128, "max_num_seqs": 6}
    own, yours = LLM(**limits), LLM(**limits, scheduler_cls=scheduler_with(share, release))
    cache = read_with(yours.llm_engine, gather)
    tokens = [_serve(llm, prompts, 20) for llm in (own, yours)]
    print(f"{len(prompts)} requests that share {len(prefix)} tokens, on {limits['num_blocks']} blocks:")
    print(f"  {'':<22}{'engine':>8}{'yours':>8}")
    for counter in COUNTERS:
        values = [getattr(llm.llm_engine.stats, counter) for llm in (own, yours)]
        print(f"  {counter:<22}{values[0]:>8,}{values[1]:>8,}")
    print(f"  identical tokens: {tokens[0] == tokens[1]}; the cache was read {cache.num_reads:,} times by your gather")


def _serve(llm: "LLM", prompts: Sequence[list[int]], new_tokens: int) -> list[list[int]]:
    params = SamplingParams(temperature=0, max_tokens=new_tokens, ignore_eos=True)
    outputs = llm.generate(list(prompts), params, use_tqdm=False)
    return [list(output.outputs[0].token_ids) for output in outputs]
