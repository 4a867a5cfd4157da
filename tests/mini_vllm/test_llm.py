"""`LLM`: prompts in, outputs out; stop strings, logprobs, streaming, chat, and what goes wrong."""

import numpy as np
import pytest
from engines import MODEL, check_blocks, expected_tokens, greedy, random_prompt
from letters import LETTERS, LetterTokenizer

from mini_vllm import LLM, EngineConfig, LlamaForCausalLM, ModelConfig, OneSequence, SamplingParams
from mini_vllm.core.scheduler import Scheduler
from mini_vllm.rope_scaling import RopeScaling


def llm(**limits) -> LLM:
    return LLM(MODEL, tokenizer=LetterTokenizer(), **limits)


def text_of(prompt: str, max_tokens: int = 12) -> str:
    tokenizer = LetterTokenizer()
    return tokenizer.decode(expected_tokens(tokenizer.encode(prompt), greedy(max_tokens)))


def test_one_text_gives_one_output():
    (output,) = llm().generate("Hello", greedy(12))
    (completion,) = output.outputs
    assert output.prompt == "Hello" and output.prompt_token_ids == LetterTokenizer().encode("Hello")
    assert completion.text == text_of("Hello")
    assert completion.token_ids == LetterTokenizer().encode(completion.text)
    assert (output.finished, completion.finish_reason, completion.stop_reason) == (True, "length", None)
    assert completion.logprobs is None and completion.cumulative_logprob is None


def test_outputs_come_in_the_order_of_the_prompts_whichever_ends_first():
    prompts = ["one", "two", "three", "four", "five"]
    params = [greedy(n) for n in (9, 1, 12, 3, 5)]
    outputs = llm(max_num_seqs=2).generate(prompts, params)
    assert [output.prompt for output in outputs] == prompts
    assert [output.outputs[0].text for output in outputs] == [text_of(p, q.max_tokens) for p, q in zip(prompts, params)]


@pytest.mark.parametrize(
    "prompt",
    [
        [7, 4, 11],
        (7, 4, 11),
        np.array([7, 4, 11]),
        {"prompt": "hel"},
        {"prompt_token_ids": [7, 4, 11]},
        [[7, 4, 11]],
        ["hel"],
    ],
    ids=repr,
)
def test_a_prompt_is_a_text_or_token_ids(prompt):
    (output,) = llm().generate(prompt, greedy())
    assert output.outputs[0].text == text_of("hel")


def test_no_prompts_give_no_outputs():
    assert llm().generate([]) == []


def test_without_parameters_vllms_defaults_count():
    (output,) = llm().generate("Hello")
    assert len(output.outputs[0].token_ids) == 16


def test_without_a_tokenizer_prompts_are_token_ids_and_outputs_have_no_text():
    engine = LLM(MODEL)
    (output,) = engine.generate([3, 1, 4], greedy())
    assert output.outputs[0].token_ids == expected_tokens([3, 1, 4], greedy()) and output.outputs[0].text == ""
    for wrong in (lambda: engine.generate("abc"), lambda: engine.chat([{"role": "user", "content": "a"}])):
        with pytest.raises(ValueError, match="no tokenizer"):
            wrong()
    with pytest.raises(ValueError, match="stop='x'|stop=.'x'.*stop_token_ids"):
        engine.generate([3], SamplingParams(stop="x"))


def test_an_output_stops_at_a_stop_token_which_is_no_part_of_the_text():
    full = text_of("Hello")
    stop = LETTERS.index(full[4])
    (output,) = llm().generate("Hello", greedy(12, stop_token_ids=[stop]))
    cut = full.index(full[4])
    assert output.outputs[0].text == full[:cut]
    assert output.outputs[0].token_ids[-1] == stop and len(output.outputs[0].token_ids) == cut + 1
    assert (output.outputs[0].finish_reason, output.outputs[0].stop_reason) == ("stop", stop)


def test_the_models_eos_token_ends_the_output_unless_it_is_ignored():
    full = expected_tokens([3, 1, 4], greedy(12))
    eos = full[5]
    config = ModelConfig(**{**vars(MODEL.config), "eos_token_id": [eos]})
    engine = LLM(LlamaForCausalLM(config, seed=3))
    (output,) = engine.generate([3, 1, 4], greedy(12))
    assert output.outputs[0].token_ids == full[: full.index(eos) + 1]
    assert (output.outputs[0].finish_reason, output.outputs[0].stop_reason) == ("stop", None)
    (output,) = engine.generate([3, 1, 4], greedy(12, ignore_eos=True))
    assert (output.outputs[0].token_ids, output.outputs[0].finish_reason) == (full, "length")


