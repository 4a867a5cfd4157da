"""What one token leaves in a cache: a drawing of a tiny one, and a table of published models."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.lab_02.units import readable
from labkit.specs import MODEL_SPECS
from mini_vllm import ModelConfig
from mini_vllm.worker.paged_kv_cache import PagedKVCache


def draw_token(cache: np.ndarray) -> None:
    """Print what one token stores: a row per layer, a square per number.

    cache: shape (layers, 2, kv heads, tokens, head_dim).
    """
    layers, _, heads, _, head_dim = cache.shape
    for layer in range(layers):
        print(f"layer {layer}", *(f"  {part} " + " ".join(["■" * head_dim] * heads) for part in "KV"))


def compare_models(kv_bytes_per_token: Callable[..., Any]) -> None:
    """Print the student's result for each published model, beside the size of a real array and the MHA shortcut."""
    columns = f"{'layers':>6}{'heads':>6}{'KV heads':>9}{'head_dim':>9}{'bytes/token':>12}{'':>10}"
    print(f"{'16-bit cache':<13}{columns}  array agrees  shortcut")
    for name, spec in MODEL_SPECS.items():
        config = spec.config
        heads = f"{config.num_attention_heads:>6}{config.num_key_value_heads:>9}"
        yours, shortcut = kv_bytes_per_token(config), 2 * config.num_hidden_layers * config.hidden_size * 2
        print(
            f"{name:<13}{config.num_hidden_layers:>6}{heads}{config.head_dim:>9}{yours:>12,}{readable(yours):>10}"
            f"  {str(yours == array_bytes(config)):>12}  {shortcut / yours:>7.2f}x"
        )
    print("The shortcut is 2 x layers x hidden_size x bytes. It fits only where KV heads x head_dim =")
    print("hidden_size: MHA, and Qwen3-0.6B by coincidence.")


def array_bytes(config: ModelConfig) -> int:
    """The bytes of the engine's own array for one token, in 16 bits instead of its 32."""
    return PagedKVCache(config, num_blocks=1, block_size=1).blocks.nbytes // 2
