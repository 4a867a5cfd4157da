"""Products in tiles and on several threads: the numbers of one plain product, whatever the shape."""

import multiprocessing
import os
import threading
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from mini_vllm import LlamaForCausalLM, ModelConfig, OneSequence
from mini_vllm.layers import blas, parallel
from mini_vllm.layers import linear as linear_module
from mini_vllm.layers.attention import causal_attention
from mini_vllm.layers.embedding import embedding
from mini_vllm.layers.linear import linear, tile, tile_width, untile
from mini_vllm.models.arena import Arena
from mini_vllm.models.random_weights import random_weights

CONFIG = ModelConfig(
    vocab_size=96,
    hidden_size=64,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=256,
    tie_word_embeddings=True,
)


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).standard_normal(shape, dtype=np.float32)


@pytest.fixture
def tiled(monkeypatch):
    """As on a machine with the small kernel and three processors, where no product is too small to be shared."""
    monkeypatch.setattr(blas, "has_small_kernel", True)
    monkeypatch.setattr(parallel, "num_threads", 3)
    monkeypatch.setattr(linear_module, "MIN_PARALLEL", 0)


@pytest.mark.parametrize("num_tokens", [1, 2, 3, 4, 5, 15, 16, 17, 18, 33, 100])
@pytest.mark.parametrize(("size_in", "size_out"), [(64, 64), (96, 448), (1536, 192), (5000, 32), (9000, 48)])
def test_tiles_give_the_numbers_of_a_plain_product(num_tokens, size_in, size_out, tiled):
    x, weight = random(num_tokens, size_in), random(size_in, size_out)
    product = linear(x, tile(weight, tile_width(size_in, size_out)))
    assert product.shape == (num_tokens, size_out) and product.dtype == np.float32
    np.testing.assert_allclose(product, x.astype(np.float64) @ weight, atol=1e-5 * size_in)


def test_tiles_are_as_wide_as_the_small_kernel_takes_and_divide_the_outputs(tiled):
    widths = {(576, 3072): 64, (576, 96): 32, (576, 48): 16, (576, 100): None, (5000, 64): 32, (9000, 64): 16}
    assert {shape: tile_width(*shape) for shape in widths} == widths
    assert tile_width(20_000, 64) is None


def test_without_the_small_kernel_nothing_is_tiled(monkeypatch):
    monkeypatch.setattr(blas, "has_small_kernel", False)
    assert tile_width(576, 3072) is None
    names = LlamaForCausalLM(CONFIG).weights
    assert not any(name.endswith(".tiles") for name in names) and "model.embed_tokens.weight" in names


def test_no_product_with_tiles_is_larger_than_the_small_kernel_takes(tiled, monkeypatch):
    sizes, matmul = [], np.matmul

    def watched(x, tiles, out):
        sizes.append((x.shape[-2] * x.shape[-1] * tiles.shape[-1], x.shape[-2]))
        return matmul(x, tiles, out=out)

    monkeypatch.setattr(linear_module.np, "matmul", watched)
    for size_in in (64, 576, 1536, 3900, 5000, 9000):
        for num_tokens in (1, 2, 5, 13, 17, 33):
            linear(random(num_tokens, size_in), random(1, size_in, tile_width(size_in, 64)))
    assert max(size for size, _ in sizes) <= blas.SMALL_PRODUCT
    assert min(rows for _, rows in sizes) >= 2, "one row alone goes to another kernel"


def test_tiles_hold_what_they_were_made_from():
    weight = random(48, 160)
    tiles = tile(weight, 32)
    assert tiles.shape == (5, 48, 32) and tiles.flags.c_contiguous
    assert np.array_equal(tiles[3], weight[:, 96:128])
    assert np.array_equal(untile(tiles), weight) and untile(tiles).flags.c_contiguous
    assert np.array_equal(embedding(np.array([0, 159, 33]), tiles), weight.T[[0, 159, 33]])


