"""`n`: several completions of one prompt, which share its blocks."""

import pytest
from engines import MODEL, check_blocks, engine, expected_tokens, random_prompt, run
from letters import LETTERS, LetterTokenizer

from mini_vllm import LLM, SamplingParams


def drawn(n: int, **settings) -> SamplingParams:
    return SamplingParams(**{"n": n, "temperature": 1.2, "seed": 5, "max_tokens": 12} | settings)


def expected(prompt: list[int], params: SamplingParams) -> list[list[int]]:
    """Each completion is what a request with the next seed would get."""
    alone = {"temperature": params.temperature, "max_tokens": params.max_tokens}
    return [expected_tokens(prompt, SamplingParams(seed=params.seed + index, **alone)) for index in range(params.n)]


REQUESTS = {f"r{index}": (random_prompt(index, 5 + 4 * index), drawn(n)) for index, n in enumerate([3, 1, 4, 2])}
EXPECTED = {name: expected(*request) for name, request in REQUESTS.items()}


def served(**limits):
    an_engine = engine(**limits)
    for name, (prompt, params) in REQUESTS.items():
        an_engine.add_request(name, prompt, params)
    return an_engine, run(an_engine)


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"max_num_seqs": 2},
        {"max_num_batched_tokens": 6},
        {"enable_prefix_caching": False},
        {"num_blocks": 14, "max_model_len": 32},
        {"num_blocks": 14, "max_model_len": 32, "enable_prefix_caching": False},
    ],
    ids=str,
)
def test_each_completion_is_that_of_a_request_with_the_next_seed(limits):
    an_engine, outputs = served(**limits)
    assert {name: [each.token_ids for each in output.outputs] for name, output in outputs.items()} == EXPECTED
    assert all([each.index for each in output.outputs] == [*range(len(output.outputs))] for output in outputs.values())
    assert all(output.finished and output.request_id == name for name, output in outputs.items())
    assert ("num_blocks" in limits) == (an_engine.stats.num_preemptions > 0)


def test_the_completions_share_the_full_blocks_of_their_prompt():
    an_engine, prompt = engine(), random_prompt(7, 13)  # 3 full blocks of 4, and one token
    an_engine.add_request("a", prompt, drawn(3))
    an_engine.step()
    manager = an_engine.scheduler.kv_cache_manager
    tables = [manager.get_block_ids(name) for name in ("0_a", "1_a", "2_a")]
    assert tables[0][:3] == tables[1][:3] == tables[2][:3]
    assert [manager.block_pool.blocks[block].ref_cnt for block in tables[0][:3]] == [3, 3, 3]
    own = {table[3] for table in tables}
    assert len(own) == 3 and all(manager.block_pool.blocks[block].ref_cnt == 1 for block in own)
    assert an_engine.stats.num_tokens_processed == 13 + 1 + 1, "the prompt was computed once"
    an_engine.abort_request("a")
    check_blocks(an_engine)


def test_without_prefix_caching_they_share_nothing():
    an_engine = engine(enable_prefix_caching=False)
    an_engine.add_request("a", random_prompt(7, 13), drawn(3))
    an_engine.step()
    assert an_engine.scheduler.kv_cache_manager.block_pool.usage == 12 / an_engine.config.num_blocks
    assert an_engine.stats.num_tokens_processed == 39


def test_every_output_holds_all_completions_and_the_last_one_is_finished():
    prompt = random_prompt(3, 6)
    stop = expected(prompt, drawn(3))[1][4]  # ends one of them early
    texts = [LETTERS[token] for token in prompt]
    outputs = list(LLM(MODEL, tokenizer=LetterTokenizer()).stream("".join(texts), drawn(3, stop_token_ids=[stop])))
    assert all(len(output.outputs) == 3 for output in outputs)
    assert [output.finished for output in outputs] == [False] * (len(outputs) - 1) + [True]
    for index, tokens in enumerate(expected(prompt, drawn(3))):
        until = tokens.index(stop) + 1 if stop in tokens else 12
        assert outputs[-1].outputs[index].token_ids == tokens[:until]
        text = "".join(LETTERS[token] for token in tokens[: until - (stop in tokens)])
        assert outputs[-1].outputs[index].text == text
        assert all(text.startswith(output.outputs[index].text) for output in outputs)
    lengths = {len(each.token_ids) for each in outputs[-1].outputs}
    assert len(lengths) > 1


def test_an_abort_ends_all_completions_also_those_that_wait():
    an_engine = engine(max_num_seqs=2)
    an_engine.add_request("a", random_prompt(1, 9), drawn(4))
    an_engine.step()
    an_engine.abort_request("a")
    assert not an_engine.has_unfinished_requests() and an_engine.output_processor.request_states == {}
    check_blocks(an_engine)


def test_no_two_requests_have_one_name():
    an_engine = engine()
    an_engine.add_request("1_a", [1, 2], drawn(1))
    with pytest.raises(ValueError, match="request_id='1_a'"):
        an_engine.add_request("a", [1, 2], drawn(2))
    an_engine.add_request("b", [1, 2], drawn(2))
    for taken in ("b", "0_b"):
        with pytest.raises(ValueError, match=f"request_id='{taken}'"):
            an_engine.add_request(taken, [1, 2], drawn(1))
    assert len(an_engine.scheduler.requests) == 3


def test_without_a_seed_the_completions_differ():
    (output,) = LLM(MODEL).generate([1, 2, 3], SamplingParams(n=4, temperature=2.0, max_tokens=12))
    assert len({tuple(each.token_ids) for each in output.outputs}) == 4


def test_a_completion_that_fails_leaves_the_others_to_end():
    class Forgetful(LetterTokenizer):
        def decode(self, token_ids, skip_special_tokens=True):
            if bad in token_ids:
                raise ValueError("unknown token")
            return super().decode(token_ids)

    tokens = expected([1, 2, 3], drawn(2))
    bad = next(token for token in tokens[0] if token not in tokens[1] + [1, 2, 3])
    (output,) = LLM(MODEL, tokenizer=Forgetful()).generate([1, 2, 3], drawn(2))
    assert [each.finish_reason for each in output.outputs] == ["error", "length"]
    assert "unknown token" in output.error and output.outputs[1].token_ids == tokens[1]


def test_the_prompts_logprobs_are_computed_once():
    (output,) = LLM(MODEL).generate([1, 2, 3], drawn(2, prompt_logprobs=0))
    assert [entries and [*entries] for entries in output.prompt_logprobs] == [None, [2], [3]]
