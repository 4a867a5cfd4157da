"""vLLM's logits processors, in its order: allowed tokens, bad words, min_tokens, logit_bias."""

from collections.abc import Sequence

import numpy as np

from mini_vllm.sample.ops.penalties import checked_token_ids
from mini_vllm.sampling_params import SamplingParams


def apply_logits_processors(logits: np.ndarray, params: SamplingParams, output_token_ids: Sequence[int]) -> None:
    """Change one row of logits, (vocab_size,) float32, in place; a token that must not be drawn gets -inf.

    Errors: ValueError for a token id outside the vocabulary, and for bad words without a tokenizer.
    """
    vocab_size = len(logits)
    if params.allowed_token_ids is not None:
        is_forbidden = np.ones(vocab_size, dtype=bool)
        is_forbidden[checked_token_ids(params.allowed_token_ids, vocab_size)] = False
        logits[is_forbidden] = -np.inf
    last_ids = [word[-1] for word in params.bad_words_token_ids if _is_one_token_short(word, output_token_ids)]
    logits[checked_token_ids(last_ids, vocab_size)] = -np.inf
    if len(output_token_ids) < params.min_tokens:
        logits[[token_id for token_id in params.all_stop_token_ids if token_id < vocab_size]] = -np.inf
    if params.logit_bias:
        token_ids = checked_token_ids(list(params.logit_bias), vocab_size)
        logits[token_ids] += np.fromiter(params.logit_bias.values(), dtype=np.float32)


def _is_one_token_short(word: Sequence[int], output_token_ids: Sequence[int]) -> bool:
    """Whether the output ends with a bad word except for its last token."""
    return list(output_token_ids[len(output_token_ids) - len(word) + 1 :]) == list(word[:-1])
