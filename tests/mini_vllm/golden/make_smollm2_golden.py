"""Makes smollm2.json: what Hugging Face transformers generates from the GGUF that mini_vllm pulls.

    python tests/mini_vllm/golden/make_smollm2_golden.py PATH/SmolLM2-135M-Instruct.Q4_1.gguf

Needs torch, transformers, accelerate and gguf; nothing of mini_vllm, which reads the GGUF, turns its rows and
builds its tokenizer on its own.
"""

import json
import sys
from pathlib import Path

import torch
import transformers

CHATS = [
    "What is the capital of France?",
    "Explain photosynthesis in two sentences.",
    "Write a haiku about the sea.",
    "Add 1234 and 4321, step by step.",
]
TEXTS = [
    "Once upon a time, in a village by the sea, there lived",
    "def fibonacci(n):\n    ",
    "Die Hauptstadt von Österreich heißt",
]
NEW_TOKENS = 64


@torch.no_grad()
def text(model: transformers.LlamaForCausalLM, prompt: list[int], eos: int) -> dict:
    """Greedy tokens, up to eos, and how far the closest second choice was behind."""
    ids, margin = list(prompt), float("inf")
    while len(ids) < len(prompt) + NEW_TOKENS:
        best = model(torch.tensor([ids])).logits[0, -1].topk(2)
        margin = min(margin, float(best.values[0] - best.values[1]))
        ids.append(int(best.indices[0]))
        if ids[-1] == eos:
            break
    return {"prompt": prompt, "tokens": ids[len(prompt) :], "smallest_margin": round(margin, 4)}


def main() -> None:
    """Writes the file beside this script."""
    path = Path(sys.argv[1])
    tokenizer = transformers.AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    model = transformers.AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    chats = [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": chat}], add_generation_prompt=True, return_dict=False
        )
        for chat in CHATS
    ]
    prompts = {**dict(zip(CHATS, chats)), **{plain: tokenizer.encode(plain) for plain in TEXTS}}
    cases = [
        {"content": content, "is_chat": content in CHATS, **text(model.eval(), ids, model.config.eos_token_id)}
        for content, ids in prompts.items()
    ]
    made_by = f"torch {torch.__version__}, transformers {transformers.__version__}, {path.name}"
    lines = ",\n".join(json.dumps(case) for case in cases)
    Path(__file__).with_name("smollm2.json").write_text(f'{{"made_by": "{made_by}", "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
