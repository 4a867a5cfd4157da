"""The loop of byte-pair encoding, which byte-level BPE and SentencePiece share."""

import heapq
from collections.abc import Callable, Sequence
from typing import TypeVar

Symbol = TypeVar("Symbol", int, str)


def merge_pairs(
    symbols: Sequence[Symbol], find: Callable[[Symbol, Symbol], tuple[float, Symbol] | None]
) -> list[Symbol]:
    """What is left of `symbols` when no two neighbours can be merged any more.

    find: the rank of a pair, of which the lowest is merged first and the leftmost of equal ones, and what it becomes;
          None for a pair that cannot be merged.

    A heap finds the next pair, so that a long text costs n log n.
    """
    merged: list[Symbol | None] = list(symbols)  # None: became part of the symbol to its left
    left, right = list(range(-1, len(merged) - 1)), list(range(1, len(merged) + 1))  # the neighbours of each
    heap: list[tuple[float, int, Symbol]] = []  # rank, position of the left one, what the two become

    def push(i: int) -> None:
        if i < 0 or right[i] == len(merged):
            return
        first, second = merged[i], merged[right[i]]
        if first is not None and second is not None and (found := find(first, second)):
            heapq.heappush(heap, (found[0], i, found[1]))

    for i in range(len(merged)):
        push(i)
    while heap:
        _, i, symbol = heapq.heappop(heap)
        first, j = merged[i], right[i]
        second = merged[j] if j < len(merged) else None
        if first is None or second is None or (find(first, second) or (0, None))[1] != symbol:
            continue  # one of the two was merged with another since
        merged[i], merged[j], right[i] = symbol, None, right[j]
        if right[j] < len(merged):
            left[right[j]] = i
        push(left[i])
        push(i)
    return [symbol for symbol in merged if symbol is not None]
