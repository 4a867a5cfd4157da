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
    """
    output = np.asarray(output_token_ids, dtype=np.int64)
    with np.errstate(over="ignore"):  # the result is then infinite, and the sampler looks for that
        if params.repetition_penalty != 1:
            seen = np.concatenate((np.asarray(prompt_token_ids, dtype=np.int64), output))
            value = logits[seen]  # a token that is there twice is written twice, with the same value
            # In float64, in which no penalty is infinite or 0: either would turn a logit of 0 or inf into NaN.
            factor = np.where(value > 0, 1 / params.repetition_penalty, params.repetition_penalty)
            logits[seen] = value * factor
        tokens, counts = np.unique(output, return_counts=True)
        logits[tokens] -= np.float32(params.frequency_penalty) * counts.astype(np.float32)
        logits[tokens] -= np.float32(params.presence_penalty)
