"""Exercise 3, which side of the ridge: what wrong sides and shares say."""

from dataclasses import dataclass
from typing import Any

from labkit.check import Call, Exercise
from labkit.kinds import yes_or_no
from labkit.lab_04.card_and_workload import A100_FIGURES
from labkit.lab_04.numbers import PROVIDED, NumberExercise

TOY_FIGURES = (64, 4)
# Arguments of the visible examples -> FLOPs per byte of the step and of the ridge, for the message.
FLOPS_PER_BYTE = {
    (1, 2, *A100_FIGURES): (1, 156),
    (155, 2, *A100_FIGURES): (155, 156),
    (157, 2, *A100_FIGURES): (157, 156),
    (2048, 2, *A100_FIGURES): (2048, 156),
    (100, 1, *A100_FIGURES): (200, 156),
    (200, 4, *A100_FIGURES): (100, 156),
    (20, 2, *TOY_FIGURES): (20, 16),
    (16, 2, *TOY_FIGURES): (16, 16),
}


@dataclass(frozen=True, kw_only=True)
class SideExercise(Exercise):
    """is_compute_bound: True or False. The pattern over all the visible examples tells how it was decided."""

    read: Any = yes_or_no
    provided: Any = PROVIDED

    def compared(self, call: Call, value: bool, expected: bool) -> str:
        text = f"{call} returned {value}, expected {expected}."
        if call.args in FLOPS_PER_BYTE:
            step, ridge = FLOPS_PER_BYTE[call.args]
            text += f" FLOPs per byte: {step:,} in the step, {ridge} at the ridge ({step / ridge:.2f}x)."
        return text

    def fingerprint(self, check: Any) -> str | None:
        found = super().fingerprint(check)
        return found and "".join("FT"[answer] for answer in found)

    def show(self, argument: Any) -> str:
        return f"{argument:g}" if isinstance(argument, float) else super().show(argument)


WRONG_WAY = ("the comparison is the wrong way round", "compute-bound means much arithmetic for each byte")
COMPARE = "print the intensity, and compare it with the one in this message"
EVERY_ARGUMENT = (
    "an example value is hard-coded, or something is rounded or added on the way",
    "check that the result depends on all four arguments",
)

IS_COMPUTE_BOUND = SideExercise(
    probes=tuple(FLOPS_PER_BYTE),
    mistakes={
        "FFTTTFTF": ("a strict >, while at the ridge itself the result is True", "use >="),
        "FFTTTFFF": ("the ridge of the A100 is written into the code", "compute the ridge from the arguments"),
        "TTFFFTFT": WRONG_WAY,
        "TTFFFTFF": WRONG_WAY,
        "TTTTTTTT": (
            "every step counts as compute-bound: the ridge is upside down or in other units, or nothing is compared",
            "print the intensity and the ridge before you compare",
        ),
        "FFFFFFFF": (
            "no step counts as compute-bound: one of the two is upside down or in other units, or nothing is compared",
            "print the intensity and the ridge before you compare",
        ),
        "FFFTFFFF": ("the intensity is too small: a multiply-add as one FLOP, or bits for bytes", COMPARE),
        "FTTTTTTT": ("bytes_per_param is ignored, or multiplies where it should divide", COMPARE),
        "FFTTFTTT": (
            "the tokens themselves are compared with the ridge: bytes_per_param is ignored",
            "compare the intensity with the ridge",
        ),
    },
    otherwise=("intensity and ridge are not what is compared", "print both before you compare"),
    hidden=EVERY_ARGUMENT,
)

INTENSITY_1 = "print the intensity: it is 1 FLOP per byte here"
COMPUTE_UTILIZATION = NumberExercise(
    unit="of the peak",
    wrong={
        (1, 2, *A100_FIGURES): {
            100 / 156: ("this is in percent", "return a share from 0 to 1"),
            0.5 / 156: ("a multiply-add is counted as one FLOP", INTENSITY_1),
            2 / 156: ("the bytes of a parameter are ignored, or FLOPs are counted twice", INTENSITY_1),
            4 / 156: ("the bytes of a parameter stand above the line", INTENSITY_1),
            0.125 / 156: ("bits for bytes", INTENSITY_1),
            8 / 156: ("bits for bytes", INTENSITY_1),
            1: (
                "ridge and intensity are upside down, max stands for min, or the ridge is missing",
                "print the share before you limit it",
            ),
            156: ("ridge and intensity are upside down", "divide the workload's number by the card's"),
            100: (
                "this is in percent, and ridge and intensity are upside down or max stands for min",
                "print the share before you limit it",
            ),
            0: ("the result is rounded down, or `//` stands for `/`", "divide with `/`, without rounding"),
        },
        (2048, 2, *A100_FIGURES): {
            2048 / 156: (
                "the share is not limited: no step uses more than the whole card",
                "take the smaller of the share and 1",
            ),
        },
    },
    elsewhere={
        (39, 1, *A100_FIGURES): (
            "bytes_per_param does not enter as it should",
            "print the intensity for 1, 2 and 4 bytes",
        ),
        (4, 2, *TOY_FIGURES): (
            "the ridge of the A100 is written into the code",
            "compute the ridge from the arguments",
        ),
    },
    otherwise=("the share is not intensity over ridge", "compute the toy card by hand"),
    hidden=EVERY_ARGUMENT,
)
