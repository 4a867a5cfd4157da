"""The prediction, and exercises 1 and 2: how many units."""

from answers import Answer, right, wrong


def _count(function: str, expression: str) -> str:
    return f"def {function}(prompt_len, new_tokens):\n    return {expression}\n"


def _counts(function: str, mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [
        wrong(function, name, message, _count(function, expression)) for name, (expression, message) in mistakes.items()
    ]


WORK_WITHOUT_CACHE = [
    right(
        "work_without_cache",
        "loop",
        """
        def work_without_cache(prompt_len, new_tokens):
            units = 0
            for step in range(new_tokens):
                units += prompt_len + step
            return units
    """,
    ),
    right(
        "work_without_cache",
        "numpy sum",
        """
        def work_without_cache(prompt_len, new_tokens):
            return np.sum(np.arange(prompt_len, prompt_len + new_tokens))
    """,
    ),
    right(
        "work_without_cache",
        "closed form",
        _count("work_without_cache", "new_tokens * (2 * prompt_len + new_tokens - 1) // 2"),
    ),
    right(
        "work_without_cache",
        "numpy 64-bit integers and a helper",
        """
        def triangle(n):
            return np.int64(n) * (n - 1) // 2

        def work_without_cache(prompt_len, new_tokens):
            return triangle(prompt_len + new_tokens) - triangle(prompt_len)
    """,
    ),
    *_counts(
        "work_without_cache",
        {
            "counts the predicted token": (
                "sum(range(prompt_len + 1, prompt_len + new_tokens + 1))",
                "about to predict",
            ),
            "the sum of all integers below P + N": (
                "(prompt_len + new_tokens) * (prompt_len + new_tokens - 1) // 2",
                "the steps start at prompt_len, not at 0",
            ),
            "forgets the prompt": ("new_tokens * (new_tokens - 1) // 2", "the prompt is forgotten"),
            "constant length": ("new_tokens * prompt_len", "never grew"),
            "final length on every step": ("new_tokens * (prompt_len + new_tokens)", "every step has the final length"),
            "one step too many": ("sum(range(prompt_len, prompt_len + new_tokens + 1))", "one step too many"),
            "one step missing": ("sum(range(prompt_len, prompt_len + new_tokens - 1))", "the last step is missing"),
            "not halved": ("new_tokens * prompt_len + new_tokens * (new_tokens - 1)", "is not halved"),
            "arguments swapped": ("sum(range(new_tokens, prompt_len + new_tokens))", "swapped"),
            "the cached count": ("prompt_len + new_tokens", "the count with a cache"),
            "new tokens only": ("new_tokens", "only new tokens"),
            "a float": (
                "new_tokens * prompt_len + new_tokens * (new_tokens - 1) / 2",
                "`//` keeps whole numbers whole",
            ),
            "text": ("'95'", "a str; a whole number"),
            "hard-coded": ("{(5, 10): 95, (2, 3): 9, (5, 1): 5}.get((prompt_len, new_tokens), 0)", "other lengths"),
            "right for a prompt of 5 or 2 only": (
                "sum(range(min(prompt_len, 5), min(prompt_len, 5) + new_tokens))",
                "other lengths",
            ),
            "equals everything": (
                "type('All', (int,), {'__eq__': lambda a, b: True, '__hash__': int.__hash__})(7)",
                "returned 7",
            ),
        },
    ),
    wrong(
        "work_without_cache",
        "prints instead of returning",
        "returned None",
        """
        def work_without_cache(prompt_len, new_tokens):
            print(new_tokens * prompt_len + new_tokens * (new_tokens - 1) // 2)
    """,
    ),
    wrong(
        "work_without_cache",
        "left as it was",
        "not written yet",
        """
        def work_without_cache(prompt_len, new_tokens):
            raise NotImplementedError()
    """,
    ),
]

WORK_WITH_CACHE = [
    right("work_with_cache", "sum", _count("work_with_cache", "prompt_len + new_tokens")),
    right(
        "work_with_cache",
        "loop",
        """
        def work_with_cache(prompt_len, new_tokens):
            units = prompt_len
            for _ in range(new_tokens):
                units += 1
            return units
    """,
    ),
    right("work_with_cache", "numpy", _count("work_with_cache", "np.add(prompt_len, new_tokens)")),
    *_counts(
        "work_with_cache",
        {
            "new tokens only": ("new_tokens", "only the new tokens"),
            "prompt only": ("prompt_len", "only the prompt"),
            "re-reads the prompt": ("prompt_len * new_tokens", "the prompt is read again"),
            "re-reads the prompt, and once more": ("prompt_len * new_tokens + new_tokens", "the prompt is read again"),
            "last token not fed": ("prompt_len + new_tokens - 1", "engines do stop there"),
            "last token not fed, guarded": ("prompt_len + max(new_tokens - 1, 0)", "engines do stop there"),
            "one token twice": ("prompt_len + new_tokens + 1", "passes twice"),
            "nothing for 0 new tokens": (
                "prompt_len + new_tokens if new_tokens else 0",
                "with 0 new tokens the cache still holds the prompt",
            ),
            "the uncached count": ("sum(range(prompt_len, prompt_len + new_tokens))", "without a cache"),
            "a float": ("float(prompt_len + new_tokens)", "a float; a whole number"),
            "hard-coded": ("{(5, 10): 15, (2, 3): 5, (5, 1): 6}.get((prompt_len, new_tokens), 5)", "other lengths"),
        },
    ),
]

PREDICT = [
    right("predict", "whole numbers", "guess_long_prompt = 100\nguess_long_answer = 1000\n"),
    right("predict", "numpy and float", "guess_long_prompt = np.float32(1.5)\nguess_long_answer = 2.0\n"),
    wrong("predict", "one guess missing", "guess_long_answer is not defined yet", "guess_long_prompt = 10\n"),
    wrong("predict", "text", "without quotes", "guess_long_prompt = '10'\nguess_long_answer = 5\n"),
    wrong("predict", "nothing yet", "without quotes", "guess_long_prompt = None\nguess_long_answer = ...\n"),
]
