"""A request's tokens are its own: no schedule, neighbour, shared block or preemption changes them."""

import json
from pathlib import Path

import numpy as np
import pytest
from engines import MODEL, engine, expected_tokens, greedy, random_prompt, run, token_ids

from mini_vllm import EngineConfig, LlamaForCausalLM, LLMEngine, ModelConfig, SamplingParams

GOLDEN = json.loads((Path(__file__).parent / "golden" / "llama.json").read_text())["cases"]
SETTINGS = [
    SamplingParams(temperature=0, max_tokens=12),
    SamplingParams(temperature=0.8, seed=1, max_tokens=9),
    SamplingParams(temperature=1.5, top_k=7, top_p=0.9, seed=2, max_tokens=15),
    SamplingParams(temperature=1, min_p=0.05, repetition_penalty=1.3, presence_penalty=0.5, seed=3, max_tokens=12),
    SamplingParams(temperature=0, frequency_penalty=1.0, max_tokens=20),
]
REQUESTS = {f"r{i}": (random_prompt(i, 3 + 5 * i), SETTINGS[i % len(SETTINGS)]) for i in range(8)}
EXPECTED = {request_id: expected_tokens(*request) for request_id, request in REQUESTS.items()}


def served(an_engine: LLMEngine, requests=REQUESTS) -> dict[str, list[int]]:
    for request_id, (prompt, params) in requests.items():
        an_engine.add_request(request_id, prompt, params)
    return token_ids(run(an_engine))


@pytest.mark.parametrize("max_num_batched_tokens", [5, 2048], ids="budget {}".format)
@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_greedy_tokens_equal_those_of_transformers(case, max_num_batched_tokens):
    model = LlamaForCausalLM(ModelConfig(**case["config"]), seed=case["seed"])
    config = EngineConfig.for_model(model.config, max_num_batched_tokens=max_num_batched_tokens)
    texts = {str(index): text for index, text in enumerate(case["texts"])}
    requests = {name: (text["prompt"], greedy(len(text["tokens"]), ignore_eos=True)) for name, text in texts.items()}
    assert served(LLMEngine(model, config=config), requests) == {name: text["tokens"] for name, text in texts.items()}


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"max_num_batched_tokens": 1},
        {"max_num_batched_tokens": 7},
        {"max_num_batched_tokens": 64},
        {"max_num_seqs": 1},
        {"max_num_seqs": 3, "max_num_batched_tokens": 16},
        {"block_size": 1},
        {"block_size": 16},
        {"block_size": 5, "enable_prefix_caching": False},
    ],
    ids=str,
)
def test_no_limit_of_the_engine_changes_a_token(limits):
    assert served(engine(**limits)) == EXPECTED


@pytest.mark.parametrize("seed", range(4))
def test_no_order_of_arrival_changes_a_token(seed):
    rng = np.random.default_rng(seed)
    an_engine, outputs = engine(max_num_batched_tokens=9), {}
    for name in rng.permutation(list(REQUESTS)):
        an_engine.add_request(str(name), *REQUESTS[name])
        for _ in range(rng.integers(0, 5)):
            outputs |= {output.request_id: output for output in an_engine.step()}
    assert token_ids(outputs | run(an_engine)) == EXPECTED


@pytest.mark.parametrize("num_blocks", [20, 15, 14])
@pytest.mark.parametrize("enable_prefix_caching", [True, False])
def test_preemption_happens_and_changes_no_token(num_blocks, enable_prefix_caching):
    an_engine = engine(num_blocks=num_blocks, max_model_len=56, enable_prefix_caching=enable_prefix_caching)
    assert served(an_engine) == EXPECTED
    assert an_engine.stats.num_preemptions > 0


def test_a_preempted_request_finds_its_own_blocks_again():
    prompts = {"first": random_prompt(1, 8), "second": random_prompt(2, 9)}
    requests = {name: (prompt, greedy(12)) for name, prompt in prompts.items()}
    an_engine = engine(num_blocks=6, max_model_len=24)
    assert served(an_engine, requests) == {name: expected_tokens(*request) for name, request in requests.items()}
    stats = an_engine.stats
    assert stats.num_preemptions > 0
    # Without a hit, every preempted token would be computed again.
    without_cache = engine(num_blocks=6, max_model_len=24, enable_prefix_caching=False)
    served(without_cache, requests)
    assert stats.num_tokens_processed < without_cache.stats.num_tokens_processed


@pytest.mark.parametrize("length", [8, 9, 11, 12])
def test_a_prompt_that_is_in_the_cache_to_the_last_token(length):
    an_engine, prompt = engine(), random_prompt(5, length)
    expected = expected_tokens(prompt, greedy())
    assert served(an_engine, {"cold": (prompt, greedy())}) == {"cold": expected}
    an_engine.add_request("warm", prompt, greedy())
    output = run(an_engine)["warm"]
    assert output.outputs[0].token_ids == expected
    # All full blocks but the one of the last token, whose logits are needed.
    assert output.num_cached_tokens == (length - 1) // 4 * 4


def test_a_conversation_finds_the_answer_of_its_last_turn_too():
    an_engine, prompt = engine(), random_prompt(5, 10)
    answer = served(an_engine, {"one": (prompt, greedy(9))})["one"]
    second = prompt + answer + random_prompt(6, 3)
    an_engine.add_request("two", second, greedy())
    output = run(an_engine)["two"]
    assert output.outputs[0].token_ids == expected_tokens(second, greedy())
    # The last sampled token was not passed through the model: 18 tokens are in the cache, 4 full blocks.
    assert output.num_cached_tokens == 16


