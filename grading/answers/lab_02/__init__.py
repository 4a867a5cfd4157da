"""Answers to lab 02, kv-memory-calculator."""

from grading.answers import Answer
from grading.answers.lab_02.capacity import MAX_CONCURRENT_SEQUENCES
from grading.answers.lab_02.predict import PREDICT
from grading.answers.lab_02.sequence import KV_BYTES_PER_SEQUENCE
from grading.answers.lab_02.token import KV_BYTES_PER_TOKEN

ANSWERS: list[Answer] = [
    *PREDICT,
    *KV_BYTES_PER_TOKEN,
    *KV_BYTES_PER_SEQUENCE,
    *MAX_CONCURRENT_SEQUENCES,
]

# exercise -> the exercises whose functions its own may call.
BUILT_ON: dict[str, tuple[str, ...]] = {"kv_bytes_per_sequence": ("kv_bytes_per_token",)}
