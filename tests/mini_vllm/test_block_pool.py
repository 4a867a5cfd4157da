"""The pool of blocks: reference counts, LRU eviction, and blocks that are found by what they hold."""

import pytest

from mini_vllm.core.block_hash import get_request_block_hasher, hash_block_tokens
from mini_vllm.core.block_pool import BlockPool
from mini_vllm.request import Request
from mini_vllm.sampling_params import SamplingParams


def cached(pool: BlockPool, *names: bytes):
    blocks = pool.get_new_blocks(len(names))
    pool.cache_full_blocks(blocks, names)
    return blocks


def test_blocks_are_handed_out_once_and_no_more_than_there_are():
    pool = BlockPool(4)
    taken = pool.get_new_blocks(3)
    assert len({block.block_id for block in taken}) == 3 and pool.num_free_blocks == 1 and pool.usage == 0.75
    with pytest.raises(ValueError, match="2 blocks were asked for, and 1 are free"):
        pool.get_new_blocks(2)
    assert pool.num_free_blocks == 1, "a refusal takes nothing"


def test_a_block_is_free_when_its_last_user_has_gone_and_not_freed_twice():
    pool = BlockPool(2)
    blocks = pool.get_new_blocks(1)
    pool.touch(blocks)
    pool.free_blocks(blocks)
    assert pool.num_free_blocks == 1
    pool.free_blocks(blocks)
    assert pool.num_free_blocks == 2
    with pytest.raises(ValueError, match="second time"):
        pool.free_blocks(blocks)


def test_a_free_block_keeps_its_content_until_it_is_taken_for_something_else():
    pool = BlockPool(2)
    (block,) = cached(pool, b"a")
    pool.free_blocks([block])
    assert pool.get_cached_block(b"a") is block
    pool.touch([block])
    assert pool.num_free_blocks == 1 and block.ref_cnt == 1
    pool.free_blocks([block])
    pool.get_new_blocks(2)
    assert pool.get_cached_block(b"a") is None and block.block_hash is None


def test_the_block_that_was_freed_longest_ago_is_taken_first():
    pool = BlockPool(3)
    a, b, c = cached(pool, b"a", b"b", b"c")
    pool.free_blocks([b, a])
    pool.free_blocks([c])
    pool.touch([b])  # used again in between
    pool.free_blocks([b])
    assert [pool.get_new_blocks(1) for _ in range(3)] == [[a], [c], [b]]


def test_blocks_that_are_taken_together_lie_in_the_order_of_memory():
    pool = BlockPool(4)
    pool.free_blocks(reversed(pool.get_new_blocks(4)))
    assert [block.block_id for block in pool.get_new_blocks(4)] == [0, 1, 2, 3]


def test_of_two_blocks_with_the_same_content_the_first_is_found():
    pool = BlockPool(3)
    first, second = cached(pool, b"a")[0], cached(pool, b"a")[0]
    assert pool.get_cached_block(b"a") is first and second.block_hash is None
    pool.free_blocks([second])
    pool.get_new_blocks(2)  # takes the second: the first is still there
    assert pool.get_cached_block(b"a") is first


def test_after_a_reset_nothing_is_found_and_every_block_is_free():
    pool = BlockPool(3)
    cached(pool, b"a", b"b")
    pool.reset()
    assert pool.get_cached_block(b"a") is pool.get_cached_block(b"b") is None
    assert len({block.block_id for block in pool.get_new_blocks(3)}) == 3


def test_without_caching_nothing_is_found():
    pool = BlockPool(1, enable_caching=False)
    cached(pool, b"a")
    assert pool.get_cached_block(b"a") is None


def test_a_hash_names_the_tokens_their_order_and_all_that_comes_before():
    parent = hash_block_tokens(None, [1, 2])
    hashes = [
        parent,
        hash_block_tokens(None, [2, 1]),
        hash_block_tokens(None, [1, 2, 0]),
        hash_block_tokens(None, [258]),  # the same bytes as [2, 1], if tokens were bytes
        hash_block_tokens(parent, [1, 2]),
        hash_block_tokens(hash_block_tokens(None, [2, 1]), [1, 2]),
    ]
    assert len(set(hashes)) == len(hashes)
    assert hash_block_tokens(parent, [3, 4]) == hash_block_tokens(parent, (3, 4))


def test_only_full_blocks_have_a_hash_and_each_is_made_once():
    request, hasher = Request("a", [1, 2, 3, 4, 5], SamplingParams()), get_request_block_hasher(2)
    request.block_hashes += hasher(request)
    first = hash_block_tokens(None, [1, 2])
    assert request.block_hashes == [first, hash_block_tokens(first, [3, 4])]
    request.append_output_token_id(6)
    assert hasher(request) == [hash_block_tokens(request.block_hashes[1], [5, 6])]
