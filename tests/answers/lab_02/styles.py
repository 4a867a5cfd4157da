"""Right answers to lab 02 in styles of their own: other modules, other types, other ways to loop."""

from answers import Answer, right, wrong

STYLES: list[Answer] = [
    right(
        "kv_bytes_per_sequence",
        "bytes of an empty array",
        """
        def kv_bytes_per_sequence(config, seq_len, bytes_per_element=2):
            dtype = {1: np.int8, 2: np.float16, 4: np.float32, 8: np.float64}[bytes_per_element]
            shape = (config.num_hidden_layers, 2, config.num_key_value_heads, seq_len, config.head_dim)
            return np.empty(shape, dtype).nbytes
    """,
    ),
    right(
        "kv_bytes_per_token",
        "math.prod over a tuple",
        """
        import math

        def kv_bytes_per_token(config, bytes_per_element=2):
            shape = (2, config.num_hidden_layers, config.num_key_value_heads, config.head_dim)
            return math.prod(shape) * bytes_per_element
    """,
    ),
    wrong(
        "kv_bytes_per_token",
        "Fraction",
        "a whole number (int) was expected",
        """
        from fractions import Fraction

        def kv_bytes_per_token(config, bytes_per_element=2):
            numbers = 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim
            return Fraction(numbers) * bytes_per_element
    """,
    ),
    right(
        "max_concurrent_sequences",
        "divmod and a conditional",
        """
        def max_concurrent_sequences(gpu_bytes, weight_bytes, sequence_bytes):
            if sequence_bytes <= 0:
                raise ValueError("sequence_bytes must be positive")
            count, _ = divmod(gpu_bytes - weight_bytes, sequence_bytes)
            return count if count > 0 else 0
    """,
    ),
    wrong(
        "max_concurrent_sequences",
        "Decimal arithmetic",
        "a whole number (int) was expected",
        """
        from decimal import Decimal, getcontext, ROUND_FLOOR

        def max_concurrent_sequences(gpu_bytes, weight_bytes, sequence_bytes):
            if sequence_bytes <= 0:
                raise ValueError("sequence_bytes must be positive")
            getcontext().prec = 100
            free = Decimal(int(gpu_bytes)) - Decimal(int(weight_bytes))
            return max(Decimal(0), (free / Decimal(int(sequence_bytes))).to_integral_value(ROUND_FLOOR))
    """,
    ),
    right(
        "kv_bytes_with_windows",
        "Counter of windows",
        """
        from collections import Counter

        def kv_bytes_with_windows(config, seq_len, layer_windows, bytes_per_element=2):
            one_layer = kv_bytes_per_token(config, bytes_per_element) // len(layer_windows)
            kept = 0
            for window, layers in Counter(layer_windows).items():
                kept += layers * (seq_len if window is None else min(window, seq_len))
            return kept * one_layer
    """,
    ),
    right(
        "users_on_card",
        "Fraction and floor",
        """
        from fractions import Fraction
        from math import floor

        def users_on_card(card_mib, weight_bytes, sequence_bytes, percent=90):
            usable = Fraction(percent, 100) * card_mib * 1024 * 1024
            return max(0, floor((usable - weight_bytes) / sequence_bytes))
    """,
    ),
    right(
        "requests_that_fit",
        "accumulate and bisect",
        """
        from bisect import bisect_right
        from itertools import accumulate

        def requests_that_fit(free_bytes, contexts, bytes_per_token, block_size=16):
            if block_size < 1:
                raise ValueError(f"{block_size=}")
            needed = list(accumulate((tokens + block_size - 1) // block_size for tokens in contexts))
            return bisect_right(needed, free_bytes // (bytes_per_token * block_size))
    """,
    ),
    right(
        "requests_that_fit",
        "a queue and a walrus",
        """
        from collections import deque

        def requests_that_fit(free_bytes, contexts, bytes_per_token, block_size=16):
            if not block_size >= 1:
                raise ValueError("block_size")
            left, waiting = free_bytes // (block_size * bytes_per_token), deque(contexts)
            while waiting and (need := -(waiting[0] // -block_size)) <= left:
                left -= need
                waiting.popleft()
            return len(contexts) - len(waiting)
    """,
    ),
    right(
        "kv_bytes_per_sequence",
        "one layer at a time",
        """
        def kv_bytes_per_sequence(config, seq_len, bytes_per_element=2):
            total = 0
            for _layer in range(config.num_hidden_layers):
                for _what in ("K", "V"):
                    total += seq_len * config.num_key_value_heads * config.head_dim * bytes_per_element
            return total
    """,
    ),
]
