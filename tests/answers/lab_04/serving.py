"""Exercises 4 and 5: the speed of one user, the size of a crowd."""

from answers import right, wrong
from answers.lab_04.one_liners import OneLiners

_speed = OneLiners("max_decode_tokens_per_second", "n_params, bytes_per_param, bandwidth")
MAX_DECODE_TOKENS_PER_SECOND = [
    *_speed.rights(
        {
            "quotient": "bandwidth / (n_params * bytes_per_param)",
            "one after the other": "bandwidth / n_params / bytes_per_param",
            "the inverse of the time of a trip": "1 / (n_params * bytes_per_param / bandwidth)",
            "numpy, float32": "np.float32(bandwidth) / (np.float32(n_params) * np.float32(bytes_per_param))",
            "in GB": "(bandwidth / 1e9) / (n_params * bytes_per_param / 1e9)",
        }
    ),
    right(
        "max_decode_tokens_per_second",
        "a helper",
        """
        def trip_seconds(n_params, bytes_per_param, bandwidth):
            return np.divide(n_params * bytes_per_param, bandwidth)

        def max_decode_tokens_per_second(n_params, bytes_per_param, bandwidth):
            return trip_seconds(n_params, bytes_per_param, bandwidth) ** -1
    """,
    ),
    *_speed.wrongs(
        {
            "from the arithmetic": ("312e12 / (2 * n_params)", "what the arithmetic would allow"),
            "from the arithmetic, one FLOP": ("312e12 / n_params", "a multiply-add as one FLOP"),
            "bytes ignored": ("bandwidth / n_params", "bytes of a parameter are ignored"),
            "with the FLOPs": ("bandwidth / (2 * n_params * bytes_per_param)", "a 2 too many"),
            "bytes on the wrong side": ("bandwidth / n_params * bytes_per_param", "on the wrong side"),
            "bits for bytes": ("bandwidth / (8 * n_params * bytes_per_param)", "bits for bytes"),
            "bits for bytes, the other way": ("8 * bandwidth / (n_params * bytes_per_param)", "bits for bytes"),
            "seconds": ("n_params * bytes_per_param / bandwidth", "time of one token, in seconds"),
            "milliseconds": ("1000 * n_params * bytes_per_param / bandwidth", "in milliseconds"),
            "a product": ("n_params * bytes_per_param * bandwidth", "are multiplied"),
            "bandwidth in GiB/s": ("(bandwidth / 2**30) / (n_params * bytes_per_param / 1e9)", "GB and GiB"),
            "weights in GiB": ("(bandwidth / 1e9) / (n_params * bytes_per_param / 2**30)", "GB and GiB"),
            "bandwidth in GB/s": ("(bandwidth / 1e9) / (n_params * bytes_per_param)", "into GB/s"),
            "weights in GB": ("bandwidth / (n_params * bytes_per_param / 1e9)", "into GB"),
            "whole number": ("bandwidth // (n_params * bytes_per_param)", "rounded"),
            "an int": ("int(bandwidth / (n_params * bytes_per_param))", "rounded"),
            "always 16 bits": ("bandwidth / (2 * n_params)", "bytes_per_param has no effect"),
            "8 billion parameters": ("bandwidth / (8e9 * bytes_per_param)", "not what the task says"),
            "half a byte rounded up": (
                "bandwidth / (n_params * math.ceil(bytes_per_param))",
                "half a byte is rounded away or up",
            ),
            "half a byte rounded away": (
                "bandwidth / max(n_params * int(bytes_per_param), 1)",
                "half a byte is rounded away or up",
            ),
            "the A100": ("2.0e12 / (n_params * bytes_per_param)", "wrong for another model or card"),
            "hard-coded": (
                "{(8e9, 2): 125, (8e9, 1): 250, (70e9, 2): 100 / 7, (70e9, 0.5): 400 / 7}"
                ".get((n_params, bytes_per_param), 125)",
                "wrong for another model or card",
            ),
        }
    ),
    *_speed.unfinished("bandwidth / (n_params * bytes_per_param)"),
    wrong(
        "max_decode_tokens_per_second",
        "the engine counts the bytes",
        "the engine's code",
        """
        from labkit.specs import MODEL_SPECS
        from mini_vllm.engine_config import kv_bytes_per_token as count

        llama = MODEL_SPECS["Llama-3-8B"].config

        def max_decode_tokens_per_second(n_params, bytes_per_param, bandwidth):
            return bandwidth * count(llama) / (n_params * bytes_per_param * count(llama))
    """,
    ),
]

