"""The prediction, and exercise 1: probabilities from logits."""

from answers import right, wrong

CHECK = """
if np.isnan(logits).any() or np.isneginf(logits).all():
    raise ValueError("no distribution")
"""


def _softmax(body: str) -> str:
    """softmax with the refusals in front."""
    return "def softmax(logits):\n" + "".join(f"    {line}\n" for line in (CHECK.strip() + "\n" + body).split("\n"))


PREDICT = [
    right("predict", "other guesses", "guess_kept_cool, guess_kept_hot = 512, 1.5"),
    right("predict", "numpy guesses", "guess_kept_cool, guess_kept_hot = np.int64(1), np.float32(900)"),
    wrong("predict", "one guess missing", "guess_kept_hot is not defined yet", "guess_kept_cool = 2"),
    wrong("predict", "a guess as text", "is '40', a str", "guess_kept_cool, guess_kept_hot = 3, '40'"),
    wrong("predict", "True for a guess", "a bool", "guess_kept_cool, guess_kept_hot = True, 40"),
    wrong("predict", "NaN", "a number, 0 or more", "guess_kept_cool, guess_kept_hot = 3, float('nan')"),
    wrong("predict", "a negative guess", "a number, 0 or more", "guess_kept_cool, guess_kept_hot = -3, 40"),
]

