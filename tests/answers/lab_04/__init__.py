"""Answers to lab 04, prefill-vs-decode."""

from answers import Answer
from answers.lab_04.card_and_workload import ARITHMETIC_INTENSITY, PREDICT, RIDGE_POINT
from answers.lab_04.decode_step import DECODE_STEP_SECONDS, LEVER_SPEEDUP
from answers.lab_04.regime import REGIME
from answers.lab_04.serving import CRITICAL_BATCH_SIZE, MAX_DECODE_TOKENS_PER_SECOND
from answers.lab_04.styles import STYLES

ANSWERS: list[Answer] = [
    *PREDICT,
    *RIDGE_POINT,
    *ARITHMETIC_INTENSITY,
    *REGIME,
    *MAX_DECODE_TOKENS_PER_SECOND,
    *CRITICAL_BATCH_SIZE,
    *DECODE_STEP_SECONDS,
    *LEVER_SPEEDUP,
    *STYLES,
]

# exercise -> the exercises whose functions its own may call.
BUILT_ON: dict[str, tuple[str, ...]] = {
    "regime": ("ridge_point", "arithmetic_intensity"),
    "critical_batch_size": ("ridge_point", "arithmetic_intensity"),
    "lever_speedup": ("decode_step_seconds",),
}
