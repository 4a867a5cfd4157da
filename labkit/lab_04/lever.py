"""Exercise 7, what a lever does to a decode step: what wrong speed-ups say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.call import AnswerRaised
from labkit.check import Call, Check
from labkit.failure import CheckFailed
from labkit.kinds import real_number
from labkit.lab_04.cards import FULL_A100
from labkit.lab_04.numbers import NumberExercise


@dataclass(frozen=True, kw_only=True)
class LeverExercise(NumberExercise):
    """lever_speedup: takes two dicts; each call gets copies, so that no answer changes the examples."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> "LeverCall":
        return LeverCall(check, args, named)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        text, why = str(failure.error), None
        if "decode_step_seconds() missing" in text:
            why = (
                "decode_step_seconds did not get all the arguments of a step",
                "pass a whole step, with the changed values in it",
            )
        elif "multiple values for" in text:
            why = "a changed argument is passed twice", "merge the two dicts first, then unpack one"
        return CheckFailed(failure.what, *why, failure.where) if why else super().raised(call, failure)

    def show(self, argument: Any) -> str:
        if argument == FULL_A100:
            return "FULL_A100"
        return "{" + ", ".join(f"{name!r}: {value:g}" for name, value in argument.items()) + "}"


class LeverCall(Call):
    """One call of lever_speedup(step, changes)."""

    def answer(self) -> Any:
        whole = self.args
        self.args = tuple(dict(argument) for argument in whole)
        try:
            return super().answer()
        finally:
            self.args = whole


FLOPS, BANDWIDTH = {"peak_flops": 624e12}, {"bandwidth": 4e12}
RATIO = "divide the time of a step before by the time after"
ONE_LEVER = ("only one of the two levers counts", "print the arguments of the step after the changes")

LEVER_SPEEDUP = LeverExercise(
    read=real_number,
    probes=((FULL_A100, FLOPS), (FULL_A100, BANDWIDTH), (FULL_A100, FLOPS | BANDWIDTH)),
    mistakes={
        (1.124712, 1.565914, 1.761203): (
            "each lever alone is right, but a card that is twice as fast at everything comes out below 2x",
            "write down the three times of the step on paper: before, with one lever, and with both",
        ),
        (0.889117, 0.638604, 0.5): ("the ratio is upside down", RATIO),
        (1.124712, 1.565914, 1.124712): ONE_LEVER,
        (1.124712, 1.565914, 1.565914): ONE_LEVER,
        (1.124712, 1.565914, 2.249424): ("each ratio starts from the unchanged step, but the changes pile up", RATIO),
        (1.124712, 1.565914, 2.690627): ("the speed-ups of the two levers are added", RATIO),
        (1.124712, 1.565914, 1.690627): ("the gains of the two levers are added", RATIO),
        (1.124712, 1.565914, 1.345313): ("this is the mean of the two levers", RATIO),
        (1, 1, 1): (
            "the changes have no effect: the same step is timed twice, or both times are taken after the change",
            "print the arguments of both steps",
        ),
        (0.124712, 0.565914, 1): ("this is the gain, and the task asks for the ratio", RATIO),
        (112.4712, 156.5914, 200): ("this is in percent", "return 2 for a step that takes half as long"),
        (12.4712, 56.5914, 100): ("this is the gain in percent", "return 2 for a step that takes half as long"),
        (0.00535346, 0.0174483, 0.0241402): ("these are the seconds saved", RATIO),
        (0.0429269, 0.0308321, 0.0241402): ("this is the time after the change", RATIO),
        (6056.8, 8432.7, 10770.4): ("these are tokens per second after the change", RATIO),
    },
    otherwise=("before and after are not the times of the whole step", "print both times, in milliseconds"),
    hidden=(
        "two levers together are not the step with both changes, or one lever has a rule of its own",
        "try two levers on a batch of one user, and on a large one",
    ),
)
