"""Exercise 2: the bytes of a sequence."""

from answers import Answer, right, wrong


def _sequence(expression: str) -> str:
    """kv_bytes_per_sequence that returns an expression of c (the config), n, b, and `one`, the bytes of a token."""
    return (
        "def kv_bytes_per_sequence(config, seq_len, bytes_per_element=2):\n"
        "    c, n, b = config, seq_len, bytes_per_element\n"
        "    one = 2 * c.num_hidden_layers * c.num_key_value_heads * c.head_dim * b\n"
        f"    return {expression}\n"
    )


def _sequences(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [
        wrong("kv_bytes_per_sequence", name, message, _sequence(expression))
        for name, (expression, message) in mistakes.items()
    ]


KV_BYTES_PER_SEQUENCE = [
    right("kv_bytes_per_sequence", "calls the first function", _sequence("n * kv_bytes_per_token(c, b)")),
    right("kv_bytes_per_sequence", "by itself", _sequence("n * one")),
    right("kv_bytes_per_sequence", "numpy 64-bit integers", _sequence("np.multiply(one, n, dtype=np.int64)")),
    right(
        "kv_bytes_per_sequence", "named arguments", _sequence("kv_bytes_per_token(config=c, bytes_per_element=b) * n")
    ),
    right(
        "kv_bytes_per_sequence",
        "the arguments of the first function mixed up, which a product forgives",
        _sequence("kv_bytes_per_token(c, n) * b"),
    ),
    right("kv_bytes_per_sequence", "a 0-dimensional array", _sequence("np.array(n * one)")),
    right(
        "kv_bytes_per_sequence",
        "a loop over the tokens",
        """
        def kv_bytes_per_sequence(config, seq_len, bytes_per_element=2):
            total = 0
            for _ in range(seq_len):
                total += kv_bytes_per_token(config, bytes_per_element)
            return total
    """,
    ),
    *_sequences(
        {
            "forgets the length": ("one", "the length is missing"),
            "does not pass the bytes on": ("n * kv_bytes_per_token(c)", "does not reach the bytes of a token"),
            "passes the length for the bytes": ("kv_bytes_per_token(c, n)", "seq_len is passed in its place"),
            "always 1 byte": ("n * kv_bytes_per_token(c, 1)", "bytes_per_element is ignored"),
            "bytes twice": ("n * one * b", "applied twice"),
            "without the last token": ("(n - 1) * one", "the last token is missing"),
            "without the last token, guarded": ("max(n - 1, 0) * one", "the last token is missing"),
            "one token too many": ("(n + 1) * one", "one token too many"),
            "rounded up to blocks": ("-(-n // 16) * 16 * one", "rounded up to whole blocks"),
            "K and V once more": ("2 * n * one", "a factor 2 is applied once more"),
            "the longest context": ("c.max_position_embeddings * one", "max_position_embeddings is used"),
            "cut at the longest context": ("min(n, c.max_position_embeddings) * one", "the length is cut"),
            "the length squared": ("n**2 * one", "multiplied in twice"),
            "lab 01's sum over the steps": ("n * (n + 1) // 2 * one", "the caches of all steps are added up"),
            "lab 01's other sum": ("sum(range(n)) * one", "the caches of all steps are added up"),
            "adds the length": ("n + one", "the length is added"),
            "in KiB": ("n * one // 1024", "in KiB"),
            "in MiB": ("n * one // 2**20", "in MiB"),
            "at least one token": ("max(n, 1) * one", "an empty sequence still takes memory"),
            "query heads in a formula of its own": (
                "n * 2 * c.num_hidden_layers * c.num_attention_heads * c.head_dim * b",
                "the query heads are counted instead",
            ),
            "forgets V in a formula of its own": ("n * one // 2", "the factor 2 is missing"),
            "hidden_size in a formula of its own": (
                "n * 2 * c.num_hidden_layers * c.hidden_size * b",
                "hidden_size is used",
            ),
            "passes the length to the first function, too": (
                "kv_bytes_per_token(c, n, b)",
                "correct the call of kv_bytes_per_token: it takes (config, bytes_per_element)",
            ),
            "an unknown mistake": ("n * one + 1", "the bytes of one token are wrong"),
            "a float": ("n * one / 1", "a float; a whole number"),
            "a numpy float": ("np.float64(n * one)", "a float64; a whole number"),
            "text": ("str(n * one)", "a str; a whole number"),
            "an array of one": ("np.array([n * one])", "an ndarray; a whole number"),
            "not a number": ("float('nan')", "a float; a whole number"),
            "a tuple, by a comma": ("n * one,", "a tuple; a whole number"),
            "hard-coded": (
                "{(10, 1): 960, (10, 2): 1920, (2048, 2): 2**28, (1, 2): 192, (0, 2): 0}.get((n, b), 7872)",
                "another model and length",
            ),
            "32 bits wrap around": ("(n * one + 2**31) % 2**32 - 2**31", "another model and length"),
            "equals everything": (
                "type('All', (int,), {'__eq__': lambda a, b: True, '__hash__': int.__hash__})(7)",
                "returned 7 bytes",
            ),
        }
    ),
    wrong(
        "kv_bytes_per_sequence",
        "changes the config",
        "changed the config in place",
        """
        def kv_bytes_per_sequence(config, seq_len, bytes_per_element=2):
            object.__setattr__(config, "max_position_embeddings", max(seq_len, 1))
            return seq_len * kv_bytes_per_token(config, bytes_per_element)
    """,
    ),
    wrong(
        "kv_bytes_per_sequence",
        "no default",
        "the line with `def` was changed",
        """
        def kv_bytes_per_sequence(config, seq_len, bytes_per_element):
            return seq_len * kv_bytes_per_token(config, bytes_per_element)
    """,
    ),
    wrong(
        "kv_bytes_per_sequence",
        "another default",
        "the default of bytes_per_element is no longer 2",
        """
        def kv_bytes_per_sequence(config, seq_len, bytes_per_element=1):
            return seq_len * kv_bytes_per_token(config, bytes_per_element)
    """,
    ),
    wrong(
        "kv_bytes_per_sequence",
        "the engine's formula",
        "the engine's code",
        """
        def kv_bytes_per_sequence(config, seq_len, bytes_per_element=2):
            import mini_vllm.engine_config as rules

            return rules.kv_bytes_per_token(config) // 4 * bytes_per_element * seq_len
    """,
    ),
    wrong(
        "kv_bytes_per_sequence",
        "calls itself",
        "RecursionError",
        """
        def kv_bytes_per_sequence(config, seq_len, bytes_per_element=2):
            return seq_len * kv_bytes_per_sequence(config, 1, bytes_per_element)
    """,
    ),
    wrong(
        "kv_bytes_per_sequence",
        "prints instead of returning",
        "returned None",
        """
        def kv_bytes_per_sequence(config, seq_len, bytes_per_element=2):
            print(seq_len * kv_bytes_per_token(config, bytes_per_element))
    """,
    ),
    wrong(
        "kv_bytes_per_sequence",
        "left as it was",
        "not written yet",
        """
        def kv_bytes_per_sequence(config, seq_len, bytes_per_element=2):
            raise NotImplementedError()
    """,
    ),
]
