"""Drafts by prompt lookup: text often repeats what its context already holds."""

from collections.abc import Sequence

import numpy as np

from mini_vllm.request import Request
from mini_vllm.speculative_config import SpeculativeConfig


class NgramProposer:
    """Guesses the next tokens of a request: those that followed its last ones where they occurred before."""

    def __init__(self, config: SpeculativeConfig, max_model_len: int) -> None:
        self.config, self.max_model_len = config, max_model_len

    def propose(self, request: Request, max_num_drafts: int) -> list[int]:
        """Drafts for a request whose next token is about to be sampled: none in a pause, or with nothing to go by."""
        params = request.sampling_params
        # Of a request's last tokens, one is sampled behind the last draft.
        num_drafts = min(
            max_num_drafts, self.config.num_speculative_tokens, self.max_model_len - request.num_tokens - 1
        )
        if params.max_tokens is not None:
            num_drafts = min(num_drafts, params.max_tokens - request.num_output_tokens - 1)
        if num_drafts < 1 or request.num_tokens < request.draft_pause.until:
            return []
        return tokens_after_match(
            request.all_token_ids, num_drafts, self.config.prompt_lookup_min, self.config.prompt_lookup_max
        )


def tokens_after_match(token_ids: Sequence[int], num_tokens: int, min_length: int, max_length: int) -> list[int]:
    """The tokens that follow the best earlier occurrence of the last ones.

    The best one shares most tokens with the end of the text, max_length at most; of several, the first, which has
    the longest continuation.

    num_tokens: how many to return; fewer if the text ends before.

    Returns an empty list if not even the last min_length tokens occur earlier.
    """
    tokens = np.array(token_ids)
    ends = np.flatnonzero(tokens[:-1] == tokens[-1]) + 1  # of each occurrence of the last token
    length = 1
    while length < min(max_length, len(tokens) - 1):
        ends_of_longer = ends[(ends > length) & (tokens[ends - length - 1] == tokens[-length - 1])]
        if not len(ends_of_longer):
            break
        ends, length = ends_of_longer, length + 1
    if length < min_length or not len(ends):
        return []
    found: list[int] = tokens[ends[0] : ends[0] + num_tokens].tolist()
    return found
