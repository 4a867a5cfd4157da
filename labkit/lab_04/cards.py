"""The figures of cards and models, in the form in which the lab's functions take them."""

import math

from labkit.specs import GPU_SPECS, MODEL_SPECS, GPUSpec
from mini_vllm.engine_config import KV_CACHE_BYTES_PER_ELEMENT, kv_bytes_per_token

GIB = 2**30
TOY = {"peak_flops": 64, "bandwidth": 4}  # FLOP/s and bytes per second: small enough for mental arithmetic


def card(name: str) -> dict[str, float]:
    """`peak_flops` and `bandwidth` of a card in labkit.specs, where their sources are."""
    spec = GPU_SPECS[name]
    return {"peak_flops": spec.peak_flops, "bandwidth": spec.bandwidth_bytes_per_s}


def model(name: str = "Llama-3-8B") -> dict[str, int]:
    """`n_params` and `kv_bytes_per_token` of a model in labkit.specs, both in 16 bits."""
    spec = MODEL_SPECS[name]
    kv_bytes = kv_bytes_per_token(spec.config) * 2 // KV_CACHE_BYTES_PER_ELEMENT  # the engine itself stores 32 bits
    assert spec.num_parameters is not None, f"the parameters of {name} are not counted"
    return {"n_params": spec.num_parameters, "kv_bytes_per_token": kv_bytes}


def needed_bytes(users: int, context: int, bytes_per_param: float = 2) -> int:
    """Memory of Llama-3-8B for `users` contexts of `context` tokens: weights, and KV cache in 16 bits."""
    shape = model()
    return math.ceil(bytes_per_param * shape["n_params"]) + users * context * shape["kv_bytes_per_token"]


def users_that_fit(spec: GPUSpec, context: int, bytes_per_param: float = 2) -> int:
    """How many users of `context` tokens have room on a card beside the weights of Llama-3-8B."""
    weights = needed_bytes(0, context, bytes_per_param)
    return max(0, spec.memory_bytes - weights) // (needed_bytes(1, context, bytes_per_param) - weights)


A100 = card("A100")
# The arguments of decode_step_seconds for an A100 whose memory is full: Llama-3-8B, contexts of 2,048 tokens.
FULL_A100 = {"batch": users_that_fit(GPU_SPECS["A100"], 2048), "context": 2048, **model(), **A100}
FULL_A100["bytes_per_param"] = 2
