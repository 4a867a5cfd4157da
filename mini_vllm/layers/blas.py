"""What numpy's BLAS is good at on this machine.

`has_small_kernel` is the flag of all that depends on it: weights in tiles (linear.py), our own threads
(parallel.py) and `OneThread`. It is off with another BLAS, on another processor, or without threadpoolctl; weights
are then whole, and BLAS uses its own threads. Measured gains: benchmarks/README.md.
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
has_small_kernel: bool = (
    _openblas is not None and _openblas.architecture in _WITH_SMALL_KERNEL and num_threads <= _MAX_THREADS
)


class OneThread:
    """Where the work is shared out by mini_vllm.layers.parallel, BLAS uses no threads of its own.

    They would be in the way: after each product they wait for the next in a loop that keeps a processor busy. With
    ours alone, a step took 50 ms instead of 291 on a machine whose two processors were busy.
    """

    def __enter__(self) -> None:
        if has_small_kernel and _openblas:
            _openblas.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        if has_small_kernel and _openblas:
            _openblas.set_num_threads(num_threads)
