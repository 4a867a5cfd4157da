"""Exercises 6 and 7: the time of a whole decode step, and the speed-up of a lever."""

from answers import Answer, right, wrong
from answers.lab_04.one_liners import OneLiners

_ARGUMENTS = "batch, context, n_params, kv_bytes_per_token, peak_flops, bandwidth, bytes_per_param=2"
_KV = "batch * context * kv_bytes_per_token / bandwidth"
_FLOPS = "2 * n_params * batch / peak_flops"
_TRIP = "n_params * bytes_per_param / bandwidth"
_MATMULS = f"max({_FLOPS}, {_TRIP})"
_STEP = f"{_KV} + {_MATMULS}"

_step = OneLiners("decode_step_seconds", _ARGUMENTS)
DECODE_STEP_SECONDS = [
    *_step.rights(
        {
            "one expression": _STEP,
            "numpy": f"np.maximum({_FLOPS}, {_TRIP}) + np.float64({_KV})",
            "float32": f"np.float32({_KV}) + np.float32({_MATMULS})",
            "two sums compared": f"max({_KV} + {_FLOPS}, {_KV} + {_TRIP})",
            "bytes first": f"(batch * context * kv_bytes_per_token + bandwidth * {_MATMULS}) / bandwidth",
            "an array without axes": f"np.array({_STEP})",
        }
    ),
    right(
        "decode_step_seconds",
        "with the earlier functions",
        f"""
        def decode_step_seconds({_ARGUMENTS}):
            if is_compute_bound(batch, bytes_per_param, peak_flops, bandwidth):
                matmuls = 2 * n_params * batch / peak_flops
            else:
                matmuls = 1 / max_decode_tokens_per_second(n_params, bytes_per_param, bandwidth)
            return matmuls + batch * context * kv_bytes_per_token / bandwidth
    """,
    ),
    right(
        "decode_step_seconds",
        "user by user",
        f"""
        def decode_step_seconds({_ARGUMENTS}):
            seconds = max(2 * batch * n_params / peak_flops, bytes_per_param * n_params / bandwidth)
            for _ in range(batch):
                seconds += context * kv_bytes_per_token / bandwidth
            return seconds
    """,
    ),
    *_step.wrongs(
        {
            "one maximum over the whole step": (f"max({_FLOPS}, {_KV} + {_TRIP})", "one maximum over the whole step"),
            "attention overlaps with arithmetic": (f"max({_KV}, {_FLOPS}) + {_TRIP}", "overlaps with the arithmetic"),
            "the longest of three": (f"max({_KV}, {_FLOPS}, {_TRIP})", "only the longest of three"),
            "the sum of three": (f"{_KV} + {_FLOPS} + {_TRIP}", "all three times are added"),
            "the smaller half": (f"{_KV} + min({_FLOPS}, {_TRIP})", "the smaller of two times"),
            "without the trip": (f"{_KV} + {_FLOPS}", "the trip of the weights is missing"),
            "without arithmetic": (f"{_KV} + {_TRIP}", "the arithmetic is missing"),
            "arithmetic of one user": (f"{_KV} + max(2 * n_params / peak_flops, {_TRIP})", "does not grow"),
            "a multiply-add as one FLOP": (f"{_KV} + max({_FLOPS} / 2, {_TRIP})", "counted as one FLOP"),
            "one cache for all": (f"{_KV} / batch + {_MATMULS}", "read once for all users"),
            "one user": (f"{_KV} / batch + max({_FLOPS} / batch, {_TRIP})", "counted for one user"),
            "without the cache": (_MATMULS, "the KV cache is missing"),
            "without the context": (f"{_KV} / context + {_MATMULS}", "the context is missing"),
            "a trip for each user": (f"{_KV} + max({_FLOPS}, batch * {_TRIP})", "each user makes a trip"),
            "16 bits, always": (f"{_KV} + max({_FLOPS}, 2 * n_params / bandwidth)", "has no effect"),
            "bytes ignored": (f"{_KV} + max({_FLOPS}, n_params / bandwidth)", "bytes of a parameter are ignored"),
            "K and V once more": (f"2 * {_KV} + {_MATMULS}", "counted twice"),
            "the cache in the weights' bytes": (
                f"bytes_per_param * {_KV} + {_MATMULS}",
                "multiplied by bytes_per_param",
            ),
            "one token more": (f"{_KV} * (context + 1) / context + {_MATMULS}", "one token longer"),
            "milliseconds": (f"1000 * ({_STEP})", "in milliseconds"),
            "per user": (f"({_STEP}) / batch", "divided by the users"),
            "tokens per second": (f"batch / ({_STEP})", "tokens per second"),
            "steps per second": (f"1 / ({_STEP})", "steps per second"),
            "bits for bytes": (f"({_KV} + max(8 * {_FLOPS}, {_TRIP})) / 8", "bits for bytes"),
            "peak and bandwidth swapped": (
                "batch * context * kv_bytes_per_token / peak_flops"
                " + max(2 * n_params * batch / bandwidth, n_params * bytes_per_param / peak_flops)",
                "swapped",
            ),
            "bytes by the peak": (f"{_KV} * bandwidth / peak_flops + {_MATMULS}", "divided by the peak"),
            "every token of the context through the weights": (
                f"{_KV} + max({_FLOPS} * context, {_TRIP})",
                "grows with the context",
            ),
            "a product": (f"{_KV} * {_MATMULS}", "not put together"),
            "hard-coded": (
                "{(4, 10): 64 if bytes_per_param == 1 else 88, (64, 1): 256}.get((batch, context), 0.04828038)",
                "wrong for another batch, model or card",
            ),
            "the A100's ridge": (
                f"{_KV} + ({_FLOPS} if batch >= 16 * bytes_per_param / 2 else {_TRIP})"
                " if peak_flops == 64 else 0.04828038",
                "wrong for another batch, model or card",
            ),
        }
    ),
    *_step.unfinished(_STEP),
    wrong(
        "decode_step_seconds",
        "the default is gone",
        "no default any more",
        f"""
        def decode_step_seconds({_ARGUMENTS.removesuffix("=2")}):
            return {_STEP}
    """,
    ),
]

