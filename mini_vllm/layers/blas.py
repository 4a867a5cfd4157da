"""Detect OpenBLAS's kernel for small matrices, and set its number of threads.

`has_small_kernel` is the flag of weights in tiles (linear.py), which our own threads share (parallel.py). It is off
with another BLAS, on another processor, or without threadpoolctl; weights are then whole, and BLAS shares out each
product among its own threads, except in a step of many tokens (parallel.py), and in one of a single token where its
threads have to wait for processors (gemv.py). Measured gains: benchmarks/README.md.
"""

from mini_vllm.optional import import_installed

# The builds of OpenBLAS, by the processor they are for (AVX-512), whose kernel for products of up to SMALL_PRODUCT
# multiplications takes both matrices as they lie. Every other kernel first copies them into an order of its own,
# which takes several times longer than the product if one of them has few rows: 16 rows through the layers of
# SmolLM2 take 28 ms in tiles, 44 ms whole.
SMALL_PRODUCT = 1_000_000
_WITH_SMALL_KERNEL = ("SkylakeX", "Cooperlake", "SapphireRapids")
_MAX_THREADS = 8  # measured with 2; with many more, BLAS's own share out a large product better than ours

_threadpoolctl = import_installed("threadpoolctl")
_libraries = _threadpoolctl.ThreadpoolController().lib_controllers if _threadpoolctl else []
_openblas = next((library for library in _libraries if library.internal_api == "openblas"), None)

# What OPENBLAS_NUM_THREADS says, else the number of processors.
num_threads: int = _openblas.num_threads if _openblas else 1
can_leave_threads_to_us: bool = _openblas is not None and 1 < num_threads <= _MAX_THREADS
has_small_kernel: bool = (
    _openblas is not None and _openblas.architecture in _WITH_SMALL_KERNEL and num_threads <= _MAX_THREADS
)


def set_num_threads(number: int) -> None:
    """How many threads BLAS shares a product among."""
    if _openblas:
        _openblas.set_num_threads(number)
