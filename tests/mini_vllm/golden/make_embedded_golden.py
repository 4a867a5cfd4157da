"""Makes embedded.json: what transformers makes of the embedded model, and `tokenizers` of its tokenizer.

    PYTHONPATH=. python tests/mini_vllm/golden/make_embedded_golden.py

Needs torch, transformers and tokenizers; the tests need none of them.
"""

import json
from pathlib import Path

import tokenizers
import torch
import transformers

FOLDER = Path("mini_vllm/embedded")
PROMPTS = ["Once upon a time", "The little fox", "One morning, Mia", "Tom and the old owl", "A"]
MESSAGES = ["Tell me a story about a fox.", "Who are you?", "Hello!", "What colour is the sky?"]
TEXTS = ["Once upon a time", " it's 12 o'clock,\n\nnaïve 日本 😀", "<|user|>Hi there<|end|>", "tabs\tand  spaces  "]
NEW_TOKENS = 80


def main() -> None:
    backend = tokenizers.Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(FOLDER)
    model = transformers.LlamaForCausalLM.from_pretrained(FOLDER, dtype=torch.float32).eval()
    texts = {text: backend.encode(text).ids for text in PROMPTS}
    for message in MESSAGES:
        chat = [{"role": "user", "content": message}]
        text = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
        texts[message] = backend.encode(text, add_special_tokens=False).ids
    generated = []
    for text, ids in texts.items():
        out = model.generate(torch.tensor([ids]), do_sample=False, max_new_tokens=NEW_TOKENS)[0, len(ids) :].tolist()
        generated.append({"text": text, "is_chat": text in MESSAGES, "prompt": ids, "tokens": out})
    golden = {"generated": generated, "encoded": [[text, backend.encode(text).ids] for text in TEXTS]}
    path = Path(__file__).with_name("embedded.json")
    path.write_text(json.dumps(golden, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
