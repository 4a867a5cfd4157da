"""Prompt lookup: the tokens that followed the last ones where these occurred before."""

import random

import pytest
from engines import greedy

from mini_vllm import EngineConfig
from mini_vllm.request import Request
from mini_vllm.spec_decode.draft_pause import LONGEST_PAUSE, DraftPause
from mini_vllm.spec_decode.ngram_proposer import NgramProposer, tokens_after_match
from mini_vllm.speculative_config import SpeculativeConfig


def slow_search(tokens: list[int], num_tokens: int, min_length: int, max_length: int) -> list[int]:
    """By comparing slices: the longest length first, and of one length from the start of the text."""
    for length in range(max_length, min_length - 1, -1):
        for start in range(len(tokens) - length):
            if tokens[start : start + length] == tokens[len(tokens) - length :]:
                return tokens[start + length :][:num_tokens]
    return []


@pytest.mark.parametrize("vocab_size", [1, 2, 3, 9])
def test_the_drafts_are_those_of_a_slow_search(vocab_size):
    rng, num_found = random.Random(vocab_size), 0
    for _ in range(800):
        tokens = rng.choices(range(vocab_size), k=rng.randint(1, 24))
        min_length, num_tokens = rng.randint(1, 4), rng.randint(1, 7)
        max_length = min_length + rng.randint(0, 3)
        expected = slow_search(tokens, num_tokens, min_length, max_length)
        assert tokens_after_match(tokens, num_tokens, min_length, max_length) == expected, tokens
        num_found += bool(expected)
    assert 80 < num_found < 800


def test_there_are_no_more_drafts_than_the_request_can_use():
    """One token is sampled behind the last draft, and that one must fit, too."""
    config = SpeculativeConfig.from_dict({"method": "ngram", "num_speculative_tokens": 7, "prompt_lookup_min": 1})
    counts = {}
    for max_tokens, max_model_len, budget in [(20, 64, 64), (4, 64, 64), (20, 16, 64), (20, 64, 2), (1, 64, 64)]:
        request = Request("a", [1, 2, 3, 4] * 3, greedy(max_tokens))
        drafts = NgramProposer(config, max_model_len).propose(request, budget)
        counts[max_tokens, max_model_len, budget] = len(drafts)
        assert drafts == [1, 2, 3, 4, 1, 2, 3][: len(drafts)]
    assert counts == {(20, 64, 64): 7, (4, 64, 64): 3, (20, 16, 64): 3, (20, 64, 2): 2, (1, 64, 64): 0}


def test_a_pause_doubles_with_each_draft_that_does_not_pay_and_is_short_again_after_one_that_does():
    pause, ends = DraftPause(), []
    for _ in range(8):
        pause.update(num_tokens=100, num_drafts=7, num_accepted=1)
        ends.append(pause.until - 100)
    assert ends == [2, 4, 8, 16, 32, 64, LONGEST_PAUSE, LONGEST_PAUSE]
    pause.update(num_tokens=300, num_drafts=7, num_accepted=2)
    assert pause.until < 300, "after a draft that pays there is no pause"
    pause.update(num_tokens=310, num_drafts=7, num_accepted=0)
    assert pause.until == 312


def test_a_short_draft_pays_if_all_of_it_is_accepted():
    pause = DraftPause()
    pause.update(num_tokens=10, num_drafts=1, num_accepted=1)
    assert pause.until == 0


def test_a_request_gets_no_drafts_in_its_pause():
    config = SpeculativeConfig.from_dict({"method": "ngram", "num_speculative_tokens": 7, "prompt_lookup_min": 1})
    request = Request("a", [1, 2, 3, 4] * 3, greedy(20))
    request.draft_pause.update(request.num_tokens - 1, num_drafts=7, num_accepted=0)
    proposer = NgramProposer(config, 64)
    assert proposer.propose(request, 64) == []
    request.append_output_token_id(1)
    assert proposer.propose(request, 64) == [2, 3, 4, 1, 2, 3, 4]


NGRAM = {"method": "ngram", "num_speculative_tokens": 3}


@pytest.mark.parametrize(
    ("settings", "lengths"),
    [
        (NGRAM, (5, 5)),
        ({**NGRAM, "prompt_lookup_max": 3}, (3, 3)),
        ({**NGRAM, "prompt_lookup_min": 2}, (2, 2)),
        ({**NGRAM, "prompt_lookup_min": None, "prompt_lookup_max": 4}, (4, 4)),
        ({**NGRAM, "prompt_lookup_min": 2, "prompt_lookup_max": 3}, (2, 3)),
    ],
    ids=str,
)
def test_a_length_that_is_left_out_follows_from_the_other(settings, lengths):
    config = EngineConfig(max_model_len=8, num_blocks=8, speculative_config=settings).speculative_config
    assert (config.prompt_lookup_min, config.prompt_lookup_max) == lengths


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({**NGRAM, "method": "eagle"}, "method='eagle' must be 'ngram'"),
        ({"method": "ngram"}, "needs 'num_speculative_tokens'"),
        ({"num_speculative_tokens": 3}, "needs 'method'"),
        ({**NGRAM, "num_speculative_tokens": 0}, "num_speculative_tokens=0 must be a whole number, at least 1"),
        ({**NGRAM, "num_speculative_tokens": 2.5}, "num_speculative_tokens=2.5"),
        ({**NGRAM, "prompt_lookup_min": True}, "prompt_lookup_min=True"),
        ({**NGRAM, "prompt_lookup_max": 0}, "prompt_lookup_m(in|ax)=0"),
        ({**NGRAM, "prompt_lookup_min": 4, "prompt_lookup_max": 3}, "prompt_lookup_min=4 is more than .*max=3"),
        ({**NGRAM, "model": "tiny"}, "'model' is not a key. The keys are method, num_speculative_tokens"),
        ("ngram", "='ngram' must be a dict or None"),
    ],
    ids=str,
)
def test_a_setting_that_makes_no_sense_is_named(settings, message):
    with pytest.raises(ValueError, match=f"speculative_config.*{message}"):
        EngineConfig(max_model_len=8, num_blocks=8, speculative_config=settings)
