"""The model that comes with the package: small, at once, offline, and its text reads as language."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from mini_vllm import LLM, SamplingParams
from mini_vllm.bpe_tokenizer import BPETokenizer
from mini_vllm.model_loader import EMBEDDED_FOLDER, EMBEDDED_MODEL, get_model
from training.documents import document

ROOT = Path(__file__).parents[2]
GOLDEN = json.loads((Path(__file__).parent / "golden" / "embedded.json").read_text(encoding="utf-8"))["generated"]


@pytest.fixture(scope="module")
def llm():
    return LLM()


def ask(llm: LLM, question: str, **settings) -> str:
    params = SamplingParams(**{"temperature": 0, "max_tokens": None} | settings)
    return llm.chat([{"role": "user", "content": question}], params)[0].outputs[0].text


def test_greedy_tokens_equal_those_of_transformers(llm):
    assert sum(len(text["tokens"]) for text in GOLDEN) >= 200
    outputs = llm.generate([text["prompt"] for text in GOLDEN], SamplingParams(temperature=0, max_tokens=80))
    assert [output.outputs[0].token_ids for output in outputs] == [text["tokens"] for text in GOLDEN]


@pytest.mark.parametrize("text", GOLDEN, ids=[text["text"] for text in GOLDEN])
def test_a_prompt_has_the_token_ids_that_transformers_gives_it(text, llm):
    if text["is_chat"]:
        assert llm.chat_prompt([{"role": "user", "content": text["text"]}]) == text["prompt"]
    else:
        assert llm.get_tokenizer().encode(text["text"]) == text["prompt"]


def test_it_is_a_small_gqa_model_of_at_most_1_mb():
    assert sum(path.stat().st_size for path in EMBEDDED_FOLDER.iterdir()) <= 1_000_000
    config = LLM().llm_engine.model.config
    assert 1 < config.num_key_value_heads < config.num_attention_heads


def test_it_is_there_under_its_name_and_without_one():
    for arguments in ((), (EMBEDDED_MODEL,)):
        model, tokenizer = get_model(*arguments)
        assert type(tokenizer) is BPETokenizer and tokenizer.eos_token_ids == model.config.eos_token_ids != ()


def test_it_needs_no_library_beyond_the_courses_and_no_network():
    code = """
import socket, sys
for name in ("tokenizers", "gguf", "torch", "transformers"):
    sys.modules[name] = None
socket.socket = None
from mini_vllm import LLM
print(LLM().generate("Once upon a time")[0].outputs[0].text)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert ended.returncode == 0 and ended.stdout.strip() and not ended.stderr


def test_a_wheel_would_hold_it():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "embedded/*" in settings["tool"]["setuptools"]["package-data"]["mini_vllm"]
    assert all(path.is_file() for path in EMBEDDED_FOLDER.iterdir()), "a folder in it would be left out"


@pytest.fixture(scope="module")
def training_words() -> set[str]:
    rng = np.random.default_rng(7)
    return set(re.findall(r"[a-z]+", " ".join(document(rng) for _ in range(3_000)).lower()))


@pytest.mark.parametrize("seed", range(4))
def test_a_story_is_made_of_words_and_sentences_and_comes_to_an_end(llm, training_words, seed):
    params = SamplingParams(temperature=0.8, seed=seed, max_tokens=None)
    completion = llm.generate("Once upon a time", params)[0].outputs[0]
    words = re.findall(r"[a-z]+", completion.text.lower())
    assert completion.finish_reason == "stop" and completion.text.rstrip().endswith((".", "!", '"', "?"))
    assert len(words) > 25
    strange = [word for word in words if word not in training_words]
    assert len(strange) <= 0.05 * len(words), f"no words of the training texts: {strange}"


@pytest.mark.parametrize("animal", ["fox", "rabbit", "turtle"])
def test_asked_for_an_animal_it_tells_of_that_animal(llm, animal):
    story = ask(llm, f"Tell me a story about a {animal}.")
    assert animal in story.lower() and len(story.split()) > 25


def test_it_says_who_it_is_and_greets_back(llm):
    assert len(ask(llm, "Hello!").split()) >= 2
    assert ask(llm, "Hello!") != ask(llm, "Who are you?")
