"""Makes llama.json: what Hugging Face transformers computes on mini_vllm's random weights.

    python tests/mini_vllm/golden/make_llama_golden.py

Needs torch and transformers beside mini_vllm, in an environment of its own; the tests need neither.
The weights are drawn from a seed on both sides, so that only ids and a few logits are stored.
"""

import json
from dataclasses import asdict
from pathlib import Path

import torch
import transformers

from mini_vllm import ModelConfig
from mini_vllm.models.random_weights import random_weights

SMALL = {"vocab_size": 96, "hidden_size": 48, "intermediate_size": 80, "max_position_embeddings": 256}
CONFIGS = {
    "GQA": ModelConfig(**SMALL, num_hidden_layers=3, num_attention_heads=6, num_key_value_heads=2),
    "MHA, tied embeddings": ModelConfig(
        **SMALL, num_hidden_layers=2, num_attention_heads=4, tie_word_embeddings=True, rms_norm_eps=1e-5
    ),
    "MQA, wide heads, another rotary base": ModelConfig(
        **SMALL, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=1, head_dim=32, rope_theta=100_000.0
    ),
}
PROMPTS = [[1], [3, 1, 4, 1, 5, 9, 2, 6], list(range(95, 45, -1))]
NEW_TOKENS = 40


def oracle(config: ModelConfig, seed: int) -> transformers.LlamaForCausalLM:
    """transformers' Llama with mini_vllm's random weights, in float32."""
    shape = asdict(config)
    rotary = {"rope_type": "default", "rope_theta": shape.pop("rope_theta")}
    model = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(**shape, rope_parameters=rotary, bos_token_id=None, eos_token_id=None)
    )
    weights = {name: torch.from_numpy(array) for name, array in random_weights(config, seed).items()}
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    return model.eval()


def main() -> None:
    cases = []
    for seed, (name, config) in enumerate(CONFIGS.items()):
        model = oracle(config, seed)
        texts = []
        for prompt in PROMPTS:
            ids = list(prompt)
            with torch.no_grad():
                for _ in range(NEW_TOKENS):
                    ids.append(int(model(torch.tensor([ids])).logits[0, -1].argmax()))
                last = model(torch.tensor([ids])).logits[0, -1]
            texts.append(
                {"prompt": prompt, "tokens": ids[len(prompt) :], "last_logits": [round(float(x), 4) for x in last]}
            )
        first_weight = float(random_weights(config, seed)["model.embed_tokens.weight"][0, 0])
        cases.append(
            {"name": name, "config": asdict(config), "seed": seed, "first_weight": first_weight, "texts": texts}
        )
    made_by = f"torch {torch.__version__}, transformers {transformers.__version__}"
    path = Path(__file__).with_name("llama.json")
    path.write_text(json.dumps({"made_by": made_by, "cases": cases}) + "\n")
    print(f"{path.name}: {path.stat().st_size:,} bytes, {made_by}")


if __name__ == "__main__":
    main()
