"""Speculation in the engine, one rule a test; the random streams are in test_spec_decode_random.py."""

import numpy as np
import pytest
from engines import MODEL, engine, greedy, random_prompt, run, token_ids
from letters import LETTERS, LetterTokenizer
from test_spec_decode_random import prefix_hasher

from mini_vllm import LLM, LLMEngine, SamplingParams

FULL = engine()
FULL.add_request("full", random_prompt(1, 9), greedy(40))
TOKENS = random_prompt(1, 9) + token_ids(run(FULL))["full"]  # a prompt of 9 tokens and what follows it


class KnownDrafts:
    """Drafts what really follows, and a wrong token at `wrong_at`, counted from the start of the prompt.

    num_asked: how many of them, if the engine takes so many.
    """

    def __init__(self, num_asked: int, wrong_at: int | None = None) -> None:
        self.num_asked, self.wrong_at = num_asked, wrong_at

    def propose(self, request, max_num_drafts: int) -> list[int]:
        first = request.num_tokens + 1  # the token behind the next one, which is sampled anyway
        return [self.token(position - 1) for position in range(first, first + min(self.num_asked, max_num_drafts))]

    def token(self, position: int) -> int:
        return (TOKENS[position] + (position == self.wrong_at)) % MODEL.config.vocab_size


def speculating(num_asked: int, wrong_at: int | None = None, **limits) -> LLMEngine:
    an_engine = engine(speculative_config={"method": "ngram", "num_speculative_tokens": 7}, **limits)
    an_engine.scheduler.proposer = KnownDrafts(num_asked, wrong_at)
    return an_engine


def held(an_engine: LLMEngine, name: str = "a") -> int:
    return len(an_engine.scheduler.kv_cache_manager.get_block_ids(name))


def test_a_step_gives_the_accepted_drafts_and_one_token_more():
    an_engine = speculating(5, wrong_at=12)
    an_engine.add_request("a", TOKENS[:9], greedy(20))
    counts = [len(an_engine.step()[0].outputs[0].token_ids) for _ in range(2)]
    assert counts == [4, 10]  # drafts of 9 to 13, of which 12 is wrong; then of 13 to 17
    stats = an_engine.stats
    assert (stats.num_draft_tokens, stats.num_accepted_tokens, stats.num_tokens_processed) == (10, 8, 9 + 5 + 1 + 5)


def test_a_block_with_a_rejected_draft_is_not_found():
    an_engine = speculating(7, wrong_at=11, block_size=4, block_hasher=prefix_hasher(4))
    an_engine.add_request("a", TOKENS[:9], greedy(20))
    an_engine.step()
    # A prompt with the rejected draft in the place where it was rejected.
    wrong = [*TOKENS[:11], an_engine.scheduler.proposer.token(11), *TOKENS[12:16]]
    an_engine.add_request("b", wrong, greedy(1))
    outputs = run(an_engine)
    assert outputs["b"].num_cached_tokens == 8, "the two blocks that the prompts share"
    plain = engine(block_size=4)
    plain.add_request("b", wrong, greedy(1))
    assert outputs["b"].outputs[0].token_ids == token_ids(run(plain))["b"]


def test_a_block_of_accepted_drafts_is_found():
    an_engine = speculating(7, block_size=4, block_hasher=prefix_hasher(4))
    an_engine.add_request("a", TOKENS[:9], greedy(24))
    while an_engine.stats.num_accepted_tokens < 14:
        an_engine.step()
    an_engine.step()
    an_engine.add_request("b", TOKENS[:26], greedy(1))
    assert run(an_engine)["b"].num_cached_tokens == 24


def test_drafts_take_free_blocks_only_and_give_them_back():
    # 8 blocks: a and b hold 3 each, and one more each for the next token; the drafts of a find room in its last block.
    an_engine = speculating(7, wrong_at=14, num_blocks=8, max_model_len=32, enable_prefix_caching=False)
    for name in "ab":
        an_engine.add_request(name, TOKENS[:12], greedy(1 if name == "b" else 12))
    an_engine.step()
    assert an_engine.stats.num_preemptions == 0
    assert held(an_engine) == 4, "12 tokens of the prompt and 2 accepted drafts"
    run(an_engine)


def test_drafts_leave_the_budget_to_requests_that_wait():
    an_engine = speculating(7, max_num_batched_tokens=10)
    an_engine.add_request("a", TOKENS[:9], greedy(20))
    an_engine.step()
    assert an_engine.stats.num_draft_tokens == 1
    an_engine.add_request("b", random_prompt(2, 8), greedy(1))
    an_engine.step()
    assert an_engine.stats.num_draft_tokens == 2 and an_engine.stats.num_tokens_processed == 20


