"""Small engines and what must hold of them, for the engine's tests."""

from collections import Counter

import numpy as np

from mini_vllm import (
    EngineConfig,
    LlamaForCausalLM,
    LLMEngine,
    ModelConfig,
    OneSequence,
    RequestOutput,
    SamplingParams,
)
from mini_vllm.sample import Sampler, SamplingMetadata

MODEL = LlamaForCausalLM(
    ModelConfig(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
    ),
    seed=3,
)


def engine(**limits) -> LLMEngine:
    """An engine on the small model, with blocks of 4 tokens unless told."""
    return LLMEngine(MODEL, config=EngineConfig.for_model(MODEL.config, **{"block_size": 4} | limits))


def greedy(max_tokens: int = 12, **settings) -> SamplingParams:
    return SamplingParams(temperature=0, max_tokens=max_tokens, **settings)


def random_prompt(seed: int, length: int) -> list[int]:
    return np.random.default_rng(seed).integers(0, MODEL.config.vocab_size, length).tolist()


def expected_tokens(prompt: list[int], params: SamplingParams) -> list[int]:
    """The same generation by the model and the sampler alone: one sequence, one contiguous cache."""
    model = OneSequence(MODEL)
    cache, tokens, generator = model.new_cache(), [], np.random.default_rng(params.seed)
    logits = model.forward(prompt, cache)
    while len(tokens) < params.max_tokens:
        metadata = SamplingMetadata([params], [generator], [prompt], [tokens])
        tokens.append(Sampler()(logits[-1:], metadata).sampled_token_ids[0])
        logits = model.forward(tokens[-1:], cache)
    return tokens


def run(an_engine: LLMEngine, check=lambda an_engine: check_blocks(an_engine)) -> dict[str, RequestOutput]:
    """Step to the end, with a look at the blocks after each step; the last output of each request."""
    outputs = {}
    while an_engine.has_unfinished_requests():
        outputs |= {output.request_id: output for output in an_engine.step()}
        check(an_engine)
    return outputs


def token_ids(outputs: dict[str, RequestOutput]) -> dict[str, list[int]]:
    return {request_id: output.outputs[0].token_ids for request_id, output in outputs.items()}


def check_blocks(an_engine: LLMEngine) -> None:
    """No block is leaked, freed twice, or in use by someone who does not count."""
    scheduler = an_engine.scheduler
    manager, pool = scheduler.kv_cache_manager, scheduler.kv_cache_manager.block_pool
    held = {request_id: manager.get_block_ids(request_id) for request_id in manager._blocks}
    users = Counter(block_id for table in held.values() for block_id in table)
    assert {block.block_id: block.ref_cnt for block in pool.blocks if block.ref_cnt} == dict(users)
    assert set(pool._free) == {block.block_id for block in pool.blocks if block.ref_cnt == 0}
    assert all(len(table) == len(set(table)) for table in held.values()), "a request holds a block twice"
    assert held.keys() == {request.request_id for request in scheduler.running}, "only running requests hold blocks"
    for block_hash, block in pool._cached.items():
        assert block.block_hash == block_hash
    assert sum(block.block_hash is not None for block in pool.blocks) == len(pool._cached)
    for request in scheduler.running:  # its table has room for what is computed, and no block to spare
        blocks_needed = -(-request.num_computed_tokens // manager.block_size)
        assert len(held[request.request_id]) == blocks_needed
    if not an_engine.has_unfinished_requests():
        assert pool.num_free_blocks == pool.num_blocks
