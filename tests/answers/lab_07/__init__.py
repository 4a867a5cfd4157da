"""Answers to lab 07, continuous-batching."""

from answers import Answer
from answers.lab_07.gap import LONGEST_GAP
from answers.lab_07.predict import PREDICT
from answers.lab_07.schedule import SCHEDULE
from answers.lab_07.steps import CONTINUOUS_STEPS, STATIC_STEPS
from answers.lab_07.victim import VICTIM

ANSWERS: list[Answer] = [*PREDICT, *STATIC_STEPS, *CONTINUOUS_STEPS, *SCHEDULE, *VICTIM, *LONGEST_GAP]
