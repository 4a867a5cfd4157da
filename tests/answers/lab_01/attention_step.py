"""Exercise 3: one step of cached attention."""

from answers import right, wrong


def _attention(body: str) -> str:
    """attention_step with its usual first lines: K and V hold the cached rows and the new one."""
    head = (
        "def attention_step(q, k, v, cache):\n"
        "    d = len(q)\n"
        "    if cache is None:\n"
        "        cache = np.empty((0, d)), np.empty((0, d))\n"
        "    K, V = np.vstack((cache[0], k)), np.vstack((cache[1], v))\n"
    )
    return head + "".join(f"    {line}\n" for line in body.split("\n"))


def _weighted(scores: str) -> str:
    return _attention(f"w = np.exp({scores})\nreturn w / w.sum() @ V, (K, V)")


ATTENTION_STEP = [
    right(
        "attention_step",
        "einsum, float64",
        _attention(
            "s = np.einsum('td,d->t', K, q) / d**0.5\n"
            "w = np.exp(s - s.max())\n"
            "return np.einsum('t,td->d', w / w.sum(), V), (K, V)"
        ),
    ),
    right(
        "attention_step",
        "python loops",
        """
        def attention_step(q, k, v, cache):
            rows = [] if cache is None else list(zip(*cache))
            rows.append((k, v))
            scores = [sum(a * b for a, b in zip(q, key)) / len(q) ** 0.5 for key, _ in rows]
            weights = [np.exp(s) for s in scores]
            out = np.zeros(len(q))
            for w, (_, value) in zip(weights, rows):
                out = out + w * value
            return out / sum(weights), (np.array([r[0] for r in rows]), np.array([r[1] for r in rows]))
    """,
    ),
    right(
        "attention_step",
        "2-D matrices, float32 result, list pair",
        _attention(
            "s = (q[None] @ K.T) / np.sqrt(d)\n"
            "w = np.exp(s - s.max(axis=1, keepdims=True))\n"
            "w = w / w.sum(axis=1, keepdims=True)\n"
            "return (w @ V)[0].astype(np.float32), [K.astype(np.float32), V.astype(np.float32)]"
        ),
    ),
    right(
        "attention_step",
        "no max-subtraction, helper, concatenate",
        """
        def softmax(x):
            return np.exp(x) / np.exp(x).sum()

        def attention_step(q, k, v, cache):
            K, V = k.reshape(1, -1), v.reshape(1, -1)
            if cache is not None:
                K, V = np.concatenate([cache[0], K], axis=0), np.concatenate([cache[1], V], axis=0)
            return V.T @ softmax(K @ q / np.sqrt(q.size)), (K, V)
    """,
    ),
    wrong(
        "attention_step",
        "without the current token",
        "does not attend to itself",
        _attention(
            "if len(cache[0]) == 0:\n    return v, (K, V)\n"
            "w = np.exp(cache[0] @ q / np.sqrt(d))\nreturn w / w.sum() @ cache[1], (K, V)"
        ),
    ),
    wrong(
        "attention_step",
        "without the current token, zeros at first",
        "does not attend to itself",
        _attention("w = np.exp(cache[0] @ q / np.sqrt(d))\nreturn w / max(w.sum(), 1e-9) @ cache[1], (K, V)"),
    ),
    wrong("attention_step", "scale d", "divided by d", _weighted("K @ q / d")),
    wrong("attention_step", "no scale", "not scaled", _weighted("K @ q")),
    wrong("attention_step", "multiplied by the scale", "multiplied by", _weighted("K @ q * np.sqrt(d)")),
    wrong("attention_step", "scale 2 of the example", "vectors of another length", _weighted("K @ q / 2")),
    wrong(
        "attention_step",
        "softmax over the wrong axis of a row",
        "wrong axis",
        _attention(
            "s = (q[None] @ K.T) / np.sqrt(d)\nw = np.exp(s) / np.exp(s).sum(axis=0)\nreturn (w @ V)[0], (K, V)"
        ),
    ),
    wrong(
        "attention_step",
        "softmax over the wrong axis of a column",
        "wrong axis",
        _attention(
            "s = (K @ q[:, None]) / np.sqrt(d)\nw = np.exp(s) / np.exp(s).sum(axis=-1, keepdims=True)\n"
            "return (w.T @ V)[0], (K, V)"
        ),
    ),
    wrong(
        "attention_step",
        "softmax over an axis that is not there",
        "wrong axis",
        _attention("w = np.exp(K @ q / np.sqrt(d))\nreturn w / w.sum(axis=1, keepdims=True) @ V, (K, V)"),
    ),
    wrong(
        "attention_step",
        "softmax without the sum",
        "not divided by their sum",
        _attention("return np.exp(K @ q / np.sqrt(d)) @ V, (K, V)"),
    ),
    wrong("attention_step", "no softmax", "softmax is missing", _attention("return K @ q / np.sqrt(d) @ V, (K, V)")),
    wrong("attention_step", "only the newest token", "itself only", _attention("return v + 0.0, (K, V)")),
    wrong("attention_step", "mean of the values", "weights are equal", _attention("return V.mean(axis=0), (K, V)")),
    wrong(
        "attention_step",
        "keys and values swapped",
        "keys and values are swapped",
        _attention("w = np.exp(V @ q / np.sqrt(d))\nreturn w / w.sum() @ K, (K, V)"),
    ),
    wrong(
        "attention_step",
        "keys and values swapped in the pair",
        "keys and values are swapped",
        _attention("w = np.exp(K @ q / np.sqrt(d))\nreturn w / w.sum() @ V, (V, K)"),
    ),
    wrong(
        "attention_step",
        "returns the old cache",
        "were not appended",
        _attention("w = np.exp(K @ q / np.sqrt(d))\nreturn w / w.sum() @ V, cache"),
    ),
    wrong(
        "attention_step",
        "new row first",
        "new row was put first",
        _attention(
            "w = np.exp(K @ q / np.sqrt(d))\nreturn w / w.sum() @ V, (np.roll(K, 1, axis=0), np.roll(V, 1, axis=0))"
        ),
    ),
    wrong(
        "attention_step",
        "returns out alone",
        "expected out and the pair",
        _attention("w = np.exp(K @ q / np.sqrt(d))\nreturn w / w.sum() @ V"),
    ),
    wrong(
        "attention_step",
        "out of shape (1, d)",
        "out has shape (1, 4)",
        _attention("w = np.exp(q[None] @ K.T / np.sqrt(d))\nreturn w / w.sum() @ V, (K, V)"),
    ),
    wrong(
        "attention_step",
        "a list for out",
        "out is a list",
        _attention("w = np.exp(K @ q / np.sqrt(d))\nreturn list(w / w.sum() @ V), (K, V)"),
    ),
    wrong(
        "attention_step",
        "scales the caller's keys in place",
        "in place",
        """
        def attention_step(q, k, v, cache):
            if cache is None:
                K, V = k[None], v[None]
            else:
                K, V = cache
                K *= 1 / np.sqrt(len(q))
                K, V = np.vstack((K * np.sqrt(len(q)), k)), np.vstack((V, v))
            w = np.exp(K @ q / np.sqrt(len(q)))
            return w / w.sum() @ V, (K, V)
    """,
    ),
    wrong(
        "attention_step",
        "scales q in place",
        "in place",
        _attention("q /= np.sqrt(d)\nw = np.exp(K @ q)\nreturn w / w.sum() @ V, (K, V)"),
    ),
    wrong(
        "attention_step",
        "assigns into the caller's pair",
        "in place",
        """
        def attention_step(q, k, v, cache):
            if cache is None:
                cache = [np.empty((0, len(q))), np.empty((0, len(q)))]
            cache[0] = np.vstack((cache[0], k))
            cache[1] = np.vstack((cache[1], v))
            w = np.exp(cache[0] @ q / np.sqrt(len(q)))
            return w / w.sum() @ cache[1], cache
    """,
    ),
    wrong(
        "attention_step",
        "resizes the caller's arrays",
        "in place",
        """
        def attention_step(q, k, v, cache):
            if cache is None:
                K, V = k[None].copy(), v[None].copy()
            else:
                K, V = cache
                K.resize((len(K) + 1, len(q)), refcheck=False)
                V.resize((len(V) + 1, len(q)), refcheck=False)
                K[-1], V[-1] = k, v
            w = np.exp(K @ q / np.sqrt(len(q)))
            return w / w.sum() @ V, (K, V)
    """,
    ),
    wrong(
        "attention_step",
        "one global buffer behind every cache",
        "returned earlier",
        """
        BUFFER = {}

        def attention_step(q, k, v, cache):
            d = len(q)
            if d not in BUFFER:
                BUFFER[d] = np.zeros((2, 500, d))
            t = 0 if cache is None else len(cache[0])
            if t and cache[0].base is not BUFFER[d]:
                BUFFER[d][0, :t], BUFFER[d][1, :t] = cache
            BUFFER[d][0, t], BUFFER[d][1, t] = k, v
            K, V = BUFFER[d][0, : t + 1], BUFFER[d][1, : t + 1]
            w = np.exp(K @ q / np.sqrt(d))
            return w / w.sum() @ V, (K, V)
    """,
    ),
    wrong(
        "attention_step",
        "the engine's attention under another name",
        "the engine's code",
        """
        from mini_vllm.layers.attention import causal_attention as mix

        def attention_step(q, k, v, cache):
            K, V = k[None], v[None]
            if cache is not None:
                K, V = np.vstack((cache[0], K)), np.vstack((cache[1], V))
            return mix(q[None, None].astype(np.float32), K[:, None], V[:, None])[0], (K, V)
    """,
    ),
    wrong(
        "attention_step",
        "an array that agrees with everything",
        "out is [0.0, 0.0, 0.0, 0.0]",
        """
        class Agreeable(np.ndarray):
            def __array_function__(self, function, types, args, kwargs):
                return True

        def attention_step(q, k, v, cache):
            K, V = k[None], v[None]
            if cache is not None:
                K, V = np.vstack((cache[0], K)), np.vstack((cache[1], V))
            return np.zeros(len(q)).view(Agreeable), (K, V)
    """,
    ),
    wrong(
        "attention_step",
        "out of two dimensions",
        "`out` has shape (d,): one query gives one vector",
        _attention("w = np.exp(K @ q[:, None] / d**0.5).T\nreturn w / w.sum() @ V, (K, V)"),
    ),
    wrong(
        "attention_step",
        "the query on the wrong side",
        "print K.shape, V.shape and the scores' shape",
        _weighted("q @ K / d**0.5"),
    ),
    wrong(
        "attention_step",
        "concatenates a row as a vector",
        "Likely cause: shapes do not fit",
        """
        def attention_step(q, k, v, cache):
            K, V = k[None], v[None]
            if cache is not None:
                K, V = np.concatenate((cache[0], k)), np.concatenate((cache[1], v))
            w = np.exp(K @ q / len(q) ** 0.5)
            return w / w.sum() @ V, (K, V)
    """,
    ),
    wrong(
        "attention_step",
        "no case for the first token",
        "the first token has no cache",
        """
        def attention_step(q, k, v, cache):
            K, V = cache
            K, V = np.vstack((K, k)), np.vstack((V, v))
            w = np.exp(K @ q / len(q) ** 0.5)
            return w / w.sum() @ V, (K, V)
    """,
    ),
    wrong(
        "attention_step",
        "three results",
        "returned a tuple of 3, expected out and the pair (K, V)",
        _attention("w = np.exp(K @ q / d**0.5)\nreturn w / w.sum() @ V, K, V"),
    ),
]
