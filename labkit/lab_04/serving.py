"""Exercises 4 and 5, the speed of one user and the size of a crowd: what wrong numbers say."""

from typing import Any

from labkit.check import Call, Why
from labkit.failure import CheckFailed
from labkit.kinds import real_number
from labkit.lab_04.card_and_workload import A100_FIGURES, IN_BYTES
from labkit.lab_04.numbers import NumberExercise

NO_FLOPS = "divide the bandwidth, and leave FLOP/s alone"
WEIGHT_BYTES = "compute the weights' bytes first: 16 GB here"
NO_PREFIX = "use bytes, without a prefix"
CONVERTED = "use bytes, without a prefix: nothing has to be converted"

NO_EFFECT = ("bytes_per_param has no effect, or the wrong one", "half the bytes, twice the speed")
MAX_DECODE_SPEED = NumberExercise(
    unit="tokens per second",
    wrong={
        (8e9, 2, 2.0e12): {
            19500: ("this is what the arithmetic would allow; one user waits for the memory", NO_FLOPS),
            39000: (
                "this is what the arithmetic would allow, with a multiply-add as one FLOP; one user waits for memory",
                NO_FLOPS,
            ),
            250: ("the bytes of a parameter are ignored", WEIGHT_BYTES),
            62.5: ("there is a 2 too many: the FLOPs of a multiply-add do not matter here", WEIGHT_BYTES),
            500: ("the bytes of a parameter stand on the wrong side", "more bytes per parameter make a trip slower"),
            15.625: ("bits for bytes: one trip is taken as 8 times too large", IN_BYTES),
            1000: ("bits for bytes: the bandwidth is multiplied by 8", "the bandwidth is in bytes per second"),
            0.008: ("this is the time of one token, in seconds", "ask how many of them fit into one second"),
            8: ("this is the time of one token, in milliseconds", "ask how many of them fit into one second"),
            3.2e22: ("bandwidth and weights are multiplied", "ask how often the weights can be loaded in a second"),
            125 / 1.024**3: ("a mixture of GB and GiB", CONVERTED),
            125 * 1.024**3: ("a mixture of GB and GiB", CONVERTED),
            125 / 1.024**4: ("a mixture of TB and TiB", CONVERTED),
            125 * 1.024**4: ("a mixture of TB and TiB", CONVERTED),
            125e-9: ("the bandwidth is converted into GB/s, and the weights are not", NO_PREFIX),
            125e9: ("the weights are converted into GB, and the bandwidth is not", NO_PREFIX),
        }
    },
    elsewhere={
        (8e9, 1, 2.0e12): NO_EFFECT,
        (70e9, 0.5, 2.0e12): (
            "the bytes of one trip are not what the task says: half a byte is rounded away or up",
            "print the bytes of one trip",
        ),
    },
    otherwise=("the bytes of one trip are not what the task says", "compute the weights' bytes first, then divide"),
    hidden=(
        "an example value is hard-coded, or the result is rounded",
        "check that the result depends on all three arguments",
    ),
)


def whole_batch(call: str, answer: Any) -> int:
    """`answer` as a plain int; a float without a fraction is right, too."""
    number = real_number(call, answer)
    if number != int(number):
        raise CheckFailed(
            f"{call} returned a batch of {number:g}; a whole number was expected.",
            "the result is not rounded",
            "a batch has whole users; ask which neighboring whole number is the first that is enough",
        )
    return int(number)


class BatchExercise(NumberExercise):
    """critical_batch_size: one user too many or too few tells how it was rounded."""

    def explain(self, call: Call, value: float, expected: float) -> Why:
        if call.args[:2] != A100_FIGURES:
            if value == expected - 1:
                return "the result is rounded down or to the nearest, where the card is still memory-bound", "round up"
            if value == expected + 1:
                return "the result is one too many", "round up, and add nothing"
            if value == 156:
                return "the batch of the A100 is written into the code", "compute it from the arguments"
        return super().explain(call, value, expected)


SOLVE = "set your arithmetic_intensity equal to the ridge, and solve for the tokens"
CRITICAL_BATCH = BatchExercise(
    read=whole_batch,
    rounded=None,
    unit="users",
    wrong={
        (*A100_FIGURES, 2): {
            312: ("a multiply-add is counted as one FLOP, so that twice as many tokens seem to be needed", SOLVE),
            624: ("the 2 that should divide multiplies by it", SOLVE),
            78: ("bytes_per_param is left out, or divides where it should multiply", SOLVE),
            39: ("bytes_per_param divides, and the 2 divides once more", SOLVE),
            157: ("one user too many: at the ridge itself a step is compute-bound", "round up, and add nothing"),
            155: ("one user too few", "check it with your is_compute_bound"),
            1: ("the ridge is upside down, or missing", "print the ridge of this card"),
            1248: ("bits for bytes", IN_BYTES),
            20: ("bits for bytes", IN_BYTES),
            168: ("a mixture of GB and GiB", "use the bandwidth as it is"),
            146: ("a mixture of GB and GiB", "use the bandwidth as it is"),
        },
        (*A100_FIGURES, 1): {
            312: (
                "the wrong direction: fewer bytes in a trip leave less time to compute, so fewer users fill the card",
                "multiply by the bytes, do not divide",
            ),
            156: ("bytes_per_param has no effect", "use it: 8-bit weights make a trip half as long"),
            39: ("bytes_per_param counts twice", "use it once"),
        },
    },
    elsewhere={
        (64, 4): (
            "a figure of the A100 is written into the code, or the default of bytes_per_param is no longer 2",
            "compute the toy card of the table by hand",
        )
    },
    otherwise=("the batch does not bring the intensity up to the ridge", SOLVE),
    hidden=(
        "an example value is hard-coded, or something is rounded before the end",
        "check that the result depends on all three arguments, also for weights of four bits",
    ),
)
