"""Answers to lab 08, prefix-caching."""

from answers import Answer
from answers.lab_08.cached import NUM_CACHED_TOKENS
from answers.lab_08.eviction import EVICTION_ORDER
from answers.lab_08.hashes import BLOCK_HASHES
from answers.lab_08.predict import PREDICT
from answers.lab_08.revealing import REVEALING_PROMPTS
from answers.lab_08.turns import TOKENS_COMPUTED

ANSWERS: list[Answer] = [
    *PREDICT,
    *BLOCK_HASHES,
    *NUM_CACHED_TOKENS,
    *EVICTION_ORDER,
    *TOKENS_COMPUTED,
    *REVEALING_PROMPTS,
]

BUILT_ON: dict[str, tuple[str, ...]] = {"num_cached_tokens": ("block_hashes",)}
