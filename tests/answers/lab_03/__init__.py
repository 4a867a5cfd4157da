"""Answers to lab 03, sampling-basics."""

from answers import Answer
from answers.lab_03.nucleus_draw import NUCLEUS_DRAW
from answers.lab_03.sample import SAMPLE
from answers.lab_03.softmax import PREDICT, SOFTMAX
from answers.lab_03.styles import STYLES
from answers.lab_03.temperature import APPLY_TEMPERATURE
from answers.lab_03.top_k import TOP_K_MASK
from answers.lab_03.top_p import TOP_P_MASK

ANSWERS: list[Answer] = [
    *PREDICT,
    *SOFTMAX,
    *APPLY_TEMPERATURE,
    *TOP_K_MASK,
    *TOP_P_MASK,
    *SAMPLE,
    *NUCLEUS_DRAW,
    *STYLES,
]

# An exercise -> the exercises that its answer may call, so that a mistake there can cost points here too.
BUILT_ON = {
    "top_p_mask": ("softmax",),
    "sample": ("softmax", "apply_temperature", "top_k_mask", "top_p_mask"),
    "nucleus_draw": ("softmax", "top_p_mask"),
}
