"""Temperature, min-p, top-k and top-p: which tokens may be drawn, and with what probabilities."""

import numpy as np
import pytest

from mini_vllm.sample.ops.topk_topp_sampler import ROUNDING, filtered_weights, probs_after_filters
from mini_vllm.sampling_params import SamplingParams

pytestmark = pytest.mark.filterwarnings("error")

FOUR = np.log([0.1, 0.2, 0.3, 0.4]).astype(np.float32)


def reference(logits: np.ndarray, params: SamplingParams) -> np.ndarray:
    """The specification line by line, with a sort of the whole vocabulary, in float64."""
    scaled = logits.astype(np.float64) / params.temperature
    probs = np.exp(scaled - scaled.max())
    probs /= probs.sum()
    allowed = probs >= params.min_p * probs.max() * (1 - ROUNDING)
    if params.top_k > 0:
        kth = np.sort(np.where(allowed, scaled, -np.inf))[::-1][min(params.top_k, len(logits)) - 1]
        allowed &= scaled >= kth
    probs = np.where(allowed, probs, 0.0)
    probs /= probs.sum()
    if params.top_p < 1:
        order = np.argsort(-probs, kind="stable")
        before = np.concatenate(([0.0], probs[order].cumsum()[:-1]))
        probs[order[before >= params.top_p * (1 - ROUNDING)]] = 0.0
    return probs / probs.sum()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [0.1, 0.2, 0.3, 0.4]),
        ({"top_p": 0.6}, [0, 0, 0.4286, 0.5714]),
        ({"top_p": 0.7}, [0, 0, 0.4286, 0.5714]),
        ({"top_p": 0.01}, [0, 0, 0, 1]),
        ({"top_k": 2, "top_p": 0.5}, [0, 0, 0, 1]),
        ({"temperature": 2, "top_p": 0.65}, [0, 0.2748, 0.3366, 0.3886]),
        ({"temperature": 0.5, "top_p": 0.5}, [0, 0, 0, 1]),
        ({"temperature": 2, "top_k": 3, "top_p": 0.65}, [0, 0, 0.4641, 0.5359]),
    ],
)
def test_the_distribution_is_that_of_vllm_and_transformers(settings, expected):
    probs = probs_after_filters(FOUR, SamplingParams(**settings))
    np.testing.assert_allclose(probs, expected, atol=5e-5)


@pytest.mark.parametrize("shift", np.linspace(-20, 20, 41))
def test_a_mass_that_equals_p_reaches_it_whichever_way_the_logits_are_rounded(shift):
    logits = (np.log([0.1, 0.2, 0.3, 0.4]) + shift / 40).astype(np.float32)
    np.testing.assert_allclose(probs_after_filters(logits, SamplingParams(top_p=0.7)) > 0, [0, 0, 1, 1])
    np.testing.assert_allclose(probs_after_filters(logits, SamplingParams(min_p=0.5)) > 0, [0, 1, 1, 1])


def test_the_token_that_crosses_p_is_kept():
    assert (probs_after_filters(FOUR, SamplingParams(top_p=0.70001)) > 0).tolist() == [False, True, True, True]


@pytest.mark.parametrize("k", [1, 2, 3])
def test_ties_with_the_kth_logit_are_kept(k):
    probs = probs_after_filters(np.float32([2, 2, 2, 1, 0]), SamplingParams(top_k=k))
    np.testing.assert_allclose(probs, [1 / 3, 1 / 3, 1 / 3, 0, 0])


def test_top_p_counts_the_lower_of_equal_tokens_first():
    probs = probs_after_filters(np.zeros(1_000, dtype=np.float32), SamplingParams(top_p=0.25))
    assert np.flatnonzero(probs).tolist() == list(range(250))


@pytest.mark.parametrize("settings", [{"top_p": 1e-12}, {"top_p": 1e-300}, {"top_k": 1}, {"min_p": 1.0}])
def test_the_most_likely_token_always_stays(settings):
    for size in (1, 2, 700, 20_000):
        logits = np.random.default_rng(size).standard_normal(size).astype(np.float32)
        probs = probs_after_filters(logits, SamplingParams(**settings))
        assert np.flatnonzero(probs).tolist() == [logits.argmax()]


@pytest.mark.parametrize("settings", [{"top_k": -1}, {"top_k": 4}, {"top_k": 5}, {"top_k": 10**9}])
def test_a_top_k_of_the_vocabulary_or_more_is_off(settings):
    assert np.array_equal(
        probs_after_filters(FOUR, SamplingParams(**settings)), probs_after_filters(FOUR, SamplingParams())
    )


def test_min_p_is_a_share_of_the_most_likely_token_after_the_temperature():
    # At temperature 2 the probabilities go as the roots: .2 keeps 71 % of .4's, and .1 keeps 50 %.
    probs = probs_after_filters(FOUR, SamplingParams(temperature=2, min_p=0.6))
    assert (probs > 0).tolist() == [False, True, True, True]


def test_an_impossible_token_stays_impossible():
    logits = np.float32([0, -np.inf, -np.inf, -np.inf])
    for settings in ({}, {"top_k": 3}, {"top_p": 0.999}, {"min_p": 0.1}):
        assert probs_after_filters(logits, SamplingParams(**settings)).tolist() == [1, 0, 0, 0]


def test_a_tiny_temperature_leaves_the_most_likely_token():
    for temperature in (1e-3, 1e-30, 5e-324):
        logits = np.float32([1e4, 9999, -1e4, -np.inf])
        assert probs_after_filters(logits, SamplingParams(temperature=temperature)).tolist() == [1, 0, 0, 0]


def some_logits(rng: np.random.Generator) -> np.ndarray:
    size = int(rng.choice([1, 2, 3, 7, 64, 65, 300, 600, 5_000, 20_011]))
    logits = rng.standard_normal(size) * rng.choice([0.1, 1, 3, 30])
    match rng.integers(5):
        case 0:
            logits = np.round(logits)  # ties
        case 1:
            logits[rng.random(size) < 0.7] = -np.inf
            logits[rng.integers(size)] = 0.0
        case 2:
            logits = rng.choice([-1e4, 0.0, 1e4], size) + logits * rng.choice([0, 1])
        case 3:
            logits[np.arange(size) % 64 == 3] += 5  # the likely ones lie at regular distances
    return logits.astype(np.float32)


@pytest.mark.parametrize("seed", range(400))
def test_any_filters_agree_with_a_sort_of_the_whole_vocabulary(seed):
    rng = np.random.default_rng(seed)
    logits = some_logits(rng)
    params = SamplingParams(
        temperature=float(rng.choice([0.05, 0.5, 0.8, 1, 2])),
        top_k=int(rng.choice([0, 0, 1, 2, 5, 50, 1_000, len(logits)])),
        top_p=float(rng.choice([1, 1, 0.01, 0.5, 0.9, 0.999, rng.uniform(0.001, 1)])),
        min_p=float(rng.choice([0, 0, 0.001, 0.1, rng.uniform(0, 1)])),
    )
    before = logits.copy()
    token_ids, weights = filtered_weights(logits, params)
    assert np.array_equal(logits, before), "the logits were changed in place"
    assert token_ids is None or (np.diff(token_ids) > 0).all(), "not in vocabulary order"
    assert len(weights) == (len(logits) if token_ids is None else len(token_ids))
    assert abs(probs_after_filters(logits, params).sum() - 1) < 1e-12
    np.testing.assert_allclose(probs_after_filters(logits, params), reference(logits, params), rtol=1e-9, atol=1e-300)
