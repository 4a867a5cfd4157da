"""Each setting of a request does what a slow computation does, in mixed batches, preempted and streamed."""

import numpy as np
import pytest
from engines import MODEL, engine, greedy, random_prompt, run, token_ids
from letters import LETTERS, LetterTokenizer
from slow_engine import log_softmax, slow_tokens

from mini_vllm import LLM, EngineConfig, LlamaForCausalLM, LLMEngine, ModelConfig, OneSequence, SamplingParams

EOS = 11
MODEL_WITH_EOS = LlamaForCausalLM(ModelConfig(**{**vars(MODEL.config), "eos_token_id": EOS}), seed=3)
BAD_WORDS = ["e", "xy", "pqr", "aa"]


def drawn(seed: int, max_tokens: int = 12, **settings) -> SamplingParams:
    return SamplingParams(temperature=1.5, seed=seed, max_tokens=max_tokens, **settings)


SETTINGS = [
    drawn(1),
    drawn(2, min_tokens=9, stop_token_ids=list(range(0, 64, 3))),
    greedy(min_tokens=6, stop_token_ids=[*range(30)]),
    drawn(3, min_tokens=10, ignore_eos=True, logit_bias={EOS: 8}),
    drawn(4, min_tokens=4, logit_bias={EOS: 9.5, 3: -100}),
    greedy(logit_bias={7: 6, 8: 6.5, 9: -3}, presence_penalty=2.0),
    drawn(5, allowed_token_ids=[60, 2, 31]),
    greedy(allowed_token_ids=[*range(20, 40)], frequency_penalty=1.5),
    drawn(6, bad_words=BAD_WORDS, top_k=8),
    greedy(bad_words=BAD_WORDS, allowed_token_ids=[0, 4, 23, 24, 15, 16, 17], logit_bias={4: 30, 0: 5}),
    drawn(7, top_k=3, logit_bias=dict.fromkeys(range(10), 4), min_tokens=3, stop_token_ids=[1, 2]),
    drawn(8, allowed_token_ids=[5, EOS, 9], min_tokens=5),
]
PROMPTS = [random_prompt(index, 4 + 3 * index) for index in range(len(SETTINGS))]
BAD_IDS = [[LETTERS.index(letter) for letter in word] for word in BAD_WORDS]
EXPECTED = {
    str(index): slow_tokens(prompt, params, eos=[EOS], bad=BAD_IDS if params.bad_words else (), model=MODEL_WITH_EOS)
    for index, (prompt, params) in enumerate(zip(PROMPTS, SETTINGS))
}


def serve(**limits) -> LLMEngine:
    config = EngineConfig.for_model(MODEL.config, **{"block_size": 4} | limits)
    an_engine = LLMEngine(MODEL_WITH_EOS, LetterTokenizer(), config)
    for name, prompt, params in zip(EXPECTED, PROMPTS, SETTINGS):
        an_engine.add_request(name, prompt, params)
    return an_engine


def test_the_settings_of_this_file_are_not_without_effect():
    without = [
        slow_tokens(p, SamplingParams(**{"temperature": s.temperature, "seed": s.seed, "max_tokens": 12}))
        for p, s in zip(PROMPTS, SETTINGS)
    ]
    assert [index for index, tokens in enumerate(without) if tokens == EXPECTED[str(index)]] == [0]
    assert all(len(EXPECTED[index]) >= SETTINGS[int(index)].min_tokens for index in EXPECTED)


@pytest.mark.parametrize(
    "limits", [{}, {"max_num_batched_tokens": 7}, {"max_num_seqs": 3}, {"block_size": 16}], ids=str
)
def test_settings_in_a_mixed_batch_give_the_tokens_of_the_slow_computation(limits):
    assert token_ids(run(serve(**limits))) == EXPECTED


@pytest.mark.parametrize("enable_prefix_caching", [True, False])
def test_preemption_changes_no_setting(enable_prefix_caching):
    an_engine = serve(num_blocks=16, max_model_len=60, enable_prefix_caching=enable_prefix_caching)
    assert token_ids(run(an_engine)) == EXPECTED
    assert an_engine.stats.num_preemptions > 0


def test_a_stream_shows_the_same_tokens_one_by_one():
    llm = LLM(MODEL_WITH_EOS, tokenizer=LetterTokenizer())
    for prompt, params, expected in zip(PROMPTS, SETTINGS, EXPECTED.values()):
        lengths = [output.outputs[0].token_ids for output in llm.stream(prompt, params)]
        assert lengths == [expected[: n + 1] for n in range(len(expected))]


