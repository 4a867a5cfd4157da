"""Penalties on tokens that the sequence holds already."""

from collections.abc import Sequence

import numpy as np

from mini_vllm.sampling_params import SamplingParams


def apply_all_penalties(
    logits: np.ndarray, params: SamplingParams, prompt_token_ids: Sequence[int], output_token_ids: Sequence[int]
) -> None:
    """Apply a request's penalties to one row of logits, (vocab_size,) float32, in place.

    The repetition penalty counts prompt and output; it divides a positive logit and multiplies a negative
    one, which lowers both. Presence and frequency count the output only.

    Errors: ValueError for a token id outside the vocabulary.
    """
    prompt, output = (checked_token_ids(ids, len(logits)) for ids in (prompt_token_ids, output_token_ids))
    with np.errstate(over="ignore"):  # the result is then infinite, and the sampler looks for that
        if params.repetition_penalty != 1:
            seen = np.concatenate((prompt, output))
            value = logits[seen]  # a token that is there twice is written twice, with the same value
            # In float64, in which no penalty is infinite or 0: either would turn a logit of 0 or inf into NaN.
            factor = np.where(value > 0, 1 / params.repetition_penalty, params.repetition_penalty)
            logits[seen] = value * factor
        tokens, counts = np.unique(output, return_counts=True)
        logits[tokens] -= np.float32(params.frequency_penalty) * counts.astype(np.float32)
        logits[tokens] -= np.float32(params.presence_penalty)


def checked_token_ids(token_ids: Sequence[int], vocab_size: int) -> np.ndarray:
    """As an int64 array. Errors: ValueError for a token id outside the vocabulary."""
    ids = np.asarray(token_ids, dtype=np.int64)
    if ids.size and (ids.min() < 0 or ids.max() >= vocab_size):
        bad = int(ids.min()) if ids.min() < 0 else int(ids.max())
        raise ValueError(f"token id {bad} is outside the vocabulary, 0 to {vocab_size - 1}.")
    return ids
