"""Answers to lab 01, kv-cache-speedup."""

from answers import Answer
from answers.lab_01.attention_step import ATTENTION_STEP
from answers.lab_01.chat import CHAT_TURN
from answers.lab_01.counting import PREDICT, WORK_WITH_CACHE, WORK_WITHOUT_CACHE
from answers.lab_01.generation import GENERATE_WITH_CACHE, GENERATE_WITHOUT_CACHE
from answers.lab_01.styles import STYLES

ANSWERS: list[Answer] = [
    *PREDICT,
    *WORK_WITHOUT_CACHE,
    *WORK_WITH_CACHE,
    *ATTENTION_STEP,
    *GENERATE_WITHOUT_CACHE,
    *GENERATE_WITH_CACHE,
    *CHAT_TURN,
    *STYLES,
]
