"""Matrix products of activations with weights, float32.

A weight is one of two things:
- (in, out): a contiguous array, or the transpose of one, whichever `x @ w` reads faster. Reading is what the speed of
  decode is made of;
- (tiles, in, width), tiles of `width` neighbouring outputs, each contiguous, where BLAS has a kernel for small
  products. The weight then never leaves its place, whatever the number of tokens, and each thread has its tiles.
"""

from functools import partial

import numpy as np

from mini_vllm.layers import blas, parallel
from mini_vllm.layers.gemv import gemv

# BLAS rearranges a matrix before it multiplies it with another one, and reads it as it lies to multiply it with
# a vector. For fewer rows than this, one product for each row is faster than the rearranging.
MIN_GEMM_ROWS = 4
MIN_TILE_ROWS = 4  # rows at a time with which the small kernel reaches its speed
MIN_PARALLEL = 4_000_000  # multiplications; below, waking another thread takes longer than its share of the work


def is_read_by_rows(size_in: int, size_out: int) -> bool:
    """Whether BLAS's product of a vector is faster with the weight as (out, in) in memory than as (in, out).

    With (out, in) a thread reads whole rows, one after the other. With (in, out) it reads a piece of each row, which
    is slower if the piece is short: by a factor of 1.7 for 1536 to 576. Long pieces are faster than whole rows.
    """
    return size_out < 2 * size_in


def tile_width(size_in: int, size_out: int) -> int | None:
    """Into what tiles to cut a weight; None where one (in, out) is better."""
    if not blas.has_small_kernel:
        return None
    for width in (64, 32, 16):  # numbers in the 4, 2 or 1 registers of 512 bits that the kernel goes along with
        if size_out % width == 0 and MIN_TILE_ROWS * size_in * width <= blas.SMALL_PRODUCT:
            return width
    return None


def tile(weight: np.ndarray, width: int) -> np.ndarray:
    """(in, out) -> (tiles, in, width)."""
    size_in, size_out = weight.shape
    return np.ascontiguousarray(weight.reshape(size_in, size_out // width, width).swapaxes(0, 1))


def untile(tiles: np.ndarray) -> np.ndarray:
    """(tiles, in, width) -> (in, out)."""
    return np.ascontiguousarray(tiles.swapaxes(0, 1)).reshape(tiles.shape[1], -1)


def linear(x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    """x @ weight + bias: (num_tokens, out). x: (num_tokens, in); weight: (in, out), or its tiles; bias: (out,)."""
    out = _tiled(x, weight) if weight.ndim == 3 else _whole(x, weight)
    if bias is not None:
        out += bias
    return out


def _whole(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    if len(x) >= MIN_GEMM_ROWS:
        product: np.ndarray = x @ weight
        return product
    out = np.empty((len(x), weight.shape[1]), dtype=np.float32)
    for row, row_of_out in zip(x, out):
        gemv(row, weight, row_of_out)
    return out


def _tiled(x: np.ndarray, tiles: np.ndarray) -> np.ndarray:
    num_tokens = len(x)
    if num_tokens == 1:  # numpy calls another kernel for one row, which is slower here than this one for two
        x = np.concatenate((x, x))
    num_tiles, size_in, width = tiles.shape
    out = np.empty((len(x), num_tiles * width), dtype=np.float32)
    if tiles.size * len(x) < MIN_PARALLEL:
        _multiply(x, tiles, out)
    else:
        parts = parallel.ranges(num_tiles)
        columns = [out[:, part.start * width : part.stop * width] for part in parts]
        parallel.run([partial(_multiply, x, tiles[part], part_of_out) for part, part_of_out in zip(parts, columns)])
    return out[:num_tokens]


def _multiply(x: np.ndarray, tiles: np.ndarray, out: np.ndarray) -> None:
    """Blocks of rows, as many as the small kernel takes, times each tile: one call of numpy."""
    num_tiles, size_in, width = tiles.shape
    rows = blas.SMALL_PRODUCT // (size_in * width) // 4 * 4  # the kernel computes four rows at once
    whole = len(x) // rows * rows
    if whole:
        blocks = out[:whole].reshape(-1, rows, num_tiles, width).transpose(2, 0, 1, 3)
        np.matmul(x[:whole].reshape(-1, rows, size_in), tiles[:, None], out=blocks)
    if whole < len(x):
        start = min(whole, len(x) - 2)  # never one row alone
        np.matmul(x[start:], tiles, out=out[start:].reshape(-1, num_tiles, width).swapaxes(0, 1))
