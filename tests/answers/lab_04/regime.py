"""Exercise 3: which side of the ridge, and how much of the peak."""

from answers import Answer, right, wrong

_ARGUMENTS = "tokens, bytes_per_param, peak_flops, bandwidth"
_BOUND = "2 * tokens / bytes_per_param >= peak_flops / bandwidth"
_SHARE = "min(1.0, 2 * tokens / bytes_per_param / (peak_flops / bandwidth))"


def _functions(bound: str, share: str) -> str:
    return (
        f"def is_compute_bound({_ARGUMENTS}):\n    return {bound}\n\n\n"
        f"def compute_utilization({_ARGUMENTS}):\n    return {share}\n"
    )


def _rights(answers: dict[str, tuple[str, str]]) -> list[Answer]:
    return [right("regime", name, _functions(bound, share)) for name, (bound, share) in answers.items()]


def _wrong_sides(answers: dict[str, tuple[str, str]]) -> list[Answer]:
    return [
        wrong("regime", f"side: {name}", message, _functions(bound, _SHARE))
        for name, (bound, message) in answers.items()
    ]


def _wrong_shares(answers: dict[str, tuple[str, str]]) -> list[Answer]:
    return [
        wrong("regime", f"share: {name}", message, _functions(_BOUND, share))
        for name, (share, message) in answers.items()
    ]