@pytest.mark.parametrize("start, length", [(0, 1), (3, 1), (3, 3), (2, 8), (10, 2)])
def test_the_text_ends_before_a_stop_string(start, length):
    full = text_of("Hello")
    stop = full[start : start + length]
    engine = llm()
    (output,) = engine.generate("Hello", greedy(12, stop=["not there", stop]))
    completion = output.outputs[0]
    assert completion.text == full[: full.index(stop)]
    assert (completion.finish_reason, completion.stop_reason) == ("stop", stop)
    assert len(completion.token_ids) == full.index(stop) + length  # nothing is computed beyond it
    check_blocks(engine.llm_engine)


@pytest.mark.parametrize("starts", [(4, 3), (3, 4)])
def test_of_stop_strings_that_end_together_the_one_that_begins_first_counts(starts):
    full = text_of("Hello")
    (output,) = llm().generate("Hello", greedy(12, stop=[full[start:6] for start in starts]))
    assert output.outputs[0].text == full[: full.index(full[3:6])] and output.outputs[0].stop_reason == full[3:6]


def test_a_stop_string_ends_the_request_in_the_engine_too():
    engine = llm().llm_engine
    engine.add_request("a", "Hello", greedy(12, stop=text_of("Hello")[3]))
    for _ in range(4):
        (output,) = engine.step()
    assert output.finished and not engine.has_unfinished_requests() and engine.step() == []
    check_blocks(engine)


def test_max_tokens_none_goes_on_to_the_end_of_the_context():
    (output,) = llm(max_model_len=20).generate("Hello", SamplingParams(temperature=0, max_tokens=None))
    assert len(output.outputs[0].token_ids) == 15 and output.outputs[0].finish_reason == "length"


@pytest.mark.parametrize("wanted", [0, 3, -1])
def test_logprobs_are_those_of_the_model(wanted):
    (output,) = llm().generate("Hello", greedy(5, logprobs=wanted, repetition_penalty=1.5))
    completion, prompt = output.outputs[0], output.prompt_token_ids
    logits = OneSequence(MODEL).forward(prompt + completion.token_ids)[len(prompt) - 1 : -1].astype(float)
    expected = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert len(completion.logprobs) == 5
    for row, token_id, entries in zip(expected, completion.token_ids, completion.logprobs):
        assert next(iter(entries)) == token_id
        assert set(np.argsort(-row)[: 64 if wanted == -1 else wanted]) <= entries.keys()
        for each, entry in entries.items():
            assert entry.logprob == pytest.approx(row[each], abs=1e-3)
    assert completion.cumulative_logprob == pytest.approx(sum(row[t] for row, t in zip(expected, completion.token_ids)))


def test_a_stream_yields_the_text_as_it_grows_and_ends_with_all_of_it():
    full = text_of("Hello")
    outputs = list(llm().stream("Hello", greedy(12)))
    assert [output.outputs[0].text for output in outputs] == [full[:n] for n in range(1, 13)]
    assert [output.finished for output in outputs] == [False] * 11 + [True]


def test_a_stream_never_shows_the_beginning_of_a_stop_string():
    full = text_of("Hello")
    stop = full[6:9]
    texts = [output.outputs[0].text for output in llm().stream("Hello", greedy(12, stop=stop))]
    assert texts[-1] == full[: full.index(stop)]
    assert all(texts[-1].startswith(text) for text in texts)
    # What only looked like one is shown after all.
    texts = [output.outputs[0].text for output in llm().stream("Hello", greedy(12, stop=full[3:5] + "#"))]
    assert texts[-1] == full and texts[3] == full[:3] and all(full.startswith(text) for text in texts)


def test_two_streams_at_once_lose_nothing():
    engine = llm()
    first, second = engine.stream("Hello", greedy(6)), engine.stream("World", greedy(12))
    pairs = [(next(first), next(second)) for _ in range(6)]
    assert pairs[-1][0].outputs[0].text == text_of("Hello", 6)
    assert list(second)[-1].outputs[0].text == text_of("World", 12)


def test_the_end_of_a_stream_waits_for_whoever_reads_it_late():
    engine = llm()
    first, second = engine.stream("Hello", greedy(12)), engine.stream("World", greedy(3))
    next(second)
    assert list(first)[-1].outputs[0].text == text_of("Hello", 12)
    assert list(second)[-1].outputs[0].text == text_of("World", 3)


def test_generate_beside_an_open_stream_takes_nothing_from_it():
    engine = llm()
    stream = engine.stream("Hello", greedy(6))
    next(stream)
    (output,) = engine.generate("World", greedy(12))  # the stream's request ends meanwhile
    assert output.outputs[0].text == text_of("World", 12)
    assert list(stream)[-1].outputs[0].text == text_of("Hello", 6)