_batch = OneLiners("critical_batch_size", "peak_flops, bandwidth, bytes_per_param=2")
CRITICAL_BATCH_SIZE = [
    *_batch.rights(
        {
            "ceil": "math.ceil(peak_flops / bandwidth * bytes_per_param / 2)",
            "ceil of ridge_point": "math.ceil(ridge_point(peak_flops, bandwidth) * bytes_per_param / 2)",
            "numpy's ceil, a float": "np.ceil(peak_flops * bytes_per_param / (2 * bandwidth))",
            "a numpy integer": "np.int64(np.ceil(peak_flops / bandwidth / (2 / bytes_per_param)))",
            "whole division of the negative": "-(-peak_flops / bandwidth * bytes_per_param // 2)",
            "from two times": "math.ceil((bytes_per_param / bandwidth) / (2 / peak_flops))",
            "an array without axes": "np.array(math.ceil(peak_flops / bandwidth * bytes_per_param / 2))",
        }
    ),
    right(
        "critical_batch_size",
        "a search",
        """
        def critical_batch_size(peak_flops, bandwidth, bytes_per_param=2):
            batch = 1
            while arithmetic_intensity(batch, bytes_per_param) < ridge_point(peak_flops, bandwidth):
                batch += 1
            return batch
    """,
    ),
    right(
        "critical_batch_size",
        "rounded down, and one more where that is not enough",
        """
        def critical_batch_size(peak_flops, bandwidth, bytes_per_param=2):
            exact = peak_flops / bandwidth * bytes_per_param / 2
            batch = int(exact)
            return batch if batch == exact else batch + 1
    """,
    ),
    *_batch.wrongs(
        {
            "a multiply-add as one FLOP": ("math.ceil(peak_flops / bandwidth * bytes_per_param)", "as one FLOP"),
            "times 2": ("math.ceil(peak_flops / bandwidth * bytes_per_param * 2)", "multiplies by it"),
            "the wrong direction": ("math.ceil(peak_flops / bandwidth * 2 / bytes_per_param)", "the wrong direction"),
            "bytes ignored": ("math.ceil(peak_flops / bandwidth)", "bytes_per_param has no effect"),
            "half the ridge": ("math.ceil(peak_flops / bandwidth / 2)", "bytes_per_param is left out"),
            "ridge by bytes": (
                "math.ceil(peak_flops / bandwidth / bytes_per_param)",
                "divides where it should multiply",
            ),
            "ridge by bytes, and by 2": (
                "math.ceil(peak_flops / bandwidth / bytes_per_param / 2)",
                "the 2 divides once more",
            ),
            "bytes twice": (
                "math.ceil(peak_flops / bandwidth * bytes_per_param**2 / 4)",
                "bytes_per_param counts twice",
            ),
            "floor": ("math.floor(peak_flops / bandwidth * bytes_per_param / 2)", "rounded down"),
            "an int": ("int(peak_flops / bandwidth * bytes_per_param / 2)", "rounded down"),
            "whole division": ("int(peak_flops / bandwidth * bytes_per_param // 2)", "rounded down"),
            "nearest": ("round(peak_flops / bandwidth * bytes_per_param / 2)", "nearest"),
            "not rounded": ("peak_flops / bandwidth * bytes_per_param / 2", "a whole number was expected"),
            "floor and one more": ("int(peak_flops / bandwidth * bytes_per_param / 2) + 1", "one user too many"),
            "one too few": ("math.ceil(peak_flops / bandwidth * bytes_per_param / 2) - 1", "one user too few"),
            "upside down": ("math.ceil(bandwidth / peak_flops * bytes_per_param / 2)", "upside down, or missing"),
            "from a strict is_compute_bound": (
                "next(b for b in range(1, 10**6) if 2 * b / bytes_per_param > peak_flops / bandwidth)",
                "one user too many",
            ),
            "the next power of 2": (
                "2 ** math.ceil(math.log2(peak_flops / bandwidth * bytes_per_param / 2))",
                "does not bring the intensity up",
            ),
            "ridge rounded first": (
                "math.ceil(math.ceil(peak_flops / bandwidth) * bytes_per_param / 2)",
                "before the end",
            ),
            "bytes rounded up": (
                "math.ceil(peak_flops / bandwidth * math.ceil(bytes_per_param) / 2)",
                "before the end",
            ),
            "always one": ("1", "upside down, or missing"),
            "bits for bytes": ("math.ceil(peak_flops / bandwidth * bytes_per_param * 8 / 2)", "bits for bytes"),
            "bits for bytes, the other way": (
                "math.ceil(peak_flops / bandwidth * bytes_per_param / 16)",
                "bits for bytes",
            ),
            "GiB for GB": (
                "math.ceil(peak_flops / 1e9 / (bandwidth / 2**30) * bytes_per_param / 2)",
                "GB and GiB",
            ),
            "GiB for GB, the other way": (
                "math.ceil(peak_flops / 2**30 / (bandwidth / 1e9) * bytes_per_param / 2)",
                "GB and GiB",
            ),
            "the A100": ("math.ceil(156 * bytes_per_param / 2)", "the A100 is written into the code"),
            "the A100's bandwidth": (
                "math.ceil(peak_flops / 2.0e12 * bytes_per_param / 2)",
                "does not bring the intensity up",
            ),
            "hard-coded": (
                "{(312e12, 2): 156, (312e12, 1): 78, (312e12, 4): 312, (165.2e12, 2): 164, (121e12, 2): 404}"
                ".get((peak_flops, bytes_per_param), 16)",
                "wrong for another card",
            ),
        }
    ),
    *_batch.unfinished("math.ceil(peak_flops / bandwidth * bytes_per_param / 2)"),
    wrong(
        "critical_batch_size",
        "the default is gone",
        "no default any more",
        """
        import math

        def critical_batch_size(peak_flops, bandwidth, bytes_per_param):
            return math.ceil(peak_flops / bandwidth * bytes_per_param / 2)
    """,
    ),
    wrong(
        "critical_batch_size",
        "another default",
        "no longer 2",
        """
        import math

        def critical_batch_size(peak_flops, bandwidth, bytes_per_param=1):
            return math.ceil(peak_flops / bandwidth * bytes_per_param / 2)
    """,
    ),
    wrong(
        "critical_batch_size",
        "the engine's bytes under another name",
        "the engine's code",
        """
        import math

        from labkit.specs import MODEL_SPECS
        from mini_vllm.engine_config import kv_bytes_per_token as count

        def critical_batch_size(peak_flops, bandwidth, bytes_per_param=2):
            llama = MODEL_SPECS["Llama-3-8B"].config
            return math.ceil(peak_flops / bandwidth * bytes_per_param * count(llama) / (2 * count(llama)))
    """,
    ),
]
