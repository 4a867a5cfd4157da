"""Exercises 1 and 2, the card's number and the workload's number: what wrong numbers say."""

from labkit.check import Call, Why
from labkit.lab_04.numbers import NumberExercise

A100_FIGURES = (312e12, 2.0e12)
KEEP_PEAK = "use the peak as it is"
NO_PREFIX = "use both figures as they are, without a prefix"
UNITS = "ask which operation turns FLOP/s and bytes/s into FLOPs per byte"
BANDWIDTH_IN_BYTES = "use the bandwidth as it is: it is in bytes per second"
POWERS_OF_TWO = (
    "one of the two figures is converted with powers of two, the other with powers of ten",
    "use both as they are: this lab's bandwidth and FLOP/s are decimal",
)

RIDGE_POINT = NumberExercise(
    unit="FLOPs per byte",
    wrong={
        A100_FIGURES: {
            1 / 156: ("the fraction is upside down: this is bytes per FLOP", "put the figure in FLOP/s on top"),
            78: (
                "the ridge is halved, as if a multiply-add were one FLOP; the peak of a data sheet counts two already",
                KEEP_PEAK,
            ),
            312: (
                "the ridge is doubled: multiply-adds are counted twice, or by the peak with sparsity",
                KEEP_PEAK,
            ),
            6.24e26: ("peak and bandwidth are multiplied", UNITS),
            3.14e14: ("peak and bandwidth are added", UNITS),
            19.5: ("bits for bytes: the bandwidth is multiplied by 8", BANDWIDTH_IN_BYTES),
            1248: ("bits for bytes: the bandwidth is divided by 8", BANDWIDTH_IN_BYTES),
            156e9: ("the bandwidth is converted into GB/s, and the peak is not", NO_PREFIX),
            156e12: ("the bandwidth is converted into TB/s, and the peak is not", NO_PREFIX),
            156e-12: ("the peak is converted into TFLOP/s, and the bandwidth is not", NO_PREFIX),
            156e-9: ("the peak is converted into GFLOP/s, and the bandwidth is not", NO_PREFIX),
            0.156: ("the peak is in TFLOP/s, the bandwidth in GB/s", NO_PREFIX),
            156 * 2**30: ("the bandwidth is converted into GiB/s, and the peak is not", NO_PREFIX),
            156 * 2**40: ("the bandwidth is converted into TiB/s, and the peak is not", NO_PREFIX),
            156 * 1.024**3: POWERS_OF_TWO,
            156 / 1.024**3: POWERS_OF_TWO,
            156 * 1.024**4: POWERS_OF_TWO,
            156 / 1.024**4: POWERS_OF_TWO,
        }
    },
    otherwise=("the result does not depend on both arguments as it should", "compute the toy card's ridge by hand"),
    hidden=(
        "a card's figure is hard-coded, or the result is rounded",
        "try a card with small whole numbers and check the result by hand",
    ),
)

ONE_PARAMETER = "write down the FLOPs and the bytes of ONE parameter, side by side"
IN_BYTES = "bytes_per_param is already in bytes"


class IntensityExercise(NumberExercise):
    """arithmetic_intensity: a result that is off by billions has the number of parameters in it."""

    def explain(self, call: Call, value: float, expected: float) -> Why:
        if value > 1e6 or 0 < value < 1e-6:
            return "the number of parameters is still in it", "both FLOPs and bytes grow with it: it cancels"
        return super().explain(call, value, expected)


ARITHMETIC_INTENSITY = IntensityExercise(
    unit="FLOPs per byte",
    wrong={
        (20, 4): {
            5: ("a multiply-add is counted as one FLOP", "count the multiplication and the addition"),
            40: ("the bytes of a parameter are ignored", "divide by the bytes that one parameter loads"),
            20: (
                "bytes_per_param is taken as 2 whatever it is, or each multiply-add is counted as four FLOPs",
                ONE_PARAMETER,
            ),
            160: ("the result is multiplied by the bytes of a parameter", "FLOPs per byte: divide by the bytes"),
            80: ("the bytes stand above the line, or bits were taken for bytes", ONE_PARAMETER),
            1.25: ("bits for bytes: the result is divided by 8 once more", IN_BYTES),
            0.625: ("bits for bytes, and a multiply-add is counted as one FLOP", IN_BYTES),
            0.1: ("the fraction is upside down: this is bytes per FLOP", "put the FLOPs on top"),
            0.2: ("the fraction is upside down, and a multiply-add is counted as one FLOP", "put the FLOPs on top"),
            0.5: (
                "the number of tokens is missing, as if each token loaded the weights again",
                "the tokens of a step share one trip",
            ),
            0.025: (
                "the bytes grow with the tokens, and the FLOPs do not; it is the other way round",
                "read the columns of the toy table",
            ),
        },
        (7,): {3.5: ("the default of bytes_per_param is no longer 2", "put `bytes_per_param=2` back")},
    },
    otherwise=("FLOPs and bytes of one parameter are not what the task says", "compute a row of the toy table by hand"),
    elsewhere={(7,): ("the default of bytes_per_param is no longer 2", "put `bytes_per_param=2` back")},
    hidden=(
        "an example value is hard-coded, or half a byte is rounded away",
        "check that the result depends on both arguments, also for weights of four bits",
    ),
)
