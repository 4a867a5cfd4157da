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


@pytest.fixture
def threads(monkeypatch):
    """Makes BLAS have so many threads, and returns a list of the numbers that are set from then on."""
    own, set_num_threads, numbers = blas.num_threads, blas.set_num_threads, []

    def use(number):
        monkeypatch.setattr(blas, "num_threads", number)
        set_num_threads(number)
        return numbers

    monkeypatch.setattr(blas, "set_num_threads", lambda number: (numbers.append(number), set_num_threads(number)))
    monkeypatch.setattr(gemv, "_choice", gemv.ThreadChoice())
    monkeypatch.setattr(gemv, "MIN_BYTES", 0)
    yield use
    set_num_threads(own)


def product(x, weight, is_alone):
    out = np.empty(weight.shape[1], dtype=np.float32)
    gemv._choice.is_alone = is_alone
    gemv.gemv(x, weight, out)
    return out


@pytest.mark.parametrize("number", [2, 3, 4])
@pytest.mark.parametrize("order", ["C", "F"])
def test_one_thread_and_several_compute_the_same_numbers_where_there_is_a_choice(threads, number, order):
    numbers, random = threads(number), np.random.default_rng(number)
    num_chosen = 0
    for size_out in (576, 960, 1000, 1001, 1002, 1004, 1008, 1026, 1536, 3072):
        x = random.standard_normal(700, dtype=np.float32)
        weight = np.asarray(random.standard_normal((700, size_out), dtype=np.float32), order=order)
        several, alone = product(x, weight, is_alone=False), product(x, weight, is_alone=True)
        np.testing.assert_array_equal(several, alone, err_msg=f"{size_out} outputs")
        num_chosen += gemv.is_same_either_way(weight)
    assert numbers == [1, number] * num_chosen and num_chosen >= 3


def test_products_of_small_weights_and_those_of_a_machine_with_one_processor_are_left_to_blas(threads, monkeypatch):
    x, weight = np.ones(64, dtype=np.float32), np.ones((64, 64), dtype=np.float32)
    numbers = threads(1)
    product(x, weight, is_alone=True)
    threads(2)
    monkeypatch.setattr(gemv, "MIN_BYTES", weight.nbytes + 1)
    product(x, weight, is_alone=True)
    assert numbers == [] and gemv._choice._bytes == 0
    monkeypatch.setattr(gemv, "MIN_BYTES", weight.nbytes)
    product(x, weight, is_alone=True)
    assert numbers == [1, 2] and gemv._choice._bytes == weight.nbytes
