"""What common proposals do to decode and to prefill, computed by the student's decode_step_seconds."""

from collections.abc import Callable
from typing import Any

from labkit.failure import CheckFailed
from labkit.lab_04.cards import FULL_A100, model
from labkit.prediction import check_guess, reveal

Changes = dict[str, float]
PROMPT: Changes = {"batch": 2048, "context": 0}  # a prefill passes the weights like 2,048 users without a cache
CACHE_BYTES = model()["kv_bytes_per_token"]
FASTER: Changes = {"peak_flops": 2 * FULL_A100["peak_flops"]}
WIDER: Changes = {"bandwidth": 2 * FULL_A100["bandwidth"]}
LEVERS: list[tuple[str, Changes]] = [
    ("weights of 8 bits, multiplied in 16", {"bytes_per_param": 1}),
    ("weights of 4 bits, multiplied in 16", {"bytes_per_param": 0.5}),
    ("weights and activations of 8 bits", {"bytes_per_param": 1} | FASTER),
    ("FP8 KV cache", {"kv_bytes_per_token": CACHE_BYTES // 2}),
    ("twice the FLOP/s", FASTER),
    ("twice the bandwidth", WIDER),
]
GUESSES = ("guess_flops", "guess_bandwidth", "guess_fp8_kv")  # the variables in the notebook
REASONS = (
    "The matmuls' arithmetic halves, until loading the weights ({trip:.1f} ms) is the limit.",
    "The KV cache is read in half the time; the matmuls wait for arithmetic.",
    "As with twice the bandwidth: half the bytes of the cache.",
)


def reveal_levers(decode_step_seconds: Callable[..., Any], *guesses: Any) -> None:
    """Answer the guesses for three levers on a full A100: twice the FLOP/s, twice the bandwidth, an FP8 KV cache."""
    print()
    if any(guess is ... for guess in guesses):
        print("Next step: type three numbers in place of `...`, and run this cell again; each gets its answer here.")
        return
    try:
        for name, guess in zip(GUESSES, guesses):
            check_guess(name, guess)
    except CheckFailed as failure:
        print(failure)  # not raised: the cell goes on to tables and sliders
        return
    before = decode_step_seconds(*FULL_A100.values())
    trip = 1e3 * decode_step_seconds(*(FULL_A100 | {"batch": 1, "context": 0}).values())
    for guess, name, why in zip(guesses, ("twice the FLOP/s", "twice the bandwidth", "FP8 KV cache"), REASONS):
        after = decode_step_seconds(*(FULL_A100 | dict(LEVERS)[name]).values())
        reveal(f"{name}, times as fast", guess, before / after, why.format(trip=trip))


def compare_levers(decode_step_seconds: Callable[..., Any], users: int = 16) -> None:
    """Print the speed-up of each lever for a small batch, for a full A100, and for a prefill of 2,048 tokens."""

    def seconds(**changes: float) -> float:
        took: float = decode_step_seconds(*(FULL_A100 | changes).values())
        return took

    small: Changes = {"batch": users}
    full: Changes = {}
    print()
    print(f"{'lever':<37}{f'{users} users':>10}{'full card':>11}{'prefill':>9}")
    for name, changes in LEVERS:
        gains = [seconds(**work) / seconds(**(work | changes)) for work in (small, full, PROMPT)]
        print(f"{name:<37}{gains[0]:>9.2f}x{gains[1]:>10.2f}x{gains[2]:>8.2f}x")

    cache = seconds(**small) - seconds(batch=users, context=0)
    checked, mixed = (cache + seconds(batch=tokens, context=0) for tokens in (5 * users, users + 128))
    four_times = 4 * seconds(**small) / seconds(batch=4 * users)
    print(f"{'4 times the batch, tokens per second':<37}{four_times:>9.2f}x")
    print(f"{'speculative decoding':<37}{4 * seconds(**small) / checked:>9.2f}x   (see below)")
    print(f"{'128 prompt tokens in the same step':<37}{seconds(**small) / mixed:>9.2f}x   (chunked prefill)")
    print("Speculative decoding: 3 of 4 guesses accepted, plus one token of its own; draft not counted.")
    limit = _limit(2 * FULL_A100["n_params"], FULL_A100["context"])
    print(f"Prefill is without its attention. Blended intensity of a decode step: {limit:.1f} at most.")


def _limit(weight_bytes: float, context: float, query_heads_per_kv_head: int = 4) -> float:
    """FLOPs per byte of a whole decode step for a batch without end: its arithmetic in attention, and the weights'."""
    return query_heads_per_kv_head + weight_bytes / (CACHE_BYTES * context)
