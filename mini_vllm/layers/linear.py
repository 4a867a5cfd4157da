"""Matrix products of activations with weights, (in, out) and float32."""

import numpy as np

# BLAS rearranges a matrix before it multiplies it with another one, and reads it as it lies to multiply it with
# a vector. For so few rows, one product for each row is faster than the rearranging: benchmarks/bench_linear.py.
MIN_GEMM_ROWS = 4


def linear(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """x @ weight. x: (num_tokens, in); weight: (in, out)."""
    if not 1 < len(x) < MIN_GEMM_ROWS:
        return x @ weight
    out = np.empty((len(x), weight.shape[1]), dtype=np.float32)
    for row, product in zip(x, out):
        np.matmul(row, weight, out=product)
    return out
