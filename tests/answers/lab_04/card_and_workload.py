"""The prediction, and exercises 1 and 2: the card's number and the workload's number."""

from answers import right, wrong
from answers.lab_04.one_liners import OneLiners

_ridge = OneLiners("ridge_point", "peak_flops, bandwidth")
RIDGE_POINT = [
    *_ridge.rights(
        {
            "quotient": "peak_flops / bandwidth",
            "numpy, float32": "np.float32(peak_flops) / np.float32(bandwidth)",
            "as the inverse of bytes per FLOP": "1 / (bandwidth / peak_flops)",
            "in TFLOP and TB": "(peak_flops / 1e12) / (bandwidth / 1e12)",
            "an array without axes": "np.array(peak_flops / bandwidth)",
        }
    ),
    right(
        "ridge_point",
        "a helper and a power",
        """
        def seconds(amount, rate):
            return amount * rate**-1.0

        def ridge_point(peak_flops, bandwidth):
            one_second_of_bytes = bandwidth
            return seconds(peak_flops, 1) / seconds(one_second_of_bytes, 1)
    """,
    ),
    *_ridge.wrongs(
        {
            "upside down": ("bandwidth / peak_flops", "upside down"),
            "a multiply-add as one FLOP": ("peak_flops / 2 / bandwidth", "a multiply-add were one FLOP"),
            "multiply-adds twice": ("2 * peak_flops / bandwidth", "counted twice, or by the peak with sparsity"),
            "the sparse peak": ("624e12 / bandwidth", "the peak with sparsity"),
            "a product": ("peak_flops * bandwidth", "are multiplied"),
            "a sum": ("peak_flops + bandwidth", "are added"),
            "bits for bytes": ("peak_flops / (bandwidth * 8)", "bits for bytes"),
            "bits for bytes, the other way": ("peak_flops / (bandwidth / 8)", "bits for bytes"),
            "bandwidth in GB/s": ("peak_flops / (bandwidth / 1e9)", "into GB/s"),
            "bandwidth in TB/s": ("peak_flops / (bandwidth / 1e12)", "into TB/s"),
            "peak in TFLOP/s": ("peak_flops / 1e12 / bandwidth", "into TFLOP/s"),
            "TFLOP/s and GB/s": ("(peak_flops / 1e12) / (bandwidth / 1e9)", "the bandwidth in GB/s"),
            "GiB for GB": ("(peak_flops / 1e9) / (bandwidth / 2**30)", "powers of two"),
            "TiB for TB": ("(peak_flops / 1e12) / (bandwidth / 2**40)", "powers of two"),
            "GiB for GB, the other way": ("peak_flops / 2**30 / (bandwidth / 1e9)", "powers of two"),
            "bandwidth in GiB/s": ("peak_flops / (bandwidth / 2**30)", "into GiB/s"),
            "whole number": ("peak_flops // bandwidth", "the result is rounded"),
            "rounded": ("round(peak_flops / bandwidth)", "the result is rounded"),
            "rounded to two places": ("round(peak_flops / bandwidth, 1)", "the result is rounded"),
            "rounded up": ("math.ceil(peak_flops / bandwidth)", "the result is rounded"),
            "float16": ("np.float16(peak_flops) / np.float16(bandwidth)", "float16 ends at"),
            "no end of digits": ("10**400", "not a finite number"),
            "complex": ("complex(peak_flops / bandwidth)", "a complex; a number"),
            "difference": ("peak_flops - bandwidth", "does not depend on both"),
            "the A100": ("156", "does not depend on both"),
            "hard-coded bandwidth": ("peak_flops / 2.0e12", "does not depend on both"),
            "hard-coded": (
                "{156: 156.0, 153: 312 / 2.039, 403: 1210 / 3}.get(int(peak_flops / bandwidth), 156.0)",
                "wrong for another card",
            ),
        }
    ),
    *_ridge.unfinished("peak_flops / bandwidth"),
    wrong(
        "ridge_point",
        "the engine's bytes under another name",
        "the engine's code",
        """
        from labkit.specs import MODEL_SPECS
        from mini_vllm.engine_config import kv_bytes_per_token as count

        def ridge_point(peak_flops, bandwidth):
            llama = MODEL_SPECS["Llama-3-8B"].config
            return peak_flops * count(llama) / (bandwidth * count(llama))
    """,
    ),
]

