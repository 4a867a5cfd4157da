"""Answers to lab 02, kv-memory-calculator."""

from answers import Answer
from answers.lab_02.admission import REQUESTS_THAT_FIT
from answers.lab_02.calculator import USERS_ON_CARD
from answers.lab_02.capacity import MAX_CONCURRENT_SEQUENCES
from answers.lab_02.predict import PREDICT
from answers.lab_02.sequence import KV_BYTES_PER_SEQUENCE
from answers.lab_02.styles import STYLES
from answers.lab_02.token import KV_BYTES_PER_TOKEN
from answers.lab_02.windows import KV_BYTES_WITH_WINDOWS

ANSWERS: list[Answer] = [
    *PREDICT,
    *KV_BYTES_PER_TOKEN,
    *KV_BYTES_PER_SEQUENCE,
    *KV_BYTES_WITH_WINDOWS,
    *MAX_CONCURRENT_SEQUENCES,
    *USERS_ON_CARD,
    *REQUESTS_THAT_FIT,
    *STYLES,
]

# exercise -> the exercises whose functions its own may call.
BUILT_ON: dict[str, tuple[str, ...]] = {
    "kv_bytes_per_sequence": ("kv_bytes_per_token",),
    "kv_bytes_with_windows": ("kv_bytes_per_token",),
}
