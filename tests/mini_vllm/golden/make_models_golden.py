"""Makes models.json: what Hugging Face transformers computes with the small models of model_cases.py.

    PYTHONPATH=.:tests/mini_vllm python tests/mini_vllm/golden/make_models_golden.py

Needs torch and transformers beside mini_vllm, in an environment of its own; the tests need neither.
The weights are drawn from a seed on both sides, so that only tokens and the last logits are stored.
"""

import itertools
import json
from pathlib import Path

import torch
import transformers
from model_cases import CASES, NEW_TOKENS, prompt

from mini_vllm import ModelConfig
from mini_vllm.models.random_weights import random_weights

SMALLEST_MARGIN = 2e-3  # between the best and the second-best logit: rounding must not decide


def oracle(config: dict, seed: int) -> transformers.PreTrainedModel:
    """transformers' model with mini_vllm's random weights, in float32."""
    hf_config = transformers.AutoConfig.for_model(**config)
    model = transformers.AutoModelForCausalLM.from_config(hf_config, attn_implementation="eager", dtype=torch.float32)
    assert type(model).__name__ == config["architectures"][0]
    drawn = random_weights(ModelConfig.from_hf(config), seed)
    missing, unexpected = model.load_state_dict({k: torch.from_numpy(v) for k, v in drawn.items()}, strict=False)
    tied = ["lm_head.weight"] if config.get("tie_word_embeddings", hf_config.tie_word_embeddings) else []
    assert not unexpected and missing == tied, (missing, unexpected)
    model.tie_weights()
    return model.eval()


@torch.no_grad()
def result(name: str, seed: int) -> dict | None:
    """Greedy tokens and the logits behind them; None if a token is chosen by less than SMALLEST_MARGIN."""
    model, ids = oracle(CASES[name], seed), prompt(name, seed)
    for _ in range(NEW_TOKENS):
        best = model(torch.tensor([ids]), use_cache=False).logits[0, -1].topk(2)
        if best.values[0] - best.values[1] < SMALLEST_MARGIN:
            return None
        ids.append(int(best.indices[0]))
    logits = model(torch.tensor([ids]), use_cache=False).logits[0, -1]
    return {"seed": seed, "tokens": ids[-NEW_TOKENS:], "last_logits": [round(float(value), 5) for value in logits]}


def main() -> None:
    results = {name: next(filter(None, (result(name, seed) for seed in itertools.count()))) for name in CASES}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(results[name])}" for name in results)
    made_by = f"torch {torch.__version__}, transformers {transformers.__version__}"
    path = Path(__file__).with_name("models.json")
    path.write_text(f'{{"made_by": "{made_by}", "results": {{\n{lines}\n}}}}\n')
    print(f"{path.name}: {len(results)} models, {path.stat().st_size:,} bytes, {made_by}")


if __name__ == "__main__":
    main()