REGIME = [
    *_rights(
        {
            "written out": (_BOUND, _SHARE),
            "calls of the earlier functions": (
                "arithmetic_intensity(tokens, bytes_per_param) >= ridge_point(peak_flops, bandwidth)",
                "min(arithmetic_intensity(tokens, bytes_per_param) / ridge_point(peak_flops, bandwidth), 1)",
            ),
            "numpy": (
                "np.greater_equal(2 * tokens / bytes_per_param, peak_flops / bandwidth)",
                "np.minimum(2 * tokens * bandwidth / (bytes_per_param * peak_flops), 1)",
            ),
            "one from the other": (
                f"compute_utilization({_ARGUMENTS}) >= 1",
                "np.clip(2 * tokens / bytes_per_param * bandwidth / peak_flops, 0, 1)",
            ),
            "two times compared": (
                "2 * tokens / peak_flops >= bytes_per_param / bandwidth",
                "(2 * tokens / peak_flops) / max(2 * tokens / peak_flops, bytes_per_param / bandwidth)",
            ),
            "tokens compared": (
                "bool(tokens >= peak_flops / bandwidth * bytes_per_param / 2)",
                "1 if tokens * 2 * bandwidth >= bytes_per_param * peak_flops"
                " else tokens * 2 * bandwidth / (bytes_per_param * peak_flops)",
            ),
            "not memory-bound": (
                "not 2 * tokens / bytes_per_param < peak_flops / bandwidth",
                "np.float32(min(1, 2 * tokens / bytes_per_param / (peak_flops / bandwidth)))",
            ),
            "arrays without axes": (f"np.array({_BOUND})", f"np.array({_SHARE})"),
        }
    ),
    right(
        "regime",
        "with if",
        f"""
        def is_compute_bound({_ARGUMENTS}):
            if 2 * tokens / bytes_per_param >= peak_flops / bandwidth:
                return True
            return False

        def compute_utilization({_ARGUMENTS}):
            if is_compute_bound({_ARGUMENTS}):
                return 1
            return 2 * tokens / bytes_per_param / (peak_flops / bandwidth)
    """,
    ),
    *_wrong_sides(
        {
            "strict": ("2 * tokens / bytes_per_param > peak_flops / bandwidth", "use >="),
            "the wrong way round": ("2 * tokens / bytes_per_param < peak_flops / bandwidth", "the wrong way round"),
            "the wrong way round, or equal": (
                "2 * tokens / bytes_per_param <= peak_flops / bandwidth",
                "the wrong way round",
            ),
            "almost": ("2 * tokens / bytes_per_param - peak_flops / bandwidth > -1", "rounded or added on the way"),
            "with a margin": ("2 * tokens / bytes_per_param >= 0.9 * peak_flops / bandwidth", "not what is compared"),
            "ridge upside down": (
                "2 * tokens / bytes_per_param >= bandwidth / peak_flops",
                "the ridge is upside down or in other units",
            ),
            "intensity upside down": (
                "bytes_per_param / (2 * tokens) >= peak_flops / bandwidth",
                "no step counts as compute-bound",
            ),
            "bandwidth in GB/s": (
                "2 * tokens / bytes_per_param >= peak_flops / (bandwidth / 1e9)",
                "no step counts as compute-bound",
            ),
            "always": ("True", "every step counts as compute-bound"),
            "never": ("False", "no step counts as compute-bound"),
            "a multiply-add as one FLOP": ("tokens / bytes_per_param >= peak_flops / bandwidth", "as one FLOP"),
            "bits for bytes": ("tokens / (4 * bytes_per_param) >= peak_flops / bandwidth", "bits for bytes"),
            "bytes ignored": ("2 * tokens >= peak_flops / bandwidth", "bytes_per_param is ignored, or multiplies"),
            "times the bytes": (
                "2 * tokens * bytes_per_param >= peak_flops / bandwidth",
                "multiplies where it should divide",
            ),
            "tokens for intensity": ("tokens >= peak_flops / bandwidth", "the tokens themselves are compared"),
            "the ridge of the A100": ("2 * tokens / bytes_per_param >= 156", "the A100 is written into the code"),
            "text": (f"str({_BOUND})", "a str; True or False"),
            "1 and 0": (f"int({_BOUND})", "an int; True or False"),
            "a list": (f"[{_BOUND}]", "a list; True or False"),
            "a float": ("2 * tokens / bytes_per_param", "a float; True or False"),
            "None": ("None", "returned None"),
            "agrees with everything": (
                "type('All', (), {'__eq__': lambda a, b: True, '__bool__': lambda a: False})()",
                "an All; True or False",
            ),
            "hard-coded": (
                "{(1, 2): False, (155, 2): False, (200, 4): False}.get((tokens, bytes_per_param), True)",
                "wrong for another step or card",
            ),
            "left as it was": ("(_ for _ in ()).throw(NotImplementedError())", "is_compute_bound is not written yet"),
        }
    ),
    *_wrong_shares(
        {
            "percent": (f"100 * {_SHARE}", "in percent"),
            "not limited": ("2 * tokens / bytes_per_param / (peak_flops / bandwidth)", "not limited"),
            "a multiply-add as one FLOP": (
                "min(1, tokens / bytes_per_param / (peak_flops / bandwidth))",
                "a multiply-add is counted as one FLOP",
            ),
            "bytes ignored": ("min(1, 2 * tokens / (peak_flops / bandwidth))", "bytes of a parameter are ignored"),
            "tokens for intensity": (
                "min(1, tokens / (peak_flops / bandwidth))",
                "bytes_per_param does not enter",
            ),
            "times the bytes": ("min(1, 2 * tokens * bytes_per_param / (peak_flops / bandwidth))", "above the line"),
            "bits for bytes": ("min(1, tokens / (4 * bytes_per_param) / (peak_flops / bandwidth))", "bits for bytes"),
            "bits for bytes, the other way": (
                "min(1, 16 * tokens / bytes_per_param / (peak_flops / bandwidth))",
                "bits for bytes",
            ),
            "upside down": ("min(1, peak_flops / bandwidth / (2 * tokens / bytes_per_param))", "upside down"),
            "upside down, not limited": ("peak_flops / bandwidth / (2 * tokens / bytes_per_param)", "upside down"),
            "max for min": ("max(1, 2 * tokens / bytes_per_param / (peak_flops / bandwidth))", "max stands for min"),
            "without the ridge": ("min(1, 2 * tokens / bytes_per_param)", "the ridge is missing"),
            "always all": ("1.0", "the ridge is missing"),
            "what is left of it": (f"1 - {_SHARE}", "is not intensity over ridge"),
            "no share above the ridge": (
                "2 * tokens / bytes_per_param / (peak_flops / bandwidth) if not 2 * tokens / bytes_per_param"
                " >= peak_flops / bandwidth else 0",
                "is not intensity over ridge",
            ),
            "all or nothing": (f"float({_BOUND})", "rounded down"),
            "whole division": (
                "min(1, 2 * tokens / bytes_per_param // (peak_flops / bandwidth))",
                "rounded down",
            ),
            "rounded": (f"round({_SHARE}, 2)", "the result is rounded"),
            "rounded to four places": (f"round({_SHARE}, 4)", "the result is rounded"),
            "the ridge of the A100": (
                "min(1, 2 * tokens / bytes_per_param / 156)",
                "the A100 is written into the code",
            ),
            "text": (f"f'{{{_SHARE}:.2%}}'", "a str; a number"),
            "a tuple": (f"({_SHARE},)", "a tuple; a number"),
            "a bool": (_BOUND, "a bool; a number"),
            "None": ("None", "returned None"),
            "not a number": ("float('nan')", "not a finite number"),
            "agrees with everything": (
                "type('All', (float,), {'__eq__': lambda a, b: True, '__le__': lambda a, b: True})(7)",
                "returned 7",
            ),
            "limited to the visible steps": (
                "{(1, 2): 1 / 156, (39, 1): 0.5, (32, 2): 32 / 156, (156, 4): 0.5, (4, 2): 0.25}"
                ".get((tokens, bytes_per_param), 1)",
                "wrong for another step or card",
            ),
            "left as it was": (
                "(_ for _ in ()).throw(NotImplementedError())",
                "compute_utilization is not written yet",
            ),
        }
    ),
    wrong(
        "regime",
        "one of the two is missing",
        "compute_utilization",
        f"""
        def is_compute_bound({_ARGUMENTS}):
            return {_BOUND}
    """,
    ),
    wrong(
        "regime",
        "prints instead of returning",
        "returned None",
        f"""
        def is_compute_bound({_ARGUMENTS}):
            print({_BOUND})

        def compute_utilization({_ARGUMENTS}):
            print({_SHARE})
    """,
    ),
    wrong(
        "regime",
        "left as it was",
        "not written yet",
        f"""
        def is_compute_bound({_ARGUMENTS}):
            raise NotImplementedError()

        def compute_utilization({_ARGUMENTS}):
            raise NotImplementedError()
    """,
    ),
    wrong(
        "regime",
        "the engine counts the bytes of a step",
        "the engine's code",
        f"""
        from labkit.specs import MODEL_SPECS
        from mini_vllm.engine_config import kv_bytes_per_token

        def ridge_of(peak_flops, bandwidth):
            kv_bytes = kv_bytes_per_token(MODEL_SPECS["Llama-3-8B"].config)
            return peak_flops * kv_bytes / (bandwidth * kv_bytes)

        def is_compute_bound({_ARGUMENTS}):
            return 2 * tokens / bytes_per_param >= ridge_of(peak_flops, bandwidth)

        def compute_utilization({_ARGUMENTS}):
            return min(1, 2 * tokens / bytes_per_param / ridge_of(peak_flops, bandwidth))
    """,
    ),
]
