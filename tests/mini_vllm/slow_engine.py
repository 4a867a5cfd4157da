"""What a request must get, computed in the plainest way: one token after the other, in float64, rule by rule."""

import math

import numpy as np
from engines import MODEL

from mini_vllm import OneSequence, SamplingParams


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Of the last axis, in float64."""
    logits = logits.astype(float)
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def changed_logits(logits, params: SamplingParams, output: list[int], ends=(), bad=()) -> list[float]:
    """The logits that a token is chosen from. ends: tokens that end the output; bad: bad words in tokens."""
    changed = []
    for token, logit in enumerate(logits.tolist()):
        if params.allowed_token_ids is not None and token not in params.allowed_token_ids:
            logit = -math.inf
        if any(word[-1] == token and (output + [token])[-len(word) :] == word for word in bad):
            logit = -math.inf
        if token in ends and len(output) < params.min_tokens:
            logit = -math.inf
        logit += params.logit_bias.get(token, 0)
        logit -= params.frequency_penalty * output.count(token) + params.presence_penalty * (token in output)
        changed.append(logit)
    return changed


def slow_tokens(prompt: list[int], params: SamplingParams, index=0, eos=(), bad=(), model=MODEL) -> list[int]:
    """The tokens of one completion, with temperature and top-k as the only filters; `index` counts completions."""
    ends = {*params.stop_token_ids, *(() if params.ignore_eos else eos)}
    rng = np.random.default_rng(None if params.seed is None else params.seed + index)
    whole, cache, output = OneSequence(model), OneSequence(model).new_cache(), []
    logits = whole.forward(prompt, cache)[-1]
    while len(output) < params.max_tokens and not (output and output[-1] in ends):
        changed = np.array(changed_logits(logits, params, output, ends, bad))
        if params.temperature == 0:
            output.append(int(changed.argmax()))
        else:
            if params.top_k > 0:
                changed[changed < sorted(changed)[-params.top_k]] = -math.inf
            weights = np.exp((changed - changed.max()) / params.temperature)
            output.append(int(rng.choice(len(changed), p=weights / weights.sum())))
        logits = whole.forward(output[-1:], cache)[-1]
    return output
