"""Every model type, RoPE type and shape gives the tokens and the logits of transformers."""

import json
from pathlib import Path

import numpy as np
import pytest
from model_cases import ARCHITECTURES, CASES, NEW_TOKENS, ROPE, prompt

from mini_vllm import EngineConfig, LlamaForCausalLM, LLMEngine, ModelConfig, OneSequence, SamplingParams
from mini_vllm.config import SUPPORTED_ARCHITECTURES
from mini_vllm.layers.rotary_embedding import RotaryEmbedding
from mini_vllm.models.random_weights import random_weights
from mini_vllm.models.registry import model_class

GOLDEN = json.loads((Path(__file__).parent / "golden" / "models.json").read_text())["results"]
GROUPS = [(model_type, rope) for model_type in ARCHITECTURES for rope in ROPE]
SLIDING = [name for name in CASES if "sliding" in name] + ["mistral, default, untied, 2 KV heads of 8"]


def model_of(name: str) -> LlamaForCausalLM:
    config = ModelConfig.from_hf(CASES[name])
    return model_class(config)(config, seed=GOLDEN[name]["seed"])


def test_the_golden_data_is_that_of_the_cases():
    assert GOLDEN.keys() == CASES.keys() and len(CASES) > 400


@pytest.mark.parametrize(("model_type", "rope"), GROUPS, ids=[" ".join(group) for group in GROUPS])
def test_tokens_and_logits_equal_those_of_transformers(model_type, rope):
    names = [name for name in CASES if name.startswith(f"{model_type}, {rope}")]
    assert len(names) >= 12
    for name in names + [name for name in SLIDING if name.startswith(model_type) and rope == "default"]:
        ids = prompt(name, GOLDEN[name]["seed"]) + GOLDEN[name]["tokens"]
        logits = OneSequence(model_of(name)).forward(ids)
        # One pass over the whole text gives each next token, if the tokens before it are right.
        assert logits[-NEW_TOKENS - 1 : -1].argmax(axis=-1).tolist() == GOLDEN[name]["tokens"], name
        np.testing.assert_allclose(logits[-1], GOLDEN[name]["last_logits"], atol=1e-4, err_msg=name)


@pytest.mark.parametrize(
    "name", [*SLIDING, "qwen3, yarn, tied, 2 KV heads of 16, biases", "smollm3, llama3, tied, 1 KV heads of 8, biases"]
)
@pytest.mark.parametrize("chunk", [1, 5, 64])
def test_the_engine_gives_them_from_its_blocks_in_chunks_and_in_a_batch(name, chunk):
    model, ids = model_of(name), prompt(name, GOLDEN[name]["seed"])
    limits = {"block_size": 4, "max_num_batched_tokens": 2 * chunk, "max_num_seqs": 2, "num_blocks": 40}
    engine = LLMEngine(model, config=EngineConfig.for_model(model.config, **limits))
    params = SamplingParams(temperature=0, max_tokens=NEW_TOKENS)
    for request_id, prompt_ids in {"a": ids, "b": ids[:30], "c": ids}.items():  # the last one finds cached blocks
        engine.add_request(request_id, prompt_ids, params)
    tokens = {}
    while engine.has_unfinished_requests():
        tokens |= {output.request_id: output.outputs[0].token_ids for output in engine.step()}
    assert list(tokens["a"]) == list(tokens["c"]) == GOLDEN[name]["tokens"]


@pytest.mark.parametrize("name", ["mistral, default, untied, 2 KV heads of 8", "qwen3, sliding window"])
def test_what_lies_outside_the_windows_of_all_layers_changes_nothing_and_the_next_token_does(name):
    model, ids = model_of(name), prompt(name, 0)
    reach = sum(window - 1 for window in model.config.layer_windows)  # each layer looks that much further back
    alone = OneSequence(model).forward(ids)[-1]
    changed = [(token + 1) % 24 for token in ids[: -reach - 1]] + ids[-reach - 1 :]
    np.testing.assert_allclose(OneSequence(model).forward(changed)[-1], alone, atol=1e-5)
    changed[-reach - 1] = (changed[-reach - 1] + 1) % 24
    assert np.abs(OneSequence(model).forward(changed)[-1] - alone).max() > 1e-6


def test_each_architecture_has_a_class_and_refuses_the_config_of_another():
    for model_type in SUPPORTED_ARCHITECTURES.values():
        config = ModelConfig(**{**TINY, "model_type": model_type})
        assert model_type in model_class(config)(config).model_types
    with pytest.raises(ValueError, match=r"LlamaForCausalLM runs \('llama', 'mistral'\), not model_type='qwen3'"):
        LlamaForCausalLM(ModelConfig(**TINY, model_type="qwen3"))


TINY = {"vocab_size": 8, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2}


@pytest.mark.parametrize("model_type", ["qwen2", "qwen3", "smollm3"])
def test_weights_that_are_prepared_already_are_used_where_they_lie(model_type):
    biases = model_type != "qwen2"
    config = ModelConfig(**TINY, model_type=model_type, attention_bias=biases, mlp_bias=model_type == "smollm3")
    model = model_class(config)(config, random_weights(config, 0))
    again = model_class(config)(config, model.weights)
    assert model.weights.keys() == again.weights.keys()
    assert all(again.weights[name] is array for name, array in model.weights.items())
    assert np.array_equal(*(OneSequence(each).forward([1, 2, 3]) for each in (again, model)))


@pytest.mark.parametrize("part", ["q_proj.bias", "k_norm.weight"])
def test_a_model_without_one_of_its_vectors_is_refused_by_the_name_of_it(part):
    config = ModelConfig(**TINY, model_type="qwen3", attention_bias=True)
    weights = random_weights(config, 0)
    del weights[f"model.layers.1.self_attn.{part}"]
    with pytest.raises(KeyError, match=f"model.layers.1.self_attn.{part}"):
        model_class(config)(config, weights)


def test_a_context_of_a_million_positions_costs_nothing_until_it_is_used():
    config = ModelConfig(**TINY, max_position_embeddings=10**9)
    logits = OneSequence(LlamaForCausalLM(config)).forward([1, 2, 3])
    short = OneSequence(LlamaForCausalLM(ModelConfig(**TINY))).forward([1, 2, 3])
    assert np.array_equal(logits, short)


def test_the_table_of_angles_grows_with_the_positions_and_keeps_those_it_has():
    config = ModelConfig(**TINY, max_position_embeddings=10**9, rope_theta=100.0)
    rotary = RotaryEmbedding(config)
    for asked in ([0], [511, 3], [512], [5_000, 0], [100_000]):
        cos, sin = rotary.cos_sin(np.array(asked))
        angles = np.outer(asked, [1.0, 0.1])
        np.testing.assert_allclose(cos[:, 0], np.cos(np.stack((angles, angles), axis=1)), atol=1e-6)
        np.testing.assert_allclose(sin[:, 0], np.sin(np.stack((-angles, angles), axis=1)), atol=1e-6)