_intensity = OneLiners("arithmetic_intensity", "tokens, bytes_per_param=2")
ARITHMETIC_INTENSITY = [
    *_intensity.rights(
        {
            "quotient": "2 * tokens / bytes_per_param",
            "tokens per half a parameter": "tokens / (bytes_per_param / 2)",
            "with a number of parameters that cancels": "(2 * 8e9 * tokens) / (8e9 * bytes_per_param)",
            "numpy, float32": "np.float32(2) * np.float32(tokens) / np.float32(bytes_per_param)",
            "multiplications and additions": "np.divide(tokens + tokens, bytes_per_param)",
        }
    ),
    right(
        "arithmetic_intensity",
        "a loop over the tokens",
        """
        def arithmetic_intensity(tokens, bytes_per_param=2):
            flops = 0
            for _ in range(tokens):
                flops += 2
            return flops / bytes_per_param
    """,
    ),
    *_intensity.wrongs(
        {
            "a multiply-add as one FLOP": ("tokens / bytes_per_param", "counted as one FLOP"),
            "bytes ignored": ("2 * tokens", "bytes of a parameter are ignored"),
            "two bytes, always": ("tokens", "taken as 2 whatever it is"),
            "four FLOPs": ("4 * tokens / bytes_per_param", "as four FLOPs"),
            "times the bytes": ("2 * tokens * bytes_per_param", "multiplied by the bytes"),
            "times the bytes, one FLOP": ("tokens * bytes_per_param", "above the line"),
            "bits for bytes": ("2 * tokens / (8 * bytes_per_param)", "bits for bytes"),
            "bits for bytes, the other way": ("2 * tokens / (bytes_per_param / 8)", "bits were taken for bytes"),
            "bits for bytes, one FLOP": ("tokens / (8 * bytes_per_param)", "bits for bytes, and"),
            "upside down": ("bytes_per_param / (2 * tokens)", "upside down"),
            "upside down, one FLOP": ("bytes_per_param / tokens", "upside down, and"),
            "weights loaded for each token": ("(2 * tokens) / (tokens * bytes_per_param)", "tokens is missing"),
            "tokens below the line": ("2 / (tokens * bytes_per_param)", "the other way round"),
            "parameters above the line only": ("2 * 8e9 * tokens / bytes_per_param", "number of parameters is still"),
            "parameters below the line only": ("2 * tokens / (8e9 * bytes_per_param)", "number of parameters is still"),
            "whole number": ("2 * tokens // bytes_per_param", "the result is rounded"),
            "an int": ("int(2 * tokens / bytes_per_param)", "the result is rounded"),
            "bytes as an exponent": ("2 * tokens / 2**bytes_per_param", "not what the task says"),
            "a sum": ("2 * tokens + bytes_per_param", "not what the task says"),
            "half a byte rounded away": ("2 * tokens / max(1, int(bytes_per_param))", "half a byte"),
            "limited to the ridge of the A100": (
                "min(156, 2 * tokens / bytes_per_param)",
                "not what the task says",
            ),
            "hard-coded": (
                "{(20, 4): 10, (1, 2): 1, (32, 1): 64, (7, 4): 3.5, (2048, 2): 2048, (7, 2): 7}"
                ".get((tokens, bytes_per_param), 1)",
                "wrong for another step",
            ),
        }
    ),
    *_intensity.unfinished("2 * tokens / bytes_per_param"),
    wrong(
        "arithmetic_intensity",
        "the default is gone",
        "no default any more",
        """
        def arithmetic_intensity(tokens, bytes_per_param):
            return 2 * tokens / bytes_per_param
    """,
    ),
    wrong(
        "arithmetic_intensity",
        "another default",
        "no longer 2",
        """
        def arithmetic_intensity(tokens, bytes_per_param=4):
            return 2 * tokens / bytes_per_param
    """,
    ),
    wrong(
        "arithmetic_intensity",
        "the engine counts the bytes",
        "the engine's code",
        """
        from labkit.specs import MODEL_SPECS
        from mini_vllm.engine_config import kv_bytes_per_token as count

        llama = MODEL_SPECS["Llama-3-8B"].config

        def arithmetic_intensity(tokens, bytes_per_param=2):
            n = count(llama)
            return 2 * n * tokens / (n * bytes_per_param)
    """,
    ),
]

PREDICT = [
    right("predict", "whole numbers", "guess_percent = 1\nguess_users = 200\n"),
    right("predict", "numpy and float", "guess_percent = np.float32(0.64)\nguess_users = 156.0\n"),
    right("predict", "more than there is", "guess_percent = 150\nguess_users = 10**9\n"),
    wrong("predict", "one guess missing", "guess_users", "guess_percent = 10\n"),
    wrong("predict", "text", "without quotes, units", "guess_percent = '10 %'\nguess_users = 5\n"),
    wrong("predict", "nothing yet", "without quotes, units", "guess_percent = None\nguess_users = ...\n"),
    wrong("predict", "below 0", "a number, 0 or more", "guess_percent = -1\nguess_users = 5\n"),
    wrong("predict", "not a number", "a number, 0 or more", "guess_percent = 5\nguess_users = float('nan')\n"),
]
