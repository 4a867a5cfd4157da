"""Small models of every kind that mini_vllm runs, as config.json files: what golden/models.json holds results for."""

import itertools
from collections.abc import Iterator

import numpy as np

SMALL = {
    "vocab_size": 24,
    "hidden_size": 32,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "rms_norm_eps": 1e-5,
    "bos_token_id": None,
    "eos_token_id": None,
    "pad_token_id": None,
}
ROPE = {  # the context of pretraining is 16, so that a prompt of 50 tokens shows what the scaling does
    "default": {"rope_type": "default", "rope_theta": 500.0},
    "linear": {"rope_type": "linear", "factor": 4.0, "rope_theta": 500.0},
    "dynamic": {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 500.0},
    "llama3": {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 16,
        "rope_theta": 500.0,
    },
    "yarn": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "rope_theta": 500.0},
}
YARN = {  # what else a yarn config may hold
    "mscale": {"mscale": 0.7, "mscale_all_dim": 0.4},
    "attention factor": {"attention_factor": 1.3},
    "betas": {"beta_fast": 4.0, "beta_slow": 0.5, "truncate": False},
    "no factor": {"factor": None},
}
ARCHITECTURES = {
    "llama": "LlamaForCausalLM",
    "mistral": "MistralForCausalLM",
    "qwen2": "Qwen2ForCausalLM",
    "qwen3": "Qwen3ForCausalLM",
    "smollm3": "SmolLM3ForCausalLM",
}
BIASES = {
    "llama": ("attention_bias", "mlp_bias"),
    "qwen3": ("attention_bias",),
    "smollm3": ("attention_bias", "mlp_bias"),
}
OF_TYPE = {"mistral": {"sliding_window": 12}, "smollm3": {"no_rope_layer_interval": 2}}
SLIDING = {
    "qwen2": {"use_sliding_window": True, "sliding_window": 12, "max_window_layers": 1},
    "qwen3": {"use_sliding_window": True, "sliding_window": 12, "max_window_layers": 0},
    "smollm3": {"use_sliding_window": True, "sliding_window": 12},
}


def _cases() -> Iterator[tuple[str, dict]]:
    for model_type, architecture in ARCHITECTURES.items():
        base = SMALL | {"architectures": [architecture], "model_type": model_type} | OF_TYPE.get(model_type, {})
        base["num_key_value_heads"] = 2
        for rope, tied, kv_heads, head_dim in itertools.product(ROPE, (True, False), (1, 2, 4), (8, 16)):
            shape = {"rope_parameters": ROPE[rope], "tie_word_embeddings": tied}
            shape |= {"num_key_value_heads": kv_heads, "head_dim": head_dim}
            for bias in (False, True) if model_type in BIASES else (False,):
                with_bias = dict.fromkeys(BIASES.get(model_type, ()), bias)
                tie, biased = "tied" if tied else "untied", ", biases" if bias else ""
                name = f"{model_type}, {rope}, {tie}, {kv_heads} KV heads of {head_dim}{biased}"
                yield name, base | shape | with_bias
        for name, more in YARN.items() if model_type == "llama" else ():
            yield f"{model_type}, yarn with {name}", base | {"rope_parameters": ROPE["yarn"] | more, "head_dim": 16}
        if model_type in SLIDING:
            yield f"{model_type}, sliding window", base | {"rope_parameters": ROPE["default"]} | SLIDING[model_type]


CASES = dict(_cases())
NEW_TOKENS = 8


def prompt(name: str, seed: int) -> list[int]:
    """50 random tokens."""
    return np.random.default_rng([seed, len(name)]).integers(0, CASES[name]["vocab_size"], 50).tolist()
