"""The figures that labs 02 and 04 count with."""

import math

import pytest

from labkit.specs import GPU_SPECS, MODEL_SPECS
from mini_vllm import ModelConfig
from mini_vllm.models.random_weights import random_weights

KV_BYTES_PER_TOKEN = {  # at 2 bytes per element, from independent calculators
    "GPT-2": 36_864,
    "Llama-2-7B": 524_288,
    "Llama-2-13B": 819_200,
    "Llama-3-8B": 131_072,
    "Llama-3.1-8B": 131_072,
    "Llama-3-70B": 327_680,
    "Qwen2.5-7B": 57_344,
    "Qwen3-0.6B": 114_688,
    "Gemma-2-9B": 344_064,
    "SmolLM2-135M": 23_040,
}
LLAMAS = ("SmolLM2-135M", "Llama-2-7B", "Llama-2-13B", "Llama-3-8B", "Llama-3.1-8B", "Llama-3-70B")
MEMORY_MIB = {  # as nvidia-smi reports it; a card's GB are binary, unlike the GB/s of its bandwidth
    "A100": 81_920,
    "A100-80GB-SXM": 81_920,
    "A100-40GB": 40_960,
    "H100-SXM": 81_559,
    "L4": 23_034,
    "RTX-4090": 24_564,
}
RIDGE_POINTS = {"A100": 156, "A100-80GB-SXM": 153, "A100-40GB": 201, "H100-SXM": 295, "L4": 403, "RTX-4090": 164}


@pytest.mark.parametrize("name", MODEL_SPECS)
def test_the_shape_of_each_model_gives_its_kv_bytes_per_token(name):
    config = MODEL_SPECS[name].config
    assert 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * 2 == KV_BYTES_PER_TOKEN[name]


def num_parameters(config: ModelConfig) -> int:
    """Of a model of the Llama architecture: embeddings, attention, MLP, norms, head."""
    hidden, heads, kv_heads = config.hidden_size, config.num_attention_heads, config.num_key_value_heads
    attention = 2 * hidden * heads * config.head_dim + 2 * hidden * kv_heads * config.head_dim
    layer = attention + 3 * hidden * config.intermediate_size + 2 * hidden
    embeddings = config.vocab_size * hidden * (1 if config.tie_word_embeddings else 2)
    return embeddings + config.num_hidden_layers * layer + hidden


@pytest.mark.parametrize("name", LLAMAS)
def test_the_parameters_of_llamas_are_those_of_their_shape(name):
    assert MODEL_SPECS[name].num_parameters == num_parameters(MODEL_SPECS[name].config)


def test_models_of_other_architectures_claim_no_number_of_parameters():
    assert {name for name, spec in MODEL_SPECS.items() if spec.num_parameters} == set(LLAMAS)


@pytest.mark.parametrize("tied", [True, False])
def test_parameters_are_counted_as_a_model_of_the_shape_has_them(tied):
    config = ModelConfig(
        vocab_size=11,
        hidden_size=12,
        intermediate_size=7,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=5,
        tie_word_embeddings=tied,
    )
    assert num_parameters(config) == sum(array.size for array in random_weights(config, seed=0).values())


@pytest.mark.parametrize("name", GPU_SPECS)
def test_each_card_has_its_ridge_point(name):
    card = GPU_SPECS[name]
    assert math.floor(card.peak_flops / card.bandwidth_bytes_per_s + 0.5) == RIDGE_POINTS[name]


@pytest.mark.parametrize("name", GPU_SPECS)
def test_each_card_has_the_memory_that_its_driver_reports(name):
    assert GPU_SPECS[name].memory_bytes == MEMORY_MIB[name] * 2**20


def test_every_figure_has_a_source():
    for spec in (*GPU_SPECS.values(), *MODEL_SPECS.values()):
        assert len(spec.source) > 10
    for spec in GPU_SPECS.values():
        assert 1e13 < spec.peak_flops < 1e16 and 1e11 < spec.bandwidth_bytes_per_s < 1e13
