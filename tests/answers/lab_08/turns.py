"""Exercise 4: the tokens that a chat computes."""

from answers import Answer, right, wrong

NAME = "tokens_computed"
HEAD = f"def {NAME}(prompt_lens, block_size, answer_len=1):\n"


def _chat(
    found: str = "min(kept, n - 1) // b * b",
    *,
    kept: str = "n + a - 1",
    result: str = "without, cached",
    first: str = "0",
    computed: str = "n - found",
) -> str:
    """The chat turn by turn; n is the prompt's length, a the answer's, b the block's, kept what the cache holds."""
    return (
        f"{HEAD}    a, b, kept, without, cached = answer_len, block_size, {first}, 0, 0\n"
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
                return min((before + answer_len - 1) // block_size, (prompt_len - 1) // block_size) * block_size

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
            found = np.minimum(lens[:-1] + answer_len - 1, lens[1:] - 1) // block_size * block_size
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
            without, cached = {NAME}(before, block_size, answer_len)
            found = min(before[-1] + answer_len - 1, last - 1) if before else 0
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
                kept = length + answer_len - 1
            return totals
    """,
    ),
    *_mistakes(
        {
            "tokens, not blocks": (_chat("min(kept, n - 1)"), "the cache is counted in tokens"),
            "tokens, and a prompt again for nothing": (_chat("kept"), "the cache is counted in tokens"),
            "only what is new": (_chat("kept", kept="n"), "the cache is counted in tokens"),
            "rounded up": (_chat("min(-(-kept // b), (n - 1) // b) * b"), "a partly filled block is counted"),
            "a prompt sent again for nothing": (_chat("min(kept, n) // b * b"), "leaves nothing to compute"),
            "a prompt sent again for one token": (_chat("min(kept // b * b, n - 1)"), "leaves one token to compute"),
            "answers forgotten": (_chat(kept="n"), "the answers are forgotten"),
            "answers and the last token forgotten": (
                _chat("min(kept, n) // b * b", kept="n"),
                "the answers are forgotten",
            ),
            "the answer's last token": (_chat(kept="n + a"), "the last token of an answer counts as cached"),
            "the first turn for free": (_chat(computed="n - found if i else 0"), "the first turn is missing"),
            "cached tokens": (_chat(computed="found"), "the cached tokens are returned"),
            "only the first turn's blocks": (_chat(kept="kept or n + a - 1"), "only the first turn's blocks"),
            "blocks of 16": (_chat("min(kept, n - 1) // 16 * 16"), "block_size is fixed at 16"),
            "nothing found": (_chat("0"), "nothing is ever found"),
            "new tokens rounded up": (
                _chat(computed="-(-(n - kept) // b) * b if i else n", kept="n"),
                "rounded up to blocks",
            ),
            "its own blocks": (_chat("(n - 1) // b * b"), "full blocks of its own prompt"),
            "its own blocks after the first turn": (
                _chat("(n - 1) // b * b if i else 0"),
                "full blocks of its own prompt",
            ),
            "the answers as well": (_chat(computed="n - found + a"), "the answers' tokens are added"),
            "the last turn only": (_chat(result="without, n - found"), "only the last turn is counted"),
            "swapped": (_chat(result="cached, without"), "the two counts are swapped"),
            "without: the last prompt": (_chat(result="n if prompt_lens else 0, cached"), "computes its whole prompt"),
            "without: the answers, too": (
                _chat(result="without + answer_len * len(prompt_lens), cached"),
                "computes its whole prompt",
            ),
            "one number": (_chat(result="cached"), "only one of the two counts"),
            "a value a turn": (
                f"{HEAD}    return [length for length in prompt_lens]\n",
                "a value for each turn is returned",
            ),
            "a share": (_chat(result="without, cached / max(1, without)"), "a whole number (int) was expected"),
            "another default": (
                _chat().replace("answer_len=1", "answer_len=16"),
                "the default of answer_len is no longer 1",
            ),
            "no default": (_chat().replace("answer_len=1", "answer_len"), "the line with `def` was changed"),
            "a chat that must begin": (_chat(first="prompt_lens[0] * 0"), "a chat without turns has no first prompt"),
            "an unknown mistake": (_chat(computed="n - found + 3"), "find other blocks than"),
            "eats the chat": (
                f"{HEAD}    without = cached = kept = 0\n    while prompt_lens:\n        n = prompt_lens.pop(0)\n"
                "        without += n\n        cached += n - min(kept, n - 1) // block_size * block_size\n"
                "        kept = n + answer_len - 1\n    return without, cached\n",
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