SOFTMAX = [
    right(
        "softmax",
        "one row at a time",
        """
        import math

        def softmax_row(row):
            top = max(row)
            if any(math.isnan(x) for x in row) or top == -math.inf:
                raise ValueError("no distribution")
            weights = [math.exp(x - top) for x in row]
            return [w / sum(weights) for w in weights]

        def softmax(logits):
            if logits.ndim == 1:
                return np.array(softmax_row(logits.tolist()))
            return np.array([softmax_row(row) for row in logits.tolist()])
    """,
    ),
    right(
        "softmax",
        "apply_along_axis, float32",
        _softmax(
            "def one(row):\n    w = np.exp(row - np.max(row))\n    return w / np.sum(w)\n"
            "return np.apply_along_axis(one, -1, logits).astype(np.float32)"
        ),
    ),
    right(
        "softmax",
        "through the logarithm of the sum",
        _softmax(
            "m = np.max(logits, axis=-1, keepdims=True)\n"
            "return np.exp(logits - m - np.log(np.sum(np.exp(logits - m), axis=-1, keepdims=True)))"
        ),
    ),
    right(
        "softmax",
        "a copy changed in place, None for the axis",
        _softmax("x = logits.copy()\nx -= x.max(-1)[..., None]\nnp.exp(x, out=x)\nx /= x.sum(-1)[..., None]\nreturn x"),
    ),
    right(
        "softmax",
        "the result is checked, not the logits",
        """
        def softmax(logits):
            with np.errstate(all="ignore"):
                e = np.exp(logits - np.amax(logits, -1, keepdims=True))
                probs = e / np.sum(e, -1, keepdims=True)
            if np.isnan(probs).any():
                raise ValueError(f"bad logits: {logits}")
            return probs
    """,
    ),
    right(
        "softmax",
        "logaddexp",
        _softmax("return np.exp(logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True))"),
    ),
    wrong(
        "softmax",
        "no max-subtraction",
        "the maximum is not subtracted",
        _softmax("e = np.exp(logits)\nreturn e / e.sum(axis=-1, keepdims=True)"),
    ),
    wrong(
        "softmax",
        "no max-subtraction, module math",
        "overflows",
        """
        import math

        def softmax(logits):
            if np.isnan(logits).any() or np.isneginf(logits).all():
                raise ValueError("no distribution")
            e = np.array([math.exp(x) for x in logits.ravel()]).reshape(logits.shape)
            return e / e.sum(axis=-1, keepdims=True)
    """,
    ),
    wrong(
        "softmax",
        "overflow is mended afterwards",
        "which makes numpy warn",
        _softmax(
            "e = np.exp(logits)\nm = logits.max(axis=-1, keepdims=True)\n"
            "if not np.isfinite(e).all() or (e.sum(axis=-1) == 0).any():\n    e = np.exp(logits - m)\n"
            "return e / e.sum(axis=-1, keepdims=True)"
        ),
    ),
    wrong(
        "softmax",
        "large logits clipped",
        "clipped",
        _softmax("e = np.exp(np.clip(logits, -700, 700))\nreturn e / e.sum(axis=-1, keepdims=True)"),
    ),
    wrong(
        "softmax",
        "a fixed number subtracted",
        "the maximum is not subtracted",
        _softmax("e = np.exp(logits - 100)\nreturn e / e.sum(axis=-1, keepdims=True)"),
    ),
    wrong(
        "softmax",
        "axis 0",
        "wrong axis",
        _softmax("e = np.exp(logits - logits.max(axis=0))\nreturn e / e.sum(axis=0)"),
    ),
    wrong(
        "softmax",
        "sum over all rows",
        "all rows together",
        _softmax("e = np.exp(logits - logits.max())\nreturn e / e.sum()"),
    ),
    wrong(
        "softmax",
        "axis 1",
        "a single row has no axis 1",
        _softmax("e = np.exp(logits - logits.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)"),
    ),
    wrong(
        "softmax",
        "axis without keepdims",
        "keepdims=True",
        _softmax("e = np.exp(logits - logits.max(axis=-1))\nreturn e / e.sum(axis=-1)"),
    ),
    wrong(
        "softmax",
        "the maximum of all rows",
        "the largest logit of all rows",
        _softmax("e = np.exp(logits - logits.max())\nreturn e / e.sum(axis=-1, keepdims=True)"),
    ),
    wrong(
        "softmax",
        "no division",
        "not divided by their sum",
        _softmax("return np.exp(logits)"),
    ),
    wrong(
        "softmax",
        "divided by the largest",
        "divided by the largest",
        _softmax("return np.exp(logits - logits.max(axis=-1, keepdims=True))"),
    ),
    wrong("softmax", "no exp", "exp is missing", _softmax("return logits / logits.sum(axis=-1, keepdims=True)")),
    wrong(
        "softmax",
        "sign turned",
        "the sign is turned",
        _softmax("e = np.exp(logits.min(axis=-1, keepdims=True) - logits)\nreturn e / e.sum(axis=-1, keepdims=True)"),
    ),
    wrong(
        "softmax",
        "log-softmax",
        "logarithms",
        _softmax(
            "x = logits - logits.max(axis=-1, keepdims=True)\nreturn x - np.log(np.exp(x).sum(axis=-1, keepdims=True))"
        ),
    ),
    wrong(
        "softmax",
        "powers of two",
        "powers of 2",
        _softmax("e = np.exp2(logits - logits.max(axis=-1, keepdims=True))\nreturn e / e.sum(axis=-1, keepdims=True)"),
    ),
    wrong("softmax", "sigmoid", "sigmoid", _softmax("return 1 / (1 + np.exp(-logits))")),
    wrong(
        "softmax",
        "all to the largest",
        "only the largest logit survives",
        _softmax("return (logits == logits.max(axis=-1, keepdims=True)).astype(float)"),
    ),
    wrong(
        "softmax",
        "a small number everywhere",
        "with an exact 0",
        _softmax(
            "e = np.exp(logits - logits.max(axis=-1, keepdims=True)) + 1e-9\nreturn e / e.sum(axis=-1, keepdims=True)"
        ),
    ),
    wrong(
        "softmax",
        "the mean subtracted",
        "went into a mean",
        _softmax("e = np.exp(logits - logits.mean(axis=-1, keepdims=True))\nreturn e / e.sum(axis=-1, keepdims=True)"),
    ),
    wrong(
        "softmax",
        "float16",
        "rounded, or float16",
        _softmax(
            "e = np.exp(logits - logits.max(axis=-1, keepdims=True)).astype(np.float16)\n"
            "return e / e.sum(axis=-1, keepdims=True)"
        ),
    ),
    wrong(
        "softmax",
        "NaN passes",
        "a ValueError was expected",
        """
        def softmax(logits):
            e = np.exp(logits - logits.max(axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)
    """,
    ),
    wrong(
        "softmax",
        "all -inf passes",
        "softmax([-inf, -inf, -inf])",
        """
        def softmax(logits):
            if np.isnan(logits).any():
                raise ValueError("NaN")
            e = np.exp(logits - logits.max(axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)
    """,
    ),
    wrong(
        "softmax",
        "every -inf refused",
        "every -inf is refused",
        """
        def softmax(logits):
            if not np.isfinite(logits).all():
                raise ValueError("logits must be finite")
            e = np.exp(logits - logits.max(axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)
    """,
    ),
    wrong(
        "softmax",
        "an assert instead of a ValueError",
        "AssertionError",
        """
        def softmax(logits):
            assert np.isfinite(logits.max()), "bad logits"
            e = np.exp(logits - logits.max(axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)
    """,
    ),
    wrong(
        "softmax",
        "in place",
        "in place",
        _softmax(
            "logits -= logits.max(axis=-1, keepdims=True)\ne = np.exp(logits)\nreturn e / e.sum(axis=-1, keepdims=True)"
        ),
    ),
    wrong("softmax", "left as it was", "not written yet", "def softmax(logits):\n    raise NotImplementedError()"),
    wrong(
        "softmax",
        "printed",
        "returned None",
        _softmax("e = np.exp(logits - logits.max(axis=-1, keepdims=True))\nprint(e / e.sum(axis=-1, keepdims=True))"),
    ),
    wrong(
        "softmax",
        "a list",
        "a list; a numpy array",
        _softmax(
            "e = np.exp(logits - logits.max(axis=-1, keepdims=True))\n"
            "return (e / e.sum(axis=-1, keepdims=True)).tolist()"
        ),
    ),
    wrong("softmax", "text", "a str; a numpy array", _softmax("return str(np.exp(logits))")),
    wrong(
        "softmax",
        "hard-coded",
        "expected (2, 3)",
        "def softmax(logits):\n    return np.array([0.125, 0.5, 0.125, 0.25])",
    ),
    wrong(
        "softmax",
        "the engine's log-probabilities",
        "the engine's code",
        """
        from mini_vllm.sample.ops.logprobs import compute_logprobs as table

        def softmax(logits):
            if not np.isfinite(logits.max()):
                raise ValueError("no distribution")
            return np.exp(table(np.atleast_2d(logits.astype(np.float32)))).reshape(logits.shape)
    """,
    ),
    wrong(
        "softmax",
        "an array that agrees with everything",
        "returned [0.0, 0.0, 0.0, 0.0]",
        """
        class Agreeable(np.ndarray):
            def __eq__(self, other):
                return True

            def __array_function__(self, function, types, args, kwargs):
                return True

        def softmax(logits):
            return np.zeros(logits.shape).view(Agreeable)
    """,
    ),
    wrong(
        "softmax",
        "an object that equals everything",
        "a Yes; a numpy array",
        """
        class Yes:
            shape, dtype = (4,), np.float64

            def __eq__(self, other):
                return True

        def softmax(logits):
            return Yes()
    """,
    ),
]
