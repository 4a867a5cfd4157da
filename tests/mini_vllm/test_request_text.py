"""What a request may ask of its text: stop strings, special tokens, no text at all, the texts of logprobs."""

import pytest
from engines import MODEL, engine, greedy, random_prompt, run
from letters import LETTERS, LetterTokenizer
from slow_engine import slow_tokens

from mini_vllm import LLM, LlamaForCausalLM, ModelConfig, SamplingParams

FULL = "".join(LETTERS[token] for token in slow_tokens(LetterTokenizer().encode("Hello"), greedy(24)))


class SpecialTokenizer(LetterTokenizer):
    """The letter tokenizer, in which some letters are special tokens."""

    special = (FULL[2], FULL[5])

    def decode(self, token_ids, skip_special_tokens=True):
        text = super().decode(token_ids)
        return "".join(letter for letter in text if not (skip_special_tokens and letter in self.special))


def llm(tokenizer=None, **limits) -> LLM:
    return LLM(MODEL, tokenizer=tokenizer or LetterTokenizer(), **limits)


def end_of(params: SamplingParams, text: str = FULL) -> tuple[int, int] | None:
    """Where the first stop string that is met begins and ends, reading letter by letter."""
    for end in range(1, len(text) + 1):
        starts = [end - len(stop) for stop in params.stop if end > params.min_tokens and text[:end].endswith(stop)]
        if starts:
            return min(starts), end
    return None


STOPS = [[FULL[4]], [FULL[3:5], FULL[4]], [FULL[2:9], FULL[5:9]], [FULL[0], FULL[10:12]], [FULL[12:14]]]


@pytest.mark.parametrize("min_tokens", [0, 1, 5, 9, 24])
@pytest.mark.parametrize("include", [False, True])
@pytest.mark.parametrize("stop", STOPS, ids=repr)
def test_a_stop_string_counts_from_min_tokens_on_and_is_in_the_text_if_wanted(stop, include, min_tokens):
    params = greedy(24, stop=stop, include_stop_str_in_output=include, min_tokens=min_tokens)
    texts = [output.outputs[0] for output in llm().stream("Hello", params)]
    (output,) = llm(max_num_seqs=2).generate("Hello", params)
    found = end_of(params)
    expected = FULL if found is None else FULL[: found[include]]
    assert output.outputs[0].text == texts[-1].text == expected
    assert len(output.outputs[0].token_ids) == (24 if found is None else found[1])
    assert output.outputs[0].finish_reason == ("length" if found is None else "stop")
    assert all(expected.startswith(each.text) for each in texts), "a stream took back what it had shown"


@pytest.mark.parametrize("include", [False, True])
def test_a_stop_token_is_in_the_text_if_wanted(include):
    params = greedy(24, stop_token_ids=[LETTERS.index(FULL[6])], include_stop_str_in_output=include)
    (output,) = llm().generate("Hello", params)
    assert output.outputs[0].text == FULL[: FULL.index(FULL[6]) + include]
    eos = ModelConfig(**{**vars(MODEL.config), "eos_token_id": LETTERS.index(FULL[6])})
    (output,) = LLM(LlamaForCausalLM(eos, seed=3), tokenizer=LetterTokenizer()).generate("Hello", greedy(24))
    assert output.outputs[0].text == FULL[: FULL.index(FULL[6])]


@pytest.mark.parametrize("skip", [True, False])
def test_special_tokens_are_in_the_text_if_wanted(skip):
    params = greedy(24, skip_special_tokens=skip)
    *_, output = llm(SpecialTokenizer()).stream("Hello", params)
    shown = [letter for letter in FULL if not (skip and letter in SpecialTokenizer.special)]
    assert output.outputs[0].text == "".join(shown)


def test_a_stop_string_of_special_tokens_is_found_where_they_are_shown():
    params = greedy(24, stop=FULL[2], skip_special_tokens=False)
    assert llm(SpecialTokenizer()).generate("Hello", params)[0].outputs[0].text == FULL[: FULL.index(FULL[2])]
    (output,) = llm(SpecialTokenizer()).generate("Hello", greedy(24, stop=FULL[2]))
    assert output.outputs[0].finish_reason == "length"


def test_without_detokenization_there_are_tokens_and_no_text():
    params = greedy(24, detokenize=False, logprobs=1)
    (output,) = llm().generate("Hello", params)
    assert output.outputs[0].text == "" and output.outputs[0].token_ids == LetterTokenizer().encode(FULL)
    assert {entry.decoded_token for entries in output.outputs[0].logprobs for entry in entries.values()} == {None}


def test_each_logprob_has_the_text_of_its_token():
    for output in llm(SpecialTokenizer()).stream("Hello", greedy(5, logprobs=3, prompt_logprobs=2)):
        for entries in [*output.outputs[0].logprobs, *output.prompt_logprobs[1:]]:
            assert all(entry.decoded_token == LETTERS[token] for token, entry in entries.items()) and len(entries) > 1
    an_engine = engine()
    an_engine.add_request("a", [1, 2], greedy(2, logprobs=1))
    (entries, _) = run(an_engine)["a"].outputs[0].logprobs
    assert {entry.decoded_token for entry in entries.values()} == {None}


class PaddedTokenizer(LetterTokenizer):
    """Knows fewer tokens than the model has."""

    def __init__(self, known):
        self.known = known

    def decode(self, token_ids, skip_special_tokens=True):
        if not all(LETTERS[token] in self.known for token in token_ids):
            raise KeyError("no such token")
        return super().decode(token_ids)


def test_a_request_whose_tokens_cannot_be_decoded_fails_alone():
    known = set(LETTERS) - {FULL[6]}
    prompts = ["Hello", random_prompt(2, 5)]
    good = slow_tokens(prompts[1], greedy(6))
    assert LETTERS.index(FULL[6]) not in good + prompts[1]
    engine = llm(PaddedTokenizer(known))
    outputs = engine.generate(prompts, [greedy(24), greedy(6)])
    assert [output.outputs[0].finish_reason for output in outputs] == ["error", "length"]
    assert "no such token" in outputs[0].error and outputs[0].outputs[0].text == FULL[: FULL.index(FULL[6])]
    assert outputs[1].outputs[0].token_ids == good and outputs[1].error is None
    assert not engine.llm_engine.has_unfinished_requests()
    assert engine.llm_engine.scheduler.kv_cache_manager.block_pool.usage == 0
    # A token that is only reported, not drawn, has no text.
    (output,) = engine.generate([prompts[1]], greedy(6, logprobs=-1))
    assert output.error is None
    assert output.outputs[0].logprobs[0][LETTERS.index(FULL[6])].decoded_token is None


def test_tokens_beyond_the_vocabulary_of_the_embedded_tokenizer_have_no_text():
    tokenizer = LLM().get_tokenizer()
    padded = LlamaForCausalLM(ModelConfig(**{**vars(MODEL.config), "vocab_size": 5000}), seed=1)
    params = greedy(8, allowed_token_ids=[4990, *tokenizer.encode(" cat")], logit_bias={4990: 3}, frequency_penalty=2)
    outputs = LLM(padded, tokenizer=tokenizer).generate(["Once", "Once upon a"], params)
    for output in outputs:
        tokens = output.outputs[0].token_ids
        assert output.error is None and 4990 in tokens
        assert output.outputs[0].text == tokenizer.decode([token for token in tokens if token != 4990]) != ""