def test_weights_prepared_for_another_machine_are_converted(tiled, monkeypatch):
    with_tiles = LlamaForCausalLM(CONFIG)
    assert {name for name in with_tiles.weights if name.endswith(".tiles")} and with_tiles.embed_tokens.ndim == 3
    assert with_tiles.embed_tokens is with_tiles.lm_head
    monkeypatch.setattr(blas, "has_small_kernel", False)
    plain = LlamaForCausalLM(CONFIG, with_tiles.weights)
    again = LlamaForCausalLM(CONFIG, plain.weights)
    assert all(array is plain.weights[name] for name, array in again.weights.items())
    monkeypatch.setattr(blas, "has_small_kernel", True)
    back = LlamaForCausalLM(CONFIG, again.weights)
    assert back.weights.keys() == with_tiles.weights.keys() != plain.weights.keys()
    assert all(np.array_equal(array, with_tiles.weights[name]) for name, array in back.weights.items())
    ids = list(range(90)) + [95]
    for other in (plain, again, back):
        np.testing.assert_allclose(*(OneSequence(each).forward(ids) for each in (other, with_tiles)), atol=1e-3)


def test_an_embedding_in_tiles_is_compared_with_a_head_that_is_stored_as_well(tiled):
    weights = random_weights(CONFIG, seed=0)
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"].copy()
    assert LlamaForCausalLM(CONFIG, weights).embed_tokens.ndim == 3
    weights["lm_head.weight"][-1, -1] += 1
    with pytest.raises(ValueError, match="lm_head.weight differs"):
        LlamaForCausalLM(CONFIG, weights)


def test_attention_to_a_long_prompt_is_the_same_on_several_threads(tiled, monkeypatch):
    q, k, v = random(200, 6, 16), random(230, 2, 16), random(230, 2, 16)
    shared_out = causal_attention(q, k, v)
    monkeypatch.setattr(parallel, "num_threads", 1)
    assert np.array_equal(causal_attention(q, k, v), shared_out)
    np.testing.assert_allclose(causal_attention(q[-1:], k, v), shared_out[-1:], atol=1e-5)


def test_every_task_is_called_once_and_errors_are_raised(tiled):
    called = []
    for _ in range(200):
        called.clear()
        parallel.run([lambda index=index: called.append(index) for index in range(7)])
        assert sorted(called) == list(range(7))

    begun = threading.Event()

    def broken():
        begun.set()
        raise ZeroDivisionError

    for _ in range(50):
        begun.clear()
        with pytest.raises(ZeroDivisionError):  # on whichever thread
            parallel.run([lambda: begun.wait(10), broken])
    assert [sum(range(10)[part]) for part in parallel.ranges(10)] == [3, 12, 30]
    assert parallel.ranges(2) == [slice(0, 1), slice(1, 2)]


class _BusyPool:
    def submit(self, work):
        return Future()  # that never begins


def test_nothing_waits_for_threads_that_do_not_begin(tiled, monkeypatch):
    monkeypatch.setattr(parallel, "_pool", lambda process_id, size: _BusyPool())
    called = []
    parallel.run([lambda index=index: called.append(index) for index in range(5)])
    assert called == list(range(5))


def test_several_threads_may_share_out_work_at_a_time(tiled):
    x, tiles, wrong = random(5, 96), tile(random(96, 448), 64), []
    expected = linear(x, tiles)

    def multiply():
        wrong.extend(index for index in range(200) if not np.array_equal(linear(x, tiles), expected))

    threads = [threading.Thread(target=multiply) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert wrong == []


def _child(connection) -> None:
    product = linear(random(5, 96), tile(random(96, 448), 64))
    connection.send((product, [thread.name for thread in threading.enumerate()]))


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own(tiled):
    expected = linear(random(5, 96), tile(random(96, 448), 64))
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_child, args=(theirs,), daemon=True)
    process.start()
    assert ours.poll(30)
    product, threads = ours.recv()
    assert np.array_equal(product, expected) and "mini_vllm_0" in threads
    process.join(30)
    assert process.exitcode == 0


