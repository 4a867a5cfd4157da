"""Makes checkpoints/: small random Llamas saved by Hugging Face transformers, and what it generates with them.

    python tests/mini_vllm/golden/make_checkpoints.py

Needs torch and transformers, and nothing of mini_vllm: names, layouts, dtypes and config.json are
those that real models come with.
"""

import json
import shutil
from pathlib import Path

import tokenizers
import torch
import transformers

FOLDER = Path(__file__).with_name("checkpoints")
SMALL = {"hidden_size": 32, "intermediate_size": 44, "max_position_embeddings": 160, "bos_token_id": 1}
CASES = {
    "gqa-bf16": (
        torch.bfloat16,
        {"vocab_size": 288, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2},
        {"rope_parameters": {"rope_type": "default", "rope_theta": 500.0}, "eos_token_id": [2, 0]},
    ),
    "tied-f16-in-parts": (
        torch.float16,
        {"vocab_size": 120, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 1},
        {"head_dim": 16, "tie_word_embeddings": True, "eos_token_id": 5, "rms_norm_eps": 1e-3},
    ),
    "mha-f32-transformers-4": (
        torch.float32,
        {"vocab_size": 90, "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 4},
        {"rope_parameters": {"rope_type": "default", "rope_theta": 100_000.0}},
    ),
}
NEW_TOKENS = 48
CHAT_TEMPLATE = (
    "{% for message in messages %}\n"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}\n"
    "{% endfor %}\n"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
CHAT = [{"role": "user", "content": "Grüße, the 3 cats."}, {"role": "assistant", "content": "<|im_end|> 🙂"}]
TEXTS = ["the then there", "Grüße, the 3 cats.", "🙂 the\n\n  they", "", "<|im_start|>user", "héé\x00\ufffd"]


@torch.no_grad()
def make(folder: Path, dtype: torch.dtype, config: dict, seed: int) -> bool:
    """Saves a model in `dtype`, and the greedy tokens of its float32 computation; False if they say little."""
    generator = torch.Generator().manual_seed(seed)
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**config))
    for name, parameter in model.named_parameters():
        drawn = torch.randn(parameter.shape, generator=generator)
        scale = 1.0 if "embed" in name else 2.0 / parameter.shape[-1] ** 0.5
        parameter.copy_((1 + 0.3 * drawn if parameter.ndim == 1 else scale * drawn).to(dtype))
    model.to(dtype).save_pretrained(folder, max_shard_size="20KB" if "parts" in folder.name else "1GB")
    model = transformers.LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    texts = []
    for prompt_len in (1, 9, 40):
        prompt = torch.randint(config["vocab_size"], (prompt_len,), generator=generator).tolist()
        ids = list(prompt)
        while len(ids) < prompt_len + NEW_TOKENS:
            best = model(torch.tensor([ids])).logits[0, -1].topk(2)
            ids.append(int(best.indices[0]))
            if best.values[0] - best.values[1] < 1e-3:
                return False  # a tie: rounding would decide
        if len(set(ids[prompt_len:])) < NEW_TOKENS // 4:
            return False  # the same token again and again comes out right for wrong reasons
        logits = [round(float(value), 4) for value in model(torch.tensor([ids])).logits[0, -1]]
        texts.append({"prompt": prompt, "tokens": ids[prompt_len:], "last_logits": logits})
    (folder / "golden.json").write_text(json.dumps({"seed": seed, "texts": texts}) + "\n")
    return True


def make_tokenizer(folder: Path, vocab_size: int) -> None:
    """Saves a byte-level BPE with a chat template, and what it makes of a few texts."""
    backend = tokenizers.Tokenizer(tokenizers.models.BPE())
    split = tokenizers.pre_tokenizers
    words = [split.Digits(individual_digits=True), split.ByteLevel(add_prefix_space=False)]
    backend.pre_tokenizer = split.Sequence(words)
    backend.decoder = tokenizers.decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=special, initial_alphabet=split.ByteLevel.alphabet(), show_progress=False
    )
    backend.train_from_iterator(["the then there they them these those this that cats rats Grüße"] * 9, trainer)
    backend.post_processor = tokenizers.processors.TemplateProcessing(
        single="<|im_start|> $A", special_tokens=[("<|im_start|>", 1)]
    )
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token=special[1], eos_token=special[2], unk_token=special[0]
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)
    golden = json.loads((folder / "golden.json").read_text())
    golden["encoded"] = [[text, tokenizer.encode(text)] for text in TEXTS]
    golden["chat"] = {
        "messages": CHAT,
        "token_ids": tokenizer.apply_chat_template(CHAT, add_generation_prompt=True, return_dict=False),
        "text": tokenizer.apply_chat_template(CHAT, add_generation_prompt=True, tokenize=False),
    }
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")


def main() -> None:
    """Writes checkpoints/ beside this script."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, (dtype, shape, rest) in CASES.items():
        next(seed for seed in range(1000) if make(FOLDER / name, dtype, SMALL | shape | rest, seed))
    make_tokenizer(FOLDER / "gqa-bf16", 288)
    old = FOLDER / "mha-f32-transformers-4" / "config.json"
    config = json.loads(old.read_text())
    config |= {"rope_theta": config.pop("rope_parameters")["rope_theta"], "rope_scaling": None}
    config |= {"torch_dtype": config.pop("dtype"), "transformers_version": "4.46.0", "pretraining_tp": 1}
    old.write_text(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main()
