"""The reader of safetensors files: three dtypes, and a clear word on whatever is not whole."""

import json
import re
import struct

import numpy as np
import pytest

from mini_vllm.model_loader.safetensors import SafetensorsFile, save_file

VALUES = [0.0, -0.0, 1.0, -2.5, 0.15625, 240.0, float("inf"), -float("inf")]  # exact in bfloat16 and float16


def written(path, header, data: bytes):
    """A file put together here, so that nothing is taken from the code under test."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def entry(dtype="F32", shape=(2,), begin=0, end=8):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16"])
def test_every_dtype_is_read_as_the_same_float32_numbers(dtype, tmp_path):
    array = np.array(VALUES, dtype=np.float32).reshape(2, 4)
    data = {
        "F32": array.tobytes(),
        "F16": array.astype(np.float16).tobytes(),
        "BF16": b"".join(struct.pack("<f", value)[2:] for value in VALUES),  # the upper half
    }[dtype]
    # An odd number of bytes before it: a file need not align its tensors.
    header = {
        "__metadata__": {"format": "pt"},
        "w": entry(dtype, (2, 4), 3, 3 + len(data)),
        "x": entry("I8", (3,), 0, 3),
    }
    file = SafetensorsFile(written(tmp_path / "f", header, b"abc" + data))
    assert file.read("w").dtype == np.float32
    assert np.array_equal(file.read("w"), array) and np.signbit(file.read("w")[0, 1])
    assert sorted(file.names) == ["w", "x"]


def test_what_is_saved_is_read_back_from_the_files_own_memory(tmp_path):
    tensors = {"a": np.arange(6, dtype=np.float32).reshape(2, 3).T, "b.T": np.ones((5,), np.float32)}
    save_file(tensors, tmp_path / "f")
    file = SafetensorsFile(tmp_path / "f")
    assert all(np.array_equal(file.read(name), array) for name, array in tensors.items())
    assert np.shares_memory(file.read("a"), file.read("a"))
    assert file.read("a").ctypes.data % 64 == 0
    with pytest.raises(ValueError, match="read-only"):
        file.read("a")[0] = 1


def test_a_file_cut_anywhere_is_refused_by_name(tmp_path):
    save_file({"a": np.ones((2, 3), np.float32), "b": np.ones(4, np.float32)}, tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    for size in range(len(whole)):
        (tmp_path / "cut").write_bytes(whole[:size])
        with pytest.raises(ValueError, match="cut cannot be used: it is cut short.*[Dd]ownload or copy the file again"):
            SafetensorsFile(tmp_path / "cut")


@pytest.mark.parametrize(
    ("header", "data", "said"),
    [
        ({"w": entry(end=12)}, 12, r"w, F32 of shape \(2,\), does not fit its 12 bytes"),
        ({"w": entry()}, 9, "1 bytes of its data belong to no tensor"),
        ({"w": entry()}, 7, "cut short: w ends at byte 8 of the data, which has 7"),
        ({"w": entry(), "v": entry(begin=4, end=12)}, 12, "v lies at 4 to 12, where 8 should follow"),
        ({"w": entry(), "v": entry(begin=12, end=20)}, 20, "v lies at 12 to 20, where 8 should follow"),
        ({"w": entry(begin=8, end=0)}, 8, "w lies at 8 to 0"),
        ({"w": entry(shape=(-2, -1))}, 8, "not one of safetensors"),
        ({"w": entry(shape=(2.0,))}, 8, "not one of safetensors"),
        ({"w": {"dtype": "F32"}}, 8, "not one of safetensors"),
        ({"w": 3}, 8, "not one of safetensors"),
        ({"w": entry() | {"data_offsets": [0]}}, 8, "not one of safetensors"),
        ({"w": entry() | {"data_offsets": [0, 8, 8]}}, 8, "not one of safetensors"),
        ({"w": entry() | {"data_offsets": None}}, 8, "not one of safetensors"),
        (b"[" * 100_000, 8, "not one of safetensors"),
        ([1], 8, "not one of safetensors"),
        (b"{", 8, "not one of safetensors"),
        (b"\xff\xfe", 8, "not one of safetensors"),
    ],
)
def test_a_header_that_lies_is_refused_by_name(header, data, said, tmp_path):
    with pytest.raises(ValueError, match=f"model.safetensors cannot be used: .*{said}"):
        SafetensorsFile(written(tmp_path / "model.safetensors", header, bytes(data)))


def test_a_header_longer_than_the_file_is_refused(tmp_path):
    (tmp_path / "f").write_bytes(struct.pack("<Q", 2**60) + b"{}")
    with pytest.raises(ValueError, match="cut short: its header should be 1,152,921,504,606,846,976 bytes"):
        SafetensorsFile(tmp_path / "f")


@pytest.mark.parametrize("dtype", ["I64", None, ["F32"], {}])
def test_a_dtype_that_cannot_be_read_is_named_when_it_is_asked_for(dtype, tmp_path):
    file = SafetensorsFile(written(tmp_path / "f", {"w": entry(dtype, (1,))}, bytes(8)))
    with pytest.raises(ValueError, match=f"w is stored as {re.escape(str(dtype))}; F32, F16, BF16 can be read"):
        file.read("w")
