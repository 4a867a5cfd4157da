"""Right answers to lab 03 in styles of their own: other modules, other types, other ways to loop."""

from answers import Answer, right

STYLES: list[Answer] = [
    right(
        "top_k_mask",
        "the name inf of a from-import",
        """
        from numpy import inf

        def top_k_mask(logits, k):
            if k < -1:
                raise ValueError("k")
            if k in (-1, 0) or k >= logits.size:
                return np.array(logits)
            cut = np.partition(logits, -k)[-k]
            return np.where(logits >= cut, logits, -inf)
    """,
    ),
    right(
        "top_k_mask",
        "heapq",
        """
        import heapq

        def top_k_mask(logits, k):
            if k < -1:
                raise ValueError("k must be -1 or more")
            if k <= 0 or k >= len(logits):
                return logits.copy()
            smallest = heapq.nlargest(k, logits.tolist())[-1]
            return np.array([x if x >= smallest else float("-inf") for x in logits.tolist()])
    """,
    ),
    right(
        "softmax",
        "logsumexp by hand",
        """
        def softmax(logits):
            x = np.asarray(logits, dtype=float)
            if np.isnan(x).any() or np.any(np.max(x, axis=-1) == -np.inf):
                raise ValueError("nothing to normalize")
            top = np.max(x, -1, keepdims=True)
            return np.exp(x - (top + np.log(np.exp(x - top).sum(-1, keepdims=True))))
    """,
    ),
    right(
        "softmax",
        "apply_along_axis",
        """
        def _row(x):
            if np.isnan(x).any() or not np.isfinite(x).any():
                raise ValueError("a row without a largest number")
            e = np.exp(x - x.max())
            return e / e.sum()

        def softmax(logits):
            return np.apply_along_axis(_row, -1, logits)
    """,
    ),
    right(
        "apply_temperature",
        "numpy divides",
        """
        def apply_temperature(logits, temperature):
            if not temperature >= 0:
                raise ValueError("temperature")
            return np.divide(logits, temperature)
    """,
    ),
    right(
        "top_p_mask",
        "a loop over the tokens, largest first",
        """
        def top_p_mask(logits, p):
            if p <= 0 or p > 1:
                raise ValueError(f"p={p}")
            out = np.full(logits.shape, -np.inf)
            if p == 1:
                return logits + 0.0
            probs, reached = softmax(logits), 0.0
            for token in sorted(range(len(logits)), key=lambda t: (-probs[t], t)):
                if reached >= p:
                    break
                out[token] = logits[token]
                reached += probs[token]
            return out
    """,
    ),
    right(
        "top_p_mask",
        "searchsorted",
        """
        def top_p_mask(logits, p):
            if not (0 < p <= 1):
                raise ValueError("p")
            result = logits.copy()
            if p < 1:
                order = np.argsort(-logits, kind="stable")
                mass = np.cumsum(softmax(logits)[order])
                result[order[np.searchsorted(mass, p) + 1 :]] = -np.inf
            return result
    """,
    ),
    right(
        "sample",
        "inverse of the cumulated sum",
        """
        def sample(logits, params, rng):
            if np.isnan(logits).any() or np.isneginf(logits).all():
                raise ValueError("logits")
            if not params.temperature:
                return logits.argmax().item()
            masked = top_p_mask(top_k_mask(apply_temperature(logits, params.temperature), params.top_k), params.top_p)
            cdf = np.cumsum(softmax(masked))
            cdf /= cdf[-1]
            return int(np.searchsorted(cdf, rng.random(), side="right"))
    """,
    ),
    right(
        "sample",
        "functools.reduce over filters",
        """
        from functools import reduce

        def sample(logits, params, rng):
            if not np.isfinite(logits.max()):
                raise ValueError("no finite largest logit")
            if params.temperature == 0:
                return int(logits.argmax())
            steps = [
                lambda x: apply_temperature(x, params.temperature),
                lambda x: top_k_mask(x, params.top_k),
                lambda x: top_p_mask(x, params.top_p),
                softmax,
            ]
            probs = reduce(lambda x, step: step(x), steps, logits)
            return int(rng.choice(probs.size, p=probs))
    """,
    ),
    right(
        "nucleus_draw",
        "accumulated shares",
        """
        from itertools import accumulate

        def nucleus_draw(logits, p, rng):
            kept = [t for t, x in enumerate(top_p_mask(logits, p)) if x > -np.inf]
            shares = list(accumulate(softmax(logits)[kept]))
            point = rng.random() * shares[-1]
            return next((t for t, s in zip(kept, shares) if point < s), kept[-1])
    """,
    ),
]
