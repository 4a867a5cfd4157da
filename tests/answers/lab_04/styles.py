"""Right answers to lab 04 in styles of their own: other modules, other types, other ways to loop."""

from answers import Answer, right

STYLES: list[Answer] = [
    right(
        "ridge_point",
        "Fraction",
        """
        from fractions import Fraction

        def ridge_point(peak_flops, bandwidth):
            return Fraction(peak_flops) / Fraction(bandwidth)
    """,
    ),
    right(
        "ridge_point",
        "np.divide",
        """
        def ridge_point(peak_flops, bandwidth):
            return np.divide(peak_flops, bandwidth)
    """,
    ),
    right(
        "arithmetic_intensity",
        "named steps",
        """
        def arithmetic_intensity(tokens, bytes_per_param=2):
            flops_per_param = 2 * tokens
            return flops_per_param / bytes_per_param
    """,
    ),
    right(
        "regime",
        "times instead of intensities",
        """
        def is_compute_bound(tokens, bytes_per_param, peak_flops, bandwidth):
            return 2 * tokens * bandwidth >= peak_flops * bytes_per_param


        def compute_utilization(tokens, bytes_per_param, peak_flops, bandwidth):
            if is_compute_bound(tokens, bytes_per_param, peak_flops, bandwidth):
                return 1.0
            return 2 * tokens * bandwidth / (peak_flops * bytes_per_param)
    """,
    ),
    right(
        "regime",
        "numpy bool and np.clip",
        """
        def is_compute_bound(tokens, bytes_per_param, peak_flops, bandwidth):
            return np.greater_equal(arithmetic_intensity(tokens, bytes_per_param), ridge_point(peak_flops, bandwidth))


        def compute_utilization(tokens, bytes_per_param, peak_flops, bandwidth):
            return np.clip(arithmetic_intensity(tokens, bytes_per_param) / ridge_point(peak_flops, bandwidth), 0, 1)
    """,
    ),
    right(
        "max_decode_tokens_per_second",
        "the reciprocal of a time",
        """
        def max_decode_tokens_per_second(n_params, bytes_per_param, bandwidth):
            seconds = n_params * bytes_per_param / bandwidth
            return seconds ** -1
    """,
    ),
    right(
        "critical_batch_size",
        "counted up",
        """
        def critical_batch_size(peak_flops, bandwidth, bytes_per_param=2):
            batch = int(ridge_point(peak_flops, bandwidth) * bytes_per_param / 2)
            while batch < 1 or not is_compute_bound(batch, bytes_per_param, peak_flops, bandwidth):
                batch += 1
            return batch
    """,
    ),
    right(
        "critical_batch_size",
        "floor division of negatives",
        """
        def critical_batch_size(peak_flops, bandwidth, bytes_per_param=2):
            return max(1, int(-(-peak_flops * bytes_per_param // (2 * bandwidth))))
    """,
    ),
    right(
        "decode_step_seconds",
        "a dict of parts",
        """
        def decode_step_seconds(
            batch, context, n_params, kv_bytes_per_token, peak_flops, bandwidth, bytes_per_param=2
        ):
            seconds = {
                "kv": batch * context * kv_bytes_per_token / bandwidth,
                "weights": n_params * bytes_per_param / bandwidth,
                "math": 2 * batch * n_params / peak_flops,
            }
            return seconds["kv"] + max(seconds["weights"], seconds["math"])
    """,
    ),
    right(
        "lever_speedup",
        "copy and update",
        """
        from copy import copy

        def lever_speedup(step, changes):
            changed = copy(step)
            changed.update(changes)
            return decode_step_seconds(**step) / decode_step_seconds(**changed)
    """,
    ),
]
