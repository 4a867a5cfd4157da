"""What numpy's BLAS is good at on this machine, asked of itself."""

import contextlib
import ctypes
import importlib

# The builds of OpenBLAS, by the processor they are for (AVX-512), whose kernel for products of up to SMALL_PRODUCT
# multiplications takes both matrices as they lie. Every other kernel first copies them into an order of its own,
# which takes several times longer than the product if one of them has few rows.
SMALL_PRODUCT = 1_000_000
_WITH_SMALL_KERNEL = ("SkylakeX", "Cooperlake", "SapphireRapids")
_MAX_THREADS = 8  # measured with 2; with many more, BLAS's own share out a large product better than ours


def _openblas(function: str, restype: type | None = ctypes.c_int):
    """A function of the OpenBLAS in numpy's wheels; None with another BLAS."""
    with contextlib.suppress(AttributeError, ImportError, OSError):
        library = ctypes.CDLL(importlib.import_module("numpy._core._multiarray_umath").__file__)
        found = getattr(library, f"scipy_openblas_{function}64_")
        found.restype = restype
        return found


_get_corename, _get_num_threads = _openblas("get_corename", ctypes.c_char_p), _openblas("get_num_threads")
_set_num_threads = _openblas("set_num_threads", None)
_found = None not in (_get_corename, _get_num_threads, _set_num_threads)

# What OPENBLAS_NUM_THREADS says, else the number of processors.
num_threads: int = _get_num_threads() if _found else 1
has_small_kernel: bool = _found and _get_corename().decode() in _WITH_SMALL_KERNEL and num_threads <= _MAX_THREADS


class OneThread:
    """Where the work is shared out by mini_vllm.layers.parallel, BLAS uses no threads of its own.

    They would be in the way: after each product they wait for the next in a loop that keeps a processor busy.
    """

    def __enter__(self) -> None:
        if has_small_kernel:
            _set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        if has_small_kernel:
            _set_num_threads(num_threads)
