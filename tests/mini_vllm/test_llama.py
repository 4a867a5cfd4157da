"""The small Llama computes what transformers computes, with and without its cache."""

import json
from pathlib import Path

import numpy as np
import pytest

from mini_vllm import LlamaForCausalLM, ModelConfig, OneSequence
from mini_vllm.models.random_weights import random_weights

GOLDEN = json.loads((Path(__file__).parent / "golden" / "llama.json").read_text())["cases"]
TINY = ModelConfig(
    vocab_size=64,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=128,
)


def greedy(model: OneSequence, prompt: list[int], new_tokens: int, chunk: int | None) -> list[int]:
    """Without a cache (chunk None), or with one and a prefill in chunks."""
    tokens: list[int] = []
    if chunk is None:
        for _ in range(new_tokens):
            tokens.append(int(model.forward(prompt + tokens)[-1].argmax()))
        return tokens
    cache = model.new_cache()
    for start in range(0, len(prompt), chunk):
        logits = model.forward(prompt[start : start + chunk], cache)
    for _ in range(new_tokens):
        tokens.append(int(logits[-1].argmax()))
        logits = model.forward(tokens[-1:], cache)
    return tokens


@pytest.mark.parametrize("chunk", [None, 1, 7, 64], ids=["no cache", "chunks of 1", "chunks of 7", "one chunk"])
@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_greedy_tokens_equal_those_of_transformers(case, chunk):
    model = LlamaForCausalLM(ModelConfig(**case["config"]), seed=case["seed"])
    first_weight = float(random_weights(model.config, case["seed"])["model.embed_tokens.weight"][0, 0])
    assert first_weight == case["first_weight"], (
        "numpy draws other weights from the seed: run make_llama_golden.py again"
    )
    for text in case["texts"]:
        assert greedy(OneSequence(model), text["prompt"], len(text["tokens"]), chunk) == text["tokens"]


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_logits_equal_those_of_transformers(case):
    model = OneSequence(LlamaForCausalLM(ModelConfig(**case["config"]), seed=case["seed"]))
    for text in case["texts"]:
        last = model.forward(text["prompt"] + text["tokens"])[-1]
        np.testing.assert_allclose(last, text["last_logits"], atol=2e-3)


def test_the_golden_data_holds_at_least_200_tokens():
    assert sum(len(text["tokens"]) for case in GOLDEN for text in case["texts"]) >= 200


@pytest.mark.parametrize(
    ("prompt_len", "new_tokens", "without", "cached"),
    [(5, 10, 95, 15), pytest.param(5, 1000, 504_500, 1_005, marks=pytest.mark.slow)],
)
def test_the_counter_counts_every_position_passed(prompt_len, new_tokens, without, cached):
    shape = ModelConfig(
        vocab_size=16,
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        max_position_embeddings=1024,
    )
    slow, fast = (OneSequence(LlamaForCausalLM(shape)) for _ in range(2))
    prompt = list(range(prompt_len))
    assert greedy(slow, prompt, new_tokens, chunk=None) == greedy(fast, prompt, new_tokens, chunk=prompt_len)
    assert (slow.tokens_processed, fast.tokens_processed) == (without, cached)


def test_appending_a_token_leaves_the_keys_and_values_of_the_past():
    model = OneSequence(LlamaForCausalLM(TINY))
    cache, text = model.new_cache(), list(range(1, 40))
    model.forward(text, cache)
    before = [np.array(cache.keys(layer)) for layer in range(2)] + [np.array(cache.values(layer)) for layer in range(2)]
    while cache.num_tokens < 128:  # past the point at which the buffer grows
        model.forward([cache.num_tokens % 64], cache)
    after = [cache.keys(layer)[:39] for layer in range(2)] + [cache.values(layer)[:39] for layer in range(2)]
    assert all(np.array_equal(a, b) for a, b in zip(after, before))
    assert cache.nbytes == 2 * 2 * 128 * 2 * 8 * 4


def test_a_view_of_the_cache_cannot_be_written_to():
    model = OneSequence(LlamaForCausalLM(TINY))
    cache = model.new_cache()
    model.forward([1, 2], cache)
    with pytest.raises(ValueError, match="read-only"):
        cache.keys(0)[0] = 0


def test_everything_is_float32(monkeypatch):
    # One float64 activation makes every matmul behind it several times slower, silently.
    model = LlamaForCausalLM(TINY)
    seen = set()
    layer_forward = type(model.layers[0]).forward

    def spy(self, hidden, *rest):
        out = layer_forward(self, hidden, *rest)
        seen.update((hidden.dtype, out.dtype))
        return out

    monkeypatch.setattr(type(model.layers[0]), "forward", spy)
    alone = OneSequence(model)
    cache = alone.new_cache()
    assert alone.forward([1, 2, 3], cache).dtype == np.float32
    assert alone.forward([4], cache).dtype == np.float32
    assert seen == {np.dtype(np.float32)}
    assert cache.keys(0).dtype == np.float32


@pytest.mark.parametrize(
    ("token_ids", "error", "said"),
    [
        ([], ValueError, "at least one token id"),
        ([[1, 2]], ValueError, r"shape \(1, 2\)"),
        (3, ValueError, r"shape \(\)"),
        ([1.0], TypeError, "float64"),
        (["a"], TypeError, "whole numbers"),
        ([64], ValueError, "token id 64 is outside the vocabulary, 0 to 63"),
        ([-1, 70], ValueError, "token id -1"),
        ([5, -2], ValueError, "token id -2 is outside"),
        ([0] * 128, ValueError, "1 cached and 128 new tokens make 129, more than the model's longest context, 128"),
    ],
)
def test_what_is_no_sequence_of_token_ids_is_refused_and_the_cache_stays(token_ids, error, said):
    model = OneSequence(LlamaForCausalLM(TINY))
    cache = model.new_cache()
    model.forward([1], cache)
    with pytest.raises(error, match=said):
        model.forward(token_ids, cache)
    assert (cache.num_tokens, model.tokens_processed) == (1, 1)


def test_a_missing_weight_and_one_of_another_shape_are_named():
    weights = random_weights(TINY, seed=0)
    with pytest.raises(ValueError, match=r"model.norm.weight has shape \(3,\), the config says \(32,\)"):
        LlamaForCausalLM(TINY, weights | {"model.norm.weight": np.ones(3)})
    del weights["model.layers.1.mlp.up_proj.weight"]
    with pytest.raises(KeyError, match=r"model.layers.1.mlp.up_proj.weight"):
        LlamaForCausalLM(TINY, weights)