def test_rejected_drafts_evict_no_more_than_the_blocks_they_need():
    """A step gives back the blocks of its drafts, and the next step takes the same ones."""
    an_engine = speculating(7, num_blocks=16, max_model_len=64, block_size=4)
    an_engine.add_request("old", random_prompt(5, 40), greedy(1))  # ten full blocks that can be found
    run(an_engine)
    an_engine.scheduler.proposer = KnownDrafts(7)
    an_engine.scheduler.proposer.token = lambda position: (TOKENS[position] + 1) % 64  # all wrong
    an_engine.add_request("a", TOKENS[:9], greedy(8))
    run(an_engine)
    assert an_engine.stats.num_accepted_tokens == 0 and an_engine.stats.num_draft_tokens > 20
    an_engine.add_request("again", random_prompt(5, 40), greedy(1))
    assert run(an_engine)["again"].num_cached_tokens > 16


def test_a_stop_token_among_the_drafts_ends_the_request_there():
    stop = TOKENS[13]
    expected = TOKENS[9 : TOKENS.index(stop, 9) + 1]
    an_engine = speculating(7)
    an_engine.add_request("a", TOKENS[:9], greedy(20, stop_token_ids=[stop], logprobs=0))
    (output,) = an_engine.step()[0].outputs
    assert (output.token_ids, output.stop_reason, len(output.logprobs)) == (expected, stop, len(expected))


@pytest.mark.parametrize("end", [12, 13, 15])
def test_a_stop_string_among_the_drafts_ends_tokens_text_and_logprobs_there(end):
    text = "".join(LETTERS[token] for token in TOKENS)
    an_engine = LLMEngine(MODEL, LetterTokenizer(), speculating(7).config)
    an_engine.scheduler.proposer = KnownDrafts(7)
    # The stop token behind the stop string is accepted, too, and is not what ends the request.
    params = greedy(20, stop=[text[end - 3 : end]], stop_token_ids=[TOKENS[end]], logprobs=0, min_tokens=end - 10)
    an_engine.add_request("a", TOKENS[:9], params)
    (output,) = run(an_engine)["a"].outputs
    assert (output.token_ids, output.text) == (TOKENS[9:end], text[9 : end - 3])
    assert len(output.logprobs) == end - 9 and output.stop_reason == params.stop[0]
    assert an_engine.stats.num_accepted_tokens == 7


def test_max_tokens_and_max_model_len_hold():
    for limits, max_tokens, expected in (({}, 5, 5), ({"max_model_len": 16}, 40, 7)):
        an_engine = speculating(7, **limits)
        an_engine.add_request("a", TOKENS[:9], greedy(max_tokens))
        (output,) = run(an_engine)["a"].outputs
        assert output.token_ids == TOKENS[9 : 9 + expected] and output.finish_reason == "length"


def test_an_error_behind_an_accepted_draft_comes_after_its_tokens():
    an_engine = speculating(7)
    sample = an_engine.model_runner.sampler

    def broken(logits, metadata):
        logits = logits.copy()
        logits[[len(output) == 3 for output in metadata.output_token_ids]] = np.nan
        return sample(logits, metadata)

    an_engine.model_runner.sampler = broken
    an_engine.add_request("a", TOKENS[:9], greedy(20))
    (output,) = [an_engine.step(), an_engine.step()][1]
    assert output.outputs[0].token_ids == TOKENS[9:12] and "hold NaN" in output.error


def test_a_stream_has_all_tokens_of_a_step_at_once_and_drawn_tokens_stay_the_same():
    """One uniform number for each token, whether or not it was drafted."""
    settings = {"method": "ngram", "num_speculative_tokens": 4, "prompt_lookup_min": 1}
    prompt, params = [1, 2, 3] * 4, SamplingParams(temperature=0.02, seed=5, max_tokens=40, logprobs=1)
    plain = list(LLM(MODEL).stream(prompt, params))
    llm = LLM(MODEL, speculative_config=settings)
    streamed = list(llm.stream(prompt, params))
    assert streamed[-1].outputs[0].token_ids == plain[-1].outputs[0].token_ids
    assert len(streamed) < len(plain) == 40 and llm.llm_engine.stats.num_accepted_tokens == 40 - len(streamed)


def test_a_text_that_never_repeats_as_guessed_gets_few_drafts():
    """Each draft would cost a step as long as two."""
    an_engine = engine(speculative_config={"method": "ngram", "num_speculative_tokens": 7, "prompt_lookup_min": 1})
    proposer = an_engine.scheduler.proposer
    propose, drafted = proposer.propose, []

    def wrong(request, max_num_drafts):
        drafts = [(token + 1) % 64 for token in propose(request, max_num_drafts)]
        drafted.extend([request.num_output_tokens] if drafts else [])
        return drafts

    proposer.propose = wrong
    an_engine.add_request("a", [1] * 20, greedy(60, logit_bias={1: 100}))  # the same token again and again
    (output,) = run(an_engine)["a"].outputs
    assert output.token_ids == [1] * 60 and an_engine.stats.num_accepted_tokens == 0
    assert drafted == [0, 3, 8, 17, 34]  # after each, one token of its step, and 2, 4, 8 and 16 more without drafts
