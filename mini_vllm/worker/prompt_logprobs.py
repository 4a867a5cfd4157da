"""Log-probabilities of a prompt's own tokens, for requests that ask for them."""

import numpy as np

from mini_vllm.core.output import ModelRunnerOutput, ScheduledRequest
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.sample.ops.logprobs import Logprob, compute_logprobs, gather_logprobs

MAX_ROWS = 64  # of logits at once; a row is as wide as the vocabulary


def add_prompt_logprobs(
    output: ModelRunnerOutput, model: LlamaForCausalLM, hidden: np.ndarray, items: list[ScheduledRequest]
) -> None:
    """Add to `output` the logprobs of the prompt tokens whose logits this step gives.

    hidden: (total_num_scheduled_tokens, hidden_size), as `ModelRunner.forward` returns them. A request whose
    logits hold NaN or inf fails.
    """
    row = 0
    for item in items:
        request = item.request
        if request.needs_prompt_logprobs:
            try:
                found = _prompt_logprobs(model, hidden[row : row + item.num_new_tokens], item)
                output.prompt_logprobs[request.request_id] = found
            except ValueError as error:
                output.errors[request.request_id] = str(error)
        row += item.num_new_tokens


def _prompt_logprobs(model: LlamaForCausalLM, hidden: np.ndarray, item: ScheduledRequest) -> list[dict[int, Logprob]]:
    """One entry for each prompt token whose logits are new."""
    request, start = item.request, item.request.num_computed_tokens
    num_logprobs = request.sampling_params.prompt_logprobs
    assert num_logprobs is not None
    # The hidden state of token i gives the logits of token i + 1.
    first = 1 + len(request.prompt_logprobs)
    end = min(start + item.num_new_tokens + 1, len(request.prompt_token_ids))
    found = []
    for begin in range(first, end, MAX_ROWS):
        rows = slice(begin - 1 - start, min(begin + MAX_ROWS, end) - 1 - start)
        for position, logits in enumerate(model.compute_logits(hidden[rows]), start=begin):
            if not np.isfinite(logits.max()):
                raise ValueError(f"no logprobs for token {position} of the prompt: its logits hold NaN or inf.")
            found.append(gather_logprobs(compute_logprobs(logits), num_logprobs, request.prompt_token_ids[position]))
    return found
