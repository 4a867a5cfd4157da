"""The prediction, and exercise 1: how many tokens a step computes."""

from answers import Answer, right, wrong

PREDICT = [
    right("predict", "numbers", "guess_steps, guess_steps_preempted = 14, 20.0"),
    right("predict", "numpy numbers", "guess_steps = np.int64(15)\nguess_steps_preempted = np.float64(22)"),
    wrong("predict", "left as it was", "guess_steps is not defined", "raise NotImplementedError()"),
    wrong("predict", "text", "without quotes", "guess_steps = guess_steps_preempted = '14'"),
    wrong("predict", "dots", "guess_steps_preempted is not typed yet", "guess_steps = 14\nguess_steps_preempted = ..."),
]


def _tokens(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"def num_tokens_to_compute(num_tokens, num_computed_tokens, budget):\n{lines}"


def _wrong(name: str, message: str, body: str) -> Answer:
    return wrong("num_tokens_to_compute", name, message, _tokens(body))


def _right(name: str, body: str) -> Answer:
    return right("num_tokens_to_compute", name, _tokens(body))


NUM_TOKENS_TO_COMPUTE = [
    _right("numpy", "return np.clip(num_tokens - num_computed_tokens, 0, budget)"),
    _right(
        "numpy minimum, 0-d", "return np.maximum(0, np.minimum(np.int32(num_tokens - num_computed_tokens), budget))"
    ),
    _right(
        "a loop",
        "new = 0\nwhile num_computed_tokens + new < num_tokens and new < budget:\n    new += 1\nreturn new",
    ),
    _right("a range", "return len(range(num_computed_tokens, min(num_tokens, num_computed_tokens + budget)))"),
    _right(
        "recursion",
        "if budget <= 0 or num_computed_tokens >= num_tokens:\n    return 0\n"
        "half = min(num_tokens - num_computed_tokens, budget + 1) // 2\n"
        "if half == 0:\n    return 1\n"
        "return half + num_tokens_to_compute(num_tokens, num_computed_tokens + half, budget - half)",
    ),
    _right(
        "recursion of one level a token",
        "if budget <= 0 or num_computed_tokens >= num_tokens:\n    return 0\n"
        "return 1 + num_tokens_to_compute(num_tokens, num_computed_tokens + 1, budget - 1)",
    ),
    _right(
        "cases",
        "gap = num_tokens - num_computed_tokens\nif gap < 0:\n    return 0\n"
        "if gap <= budget:\n    return gap\nreturn budget",
    ),
    _wrong("no budget", "the budget is ignored", "return num_tokens - num_computed_tokens"),
    _wrong("no budget, not negative", "the budget is ignored", "return max(0, num_tokens - num_computed_tokens)"),
    _wrong("everything again", "the whole sequence is computed again", "return min(num_tokens, budget)"),
    _wrong("all known tokens", "all known tokens are computed at every step", "return num_tokens"),
    _wrong("negative", "a negative number of tokens", "return min(num_tokens - num_computed_tokens, budget)"),
    _wrong("absolute", "lost its sign", "return min(abs(num_tokens - num_computed_tokens), budget)"),
    _wrong("the whole budget", "the whole budget is used", "return budget"),
    _wrong("max for min", "the larger of gap and budget", "return max(num_tokens - num_computed_tokens, budget)"),
    _wrong(
        "the next token as well",
        "the token that the step will sample is counted",
        "return min(num_tokens - num_computed_tokens + 1, budget)",
    ),
    _wrong(
        "the next token as well, not negative",
        "the token that the step will sample is counted",
        "return max(0, min(num_tokens - num_computed_tokens + 1, budget))",
    ),
    _wrong(
        "without the last token",
        "the last known token is left out",
        "return max(0, min(num_tokens - num_computed_tokens - 1, budget))",
    ),
    _wrong(
        "what is left",
        "what is left after the step",
        "gap = max(0, num_tokens - num_computed_tokens)\nreturn gap - min(gap, budget)",
    ),
    _wrong("always 16", "the budget is fixed at 16", "return max(0, min(num_tokens - num_computed_tokens, 16))"),
    _wrong("the end", "where the step ends", "return min(num_tokens, num_computed_tokens + budget)"),
    _wrong(
        "a switch",
        "a switch between prefill and decode",
        "if num_computed_tokens == 0:\n    return min(num_tokens, budget)\nreturn 1",
    ),
    _wrong("at least one", "at least one token", "return max(1, min(num_tokens - num_computed_tokens, budget))"),
    _wrong(
        "no chunks",
        "chunked prefill",
        "gap = max(0, num_tokens - num_computed_tokens)\nreturn gap if gap <= budget else 0",
    ),
    _wrong("swapped", "the two counters are swapped", "return min(num_computed_tokens - num_tokens, budget)"),
    _wrong(
        "swapped, not negative", "counters are swapped", "return max(0, min(num_computed_tokens - num_tokens, budget))"
    ),
    _wrong("a float", "a whole number", "return float(max(0, min(num_tokens - num_computed_tokens, budget)))"),
    _wrong("printed", "returned None", "print(max(0, min(num_tokens - num_computed_tokens, budget)))"),
    _wrong("a list", "a container", "return [max(0, min(num_tokens - num_computed_tokens, budget))]"),
    _wrong("left as it was", "not written yet", "raise NotImplementedError()"),
    _wrong(
        "hard-coded",
        "wrong for other counters",
        "table = {(100, 0, 16): 16, (100, 96, 16): 4, (101, 100, 16): 1, (70, 0, 2048): 70}\n"
        "return table.get((num_tokens, num_computed_tokens, budget), 0)",
    ),
    _wrong(
        "a fixed budget",
        "wrong for other counters",
        "limit = min(budget, 16) if num_tokens != 70 else budget\n"
        "return max(0, min(num_tokens - num_computed_tokens, limit))",
    ),
    _wrong("a typing error", "misspelled name", "return max(0, min(num_token - num_computed_tokens, budget))"),
]
