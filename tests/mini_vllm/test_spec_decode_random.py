"""Random streams of requests with speculation: each gets what it gets without, and no rejected draft is ever found."""

import functools
import random

import numpy as np
import pytest
from engines import MODEL, check_blocks
from letters import LETTERS, LetterTokenizer
from test_request_random import broken_off

from mini_vllm import EngineConfig, LlamaForCausalLM, LLMEngine, ModelConfig, OneSequence, SamplingParams

NUM_ALLOWED, EOS, MAX_LEN = 5, 4, 48  # so few tokens that a guess is often right, and often wrong
MODEL_WITH_EOS = LlamaForCausalLM(ModelConfig(**{**vars(MODEL.config), "eos_token_id": EOS}), seed=3)


def prefix_hasher(block_size: int):
    """A block hasher whose hashes can be read: all tokens up to the end of the block."""

    def hashes(request):
        ends = range((len(request.block_hashes) + 1) * block_size, request.num_tokens + 1, block_size)
        return [tuple(request.all_token_ids[:end]) for end in ends]

    return hashes


@functools.cache
def keys_and_values(tokens: tuple[int, ...]) -> np.ndarray:
    """Those of the last layer, (2, len(tokens), num_key_value_heads, head_dim): they depend on all tokens before."""
    model, layer = OneSequence(MODEL_WITH_EOS), MODEL_WITH_EOS.config.num_hidden_layers - 1
    cache = model.new_cache()
    model.forward(tokens, cache)
    return np.stack([cache.keys(layer), cache.values(layer)])


def check_cached_blocks(an_engine: LLMEngine) -> None:
    """Each block that can be found holds K and V of the tokens that it is found by."""
    kv_cache, size = an_engine.model_runner.kv_cache, an_engine.config.block_size
    for tokens, block in an_engine.scheduler.kv_cache_manager.block_pool._cached.items():
        difference = kv_cache.blocks[-1, :, block.block_id] - keys_and_values(tokens)[:, -size:]
        assert abs(difference).max() < 1e-4, f"block {block.block_id} does not hold the last {size} of {tokens}"


def random_engine(rng: random.Random) -> LLMEngine:
    block_size, lookup_min = rng.choice([1, 2, 4, 8]), rng.choice([1, 1, 2])
    config = EngineConfig(
        max_model_len=MAX_LEN,
        block_size=block_size,
        num_blocks=-(-MAX_LEN // block_size) + rng.choice([0, 2, 9]),
        max_num_seqs=rng.randint(1, 6),
        max_num_batched_tokens=rng.choice([1, 5, 9, 64]),
        enable_prefix_caching=rng.random() < 0.7,
        block_hasher=prefix_hasher(block_size),
        speculative_config={
            "method": "ngram",
            "num_speculative_tokens": rng.randint(1, 9),
            "prompt_lookup_min": lookup_min,
            "prompt_lookup_max": lookup_min + rng.randint(0, 2),
        },
    )
    return LLMEngine(MODEL_WITH_EOS, LetterTokenizer(), config)


def random_params(rng: random.Random) -> SamplingParams:
    always = {"temperature": 0, "max_tokens": rng.randint(1, 30), "ignore_eos": rng.random() < 0.7}
    always["allowed_token_ids"] = range(NUM_ALLOWED)
    if rng.random() < 0.6:
        always |= {"temperature": rng.choice([0.05, 0.2, 1]), "seed": rng.randint(0, 99), "n": rng.choice([1, 1, 2, 3])}
    words = ["".join(rng.choices(LETTERS[:NUM_ALLOWED], k=rng.randint(1, 3))) for _ in range(4)]
    if rng.random() < 0.5:  # by then the text often repeats itself, so that the stop string is among the drafts
        always |= {"stop": words[:2], "min_tokens": min(always["max_tokens"], rng.randint(0, 20))}
    maybe = {
        "stop_token_ids": [rng.randrange(NUM_ALLOWED)],
        "include_stop_str_in_output": True,
        "bad_words": words[2:],
        "logit_bias": {rng.randrange(NUM_ALLOWED): rng.uniform(-3, 3)},
        "top_k": rng.randint(1, NUM_ALLOWED),
        "presence_penalty": rng.uniform(-2, 2),
        "frequency_penalty": rng.uniform(-1, 1),
        "repetition_penalty": rng.uniform(0.7, 1.5),
        "prompt_logprobs": 1,
        "logprobs": rng.randint(0, 3),
    }
    return SamplingParams(**always, **{name: value for name, value in maybe.items() if rng.random() < 0.3})


def served_alone(prompt: list[int], params: SamplingParams):
    """The outputs of a request without speculation, cache and company."""
    an_engine = LLMEngine(MODEL_WITH_EOS, LetterTokenizer(), EngineConfig(max_model_len=MAX_LEN, num_blocks=64))
    an_engine.add_request("alone", prompt, params)
    while an_engine.has_unfinished_requests():
        outputs = an_engine.step()
    return outputs[0].outputs


@functools.cache
def text(seed: int) -> list[int]:
    """30 tokens of which most are the model's own, so that its output goes on with what its prompt holds."""
    start = np.random.default_rng(seed).integers(0, NUM_ALLOWED, 8).tolist()
    params = SamplingParams(temperature=0, max_tokens=22, ignore_eos=True, allowed_token_ids=range(NUM_ALLOWED))
    return start + served_alone(start, params)[0].token_ids


def check_is_same(output, expected) -> None:
    assert (output.token_ids, output.text) == (expected.token_ids, expected.text)
    assert (output.finish_reason, output.stop_reason) == (expected.finish_reason, expected.stop_reason)
    assert len(output.logprobs or ()) == len(expected.logprobs or ())
    for entries, others in zip(output.logprobs or (), expected.logprobs or ()):
        assert entries.keys() == others.keys()
        assert all(abs(entries[token].logprob - others[token].logprob) < 1e-4 for token in entries)
    if expected.logprobs is not None:
        assert output.cumulative_logprob == pytest.approx(expected.cumulative_logprob, abs=1e-3)


def serve(seed: int) -> LLMEngine:
    rng, requests, outputs = random.Random(seed), {}, {}
    an_engine = random_engine(rng)

    def step():
        if rng.random() < 0.05:
            broken_off(an_engine, rng)
        else:
            outputs.update({output.request_id: output for output in an_engine.step()})
        check_blocks(an_engine)
        check_cached_blocks(an_engine)

    for name in map(str, range(rng.randint(2, 9))):
        requests[name] = text(rng.randint(0, 2))[: rng.randint(1, 30)], random_params(rng)
        an_engine.add_request(name, *requests[name])
        for _ in range(rng.randint(0, 4)):
            step()
    while an_engine.has_unfinished_requests():
        step()
    for name, (prompt, params) in requests.items():
        assert outputs[name].finished and outputs[name].error is None
        for output, expected in zip(outputs[name].outputs, served_alone(prompt, params), strict=True):
            check_is_same(output, expected)
    return an_engine


def test_random_requests_get_what_they_get_without_speculation():
    stats = [serve(seed).stats for seed in range(6)]
    drafted, accepted = (sum(each) for each in zip(*((one.num_draft_tokens, one.num_accepted_tokens) for one in stats)))
    assert accepted > 30 and drafted - accepted > 100
    assert sum(one.num_preemptions for one in stats) > 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 120))
def test_many_more_random_requests_get_what_they_get_without_speculation(seed):
    serve(seed)