def test_identical_prompts_in_one_step_share_their_blocks():
    an_engine, prompt = engine(), random_prompt(7, 13)
    for name in "abc":
        an_engine.add_request(name, prompt, greedy())
    an_engine.step()
    tables = [an_engine.scheduler.kv_cache_manager.get_block_ids(name) for name in "abc"]
    assert tables[0][:3] == tables[1][:3] == tables[2][:3]
    assert len({table[3] for table in tables}) == 3, "the last block of each is its own: it is still written to"
    assert an_engine.stats.num_tokens_processed == 13 + 1 + 1
    assert token_ids(run(an_engine)) == dict.fromkeys("abc", expected_tokens(prompt, greedy()))


def test_identical_prompts_with_the_same_seed_are_drawn_alike_and_apart_from_those_with_another():
    prompt, one = random_prompt(7, 13), SamplingParams(seed=1, max_tokens=30)
    other = SamplingParams(seed=2, max_tokens=30)
    tokens = served(engine(), {"a": (prompt, one), "b": (prompt, other), "c": (prompt, one)})
    assert tokens["a"] == tokens["c"] == expected_tokens(prompt, one) != tokens["b"]


def test_prompts_with_equal_blocks_behind_different_beginnings_share_nothing():
    tail = random_prompt(8, 12)
    requests = {name: (random_prompt(seed, 4) + tail, greedy()) for name, seed in (("a", 1), ("b", 2))}
    an_engine = engine()
    assert served(an_engine, requests) == {name: expected_tokens(*request) for name, request in requests.items()}
    assert an_engine.stats.prefix_cache_hits == 0


def test_prefill_and_decode_run_in_the_same_step():
    an_engine = engine(max_num_batched_tokens=8)
    an_engine.add_request("short", random_prompt(1, 4), greedy(20))
    an_engine.step()
    an_engine.add_request("long", random_prompt(2, 30), greedy(3))
    lens = []
    while an_engine.scheduler.requests["long"].num_computed_tokens < 30:
        before = an_engine.stats.num_tokens_processed
        news = [output.request_id for output in an_engine.step()]
        lens.append((an_engine.stats.num_tokens_processed - before, "short" in news))
    # 7 tokens of the long prompt beside one of the short request, which is not kept waiting.
    assert lens == [(8, True)] * 4 + [(3, True)]
    tokens = token_ids(run(an_engine))
    assert tokens["short"] == expected_tokens(random_prompt(1, 4), greedy(20))
    assert tokens["long"] == expected_tokens(random_prompt(2, 30), greedy(3))


def test_an_abort_in_the_middle_of_a_prefill_gives_back_its_blocks_and_leaves_the_others_alone():
    an_engine = engine(max_num_batched_tokens=8)
    an_engine.add_request("stays", random_prompt(1, 5), greedy())
    an_engine.add_request("goes", random_prompt(2, 30), greedy())
    an_engine.add_request("waits", random_prompt(3, 30), greedy())
    an_engine.step()
    assert 0 < an_engine.scheduler.requests["goes"].num_computed_tokens < 30
    an_engine.abort_request("goes")
    an_engine.abort_request("waits")
    an_engine.abort_request("goes")  # a second time changes nothing
    outputs = run(an_engine)
    assert token_ids(outputs) == {"stays": expected_tokens(random_prompt(1, 5), greedy())}
    # What the aborted one had computed is right, and may be found by the next.
    an_engine.add_request("again", random_prompt(2, 30), greedy())
    assert token_ids(run(an_engine))["again"] == expected_tokens(random_prompt(2, 30), greedy())


@pytest.mark.parametrize("call", [1, 2, 3, 5])
def test_a_step_that_is_broken_off_is_computed_anew(call, monkeypatch):
    an_engine, calls = engine(max_num_batched_tokens=16), []
    forward = MODEL.forward

    def interrupted(*args):
        calls.append(args)
        if len(calls) == call:
            raise KeyboardInterrupt
        return forward(*args)

    monkeypatch.setattr(MODEL, "forward", interrupted)
    for request_id, (prompt, params) in REQUESTS.items():
        an_engine.add_request(request_id, prompt, params)
    outputs = {}
    with pytest.raises(KeyboardInterrupt):
        while True:
            outputs |= {output.request_id: output for output in an_engine.step()}
    assert token_ids(outputs | run(an_engine)) == EXPECTED


def test_every_activation_is_float32(monkeypatch):
    from mini_vllm.models import llama

    seen = []
    functions = [(llama, name) for name in ("linear", "silu_and_mul", "apply_rotary_emb")]
    for place, name in [*functions, (llama.RMSNorm, "__call__")]:
        function = getattr(place, name)

        def watched(*args, _function=function):
            out = _function(*args)
            seen.extend(array.dtype for array in (*args, out) if isinstance(array, np.ndarray))
            return out

        monkeypatch.setattr(place, name, watched)
    an_engine = engine()
    sampler = an_engine.model_runner.sampler
    an_engine.model_runner.sampler = lambda logits, metadata: (seen.append(logits.dtype), sampler(logits, metadata))[1]
    served(an_engine, {"a": (random_prompt(1, 9), greedy(3)), "b": (random_prompt(2, 40), greedy(3))})
    assert len(seen) > 50 and set(seen) == {np.dtype(np.float32)}
    assert an_engine.model_runner.kv_cache.blocks.dtype == np.float32
