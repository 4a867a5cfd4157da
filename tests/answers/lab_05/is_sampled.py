"""Exercise 2: whether a step samples a token."""

from answers import Answer, right, wrong


def _code(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"def is_sampled(num_tokens, num_computed_tokens, num_new_tokens):\n{lines}"


def _wrong(name: str, message: str, body: str) -> Answer:
    return wrong("is_sampled", name, message, _code(body))


def _right(name: str, body: str) -> Answer:
    return right("is_sampled", name, _code(body))


IS_SAMPLED = [
    _right("the gap", "return num_tokens - num_computed_tokens == num_new_tokens"),
    _right("at least", "return num_computed_tokens + num_new_tokens >= num_tokens"),
    _right("numpy", "return np.equal(np.int64(num_computed_tokens) + num_new_tokens, num_tokens)"),
    _right("0-d array", "return np.array(num_tokens - num_computed_tokens - num_new_tokens == 0)"),
    _right("not", "return not num_tokens - num_computed_tokens - num_new_tokens"),
    _right("a range", "return num_tokens - 1 in range(num_computed_tokens, num_computed_tokens + num_new_tokens)"),
    _right(
        "a loop",
        "for position in range(num_computed_tokens, num_computed_tokens + num_new_tokens):\n"
        "    if position == num_tokens - 1:\n        return True\nreturn False",
    ),
    _right(
        "recursion",
        "if num_new_tokens == 0:\n    return num_computed_tokens == num_tokens\n"
        "half = (num_new_tokens + 1) // 2\n"
        "return is_sampled(num_tokens, num_computed_tokens + half, num_new_tokens - half)",
    ),
    _right(
        "recursion of one level a token",
        "if num_new_tokens == 0:\n    return num_computed_tokens == num_tokens\n"
        "return is_sampled(num_tokens, num_computed_tokens + 1, num_new_tokens - 1)",
    ),
    _wrong("always", "at every chunk", "return True"),
    _wrong("every step computes", "at every chunk", "return num_new_tokens > 0"),
    _wrong("decode only, by the step", "taken for a decode", "return num_new_tokens == 1"),
    _wrong("late", "one chunk late", "return num_computed_tokens == num_tokens"),
    _wrong("strict", "a strict >", "return num_computed_tokens + num_new_tokens > num_tokens"),
    _wrong("all but the first", "every chunk but the first", "return num_computed_tokens > 0"),
    _wrong("the first chunk", "the first chunk samples", "return num_computed_tokens == 0"),
    _wrong("in one step only", "a prompt that is computed in one step", "return num_new_tokens == num_tokens"),
    _wrong(
        "a switch",
        "a switch between prefill and decode",
        "if num_computed_tokens == 0:\n    return num_new_tokens == num_tokens\nreturn num_new_tokens == 1",
    ),
    _wrong(
        "decode only, by the gap",
        "only a decode samples",
        "return num_tokens - num_computed_tokens == 1 and num_computed_tokens >= 100",
    ),
    _wrong("early", "one token early", "return num_computed_tokens + num_new_tokens >= num_tokens - 1"),
    _wrong("early, exactly", "one token early", "return num_computed_tokens + num_new_tokens == num_tokens - 1"),
    _wrong("opposite", "the answer is the opposite", "return num_computed_tokens + num_new_tokens < num_tokens"),
    _wrong("a short chunk", "compared with a fixed number", "return num_new_tokens < 16"),
    _wrong("a short gap", "compared with a fixed number", "return num_tokens - num_computed_tokens <= 16"),
    _wrong(
        "a short chunk behind the first",
        "a short step behind the first",
        "return num_computed_tokens > 0 and num_new_tokens < 5",
    ),
    _wrong("never", "one chunk late, or never", "return num_tokens == 0"),
    _wrong(
        "modulo",
        "not compared with the last known token",
        "return num_tokens % 16 == num_new_tokens % 16",
    ),
    _wrong("a number", "True or False was expected", "return num_tokens - num_computed_tokens - num_new_tokens"),
    _wrong(
        "a text",
        "True or False was expected",
        "return 'yes' if num_computed_tokens + num_new_tokens == num_tokens else 'no'",
    ),
    _wrong("printed", "returned None", "print(num_computed_tokens + num_new_tokens == num_tokens)"),
    _wrong("no else", "no `return`", "if num_computed_tokens + num_new_tokens == num_tokens:\n    return True"),
    _wrong("left as it was", "not written yet", "raise NotImplementedError()"),
    _wrong(
        "hard-coded",
        "wrong for other counters",
        "return (num_tokens, num_computed_tokens) in ((100, 96), (101, 100), (5, 0), (105, 96))",
    ),
    _wrong(
        "right for short requests only",
        "wrong for other counters",
        "return num_computed_tokens + num_new_tokens == num_tokens if num_tokens < 300 else num_new_tokens == 1",
    ),
]
