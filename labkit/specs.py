"""Figures of graphics cards and models, each with its source. The single source of truth: nothing else repeats them.
Data only: what is computed from them is asked for in exercises, and an answer may import this module.

Units: FLOP/s (a multiply-add is two), bytes per second, bytes. A data sheet's bandwidth is decimal: 2.0 TB/s is
2.0e12 bytes per second. A card's memory is binary: an "80 GB" A100 has 81,920 MiB, which is 80 GiB. FLOP/s are those
of 16-bit tensor cores on dense matrices; data sheets often print twice as much, "with sparsity".
"""

from dataclasses import dataclass
from typing import Any

from mini_vllm.config import ModelConfig

MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class GPUSpec:
    """A graphics card: speed from its data sheet, memory as its driver reports it (nvidia-smi, total memory)."""

    name: str
    peak_flops: float  # dense, float16 or bfloat16 with float32 sums
    bandwidth_bytes_per_s: float
    memory_bytes: int
    source: str


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A published model: its shape and its number of parameters."""

    config: ModelConfig
    num_parameters: int | None  # as its checkpoint has them; None: no lab counts with them
    source: str


GPU_SPECS: dict[str, GPUSpec] = {
    # The A100 of textbooks: the 80 GB card with its bandwidth rounded from 2,039 to 2,000 GB/s.
    "A100": GPUSpec(
        name="A100 80 GB, rounded",
        peak_flops=312e12,
        bandwidth_bytes_per_s=2.0e12,
        memory_bytes=81_920 * MIB,
        source="NVIDIA A100 Tensor Core GPU data sheet, SXM; 2,039 GB/s rounded to 2.0 TB/s",
    ),
    "A100-80GB-SXM": GPUSpec(
        name="A100 80 GB SXM",
        peak_flops=312e12,
        bandwidth_bytes_per_s=2.039e12,
        memory_bytes=81_920 * MIB,
        source="NVIDIA A100 Tensor Core GPU data sheet, column A100 80GB SXM",
    ),
    "A100-40GB": GPUSpec(
        name="A100 40 GB",
        peak_flops=312e12,
        bandwidth_bytes_per_s=1.555e12,
        memory_bytes=40_960 * MIB,
        source="NVIDIA A100 Tensor Core GPU data sheet (2020), 40 GB",
    ),
    "H100-SXM": GPUSpec(
        name="H100 SXM",
        peak_flops=989e12,
        bandwidth_bytes_per_s=3.35e12,
        memory_bytes=81_559 * MIB,
        source="NVIDIA H100 Tensor Core GPU data sheet, column H100 SXM; 1,979 TFLOPS with sparsity, halved",
    ),
    "L4": GPUSpec(
        name="L4",
        peak_flops=121e12,
        bandwidth_bytes_per_s=0.300e12,
        memory_bytes=23_034 * MIB,
        source="NVIDIA L4 Tensor Core GPU data sheet; 242 TFLOPS with sparsity, halved",
    ),
    "RTX-4090": GPUSpec(
        name="GeForce RTX 4090",
        peak_flops=165.2e12,
        bandwidth_bytes_per_s=1.008e12,
        memory_bytes=24_564 * MIB,
        source="NVIDIA Ada GPU architecture whitepaper, table of the RTX 4090; FP16 tensor, FP32 accumulate, dense",
    ),
}


def _model(source: str, num_parameters: int | None = None, **shape: Any) -> ModelSpec:
    return ModelSpec(config=ModelConfig(**shape), num_parameters=num_parameters, source=f"config.json of {source}")


_LLAMA_3_8B: dict[str, Any] = {
    "num_parameters": 8_030_261_248,
    "vocab_size": 128_256,
    "hidden_size": 4_096,
    "intermediate_size": 14_336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "rope_theta": 500_000.0,
    "rms_norm_eps": 1e-5,
}
MODEL_SPECS: dict[str, ModelSpec] = {
    "SmolLM2-135M": _model(
        "HuggingFaceTB/SmolLM2-135M",
        num_parameters=134_515_008,
        vocab_size=49_152,
        hidden_size=576,
        intermediate_size=1_536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        max_position_embeddings=8_192,
        tie_word_embeddings=True,
        rope_theta=100_000.0,
        rms_norm_eps=1e-5,
    ),
    "Llama-2-7B": _model(
        "meta-llama/Llama-2-7b-hf",
        num_parameters=6_738_415_616,
        vocab_size=32_000,
        hidden_size=4_096,
        intermediate_size=11_008,
        num_hidden_layers=32,
        num_attention_heads=32,
        max_position_embeddings=4_096,
        rms_norm_eps=1e-5,
    ),
    "Llama-2-13B": _model(
        "meta-llama/Llama-2-13b-hf",
        num_parameters=13_015_864_320,
        vocab_size=32_000,
        hidden_size=5_120,
        intermediate_size=13_824,
        num_hidden_layers=40,
        num_attention_heads=40,
        max_position_embeddings=4_096,
        rms_norm_eps=1e-5,
    ),
    "Llama-3-8B": _model("meta-llama/Meta-Llama-3-8B", max_position_embeddings=8_192, **_LLAMA_3_8B),
    # The same shape with a longer context; its RoPE frequencies are scaled, which does not change the shape.
    "Llama-3.1-8B": _model("meta-llama/Llama-3.1-8B", max_position_embeddings=131_072, **_LLAMA_3_8B),
    "Llama-3-70B": _model(
        "meta-llama/Meta-Llama-3-70B",
        num_parameters=70_553_706_496,
        vocab_size=128_256,
        hidden_size=8_192,
        intermediate_size=28_672,
        num_hidden_layers=80,
        num_attention_heads=64,
        num_key_value_heads=8,
        max_position_embeddings=8_192,
        rope_theta=500_000.0,
        rms_norm_eps=1e-5,
    ),
    # Other architectures. Their KV cache follows from the same fields as a Llama's.
    "GPT-2": _model(
        "openai-community/gpt2, where the fields are called n_embd, n_layer, n_head",
        vocab_size=50_257,
        hidden_size=768,
        intermediate_size=3_072,
        num_hidden_layers=12,
        num_attention_heads=12,
        max_position_embeddings=1_024,
        tie_word_embeddings=True,
    ),
    "Qwen2.5-7B": _model(
        "Qwen/Qwen2.5-7B",
        vocab_size=152_064,
        hidden_size=3_584,
        intermediate_size=18_944,
        num_hidden_layers=28,
        num_attention_heads=28,
        num_key_value_heads=4,
        max_position_embeddings=131_072,
        rope_theta=1_000_000.0,
    ),
    "Qwen3-0.6B": _model(
        "Qwen/Qwen3-0.6B; its head_dim is not hidden_size / num_attention_heads",
        vocab_size=151_936,
        hidden_size=1_024,
        intermediate_size=3_072,
        num_hidden_layers=28,
        num_attention_heads=16,
        num_key_value_heads=8,
        head_dim=128,
        max_position_embeddings=40_960,
        tie_word_embeddings=True,
        rope_theta=1_000_000.0,
    ),
    "Gemma-2-9B": _model(
        "google/gemma-2-9b; its head_dim is not hidden_size / num_attention_heads",
        vocab_size=256_000,
        hidden_size=3_584,
        intermediate_size=14_336,
        num_hidden_layers=42,
        num_attention_heads=16,
        num_key_value_heads=8,
        head_dim=256,
        max_position_embeddings=8_192,
        tie_word_embeddings=True,
    ),
}
