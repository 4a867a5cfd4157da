"""Min-p, top-k, top-p, and the draw. Few tokens pass a filter, so the vocabulary is never sorted whole."""

import numpy as np

from mini_vllm.sampling_params import SamplingParams

# Probabilities that come from float32 logits are known to about 1e-7 of their value. A top-p or min-p limit
# that is met to within this share counts as met: .4 + .3 reaches p = .7 whichever way the last bit rounds.
ROUNDING = 2.0**-22
BLOCK = 256  # numbers to a block in a search of a long CDF
BELOW_ONE = 1 - 2.0**-53


def filtered_weights(logits: np.ndarray, params: SamplingParams) -> tuple[np.ndarray | None, np.ndarray]:
    """The tokens that may be drawn, in vocabulary order (None: all), and their weights: float64, in any unit.

    logits: one row, (vocab_size,) float32, of which the greatest is finite; penalties are applied already.
    params: temperature above 0.
    """
    # vLLM filters by min-p first. Top-k may go first here, since both keep a top part of one ranking.
    token_ids = top_k_token_ids(logits, params.top_k) if params.top_k > 0 else None
    weights = (logits if token_ids is None else logits[token_ids]).astype(np.float64)
    with np.errstate(over="ignore", under="ignore"):
        # Relative to the best token's, so the greatest weight is 1 and no logit is too large for exp.
        weights -= logits.max()
        weights /= params.temperature
        np.exp(weights, out=weights)
    if params.min_p > 0:
        stay = np.flatnonzero(weights >= params.min_p * (1 - ROUNDING))
        token_ids, weights = stay if token_ids is None else token_ids[stay], weights[stay]
    if params.top_p < 1:
        stay = _top_p_indices(weights, params.top_p)
        token_ids, weights = stay if token_ids is None else token_ids[stay], weights[stay]
    return token_ids, weights


def probs_after_filters(logits: np.ndarray, params: SamplingParams) -> np.ndarray:
    """The distribution that a token is drawn from: (vocab_size,) float64, sum 1, 0 where filtered out."""
    probs = np.zeros(len(logits))
    token_ids, weights = filtered_weights(logits, params)
    probs[slice(None) if token_ids is None else token_ids] = weights / weights.sum()
    return probs


def top_k_token_ids(logits: np.ndarray, k: int) -> np.ndarray:
    """The k most likely tokens of one row, and what ties with the k-th, in vocabulary order."""
    vocab_size, groups = len(logits), len(logits) // 64
    if k >= vocab_size:
        return np.arange(vocab_size)
    # Put the row in `groups` groups of 64. The k-th best of the groups' maxima is reached by at least k
    # tokens, so the k-th best logit is no lower, and of a usual row few other tokens reach that bound.
    is_worth_it = k <= groups // 4
    maxima = logits[: 64 * groups].reshape(64, groups).max(axis=0) if is_worth_it else logits
    candidates = np.flatnonzero(logits >= _kth_greatest(maxima, k))
    values = logits[candidates]
    return candidates[values >= _kth_greatest(values, k)]


def draw(weights: np.ndarray, generator: np.random.Generator) -> int:
    """An index of `weights`, (n,) float64, by the inverse CDF at one uniform number of the generator.

    It is the index that generator.choice(n, p=weights / weights.sum()) gives.
    """
    return _index_at(weights, generator.random())


def _index_at(weights: np.ndarray, share: float) -> int:
    """The first index at which the running sum of `weights`, (n,) float64, is above `share` of the whole.

    share: in [0, 1). The running sum is scaled to end at exactly 1, so the index is below n; it rises at the
    index, so the weight there is not 0.
    """
    if len(weights) > 2 * BLOCK:
        # A running sum adds number by number, a sum many at once: look for the block first, then inside.
        ends = _running_share(np.add.reduceat(weights, np.arange(0, len(weights), BLOCK)))
        block = int(ends.searchsorted(share, side="right"))
        before = ends[block - 1] if block else 0.0
        share = min((share - before) / (ends[block] - before), BELOW_ONE)
        return block * BLOCK + _index_at(weights[block * BLOCK : (block + 1) * BLOCK], share)
    return int(_running_share(weights).searchsorted(share, side="right"))


def _running_share(weights: np.ndarray) -> np.ndarray:
    sums = weights.cumsum()
    sums /= sums[-1]
    return sums


def _kth_greatest(values: np.ndarray, k: int) -> np.floating:
    kth: np.floating = np.partition(values, len(values) - k)[len(values) - k]
    return kth


def _top_p_indices(weights: np.ndarray, p: float) -> np.ndarray:
    """Where a token stays: the mass of those before it, in descending order, is below p. At least one does.

    weights: (n,) float64 in vocabulary order, in any unit. Of equal ones the first counts as the greater.
    """
    total = weights.sum()
    # n tokens rarer than (1 - p) / n have a mass below 1 - p together: the others reach p without them.
    likely = np.flatnonzero(weights >= (1 - p) * total / len(weights))
    weights = weights[likely]
    rising = np.sort(weights)
    crossing = _index_at(rising, min(1 - p * (1 - ROUNDING) * total / rising.sum(), BELOW_ONE))
    last = rising[crossing]
    stay = weights >= last
    surplus = np.count_nonzero(stay) - (len(rising) - crossing)
    if surplus:  # of those that tie with the last one
        stay[np.flatnonzero(weights == last)[-surplus:]] = False
    return likely[np.flatnonzero(stay)]  # several times faster than likely[stay], if many stay
