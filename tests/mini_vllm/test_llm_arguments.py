"""What `LLM` is given besides a model: vLLM's arguments by habit, tokenizers by name, seeds, a model's own defaults."""

import inspect
import json
import shutil
from dataclasses import fields
from pathlib import Path

import pytest
from engines import MODEL, greedy
from letters import LetterTokenizer

from mini_vllm import LLM, EngineConfig, SamplingParams
from mini_vllm.model_loader import EMBEDDED_FOLDER

PROMPT = "Once upon a time"


@pytest.mark.parametrize(
    "arguments",
    [
        {"dtype": "auto"},
        {"dtype": "float32", "tensor_parallel_size": 1, "pipeline_parallel_size": 1},
        {"enforce_eager": True, "trust_remote_code": True},
        {"trust_remote_code": False},
    ],
    ids=str,
)
def test_what_is_true_of_this_engine_anyway_is_accepted(arguments):
    assert LLM(MODEL, **arguments).llm_engine.config == LLM(MODEL).llm_engine.config


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dtype": "bfloat16"}, "dtype='bfloat16' is not implemented: mini_vllm has 'auto' or 'float32' only"),
        ({"tensor_parallel_size": 2}, "tensor_parallel_size=2 is not implemented: mini_vllm has 1 only"),
        ({"enforce_eager": False}, "enforce_eager=False is not implemented"),
        ({"seed": -1}, "seed=-1 must be a whole number, at least 0, or None"),
        ({"seed": 1.5}, "seed=1.5"),
        ({"tokenizer": LetterTokenizer(), "skip_tokenizer_init": True}, "skip_tokenizer_init=True: give one"),
    ],
    ids=str,
)
def test_what_is_not_is_refused_with_what_there_is(arguments, message):
    with pytest.raises(ValueError, match=message):
        LLM(MODEL, **arguments)


@pytest.mark.parametrize("name", ["gpu_memory_utilization", "max_seqs", "quantization", "limits"])
def test_an_unknown_argument_is_named_with_those_that_exist(name):
    with pytest.raises(TypeError, match=f"LLM has no argument {name}=0.5") as caught:
        LLM(MODEL, **{name: 0.5})
    own = {*inspect.signature(LLM.__init__).parameters} - {"self", "arguments"}
    for exists in {*own, "dtype", "kv_cache_memory_bytes"} | {field.name for field in fields(EngineConfig)}:
        assert exists in str(caught.value)


def test_a_seed_makes_requests_without_one_repeat_and_leaves_those_with_one_alone():
    def tokens(engine_seed: int | None, **settings) -> list[list[int]]:
        params = SamplingParams(temperature=1.5, max_tokens=9, **settings)
        outputs = LLM(MODEL, seed=engine_seed).generate([[1, 2], [1, 2]], params)
        return [completion.token_ids for output in outputs for completion in output.outputs]

    assert tokens(4) == tokens(4) and tokens(4)[0] != tokens(4)[1]
    assert tokens(4) != tokens(5) and tokens(None) != tokens(None)
    assert tokens(4, n=2) == tokens(4, n=2) and len({*map(tuple, tokens(4, n=2))}) == 4
    assert tokens(4, seed=9) == tokens(None, seed=9)


def test_a_tokenizer_is_named_by_its_path():
    pytest.importorskip("tokenizers", reason='needs pip install "mini-vllm[models]"')
    own = LLM().generate(PROMPT, greedy(8))[0]
    for path in (str(EMBEDDED_FOLDER), EMBEDDED_FOLDER):
        (output,) = LLM(tokenizer=path).generate(PROMPT, greedy(8))
        assert (output.prompt_token_ids, output.outputs[0].text) == (own.prompt_token_ids, own.outputs[0].text)


def test_a_tokenizer_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="tokenizer='gpt2': There is no"):
        LLM(tokenizer="gpt2")


def test_a_model_without_a_tokenizer_can_be_loaded_by_its_path(tmp_path):
    for name in ("config.json", "model.safetensors"):
        shutil.copy(EMBEDDED_FOLDER / name, tmp_path)
    own = LLM().generate(PROMPT, greedy(8))[0]
    llm = LLM(tmp_path, skip_tokenizer_init=True)
    (output,) = llm.generate(own.prompt_token_ids, greedy(8))
    assert (output.outputs[0].token_ids, output.outputs[0].text) == (own.outputs[0].token_ids, "")
    with pytest.raises(ValueError, match="no tokenizer"):
        llm.generate(PROMPT)
    (output,) = LLM(tmp_path, tokenizer=LLM().get_tokenizer()).generate(PROMPT, greedy(8))
    assert output.outputs[0].text == own.outputs[0].text


def embedded_with(folder: Path, generation: object) -> Path:
    shutil.copytree(EMBEDDED_FOLDER, folder, dirs_exist_ok=True)
    (folder / "generation_config.json").write_text(json.dumps(generation), encoding="utf-8")
    return folder


def test_without_parameters_those_of_generation_config_count(tmp_path):
    pytest.importorskip("tokenizers", reason='needs pip install "mini-vllm[models]"')
    generation = {
        "temperature": 0.5,
        "top_k": 7,
        "top_p": None,
        "max_new_tokens": 5,
        "do_sample": True,
        "eos_token_id": 0,
    }
    llm = LLM(embedded_with(tmp_path, generation), seed=1)
    params = SamplingParams(temperature=0.5, top_k=7, max_tokens=5)
    assert llm.get_default_sampling_params() == params
    (output,) = llm.generate(PROMPT)
    (expected,) = LLM(tmp_path, seed=1).generate(PROMPT, params)
    assert output.outputs[0].token_ids == expected.outputs[0].token_ids and len(output.outputs[0].token_ids) <= 5
    (*_, streamed) = LLM(tmp_path, seed=1).stream(PROMPT)
    assert streamed.outputs[0].token_ids == output.outputs[0].token_ids
    assert len(llm.generate(PROMPT, SamplingParams(ignore_eos=True))[0].outputs[0].token_ids) == 16


def test_the_embedded_model_and_models_in_memory_have_vllms_defaults():
    assert LLM().get_default_sampling_params() == LLM(MODEL).get_default_sampling_params() == SamplingParams()


def test_a_generation_config_that_cannot_be_followed_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"generation_config.json: temperature=-1 must be"):
        LLM(embedded_with(tmp_path, {"temperature": -1}))
