"""vLLM's logits processors, in its order: allowed tokens, bad words, min_tokens, logit_bias."""

from collections.abc import Sequence

import numpy as np

from mini_vllm.sampling_params import SamplingParams


def apply_logits_processors(logits: np.ndarray, params: SamplingParams, output_token_ids: Sequence[int]) -> None:
    """Change one row of logits, (vocab_size,) float32, in place; a token that must not be drawn gets -inf."""
    if params.allowed_token_ids is not None:
        is_forbidden = np.ones(len(logits), dtype=bool)
        is_forbidden[params.allowed_token_ids] = False
        logits[is_forbidden] = -np.inf
    logits[[word[-1] for word in params.bad_words_token_ids if _is_one_token_short(word, output_token_ids)]] = -np.inf
    if len(output_token_ids) < params.min_tokens:
        logits[[token_id for token_id in params.all_stop_token_ids if token_id < len(logits)]] = -np.inf
    if params.logit_bias:
        logits[list(params.logit_bias)] += np.fromiter(params.logit_bias.values(), dtype=np.float32)


def _is_one_token_short(word: Sequence[int], output_token_ids: Sequence[int]) -> bool:
    """Whether the output ends with a bad word except for its last token."""
    return list(output_token_ids[len(output_token_ids) - len(word) + 1 :]) == list(word[:-1])
