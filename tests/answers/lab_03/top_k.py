"""Exercise 3: top-k."""

from answers import right, wrong


def _top_k(body: str) -> str:
    """top_k_mask with its special values of k settled."""
    head = (
        "def top_k_mask(logits, k):\n"
        "    if k < -1:\n"
        "        raise ValueError(k)\n"
        "    if k in (0, -1) or k >= len(logits):\n"
        "        return logits.copy()\n"
    )
    return head + "".join(f"    {line}\n" for line in body.split("\n"))


TOP_K_MASK = [
    right(
        "top_k_mask",
        "np.partition",
        """
        def top_k_mask(logits, k):
            if k < -1:
                raise ValueError(f"k={k}")
            if k <= 0 or k >= logits.size:
                return logits
            limit = np.partition(logits, -k)[-k]
            out = logits.copy()
            out[out < limit] = -np.inf
            return out
    """,
    ),
    right(
        "top_k_mask",
        "python lists",
        _top_k(
            "limit = sorted(logits.tolist(), reverse=True)[k - 1]\n"
            "return np.array([x if x >= limit else float('-inf') for x in logits.tolist()])"
        ),
    ),
    right(
        "top_k_mask",
        "counts the greater ones, float32",
        _top_k(
            "greater = (logits[None, :] > logits[:, None]).sum(axis=1)\n"
            "return np.where(greater < k, logits, -np.inf).astype(np.float32)"
        ),
    ),
    right(
        "top_k_mask",
        "k limited to V, argsort",
        """
        def top_k_mask(logits, k):
            if k < -1:
                raise ValueError("k must be -1 or more")
            k = len(logits) if k in (-1, 0) else min(k, len(logits))
            limit = logits[np.argsort(logits)[::-1][k - 1]]
            return np.where(logits < limit, -np.inf, logits)
    """,
    ),
    wrong(
        "top_k_mask",
        "the place of the k-th instead of its value",
        "with a position from argsort",
        _top_k("limit = np.argsort(logits)[-k]\nreturn np.where(logits >= limit, logits, -np.inf)"),
    ),
    wrong(
        "top_k_mask",
        "k + 1",
        "k + 1 tokens stay",
        _top_k("return np.where(logits >= np.sort(logits)[-k - 1], logits, -np.inf)"),
    ),
    wrong(
        "top_k_mask",
        "the k-th dropped",
        "the k-th largest is dropped",
        _top_k("return np.where(logits > np.sort(logits)[-k], logits, -np.inf)"),
    ),
    wrong(
        "top_k_mask",
        "compared with k itself",
        "compared with k itself",
        _top_k("return np.where(logits >= k, logits, -np.inf)"),
    ),
    wrong(
        "top_k_mask",
        "the smallest",
        "the k smallest stay",
        _top_k("return np.where(logits <= np.sort(logits)[k - 1], logits, -np.inf)"),
    ),
    wrong(
        "top_k_mask",
        "branches swapped",
        "the k largest are masked",
        _top_k("return np.where(logits >= np.sort(logits)[-k], -np.inf, logits)"),
    ),
    wrong(
        "top_k_mask",
        "0 as the mask",
        "0 is used as the mask",
        _top_k("return np.where(logits >= np.sort(logits)[-k], logits, 0.0)"),
    ),
    wrong(
        "top_k_mask",
        "-1e9 as the mask",
        "a large negative number",
        _top_k("return np.where(logits >= np.sort(logits)[-k], logits, -1e9)"),
    ),
    wrong(
        "top_k_mask",
        "mask in sorted order",
        "the mask is in sorted order",
        _top_k("ranked = np.sort(logits)[::-1]\nreturn np.where(ranked >= ranked[k - 1], logits, -np.inf)"),
    ),
    wrong(
        "top_k_mask",
        "result sorted",
        "the result is sorted",
        _top_k("ranked = np.sort(logits)[::-1]\nreturn np.where(ranked >= ranked[k - 1], ranked, -np.inf)"),
    ),
    wrong("top_k_mask", "the others cut out", "tokens were cut out", _top_k("return np.sort(logits)[-k:]")),
    wrong("top_k_mask", "positions", "tokens were cut out", _top_k("return np.argsort(logits)[-k:]")),
    wrong(
        "top_k_mask",
        "a mask of True and False",
        "a mask of True and False",
        _top_k("return logits >= np.sort(logits)[-k]"),
    ),
    wrong(
        "top_k_mask",
        "probabilities",
        "these are probabilities",
        _top_k(
            "x = np.where(logits >= np.sort(logits)[-k], logits, -np.inf)\ne = np.exp(x - x.max())\nreturn e / e.sum()"
        ),
    ),
    wrong(
        "top_k_mask",
        "survivors shifted",
        "with other logits",
        _top_k("return np.where(logits >= np.sort(logits)[-k], logits - logits.max(), -np.inf)"),
    ),
    wrong(
        "top_k_mask",
        "k larger than V",
        "past the end of the vocabulary",
        """
        def top_k_mask(logits, k):
            if k < -1:
                raise ValueError(k)
            if k in (0, -1):
                return logits
            return np.where(logits >= np.sort(logits)[-k], logits, -np.inf)
    """,
    ),
    wrong(
        "top_k_mask",
        "0 keeps nothing",
        "0 switches the filter off",
        """
        def top_k_mask(logits, k):
            if k < -1:
                raise ValueError(k)
            k = min(len(logits) if k == -1 else k, len(logits))
            out = np.full(len(logits), -np.inf)
            greater = np.array([(logits > x).sum() for x in logits])
            out[greater < k] = logits[greater < k]
            return out
    """,
    ),
    wrong(
        "top_k_mask",
        "-1 as an index",
        "-1 is used as an index",
        """
        def top_k_mask(logits, k):
            if k < -1:
                raise ValueError(k)
            if k == 0 or k >= len(logits):
                return logits
            return np.where(logits >= np.sort(logits)[-k], logits, -np.inf)
    """,
    ),
    wrong(
        "top_k_mask",
        "-1 refused",
        "refuses a value that is allowed",
        """
        def top_k_mask(logits, k):
            if k < 0:
                raise ValueError(k)
            if k == 0 or k >= len(logits):
                return logits
            return np.where(logits >= np.sort(logits)[-k], logits, -np.inf)
    """,
    ),
    wrong(
        "top_k_mask",
        "no check",
        "a ValueError was expected",
        """
        def top_k_mask(logits, k):
            if k <= 0 or k >= len(logits):
                return logits
            return np.where(logits >= np.sort(logits)[-k], logits, -np.inf)
    """,
    ),
    wrong(
        "top_k_mask",
        "exactly k of equal ones",
        "the cut is made by position",
        _top_k("out = np.full_like(logits, -np.inf)\ni = np.argsort(-logits)[:k]\nout[i] = logits[i]\nreturn out"),
    ),
    wrong(
        "top_k_mask",
        "equal ones counted once",
        "equal logits are counted once",
        _top_k(
            "values = sorted(set(logits.tolist()))\n"
            "return np.where(logits >= values[-min(k, len(values))], logits, -np.inf)"
        ),
    ),
    wrong(
        "top_k_mask",
        "in place",
        "in place",
        _top_k("logits[logits < np.sort(logits)[-k]] = -np.inf\nreturn logits"),
    ),
    wrong(
        "top_k_mask",
        "sorts in place",
        "in place",
        _top_k("old = logits.copy()\nlogits.sort()\nreturn np.where(old >= logits[-k], old, -np.inf)"),
    ),
    wrong(
        "top_k_mask",
        "left as it was",
        "not written yet",
        "def top_k_mask(logits, k):\n    raise NotImplementedError()",
    ),
    wrong(
        "top_k_mask",
        "printed",
        "returned None",
        _top_k("print(np.where(logits >= np.sort(logits)[-k], logits, -np.inf))"),
    ),
    wrong(
        "top_k_mask",
        "a tuple",
        "a tuple; a numpy array",
        _top_k("return tuple(np.where(logits >= np.sort(logits)[-k], logits, -np.inf))"),
    ),
    wrong(
        "top_k_mask",
        "hard-coded",
        "top_k_mask([1, 3, -1, 1.5, 0.5], k=1)",
        _top_k("return np.array([-np.inf, 3.0, -np.inf, 1.5, -np.inf])"),
    ),
    wrong(
        "top_k_mask",
        "right for five tokens only",
        "is hard-coded",
        _top_k("return np.where(logits >= np.sort(logits)[-k], logits, -np.inf) if len(logits) == 5 else logits"),
    ),
    wrong(
        "top_k_mask",
        "the engine's filter",
        "the engine's code",
        """
        import mini_vllm.sample.ops.topk_topp_sampler as helpers

        def top_k_mask(logits, k):
            if k < -1:
                raise ValueError(k)
            if k <= 0:
                return logits
            out = np.full_like(logits, -np.inf)
            ids = helpers.top_k_token_ids(logits, k)
            out[ids] = logits[ids]
            return out
    """,
    ),
    wrong(
        "top_k_mask",
        "an array that agrees with everything",
        "kept the tokens [0, 1, 2, 3, 4]",
        """
        class Agreeable(np.ndarray):
            def __eq__(self, other):
                return True

            def __array_function__(self, function, types, args, kwargs):
                return True

        def top_k_mask(logits, k):
            return np.zeros(logits.shape).view(Agreeable)
    """,
    ),
]