_BODY = "decode_step_seconds(**step)", "decode_step_seconds(**{**step, **changes})"
_ONE_BY_ONE = """
def lever_speedup(step, changes):
    before = decode_step_seconds(**step)
    speedups = [before / decode_step_seconds(**{{**step, name: value}}) for name, value in changes.items()]
    return {result}
"""
_lever = OneLiners("lever_speedup", "step, changes")


def _one_by_one(name: str, message: str, result: str) -> Answer:
    return wrong("lever_speedup", name, message, _ONE_BY_ONE.format(result=result))


LEVER_SPEEDUP = [
    *_lever.rights(
        {
            "both steps": f"{_BODY[0]} / {_BODY[1]}",
            "merged by |": "decode_step_seconds(**step) / decode_step_seconds(**(step | changes))",
            "numpy": f"np.divide({_BODY[0]}, {_BODY[1]})",
        }
    ),
    right(
        "lever_speedup",
        "repaired in place",
        """
        def lever_speedup(step, changes):
            before = decode_step_seconds(**step)
            after = dict(step)
            for name, value in changes.items():
                after[name] = value
            return before / decode_step_seconds(**after)
    """,
    ),
    right(
        "lever_speedup",
        "the caller's dict changed after the first time is taken",
        """
        def lever_speedup(step, changes):
            before = decode_step_seconds(**step)
            step.update(changes)
            return before / decode_step_seconds(**step)
    """,
    ),
    right(
        "lever_speedup",
        "lever by lever, each on top of the last",
        """
        def lever_speedup(step, changes):
            speedup, now = 1.0, step
            for name, value in changes.items():
                after = {**now, name: value}
                speedup *= decode_step_seconds(**now) / decode_step_seconds(**after)
                now = after
            return speedup
    """,
    ),
    wrong(
        "lever_speedup",
        "as it was handed out",
        "comes out below 2x",
        """
        def lever_speedup(step, changes):
            before = decode_step_seconds(**step)
            speedup = 1.0
            for name, value in changes.items():
                after = decode_step_seconds(**{**step, name: value})
                speedup *= before / after
            return speedup
    """,
    ),
    wrong(
        "lever_speedup",
        "the changes pile up",
        "the changes pile up",
        """
        def lever_speedup(step, changes):
            before, speedup = decode_step_seconds(**step), 1.0
            for name, value in changes.items():
                step[name] = value
                speedup *= before / decode_step_seconds(**step)
            return speedup
    """,
    ),
    wrong(
        "lever_speedup",
        "only the changes passed",
        "did not get all the arguments of a step",
        """
        def lever_speedup(step, changes):
            return decode_step_seconds(**step) / decode_step_seconds(**changes)
    """,
    ),
    wrong(
        "lever_speedup",
        "both dicts unpacked",
        "merge the two dicts first",
        """
        def lever_speedup(step, changes):
            return decode_step_seconds(**step) / decode_step_seconds(**step, **changes)
    """,
    ),
    _one_by_one("added", "of the two levers are added", "sum(speedups) if speedups else 1"),
    _one_by_one("gains added", "gains of the two levers are added", "1 + sum(s - 1 for s in speedups)"),
    _one_by_one("the mean", "the mean of the two", "float(np.mean(speedups)) if speedups else 1"),
    _one_by_one("the best lever", "only one of the two levers", "max([1, *speedups])"),
    _one_by_one("the first lever", "only one of the two levers", "[*speedups, 1][0]"),
    _one_by_one("the last lever", "only one of the two levers", "[1, *speedups][-1]"),
    *_lever.wrongs(
        {
            "upside down": (f"{_BODY[1]} / {_BODY[0]}", "upside down"),
            "the same step twice": (f"{_BODY[0]} / {_BODY[0]}", "the changes have no effect"),
            "the gain": (f"{_BODY[0]} / {_BODY[1]} - 1", "this is the gain, and"),
            "percent": (f"100 * {_BODY[0]} / {_BODY[1]}", "in percent"),
            "the gain in percent": (f"100 * ({_BODY[0]} / {_BODY[1]} - 1)", "the gain in percent"),
            "seconds saved": (f"{_BODY[0]} - {_BODY[1]}", "the seconds saved"),
            "the time after": (_BODY[1], "the time after"),
            "tokens per second": (f"step['batch'] / {_BODY[1]}", "tokens per second"),
            "rounded": (f"round({_BODY[0]} / {_BODY[1]}, 2)", "the result is rounded"),
            "hard-coded": (
                "{('peak_flops',): 1.124712, ('bandwidth',): 1.565914, ('peak_flops', 'bandwidth'): 2,"
                " ('peak_flops', 'bytes_per_param'): 1.160907}.get(tuple(changes), 1)",
                "wrong for another step or other levers",
            ),
            "always as long as the A100": (
                f"0.04828037802666667 / {_BODY[1]}",
                "wrong for another step or other levers",
            ),
        }
    ),
    wrong(
        "lever_speedup",
        "the dict changed before the first time is taken",
        "the changes have no effect",
        """
        def lever_speedup(step, changes):
            step.update(changes)
            after = step
            return decode_step_seconds(**step) / decode_step_seconds(**after)
    """,
    ),
    *_lever.unfinished(f"{_BODY[0]} / {_BODY[1]}"),
]
