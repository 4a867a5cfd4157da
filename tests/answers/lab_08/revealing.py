"""Exercise 5: prompts that reveal two bugs."""

from answers import Answer, right, wrong

NAME = "revealing_prompts"
HEAD = f"def {NAME}(cache):\n"


def _prompts(prompts: str) -> str:
    """The prompts, made of a, b and c: three blocks of one token each, repeated; n is the block size."""
    return f"{HEAD}    n = cache.block_size\n    a, b, c = [1] * n, [2] * n, [3] * n\n    return {prompts}\n"


def _mistakes(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(NAME, name, message, _prompts(prompts)) for name, (prompts, message) in mistakes.items()]


REVEALING_PROMPTS = [
    right(NAME, "the two blocks swapped", _prompts("[a + b, b + a + [9], a + b]")),
    right(NAME, "tuples, and a beginning of full blocks", _prompts("((*a, *b, *c), (*b, 7), tuple(a))")),
    right(NAME, "numpy", _prompts("[np.array(a + b + [5]), np.array(b + [5]), np.array(c), np.array(c)]")),
    right(
        NAME,
        "asks the cache first",
        f"""
        {HEAD.strip()}
            size = cache.block_size
            block, other = list(range(size)), list(range(100, 100 + size))
            cache.serve(block)
            if cache.serve(block) == size:
                return [block, block]
            return [other + block + [1], block + [1]]
    """,
    ),
    right(
        NAME,
        "ten prompts at random, from two blocks",
        f"""
        {HEAD.strip()}
            rng = np.random.default_rng(0)
            blocks = [[0] * cache.block_size, [1] * cache.block_size]
            prompts = []
            for _ in range(5):
                first, second = (blocks[i] for i in rng.integers(0, 2, 2))
                prompts += [first + second, second + first + [4]]
            return prompts
    """,
    ),
    *_mistakes(
        {
            "no prompts": ("[]", "is never asked: its bug does not show.\nLikely cause: the list is empty"),
            "one short prompt": ("[[1]]", "returned 1 prompt, on which"),
            "one prompt": ("[a + b + c]", "every prompt has tokens behind what the cache knows"),
            "nothing comes again elsewhere": ("[a + b, c, c]", "no full block comes again behind other tokens"),
            "the same prompt, not full": ("[a + [5], a + [5], c + a + [5], a + [6]]", "ends within a block"),
            "shorter than a block": ("[[1], [1]]", "shorter than a block"),
            "a longer prompt": ("[a + b, a + b + [5], b + [7]]", "tokens behind what the cache knows"),
            "only the whole prompt": ("[a + b, a + b]", "no full block comes again behind other tokens"),
            "only the block elsewhere": (
                "[a + b + [3], b + [3]]",
                "every prompt has tokens behind what the cache knows",
            ),
            "the block behind a miss": (
                "[a + b, a + b, c + b + [3]]",
                "a search ends at the first block that is missing, and the block with a prompt's last token is never "
                "taken.\nNext step: go through prompt 3 block by block",
            ),
            "the block at the end": ("[a + b, a + b, b]", "the block with a prompt's last token is never taken"),
            "the wrong order": ("[b + [3], a + b + [3], a, a]", "go through prompt 2 block by block"),
            "one flat prompt": ("a + b", "one prompt is returned instead of a list"),
            "texts": ("['a b', 'b a']", "one prompt is returned instead of a list"),
            "an empty prompt": ("[[], a]", "a prompt is empty"),
            "too long a prompt": ("[a * 300]", "a prompt is empty, too long"),
            "negative ids": ("[[-1] * n]", "a negative token id"),
            "one negative id": ("[a, a, [-1]]", "returned a prompt of 1 token, [-1]"),
            "eleven prompts": ("[a + b, b + a + [1], a + b] * 4", "10 are allowed"),
            "floats": ("[[1.0] * n]", "a float, as a token id; a whole number"),
            "a prompt as a set": ("[{1, 2}, a]", "a set, as a prompt; a list of token ids"),
            "a prompt left out": ("[a, None]", "returned None, as a prompt; a list of token ids"),
            "a dict": ("{1: a, 2: b}", "a list of prompts was expected"),
            "printed": ("print(a)", "returned None"),
        }
    ),
    wrong(
        NAME,
        "made for blocks of 4",
        "made for one block size",
        f"{HEAD}    return [[1, 1, 1, 1, 2, 2, 2, 2, 3], [2, 2, 2, 2, 3], [1, 1, 1, 1]]\n",
    ),
    wrong(NAME, "left as it was", "not written yet", f"{HEAD}    raise NotImplementedError()\n"),
]