@pytest.fixture
def three_threads(monkeypatch):
    """BLAS has three threads, however many the machine or `make test` gives it."""
    own = blas.num_threads
    monkeypatch.setattr(blas, "num_threads", 3)
    blas.set_num_threads(3)
    yield
    blas.set_num_threads(own)


@pytest.mark.skipif(blas._openblas is None, reason="numpy has another BLAS than its wheels'")
@pytest.mark.parametrize("has_small_kernel", [True, False])
def test_blas_has_one_thread_while_ours_work_and_its_own_again_afterwards(monkeypatch, three_threads, has_small_kernel):
    monkeypatch.setattr(blas, "has_small_kernel", has_small_kernel)
    monkeypatch.setattr(blas, "can_leave_threads_to_us", True)
    with pytest.raises(ZeroDivisionError), parallel.OwnThreads(parallel.MIN_ROWS):
        assert (blas._openblas.num_threads, parallel.num_threads) == (1, 3)
        raise ZeroDivisionError
    assert (blas._openblas.num_threads, parallel.num_threads) == (3, 1)
    with parallel.OwnThreads(parallel.MIN_ROWS - 1):
        assert parallel.num_threads == (3 if has_small_kernel else 1)


def test_a_long_step_shared_out_by_rows_gives_the_numbers_of_one_thread(monkeypatch, three_threads):
    """Every part of a layer, with a number of rows that three threads do not share evenly."""
    monkeypatch.setattr(blas, "has_small_kernel", False)
    monkeypatch.setattr(blas, "can_leave_threads_to_us", True)
    model = OneSequence(LlamaForCausalLM(CONFIG))
    ids = np.arange(160) % CONFIG.vocab_size
    shared_out = model.forward(ids)
    monkeypatch.setattr(blas, "can_leave_threads_to_us", False)
    np.testing.assert_allclose(model.forward(ids), shared_out, atol=1e-4)
    short = model.forward(ids[:50])
    np.testing.assert_allclose(short, shared_out[:50], atol=1e-4)


def test_rows_come_back_in_order_from_as_many_threads_as_there_are(monkeypatch):
    monkeypatch.setattr(blas, "has_small_kernel", False)
    monkeypatch.setattr(parallel, "num_threads", 3)
    calls, x, y = [], random(200, 4), random(200, 1)

    def added(x, y):
        calls.append(len(x))
        return x + y

    assert np.array_equal(parallel.by_rows(added, x, y), x + y)
    assert sorted(calls) == [66, 67, 67]
    assert np.array_equal(parallel.by_rows(added, x[:127], y[:127]), (x + y)[:127]) and calls[3:] == [127]


def test_weights_lie_in_the_order_that_is_read_faster_and_are_given_on_without_a_copy(monkeypatch):
    monkeypatch.setattr(blas, "has_small_kernel", False)
    config = replace(CONFIG, vocab_size=160)
    given = random_weights(config, seed=0)
    model = LlamaForCausalLM(config, given)
    layer = "model.layers.0"
    assert model.weights.keys() >= {f"{layer}.mlp.down_proj.weight", "model.embed_tokens.weight.T"}
    assert model.layers[0].mlp.down_proj.T.flags.c_contiguous and model.lm_head.flags.c_contiguous
    assert np.array_equal(model.embed_tokens, given["model.embed_tokens.weight"])
    assert np.shares_memory(model.embed_tokens, model.lm_head)
    again = LlamaForCausalLM(config, model.weights)
    assert all(array is model.weights[name] for name, array in again.weights.items())


def test_an_arena_hands_out_memory_once():
    arena, arrays = Arena(), []
    for index, shape in enumerate([(3, 5), (2**11, 2**11), (2**12, 2**11), (7,), (2**21,)]):
        arrays.append(arena.copy(np.full(shape, index, dtype=np.float16)))
    assert all((array == index).all() and array.dtype == np.float32 for index, array in enumerate(arrays))
    assert arrays[3].ctypes.data % 64 == arrays[0].ctypes.data % 64
