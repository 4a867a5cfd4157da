"""Answers to lab 05, engine-step."""

from answers import Answer
from answers.lab_05.engine_step import ENGINE_STEP
from answers.lab_05.finish_reason import FINISH_REASON
from answers.lab_05.is_sampled import IS_SAMPLED
from answers.lab_05.tokens_to_compute import NUM_TOKENS_TO_COMPUTE, PREDICT

ANSWERS: list[Answer] = [*PREDICT, *NUM_TOKENS_TO_COMPUTE, *IS_SAMPLED, *FINISH_REASON, *ENGINE_STEP]
