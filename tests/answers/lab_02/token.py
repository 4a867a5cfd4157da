"""Exercise 1: the bytes of one token."""

from answers import Answer, right, wrong

FIELDS = {
    "L": "num_hidden_layers",
    "H": "num_attention_heads",
    "KV": "num_key_value_heads",
    "D": "head_dim",
    "E": "hidden_size",
}


def _token(expression: str) -> str:
    """kv_bytes_per_token that returns an expression of L, H, KV, D, E, c (the config) and b (the bytes)."""
    fields = "".join(f"    {name} = config.{field}\n" for name, field in FIELDS.items())
    head = "def kv_bytes_per_token(config, bytes_per_element=2):\n    c, b = config, bytes_per_element\n"
    return f"{head}{fields}    return {expression}\n"


def _tokens(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [
        wrong("kv_bytes_per_token", name, message, _token(expression))
        for name, (expression, message) in mistakes.items()
    ]


KV_BYTES_PER_TOKEN = [
    right("kv_bytes_per_token", "one line", _token("2 * L * KV * D * b")),
    right("kv_bytes_per_token", "numpy product", _token("np.prod([2, L, KV, D, b], dtype=np.int64)")),
    right("kv_bytes_per_token", "numpy 64-bit integer", _token("np.int64(2 * L * KV * D * b)")),
    right("kv_bytes_per_token", "query heads divided by the group", _token("2 * L * (H // (H // KV)) * D * b")),
    right(
        "kv_bytes_per_token",
        "a real array, counted by numpy",
        """
        def kv_bytes_per_token(config, bytes_per_element=2):
            dtype = {1: np.int8, 2: np.float16, 4: np.float32}[bytes_per_element]
            shape = (config.num_hidden_layers, 2, config.num_key_value_heads, 1, config.head_dim)
            return np.empty(shape, dtype).nbytes
    """,
    ),
    right(
        "kv_bytes_per_token",
        "counts number by number",
        """
        def kv_bytes_per_token(config, bytes_per_element=2):
            numbers = 0
            for layer in range(config.num_hidden_layers):
                for part in range(2):
                    for head in range(config.num_key_value_heads):
                        for place in range(config.head_dim):
                            numbers += 1
            return numbers * bytes_per_element
    """,
    ),
    right(
        "kv_bytes_per_token",
        "loops and a helper",
        """
        def vector_bytes(config, bytes_per_element):
            return sum(bytes_per_element for _ in range(config.head_dim))

        def kv_bytes_per_token(config, bytes_per_element=2):
            total = 0
            for _layer in range(config.num_hidden_layers):
                for _part in ("K", "V"):
                    total += config.num_key_value_heads * vector_bytes(config, bytes_per_element)
            return total
    """,
    ),
    right(
        "kv_bytes_per_token",
        "math.prod over a dict, other names of the arguments",
        """
        import math
        from dataclasses import asdict

        def kv_bytes_per_token(model, size=2):
            fields = asdict(model)
            sizes = [fields[name] for name in ("num_hidden_layers", "num_key_value_heads", "head_dim")]
            return math.prod([2, size, *sizes])
    """,
    ),
    *_tokens(
        {
            "forgets K and V": ("L * KV * D * b", "the factor 2 is missing"),
            "counts Q as well": ("3 * L * KV * D * b", "Q is counted as well"),
            "counts Q with all its heads": ("L * (H + 2 * KV) * D * b", "Q is counted as well, with all its heads"),
            "Q in place of K": ("L * (H + KV) * D * b", "stands in for K or for V"),
            "query heads": ("2 * L * H * D * b", "the query heads are counted instead"),
            "query heads, without the factor 2": ("L * H * D * b", "and the factor 2 is missing"),
            "hidden_size": ("2 * L * E * b", "hidden_size is used instead"),
            "hidden_size, without the factor 2": ("L * E * b", "hidden_size is used instead"),
            "hidden_size divided by the group": ("2 * L * E // (H // KV) * b", "computed from hidden_size"),
            "hidden_size / heads for head_dim": ("2 * L * KV * (E // H) * b", "computed from hidden_size"),
            "group size for KV heads": ("2 * L * (H // KV) * D * b", "the group size"),
            "group size, without the factor 2": ("L * (H // KV) * D * b", "the group size"),
            "forgets the layers": ("2 * KV * D * b", "the layers are missing"),
            "one layer too many": ("2 * (L + 1) * KV * D * b", "one layer too many"),
            "one layer too few": ("2 * (L - 1) * KV * D * b", "one layer is missing"),
            "forgets the KV heads": ("2 * L * D * b", "the number of KV heads is missing"),
            "forgets head_dim": ("2 * L * KV * b", "head_dim is missing"),
            "forgets the KV heads and the factor 2": ("L * D * b", "of a single head"),
            "forgets the bytes": ("2 * L * KV * D", "bytes_per_element has no effect"),
            "always 2 bytes": ("2 * L * KV * D * 2", "fixed at 2"),
            "always 4 bytes": ("2 * L * KV * D * 4", "fixed at 4"),
            "bytes twice": ("2 * L * KV * D * b * b", "applied twice"),
            "bits for bytes": ("2 * L * KV * D * b * 8", "bits are counted"),
            "bytes taken for bits": ("2 * L * KV * D * b // 8", "taken for bits"),
            "a factor 2 too many": ("4 * L * KV * D * b", "a factor 2 appears twice"),
            "head_dim twice": ("2 * L * KV * D**2 * b", "head_dim is multiplied in twice"),
            "a whole context": ("2 * L * KV * D * b * c.max_position_embeddings", "a whole context"),
            "the MLP's width": ("2 * L * c.intermediate_size * b", "intermediate_size"),
            "in KiB": ("2 * L * KV * D * b // 1024", "in KiB"),
            "adds the sizes": ("2 + L + KV + D + b", "the sizes are added"),
            "an unknown mistake": ("2 * L * KV * D * b + 1", "a factor is missing, doubled"),
            "a float": ("2 * L * KV * D * b / 1", "a float; a whole number"),
            "text": ("f'{2 * L * KV * D * b} bytes'", "a str; a whole number"),
            "a list": ("[2 * L * KV * D * b]", "a list; a whole number"),
            "a tuple, by a comma": ("2 * L * KV * D * b,", "a tuple; a whole number"),
            "not a number": ("float('nan')", "a float; a whole number"),
            "hard-coded": ("{(3, 1): 96, (3, 2): 192}.get((L, b), 131_072)", "another shape"),
            "head_dim of the examples": ("2 * L * KV * (8 if E == 120 else 128) * b", "another shape"),
            "depends on the vocabulary": ("2 * L * KV * D * b * (c.vocab_size > 400)", "another shape"),
            "right for GQA only": ("2 * L * (KV if KV < H else 1) * D * b", "another shape"),
            "4 bytes counted as 2": ("2 * L * KV * D * min(b, 2)", "another shape"),
            "a power for a product": ("(2 * L * KV * D) ** (100 * b)", "no memory is that large"),
            "equals everything": (
                "type('All', (int,), {'__eq__': lambda a, b: True, '__hash__': int.__hash__})(7)",
                "returned 7 bytes",
            ),
            "claims to be any index": (
                "type('Any', (), {'__eq__': lambda a, b: True, '__repr__': lambda a: '96'})()",
                "returned 96, an Any; a whole number",
            ),
        }
    ),
    wrong(
        "kv_bytes_per_token",
        "changes the config",
        "changed the config in place",
        """
        def kv_bytes_per_token(config, bytes_per_element=2):
            object.__setattr__(config, "num_attention_heads", 2 * config.num_key_value_heads)
            return config.num_hidden_layers * config.num_attention_heads * config.head_dim * bytes_per_element
    """,
    ),
    wrong(
        "kv_bytes_per_token",
        "assigns to the config",
        "your function assigns to an argument's field",
        """
        def kv_bytes_per_token(config, bytes_per_element=2):
            config.num_attention_heads = 2 * config.num_key_value_heads
            return config.num_hidden_layers * config.num_attention_heads * config.head_dim * bytes_per_element
    """,
    ),
    wrong(
        "kv_bytes_per_token",
        "no default",
        "the line with `def` was changed",
        """
        def kv_bytes_per_token(config, bytes_per_element):
            return 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * bytes_per_element
    """,
    ),
    wrong(
        "kv_bytes_per_token",
        "another default",
        "the default of bytes_per_element is no longer 2",
        """
        def kv_bytes_per_token(config, bytes_per_element=4):
            return 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * bytes_per_element
    """,
    ),
    wrong(
        "kv_bytes_per_token",
        "one argument",
        "the line with `def` was changed",
        """
        def kv_bytes_per_token(config):
            return 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * 2
    """,
    ),
    wrong(
        "kv_bytes_per_token",
        "a field that there is not",
        "AttributeError",
        """
        def kv_bytes_per_token(config, bytes_per_element=2):
            return 2 * config.num_layers * config.num_key_value_heads * config.head_dim * bytes_per_element
    """,
    ),
    wrong(
        "kv_bytes_per_token",
        "the engine's formula under another name",
        "the engine's code",
        """
        from mini_vllm.engine_config import kv_bytes_per_token as bytes_in_float32

        def kv_bytes_per_token(config, bytes_per_element=2):
            return bytes_in_float32(config) * bytes_per_element // 4
    """,
    ),
    wrong(
        "kv_bytes_per_token",
        "the engine's array",
        "the engine's code",
        """
        from mini_vllm.worker.paged_kv_cache import PagedKVCache

        def kv_bytes_per_token(config, bytes_per_element=2):
            return PagedKVCache(config, 1, 1).blocks.nbytes // 4 * bytes_per_element
    """,
    ),
    wrong(
        "kv_bytes_per_token",
        "prints instead of returning",
        "returned None",
        """
        def kv_bytes_per_token(config, bytes_per_element=2):
            print(2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * bytes_per_element)
    """,
    ),
    wrong(
        "kv_bytes_per_token",
        "left as it was",
        "not written yet",
        """
        def kv_bytes_per_token(config, bytes_per_element=2):
            raise NotImplementedError()
    """,
    ),
    wrong("kv_bytes_per_token", "probe's sizes", "the result is probe's for every config", _token("2 * 3 * 2 * 8 * b")),
]