def test_a_stream_whose_request_is_aborted_by_others_ends():
    engine = llm()
    stream = engine.stream("Hello", greedy(100))
    request_id = next(stream).request_id
    engine.llm_engine.abort_request(request_id)
    assert list(stream) == []


def test_a_stream_that_is_left_early_leaves_nothing_behind():
    engine = llm()
    for output in engine.stream("Hello", greedy(100)):
        if len(output.outputs[0].text) == 3:
            break
    del output
    assert not engine.llm_engine.has_unfinished_requests()
    check_blocks(engine.llm_engine)


def test_chat_answers_one_conversation_or_several():
    def ask(text):
        return [{"role": "user", "content": text}]

    engine = llm()
    (output,) = engine.chat(ask("Hello"), greedy())
    assert output.outputs[0].text == text_of("Hello.")
    outputs = engine.chat([ask("Hello"), ask("World")], greedy())
    assert [output.outputs[0].text for output in outputs] == [text_of("Hello."), text_of("World.")]


def test_an_engine_without_a_tokenizer_says_so_when_it_is_asked_for_one():
    engine = LLM(MODEL)
    for ask in (engine.get_tokenizer, lambda: engine.chat([{"role": "user", "content": "Hello"}])):
        with pytest.raises(ValueError, match="no tokenizer: use generate with lists of token ids"):
            ask()


def test_a_progress_bar_appears_only_when_it_takes_long_and_is_wanted(capsys, monkeypatch):
    llm().generate("Hello", greedy())
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("mini_vllm.entrypoints.progress.SECONDS_BEFORE_IT_IS_SHOWN", 0)
    llm().generate(["Hello", "World"], greedy())
    shown = capsys.readouterr().err
    assert "2/2" in shown and "24 tokens" in shown and "tokens/s" in shown
    llm().generate("Hello", greedy(), use_tqdm=False)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("prompts", "params", "error", "message"),
    [
        (["fine", ""], None, ValueError, r"prompts\[1\].*empty"),
        ([[1], []], None, ValueError, r"prompts\[1\].*empty"),
        ([[1], [5, 64]], None, ValueError, r"prompts\[1\].*token id 64.*0 to 63"),
        ([[1], [-1]], None, ValueError, r"token id -1.*0 to 63"),
        ([["a"]], None, TypeError, "'a'.*list of token ids"),
        ([[1.5]], None, TypeError, "1.5.*list of token ids"),
        ([[True]], None, TypeError, "True"),
        (7, None, TypeError, "7.*int.*a text or a list of token ids"),
        (None, None, TypeError, "NoneType"),
        (b"bytes", None, TypeError, "bytes"),
        ([{"text": "Hello"}], None, ValueError, "neither.*prompt"),
        (["fine", "\ud800"], None, ValueError, r"prompts\[1\].*surrogate"),
        (["a" * 128], None, ValueError, "128 tokens.*max_model_len=128"),
        (["fine"], [None, None], ValueError, "2 sampling_params.*1 prompts"),
        (["fine"], {"temperature": 0}, TypeError, "SamplingParams"),
        (["fine"], [{"temperature": 0}], TypeError, r"prompts\[0\].*SamplingParams"),
    ],
    ids=str,
)
def test_bad_input_is_refused_by_name_before_anything_is_computed(prompts, params, error, message):
    engine = llm()
    with pytest.raises(error, match=message):
        engine.generate(prompts, params)
    assert engine.llm_engine.stats.num_steps == 0
    assert not engine.llm_engine.has_unfinished_requests()
    assert engine.generate("Hello", greedy())[0].outputs[0].text == text_of("Hello")


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"max_model_len": 129}, "max_model_len=129.*longest context is 128"),
        ({"max_model_len": 0}, "max_model_len=0 must be a whole number"),
        ({"max_num_seqs": 2.5}, "max_num_seqs=2.5"),
        ({"max_num_batched_tokens": True}, "max_num_batched_tokens=True"),
        ({"block_size": -1}, "block_size=-1"),
        ({"num_blocks": 0}, "num_blocks=0"),
        ({"num_blocks": "many"}, "num_blocks='many'"),
        (
            {"num_blocks": 1, "max_model_len": 128},
            "num_blocks=1 and block_size=16 holds 16 tokens, less than one request",
        ),
        (
            {"num_blocks": 7, "max_model_len": 128},
            "holds 112 tokens, less than one request of max_model_len=128: give it 8 blocks",
        ),
        ({"kv_cache_memory_bytes": 100}, "100 is less than one block.*4096 bytes: 16 tokens of 256 bytes"),
        ({"kv_cache_memory_bytes": 4096, "num_blocks": 1}, "both set the size"),
        ({"enable_prefix_caching": "yes"}, "enable_prefix_caching='yes' must be True or False"),
    ],
    ids=str,
)
def test_limits_that_do_not_fit_are_refused_with_the_numbers(limits, message):
    with pytest.raises(ValueError, match=message):
        LLM(MODEL, **limits)


