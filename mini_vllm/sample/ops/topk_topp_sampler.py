"""Min-p, top-k, top-p, and the draw. Few tokens survive a filter, so the vocabulary is never sorted whole."""

import numpy as np

from mini_vllm.sampling_params import SamplingParams

# Probabilities that come from float32 logits are known to about 1e-7 of their value. A top-p or min-p limit
# that is met to within this share counts as met: .4 + .3 reaches p = .7 whichever way the last bit rounds.
ROUNDING = 2.0**-22


def filtered_distribution(logits: np.ndarray, params: SamplingParams) -> tuple[np.ndarray, np.ndarray]:
    """The tokens that may be drawn, in vocabulary order, and their probabilities (float64, sum 1).

    logits: one row, (vocab_size,) float32, of which the greatest is finite; penalties are applied already.
    params: temperature above 0.
    """
    # vLLM filters by min-p first. Top-k may go first here, since both keep a top part of one ranking.
    token_ids = top_k_token_ids(logits, params.top_k) if params.top_k > 0 else np.arange(len(logits))
    with np.errstate(over="ignore", under="ignore"):
        # Relative to the best token's, so the greatest weight is 1 and no logit is too large for exp.
        weights = np.exp((logits[token_ids].astype(np.float64) - float(logits.max())) / params.temperature)
    if params.min_p > 0:
        stay = np.flatnonzero(weights >= params.min_p * (1 - ROUNDING))
        token_ids, weights = token_ids[stay], weights[stay]
    if params.top_p < 1:
        stay = _top_p_indices(weights, params.top_p)
        token_ids, weights = token_ids[stay], weights[stay]
    return token_ids, weights / weights.sum()


def probs_after_filters(logits: np.ndarray, params: SamplingParams) -> np.ndarray:
    """`filtered_distribution` over the whole vocabulary: (vocab_size,) float64, 0 where filtered out."""
    probs = np.zeros(len(logits))
    token_ids, kept = filtered_distribution(logits, params)
    probs[token_ids] = kept
    return probs


def top_k_token_ids(logits: np.ndarray, k: int) -> np.ndarray:
    """The k most likely tokens of one row, and what ties with the k-th, in vocabulary order."""
    vocab_size, groups = len(logits), len(logits) // 64
    if k >= vocab_size:
        return np.arange(vocab_size)
    # Put the row in `groups` groups of 64. The k-th best of the groups' maxima is the logit of at least k
    # tokens or less than theirs, so it bounds the k-th best logit from below, and little passes the bound.
    is_worth_it = k <= groups // 4
    maxima = logits[: 64 * groups].reshape(64, groups).max(axis=0) if is_worth_it else logits
    candidates = np.flatnonzero(logits >= _kth_greatest(maxima, k))
    values = logits[candidates]
    return candidates[values >= _kth_greatest(values, k)]


def draw(probs: np.ndarray, generator: np.random.Generator) -> int:
    """An index of `probs`, (n,) float64 with sum 1, by the inverse CDF at one uniform number.

    It is the index that generator.choice(n, p=probs) gives. Since the CDF ends at exactly 1 and the uniform
    number is below 1, it is below n; since equal steps are passed on the right, its probability is not 0.
    """
    cdf = probs.cumsum()
    cdf /= cdf[-1]
    return int(cdf.searchsorted(generator.random(), side="right"))


def _kth_greatest(values: np.ndarray, k: int) -> np.floating:
    return np.partition(values, len(values) - k)[len(values) - k]


def _top_p_indices(weights: np.ndarray, p: float) -> np.ndarray:
    """Where a token stays: the mass of those before it, in descending order, is below p. At least one does.

    weights: (n,) float64 in vocabulary order, in any unit. Of equal ones the first counts as the greater.
    """
    total = weights.sum()
    # n tokens rarer than (1 - p) / n have a mass below 1 - p, so the nucleus is made of the others.
    likely = np.flatnonzero(weights >= (1 - p) * total / len(weights))
    weights = weights[likely]
    ranked = np.sort(weights)[::-1]
    count = int(ranked.cumsum().searchsorted(p * (1 - ROUNDING) * total)) + 1
    last = ranked[count - 1]
    stay = weights > last
    stay[np.flatnonzero(weights == last)[: count - stay.sum()]] = True
    return likely[stay]
