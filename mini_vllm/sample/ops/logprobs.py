"""Log-probabilities of the raw distribution: the model's own, before penalties, temperature and filters."""

from typing import NamedTuple

import numpy as np

from mini_vllm.sample.ops.topk_topp_sampler import top_k_token_ids


class Logprob(NamedTuple):
    """One token's log-probability (natural) and its rank, where 1 is the most likely token."""

    logprob: float
    rank: int
    decoded_token: str | None = None  # its text; None without a tokenizer, and before the output is made


def compute_logprobs(logits: np.ndarray) -> np.ndarray:
    """log(softmax(logits)) of one row, (vocab_size,) float32, of which the greatest is finite."""
    with np.errstate(over="ignore", under="ignore"):
        logprobs: np.ndarray = logits - logits.max()
        logprobs -= np.log(np.exp(logprobs).sum())
        return logprobs


def gather_logprobs(logprobs: np.ndarray, num_logprobs: int, token_id: int) -> dict[int, Logprob]:
    """The entry of `token_id`, then those of the `num_logprobs` (-1: all) most likely tokens, best first.

    logprobs: (vocab_size,). Of equal ones the lower token id is first. `token_id` may be one of the most
    likely; otherwise its rank counts every token that is at least as likely, as vLLM's does.
    """
    if num_logprobs == -1:
        num_logprobs = len(logprobs)
    entries = {token_id: Logprob(float(logprobs[token_id]), int((logprobs >= logprobs[token_id]).sum()))}
    if num_logprobs > 0:
        best = top_k_token_ids(logprobs, num_logprobs)
        best = best[np.argsort(-logprobs[best], kind="stable")][:num_logprobs]
        for rank, best_id in enumerate(best.tolist(), start=1):
            entries[best_id] = Logprob(float(logprobs[best_id]), rank)
    return entries