def test_limits_may_be_numpys_whole_numbers_and_become_pythons():
    limits = {"max_model_len": 64, "num_blocks": 8, "block_size": 16, "max_num_seqs": 2, "seed": 3}
    config = LLM(MODEL, **{name: np.int64(value) for name, value in limits.items()}).llm_engine.config
    assert {name: getattr(config, name) for name in limits} == limits
    assert {type(getattr(config, name)) for name in limits} == {int}


def test_a_context_beyond_the_one_of_dynamic_rope_is_refused_with_the_reason():
    scaling = RopeScaling(rope_type="dynamic", factor=4.0)
    model = ModelConfig(**{**vars(MODEL.config), "rope_scaling": scaling})
    assert EngineConfig.for_model(model).max_model_len == 128
    with pytest.raises(ValueError, match="longest context is 128 tokens. With 'dynamic' RoPE, all angles change"):
        EngineConfig.for_model(model, max_model_len=129)


def test_an_unknown_limit_is_refused_by_name():
    with pytest.raises(TypeError, match="max_seqs"):
        LLM(MODEL, max_seqs=3)


def test_the_cache_has_the_size_that_was_asked_for():
    assert LLM(MODEL, kv_cache_memory_bytes=10_000).llm_engine.model_runner.kv_cache.blocks.nbytes == 2 * 4096
    assert LLM(MODEL, kv_cache_memory_bytes=10_000).llm_engine.config.max_model_len == 32
    assert LLM(MODEL, num_blocks=50).llm_engine.model_runner.kv_cache.blocks.nbytes == 50 * 4096
    # By default, every request that may run at once can be of full length.
    assert LLM(MODEL, max_num_seqs=3).llm_engine.config.num_blocks == 3 * 128 // 16


def test_a_cache_that_memory_cannot_hold_is_refused_before_its_blocks_are_counted_out():
    class Unused(Scheduler):
        def __init__(self, config):
            pytest.fail("the list of its blocks would fill the memory")

    with pytest.raises(MemoryError, match="of 274877906944 blocks .* lower num_blocks, kv_cache_memory_bytes"):
        LLM(MODEL, kv_cache_memory_bytes=2**50, scheduler_cls=Unused)


def nan_after(token_id: int) -> LlamaForCausalLM:
    """The small model, whose logits are NaN behind one token."""
    weights = dict(MODEL.weights)
    broken = LlamaForCausalLM(MODEL.config, weights)
    broken.embed_tokens = broken.embed_tokens.copy()
    broken.embed_tokens[token_id] = np.nan
    return broken


def test_a_request_whose_logits_are_nan_fails_alone_and_says_so():
    bad = 63
    prompts = [random_prompt(1, 9), [5, bad, 7], random_prompt(2, 20)]
    prompts = [prompts[0], prompts[1], [token for token in prompts[2] if token != bad]]
    engine = LLM(nan_after(bad))
    outputs = engine.generate(prompts, greedy(8))
    assert [output.outputs[0].finish_reason for output in outputs] == ["length", "error", "length"]
    assert "'1'" in outputs[1].error and "NaN" in outputs[1].error and outputs[1].outputs[0].token_ids == []
    for index in (0, 2):
        assert outputs[index].outputs[0].token_ids == expected_tokens(prompts[index], greedy(8))
        assert outputs[index].error is None
    check_blocks(engine.llm_engine)


def test_an_engine_takes_no_request_twice_and_no_other_ids_than_strings():
    engine = llm().llm_engine
    engine.add_request("a", "Hello")
    with pytest.raises(ValueError, match="request_id='a'"):
        engine.add_request("a", "World")
    with pytest.raises(TypeError, match="request_id=7"):
        engine.add_request(7, "World")
    engine.abort_request("unknown")
    assert len(engine.scheduler.requests) == 1
    engine.abort_request("a")
    engine.add_request("a", "World")  # the name is free again
    while engine.has_unfinished_requests():
        engine.step()
    assert engine.step() == []
    engine.add_request("a", "again")  # free again, once it has ended


def test_after_ctrl_c_nothing_is_left_and_nothing_wrong_is_found_in_the_cache(monkeypatch):
    engine = llm()
    forward = MODEL.forward

    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(MODEL, "forward", interrupted)
    with pytest.raises(KeyboardInterrupt):
        engine.generate("A prompt that is longer than one block.", greedy())
    assert not engine.llm_engine.has_unfinished_requests()
    monkeypatch.setattr(MODEL, "forward", forward)
    (output,) = engine.generate("A prompt that is longer than one block.", greedy())
    assert output.outputs[0].text == text_of("A prompt that is longer than one block.")
    assert output.num_cached_tokens == 0