@pytest.mark.parametrize("seed", range(3))
def test_random_bad_words_never_come_out(seed):
    rng = np.random.default_rng(seed)
    words = ["".join(rng.choice(list("abcd"), rng.integers(1, 4))) for _ in range(6)]
    allowed = [*range(6)]
    params = SamplingParams(seed=seed, max_tokens=60, bad_words=words, allowed_token_ids=allowed)
    (output,) = LLM(MODEL, tokenizer=LetterTokenizer()).generate([9, 9, 9], params)
    ids = [[LETTERS.index(letter) for letter in word] for word in words]
    assert output.outputs[0].token_ids == slow_tokens([9, 9, 9], params, bad=ids)
    assert not any(word in output.outputs[0].text for word in words)


def test_a_bad_word_is_another_token_behind_a_space_where_the_tokenizer_says_so():
    class WordTokenizer(LetterTokenizer):  # as SentencePiece and byte-level BPE do: " word" is a token of its own
        def encode(self, text, add_special_tokens=True):
            return [{"word": 1, " word": 2}[text]]

    (output,) = LLM(MODEL, tokenizer=WordTokenizer()).generate(
        [5, 6], greedy(4, bad_words="word", logit_bias={1: 90, 2: 80, 3: 40})
    )
    assert output.outputs[0].token_ids == [3] * 4


@pytest.mark.parametrize(
    "limits", [{}, {"max_num_batched_tokens": 5}, {"num_blocks": 15, "max_model_len": 56}], ids=str
)
@pytest.mark.parametrize("enable_prefix_caching", [True, False])
def test_prompt_logprobs_are_the_models_in_any_company(limits, enable_prefix_caching):
    prompts = {f"r{index}": random_prompt(index % 4, 3 + 5 * index) for index in range(8)}
    an_engine = engine(**limits, enable_prefix_caching=enable_prefix_caching)
    an_engine.add_request("before", prompts["r7"], greedy(1))
    run(an_engine)  # its blocks are in the cache, which holds no logits
    for index, (name, prompt) in enumerate(prompts.items()):
        an_engine.add_request(name, prompt, greedy(12, prompt_logprobs=[None, 0, 3, -1][index % 4]))
    outputs = run(an_engine)
    if "num_blocks" in limits:
        assert an_engine.stats.num_preemptions > 0
    for index, (name, prompt) in enumerate(prompts.items()):
        found = outputs[name].prompt_logprobs
        if index % 4 == 0:
            assert found is None
            continue
        expected = log_softmax(OneSequence(MODEL).forward(prompt))
        assert found[0] is None and len(found) == len(prompt)
        for entries, row, token in zip(found[1:], expected, prompt[1:]):
            assert next(iter(entries)) == token and entries[token].rank == (row >= row[token] - 1e-6).sum()
            assert entries.keys() == {token, *np.argsort(-row)[: [0, 0, 3, 64][index % 4]].tolist()}
            for each, entry in entries.items():
                assert entry.logprob == pytest.approx(row[each], abs=1e-3)
        assert outputs[name].outputs[0].token_ids == slow_tokens(prompt, greedy(12))


def test_prompt_logprobs_of_a_long_prompt_are_all_there():
    prompt = random_prompt(1, 120)  # more than the rows of logits that are computed at once
    an_engine = engine()
    an_engine.add_request("a", prompt, greedy(1, prompt_logprobs=0))
    found = [next(iter(entries.values())).logprob for entries in run(an_engine)["a"].prompt_logprobs[1:]]
    expected = log_softmax(OneSequence(MODEL).forward(prompt))[np.arange(119), prompt[1:]]
    np.testing.assert_allclose(found, expected, atol=1e-3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"allowed_token_ids": [3, 64]}, r"allowed_token_ids=\[64\] lies outside the vocabulary, token ids 0 to 63"),
        ({"logit_bias": {64: 1.0}}, r"logit_bias=\[64\] lies outside the vocabulary, token ids 0 to 63"),
        ({"bad_words": ["ab"]}, r"bad_words=\['ab'\] needs a tokenizer"),
    ],
)
def test_a_setting_that_this_model_cannot_follow_is_refused_by_name(settings, message):
    with pytest.raises(ValueError, match=message):
        engine().add_request("a", [1, 2], SamplingParams(**settings))


def test_a_request_that_allows_nothing_fails_alone():
    llm = LLM(MODEL, tokenizer=LetterTokenizer())
    outputs = llm.generate(["ab", "ab"], [greedy(3, allowed_token_ids=[1], bad_words="b"), greedy(3)])
    assert [output.outputs[0].finish_reason for output in outputs] == ["error", "length"]
    assert "all -inf" in outputs[0].error and outputs[1].outputs[0].token_ids == slow_tokens([0, 1], greedy(3))
