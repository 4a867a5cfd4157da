"""Exercise 5: prompts that show what is wrong with a cache, and why other prompts do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labkit.check import Check, Why, quantity
from labkit.failure import CheckFailed, shortened
from labkit.kinds import whole_number
from labkit.lab_08.arguments import PROVIDED, ListOrSetCall, ReadOnlyExercise, items_of
from labkit.lab_08.caches import RIGHT, WHOLE, PrefixCache

MAX_PROMPTS, MAX_TOKENS = 10, 200
NO_PROMPTS: Why = ("the list is empty", "write a prompt, and then one that the two bugs answer differently")


def prompt_list(call: str, answer: Any) -> list[list[int]]:
    """`answer` as a list of prompts, each a list of token ids."""
    prompts = []
    for item in items_of(call, answer, "prompts"):
        if isinstance(item, (int, float, str)):
            raise CheckFailed(
                f"{call} returned a list with {shortened(item)} in it; a prompt is a list of token ids.",
                "one prompt is returned instead of a list of prompts, or a text",
                "return [[...], [...]]: a list of lists of whole numbers",
            )
        prompt = [whole_number(call, token, "a token id") for token in items_of(call, item, "token ids", "a prompt")]
        if not 1 <= len(prompt) <= MAX_TOKENS or min(prompt) < 0:
            raise CheckFailed(
                f"{call} returned a prompt of {quantity(len(prompt), 'tokens')}, {shortened(prompt, 40)}.",
                "a prompt is empty, too long, or holds a negative token id",
                f"let each prompt have 1 to {MAX_TOKENS} tokens, all of them 0 or more",
            )
        prompts.append(prompt)
    if len(prompts) > MAX_PROMPTS:
        raise CheckFailed(
            f"{call} returned {len(prompts)} prompts; {MAX_PROMPTS} are allowed.",
            "the prompts are tried at random",
            "two or three prompts are enough for one bug: ask which blocks have to be equal",
        )
    return prompts


class RevealingCall(ListOrSetCall):
    """revealing_prompts(cache), whose prompts are then served by that cache and by the right one, both empty."""

    def __init__(self, check: Check, args: Sequence[Any], named: Any) -> None:
        super().__init__(check, args, named)
        self.cache: PrefixCache = args[0]
        self.text = f"{check.name}(a cache with block_size={self.cache.block_size})"

    def should_reveal(self, name: str) -> None:
        """Raises: CheckFailed unless the cache, which the lab calls `name`, differs from the right one on a prompt.

        The right cache has nothing to reveal: any prompts will do.
        """
        prompts, size = self.value(), self.cache.block_size
        kind = self.cache._name
        right, own = (self._found(PrefixCache(each, size), prompts) for each in (RIGHT, kind))
        if kind == RIGHT or own != right:
            return
        because = NO_PROMPTS
        if prompts:
            because = _why_whole(prompts, size) if kind == WHOLE else _why_own_tokens(prompts, size)
        found = f"finds {shortened(right, 40)} tokens, as it should" if prompts else "is never asked"
        returned = quantity(len(prompts), "prompts")
        raise CheckFailed(
            f"{self} returned {returned}, on which cache {name!r} {found}: its bug does not show.",
            *because,
        )

    @staticmethod
    def _found(cache: PrefixCache, prompts: list[list[int]]) -> list[int]:
        return [cache.serve(prompt) for prompt in prompts]


@dataclass(frozen=True, kw_only=True)
class RevealingExercise(ReadOnlyExercise):
    """revealing_prompts."""

    def new_call(self, check: Check, args: Sequence[Any], named: Any) -> RevealingCall:
        return RevealingCall(check, args, named)


def _why_whole(prompts: list[list[int]], size: int) -> Why:
    again = [prompt for i, prompt in enumerate(prompts) if any(p[: len(prompt)] == prompt for p in prompts[:i])]
    if not again:
        return (
            "every prompt has tokens behind what the cache knows, so something is left to compute in any case",
            "ask which prompt would leave the engine nothing to compute",
        )
    if all(len(prompt) < size for prompt in again):
        return (
            "the prompt that comes again is shorter than a block, so nothing of it is cached",
            "let the prompts grow with cache.block_size",
        )
    return (
        "the prompt that comes again ends within a block, and a part of a block is never found",
        "let the prompt fill its blocks exactly, whatever cache.block_size is",
    )


def _why_own_tokens(prompts: list[list[int]], size: int) -> Why:
    if all(len(prompt) < size for prompt in prompts):
        return "no prompt fills a block", "let the prompts grow with cache.block_size"
    number = _comes_again(prompts, size)
    if not number:
        return (
            "no full block comes again behind other tokens, so each block is known by its own tokens as well",
            "ask which two blocks a hash cannot tell apart if it covers a block's own tokens alone",
        )
    return (
        "a block does come again behind other tokens, but the cache does not get as far: a search ends at the first "
        "block that is missing, and the block with a prompt's last token is never taken",
        f"go through prompt {number} block by block: which is looked up first, and has it been served before?",
    )


def _comes_again(prompts: list[list[int]], size: int) -> int:
    """The number, from 1, of the first prompt in which a full block comes again behind other tokens; 0 if none does."""
    behind: dict[tuple[int, ...], list[int]] = {}
    for number, prompt in enumerate(prompts, start=1):
        for start in range(0, len(prompt) - size + 1, size):
            block, before = tuple(prompt[start : start + size]), prompt[:start]
            if behind.setdefault(block, before) != before:
                return number
    return 0


REVEALING = RevealingExercise(
    read=prompt_list,
    provided=PROVIDED,
    otherwise=("", ""),
    hidden=(
        "the prompts are made for one block size",
        "build the prompts from cache.block_size: try blocks of one token, and large ones",
    ),
)


def compare_caches(caches: dict[str, PrefixCache], prompts: Sequence[Sequence[int]]) -> None:
    """Serve the prompts with each cache, one after the other, and print how many tokens each of them finds."""
    print("tokens of each prompt: " + "".join(f"{len(prompt):>5}" for prompt in prompts))
    for name, cache in caches.items():
        print(f"   found by cache {name!r}: " + "".join(f"{cache.serve(prompt):>5}" for prompt in prompts))
