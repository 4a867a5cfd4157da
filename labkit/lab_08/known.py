"""Exercise 2: which hashes are in the cache, as the student's block_hashes makes them from other prompts."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.check import check
from labkit.earlier import BuiltOn
from labkit.failure import shortened
from labkit.lab_08.hashes import BLOCK_HASHES

BlockHashes = Callable[[list[int], int], Any]


@dataclass(frozen=True)
class Known:
    """The hashes of the full blocks of `prompts`, but for block `missing` of the first of them; 0 for none."""

    block_hashes: BlockHashes
    prompts: tuple[Sequence[int], ...]
    missing: int = 0

    def hashes(self, block_size: int) -> set[Hashable]:
        """The set that a test passes. Raises: CheckFailed, which names block_hashes."""
        student = check(self.block_hashes, BLOCK_HASHES)
        chains = [student(prompt, block_size).value() for prompt in self.prompts]
        evicted = chains[0][self.missing - 1 : self.missing] if self.missing else []
        return {block_hash for chain in chains for block_hash in chain} - set(evicted)

    def __str__(self) -> str:
        if not self.prompts:
            return "set()"
        prompts = " and ".join(shortened(list(prompt), 60) for prompt in self.prompts)
        return f"<hashes of {prompts}{f' without block {self.missing}' if self.missing else ''}>"


def known_hashes(block_hashes: BlockHashes) -> Callable[..., Known]:
    """Return known(*prompts, missing=0), which names the hashes that a cache holds."""

    def known(*prompts: Sequence[int], missing: int = 0) -> Known:
        return Known(block_hashes, prompts, missing)

    return known


def built_on(earlier: Callable[[], Sequence[BlockHashes]]) -> BuiltOn:
    """Add to a failure that block_hashes is not right. Only the equality of hashes counts, so each gets a number."""
    return BuiltOn(EXAMPLES, lambda: [_numbered(function) for function in earlier()])


def _numbered(block_hashes: BlockHashes) -> Callable[[list[list[int]], int], list[int]]:
    """The hashes of several prompts, equal ones with equal numbers: 0 for the first."""

    def numbers(prompts: list[list[int]], block_size: int) -> list[int]:
        seen: dict[Hashable, int] = {}
        hashes = [block_hash for prompt in prompts for block_hash in block_hashes(prompt, block_size)]
        return [seen.setdefault(block_hash, len(seen)) for block_hash in hashes]

    numbers.__name__ = "block_hashes"
    return numbers


TO_13 = list(range(1, 14))
EXAMPLES = {
    "block_hashes": [
        (([TO_13, [*TO_13[:9], 0, 0, 0, 0], [0, *TO_13[1:]]], 4), [0, 1, 2, 0, 1, 3, 4, 5, 6]),
        (([[1, 2, 3, 4], [3, 4, 1, 2]], 2), [0, 1, 2, 3]),
        (([[7, 7, 7, 7, 7], [7, 7, 7, 7, 5]], 2), [0, 1, 0, 1]),
        (([[1, 2, 3], [3, 2, 1], [1, 2, 3]], 3), [0, 1, 0]),
        (([[1, 23, 45_678], [12, 3, 45_678]], 3), [0, 1]),
        (([[*range(300, 316)], [*range(300, 316)]], 2), [*range(8), *range(8)]),
    ]
}
