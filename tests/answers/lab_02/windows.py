"""Exercise 3: the bytes of a model with sliding windows."""

from answers import Answer, right, wrong

NAME = "kv_bytes_with_windows"
HEAD = f"def {NAME}(config, seq_len, layer_windows, bytes_per_element=2):\n"


def _windows(expression: str) -> str:
    """The function, returning an expression of c, n, ws, b, `one` (a token in one layer) and `kept` (per layer)."""
    return (
        f"{HEAD}"
        "    c, n, ws, b = config, seq_len, layer_windows, bytes_per_element\n"
        "    one = 2 * c.num_key_value_heads * c.head_dim * b\n"
        "    kept = [n if w is None else min(n, w) for w in ws]\n"
        f"    return {expression}\n"
    )


def _mistakes(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(NAME, name, message, _windows(expression)) for name, (expression, message) in mistakes.items()]


KV_BYTES_WITH_WINDOWS = [
    right(NAME, "by itself", _windows("one * sum(kept)")),
    right(NAME, "a share of kv_bytes_per_token", _windows("sum(kept) * kv_bytes_per_token(c, b) // len(ws)")),
    right(NAME, "numpy", _windows("np.sum(np.minimum([n if w is None else w for w in ws], n), dtype=np.int64) * one")),
    right(
        NAME,
        "models of one layer",
        f"""
        from dataclasses import replace

        {HEAD.strip()}
            layer, total = replace(config, num_hidden_layers=1), 0
            for window in layer_windows:
                tokens = seq_len if window is None or window > seq_len else window
                total += kv_bytes_per_sequence(layer, tokens, bytes_per_element)
            return total
    """,
    ),
    right(
        NAME,
        "windows and full layers apart",
        f"""
        {HEAD.strip()}
            per_token = kv_bytes_per_token(config, bytes_per_element) // config.num_hidden_layers
            full = layer_windows.count(None)
            windows = [w for w in layer_windows if w is not None]
            return per_token * (full * seq_len + sum(min(w, seq_len) for w in windows))
    """,
    ),
    *_mistakes(
        {
            "ignores the windows": ("one * n * len(ws)", "the windows have no effect"),
            "the first window for all": ("one * len(ws) * min(n, ws[0] or n)", "the first window is used for every"),
            "None keeps nothing": ("one * sum(min(n, w) for w in ws if w)", "counts as if it kept nothing"),
            "max for min": ("one * sum(n if w is None else max(n, w) for w in ws)", "the larger of the sequence"),
            "the whole window": ("one * sum(n if w is None else w for w in ws)", "a window counts in full"),
            "the longest context for None": (
                "one * sum(c.max_position_embeddings if w is None else min(n, w) for w in ws)",
                "counts max_position_embeddings tokens",
            ),
            "all layers for each entry": ("sum(kept) * kv_bytes_per_token(c, b)", "the layers are counted twice"),
            "the first layer only": ("one * kept[0]", "only the first layer is counted"),
            "without the first layer": ("one * sum(kept[1:])", "the first layer is missing"),
            "without the last layer": ("one * sum(kept[:-1])", "the last layer is missing"),
            "does not pass the bytes on": (
                "sum(kept) * kv_bytes_per_token(c) // c.num_hidden_layers",
                "it is not passed on",
            ),
            "no bytes": ("one // b * sum(kept)", "bytes_per_element has no effect"),
            "bytes twice": ("one * b * sum(kept)", "applied twice"),
            "what lies outside the window": (
                "one * sum(n if w is None else max(0, n - w) for w in ws)",
                "the tokens outside it are counted",
            ),
            "K only": ("one // 2 * sum(kept)", "the factor 2 is missing"),
            "K and V once more": ("2 * one * sum(kept)", "a factor 2 is applied once more"),
            "the window and the new token": (
                "one * sum(n if w is None else min(n, w + 1) for w in ws)",
                "one token too many",
            ),
            "the window without the new token": (
                "one * sum(n if w is None else min(n, w - 1) for w in ws)",
                "one token too few",
            ),
            "query heads": (
                "2 * c.num_attention_heads * c.head_dim * b * sum(kept)",
                "the query heads are counted",
            ),
            "hidden_size": ("2 * c.hidden_size * b * sum(kept)", "hidden_size is used"),
            "None and window swapped": (
                "one * sum(n if w else min(n, 4) for w in ws)",
                "None and a window are swapped",
            ),
            "tokens": ("sum(kept)", "tokens are counted, not bytes"),
            "layers divided out of one layer": ("one * sum(kept) // c.num_hidden_layers", "divided out once more"),
            "at least one token": ("one * sum(max(1, k) for k in kept)", "an empty sequence still takes memory"),
            "an unknown mistake": ("one * sum(kept) + 1", "not added up by what each one keeps"),
            "a float": ("one * sum(kept) / 1", "a float; a whole number"),
            "compares None": ("one * sum(min(n, w) for w in ws)", "raised TypeError"),
            "Gemma's pattern only": (
                "one * (kept[0] + kept[1]) * (len(ws) // 2) if len(ws) > 3 else one * sum(kept)",
                "other windows and another length",
            ),
            "a window set for all": (
                "one * sum(n if w is None else min(n, max(x for x in ws if x)) if n > 4096 else min(n, w) for w in ws)"
                " if None in ws else one * n * len(ws)",
                "other windows and another length",
            ),
            "hard-coded": (
                "{(10, 1): 640, (10, 2): 1280, (5, 1): 448, (0, 1): 0}.get((n, b), 2_113_929_216)",
                "other windows and another length",
            ),
        }
    ),
    wrong(
        NAME,
        "another default",
        "the default of bytes_per_element is no longer 2",
        _windows("one * sum(kept)").replace("bytes_per_element=2", "bytes_per_element=4"),
    ),
    wrong(
        NAME,
        "empties the list",
        "changed the list in place",
        f"""
        {HEAD.strip()}
            total = 0
            while layer_windows:
                window = layer_windows.pop()
                total += seq_len if window is None else min(seq_len, window)
            return total * 2 * config.num_key_value_heads * config.head_dim * bytes_per_element
    """,
    ),
    wrong(
        NAME,
        "the engine's formula",
        "the engine's code",
        f"""
        {HEAD.strip()}
            from mini_vllm.engine_config import kv_bytes_per_token as in_float32

            layer = in_float32(config) // 4 // config.num_hidden_layers * bytes_per_element
            return layer * sum(seq_len if w is None else min(seq_len, w) for w in layer_windows)
    """,
    ),
    wrong(NAME, "prints instead of returning", "returned None", f"{HEAD}    print(seq_len)\n"),
    wrong(NAME, "left as it was", "not written yet", f"{HEAD}    raise NotImplementedError()\n"),
    wrong(NAME, "probe's sizes", "the result is probe's for every config", _windows("sum(kept) * 2 * 2 * 8 * b")),
    wrong(
        NAME,
        "wrong from 5 tokens on",
        "write down the tokens that each layer of probe keeps of 5",
        _windows("one * sum(kept) + (n == 5)"),
    ),
    wrong(
        NAME,
        "passes the length to the first function, too",
        "correct the call of kv_bytes_per_token: it takes (config, bytes_per_element)",
        _windows("kv_bytes_per_token(c, n, b)"),
    ),
]
