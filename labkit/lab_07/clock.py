"""A clock for the engine's steps: what each would take on a GPU, so that times do not depend on this machine."""

from labkit.specs import GPU_SPECS, MODEL_SPECS

GPU_NAME, MODEL_NAME = "A100", "Llama-3-8B"
GPU, MODEL = GPU_SPECS[GPU_NAME], MODEL_SPECS[MODEL_NAME]
assert MODEL.num_parameters is not None
RIDGE_TOKENS = GPU.peak_flops / GPU.bandwidth_bytes_per_s  # FLOPs per byte, which are tokens at 2 bytes a parameter
TRIP_S = 2 * MODEL.num_parameters / GPU.bandwidth_bytes_per_s  # all weights, in 16 bits, once through the chip


def step_seconds(num_tokens: int) -> float:
    """Seconds of a step of `num_tokens`, weights only: one trip up to the ridge, then in proportion."""
    return TRIP_S * max(1.0, num_tokens / RIDGE_TOKENS)
