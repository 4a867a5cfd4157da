"""A product with one row is computed by the threads that are fast now: which, and that it changes nothing."""

import numpy as np
import pytest

from mini_vllm.layers import blas, gemv

QUIET = (20e9, 15e9)  # bytes per second by all threads, by one alone
BUSY = (0.3e9, 4e9)
PIECE = 5_000_000  # bytes of one weight


def lost(choice, rates, num_products):
    """What `num_products` products take, as a multiple of what they take the faster way."""
    taken = 0.0
    for _ in range(num_products):
        seconds = PIECE / rates[choice.is_alone]
        taken += seconds
        choice.count(PIECE, seconds)
    return taken / (num_products * PIECE / max(rates))


@pytest.mark.parametrize("rates", [QUIET, BUSY])
def test_the_slower_way_is_tried_so_seldom_that_it_costs_next_to_nothing(rates):
    choice = gemv.ThreadChoice()
    lost(choice, rates, 2000)  # the first tries
    assert 1 < lost(choice, rates, 20_000) < 1.05


def test_it_notices_when_processors_become_busy_and_when_they_are_free_again():
    choice = gemv.ThreadChoice()
    for rates in (QUIET, BUSY, QUIET, BUSY):
        assert lost(choice, rates, 5000) < 1.2
        assert choice.rates[rates[1] > rates[0]] == pytest.approx(max(rates))


def test_a_single_slow_moment_is_soon_forgotten():
    choice = gemv.ThreadChoice()
    lost(choice, QUIET, 5000)
    choice.count(PIECE, 0.5)
    assert lost(choice, QUIET, 1000) < 1.1


@pytest.mark.parametrize("is_transposed", [False, True])
@pytest.mark.parametrize("shape", [(576, 960), (1536, 576), (576, 49152)])
def test_one_thread_and_several_compute_the_same_numbers(monkeypatch, shape, is_transposed):
    own, set_num_threads, threads = blas.num_threads, blas.set_num_threads, []
    monkeypatch.setattr(blas, "num_threads", 3)
    monkeypatch.setattr(blas, "set_num_threads", lambda number: (threads.append(number), set_num_threads(number)))
    monkeypatch.setattr(gemv, "_choice", gemv.ThreadChoice())
    random = np.random.default_rng(0)
    x, weight = (random.standard_normal(size, dtype=np.float32) for size in (shape[0], shape))
    weight = np.asfortranarray(weight) if is_transposed else weight
    results = np.empty((2, shape[1]), dtype=np.float32)
    try:
        set_num_threads(3)
        for alone, out in enumerate(results):
            gemv._choice.is_alone = bool(alone)
            gemv.gemv(x, weight, out)
    finally:
        set_num_threads(own)
    assert threads == [1, 3]
    np.testing.assert_array_equal(results[0], results[1])
