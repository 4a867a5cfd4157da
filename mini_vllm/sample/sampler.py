"""The sampler: one token for each row of a batch of logits."""

from dataclasses import dataclass

import numpy as np

from mini_vllm.sample.metadata import SamplingMetadata
from mini_vllm.sample.ops.logits_processors import apply_logits_processors
from mini_vllm.sample.ops.logprobs import Logprob, compute_logprobs, gather_logprobs
from mini_vllm.sample.ops.penalties import apply_all_penalties
from mini_vllm.sample.ops.topk_topp_sampler import draw, filtered_weights

PLACEHOLDER_TOKEN_ID = -1  # where a row failed; vLLM's name and value


@dataclass(frozen=True)
class SamplerOutput:
    """The result for each row of the batch."""

    sampled_token_ids: list[int]  # PLACEHOLDER_TOKEN_ID where the row failed
    logprobs: list[dict[int, Logprob] | None]  # by token id, the sampled one first; None if not asked for
    errors: dict[int, str]  # by row


class Sampler:
    """Chooses the next token of every request, in vLLM's order.

    1. Allowed tokens, bad words, min_tokens and logit_bias change the logits,
    2. then the penalties do (repetition; then frequency and presence).
    3. Temperature 0: the most likely token, of equal ones the first. Otherwise
    4. the temperature, min-p, top-k, top-p, and
    5. a draw, for which the request's own generator gives one uniform number.

    A row's result depends on nothing of the other rows, to the last bit. Log-probabilities are those of the
    raw logits.
    """

    def forward(self, logits: np.ndarray, metadata: SamplingMetadata) -> SamplerOutput:
        """logits: (num_reqs, vocab_size) float32, the last position's of each request; left unchanged.

        Errors: ValueError for another shape. A row from which no token can be drawn (NaN or +inf among its
        logits, or all of them -inf) fails alone: see SamplerOutput.errors.
        """
        logits = np.ascontiguousarray(logits, dtype=np.float32)
        num_reqs = len(metadata.params)
        if logits.ndim != 2 or len(logits) != num_reqs or logits.shape[1] == 0:
            raise ValueError(f"logits has shape {logits.shape}, but it must be ({num_reqs}, vocab_size).")
        output = SamplerOutput([PLACEHOLDER_TOKEN_ID] * num_reqs, [None] * num_reqs, {})
        best = logits.argmax(axis=1)  # of a row that holds NaN, the first NaN's place
        for row, token_id in enumerate(best.tolist()):
            try:
                _check_greatest(logits[row, token_id])
                output.sampled_token_ids[row], output.logprobs[row] = _sample(logits[row], token_id, metadata, row)
            except ValueError as error:
                output.errors[row] = str(error)
        return output

    __call__ = forward


def _sample(raw: np.ndarray, best: int, metadata: SamplingMetadata, row: int) -> tuple[int, dict[int, Logprob] | None]:
    """The token of one row and its log-probabilities. raw: (vocab_size,), greatest at `best`."""
    params, logits = metadata.params[row], raw
    if params.has_logits_processors or params.has_penalties:
        logits, output = raw.copy(), metadata.output_token_ids[row]
        if params.has_logits_processors:
            apply_logits_processors(logits, params, output)
        if params.has_penalties:
            apply_all_penalties(logits, params, metadata.prompt_token_ids[row], output)
        best = int(logits.argmax())
        _check_greatest(logits[best])
    if params.is_greedy:
        token_id = best
    else:
        token_ids, weights = filtered_weights(logits, params)
        index = draw(weights, metadata.generators[row])
        token_id = index if token_ids is None else int(token_ids[index])
    if params.logprobs is None:
        return token_id, None
    return token_id, gather_logprobs(compute_logprobs(raw), params.logprobs, token_id)


def _check_greatest(logit: np.floating) -> None:
    if not np.isfinite(logit):
        fault = "hold NaN" if np.isnan(logit) else "hold +inf" if logit > 0 else "are all -inf"
        raise ValueError(f"no token can be sampled, because its logits {fault}.")
