"""Exercise 4: the tokens that a chat computes."""

from answers import Answer, right, wrong

NAME = "tokens_computed"
HEAD = f"def {NAME}(prompt_lens, block_size):\n"


def _chat(
    found: str = "min(kept, n - 1) // b * b",
    *,
    kept: str = "n",
    result: str = "without, cached",
    first: str = "0",
    computed: str = "n - found",
) -> str:
    """The chat turn by turn; n is the prompt's length, b the block's, kept what the cache holds."""
    return (
        f"{HEAD}    b, kept, without, cached = block_size, {first}, 0, 0\n"
        f"    for i, n in enumerate(prompt_lens):\n        found = {found}\n        without += n\n"
        f"        cached += {computed}\n        kept = {kept}\n    return {result}\n"
    )


def _mistakes(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(NAME, name, message, code) for name, (code, message) in mistakes.items()]


TOKENS_COMPUTED = [
    right(
        NAME,
        "pairs of turns",
        f"""
        {HEAD.strip()}
            def found(before, prompt_len):
                return min(before // block_size, (prompt_len - 1) // block_size) * block_size

            saved = sum(found(*pair) for pair in zip(prompt_lens, prompt_lens[1:]))
            return sum(prompt_lens), sum(prompt_lens) - saved
    """,
    ),
    right(
        NAME,
        "numpy",
        f"""
        {HEAD.strip()}
            lens = np.array(prompt_lens, dtype=np.int64)
            found = np.minimum(lens[:-1], lens[1:] - 1) // block_size * block_size
            return np.array([lens.sum(), lens.sum() - found.sum()])
    """,
    ),
    right(
        NAME,
        "recursion",
        f"""
        {HEAD.strip()}
            if not prompt_lens:
                return 0, 0
            *before, last = prompt_lens
            without, cached = {NAME}(before, block_size)
            found = min(before[-1], last - 1) if before else 0
            return without + last, cached + last - found // block_size * block_size
    """,
    ),
    right(
        NAME,
        "a list of two, block by block",
        f"""
        {HEAD.strip()}
            totals, kept = [0, 0], 0
            for length in prompt_lens:
                start = 0
                while start + block_size <= kept and start + block_size < length:
                    start += block_size
                totals = [totals[0] + length, totals[1] + length - start]
                kept = length
            return totals
    """,
    ),
    *_mistakes(
        {
            "tokens, not blocks": (_chat("min(kept, n - 1)"), "the cache is counted in tokens"),
            "tokens, and a prompt again for nothing": (_chat("kept"), "the cache is counted in tokens"),
            "blocks for tokens": (_chat("min(kept, n - 1) // b"), "blocks are subtracted from tokens"),
            "blocks for tokens, without the last token": (_chat("kept // b"), "blocks are subtracted from tokens"),
            "rounded up": (_chat("min(-(-kept // b), (n - 1) // b) * b"), "a partly filled block is counted"),
            "rounded up, then the last token": (
                _chat("min(-(-kept // b) * b, n - 1)"),
                "a partly filled block is counted",
            ),
            "rounded up, without the last token": (
                _chat("min(-(-kept // b) * b, n)"),
                "a partly filled block is counted",
            ),
            "a prompt sent again for nothing": (_chat("kept // b * b"), "leaves nothing to compute"),
            "a prompt sent again for one token": (_chat("min(kept // b * b, n - 1)"), "leaves one token to compute"),
            "a prompt sent again counts 0": (
                _chat("n if i and n == kept else min(kept, n - 1) // b * b"),
                "leaves nothing to compute",
            ),
            "the first turn finds its own blocks": (
                _chat("min(kept if i else n, n - 1) // b * b"),
                "the first turn finds blocks",
            ),
            "rounded up, more than the prompt": (_chat("-(-kept // b) * b"), "a partly filled block is counted"),
            "one token less each turn": (
                _chat("max(0, kept // b * b - 1)"),
                "a token is subtracted from what was found",
            ),
            "one block less each turn": (_chat("max(0, kept // b - 1) * b"), "the last full block is never found"),
            "the rule of the last token for the prompt before": (
                _chat("max(0, kept - 1) // b * b"),
                "the last token of the prompt BEFORE",
            ),
            "each turn a new chat": (_chat("0"), "each turn is treated as a new chat"),
            "the first turn for free": (_chat(computed="n - found if i else 0"), "the first turn is missing"),
            "cached tokens": (_chat(computed="found"), "the cached tokens are returned"),
            "only the first turn's blocks": (_chat(kept="kept or n"), "only the first turn's blocks"),
            "the blocks of all turns before": (_chat(kept="kept + n"), "the prompts before are added up"),
            "blocks of 16": (_chat("min(kept, n - 1) // 16 * 16"), "block_size is fixed at 16"),
            "floor of the new tokens": (
                _chat(computed="(n - kept) // b * b if i else n"),
                "the new tokens are rounded down to blocks",
            ),
            "floor of the new tokens, from the first turn on": (
                _chat(computed="(n - kept) // b * b"),
                "the new tokens are rounded down to blocks",
            ),
            "new tokens rounded up": (
                _chat(computed="-(-(n - kept) // b) * b if i else n"),
                "the new tokens are rounded up to blocks",
            ),
            "its own blocks": (_chat("(n - 1) // b * b"), "full blocks of its own prompt"),
            "its own blocks after the first turn": (
                _chat("(n - 1) // b * b if i else 0"),
                "full blocks of its own prompt",
            ),
            "the answers as well": (_chat(computed="n - found + 1"), "the answers' tokens are added"),
            "the last turn only": (_chat(result="without, n - found"), "only the last turn is counted"),
            "swapped": (_chat(result="cached, without"), "the two counts are swapped"),
            "without: the last prompt": (_chat(result="n if prompt_lens else 0, cached"), "computes its whole prompt"),
            "without: the answers, too": (
                _chat(result="without + len(prompt_lens), cached"),
                "computes its whole prompt",
            ),
            "one number": (_chat(result="cached"), "only one of the two counts"),
            "a value a turn": (
                f"{HEAD}    return [length for length in prompt_lens]\n",
                "a value for each turn is returned",
            ),
            "a share": (_chat(result="without, cached / max(1, without)"), "a whole number (int) was expected"),
            "a third argument": (
                _chat().replace("block_size):", "block_size, answer_len):"),
                "the line with `def` was changed",
            ),
            "a chat that must begin": (_chat(first="prompt_lens[0] * 0"), "a chat without turns has no first prompt"),
            "an unknown mistake": (_chat(computed="n - found + 3"), "compute the turns of this call by hand"),
            "eats the chat": (
                f"{HEAD}    without = cached = kept = 0\n    while prompt_lens:\n        n = prompt_lens.pop(0)\n"
                "        without += n\n        cached += n - min(kept, n - 1) // block_size * block_size\n"
                "        kept = n\n    return without, cached\n",
                "changed the list that it was given",
            ),
            "hard-coded": (
                _chat(result="without, cached if without < 1600 else without // 2"),
                "wrong for other chats",
            ),
            "printed": (_chat(result="print(without, cached)"), "returned None"),
            "left as it was": (f"{HEAD}    raise NotImplementedError()\n", "not written yet"),
        }
    ),
]
