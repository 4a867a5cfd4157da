"""Files in the safetensors format: 8 bytes with the header's length, a JSON header, the data.

numpy has no bfloat16, so the file is read here: float32 stays where it lies in the memory-mapped file,
float16 and bfloat16 are widened, which is exact, one tensor at a time.
"""

import json
import math
import os
import struct
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

_BYTES = {"F32": 4, "F16": 2, "BF16": 2}
_ALIGNMENT = 64  # bytes, a cache line: no load of a vector register then crosses two


class SafetensorsFile:
    """One memory-mapped file. `names` are those of its tensors.

    Errors: ValueError, naming the file and the tensor, for a file that is not whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        size = path.stat().st_size
        if size < 8:
            raise self._broken(f"it is cut short: {size} bytes do not even hold the header's length")
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
        (header_len,) = struct.unpack("<Q", self._bytes[:8].tobytes())
        self._data_start = 8 + header_len
        if self._data_start > size:
            raise self._broken(f"it is cut short: its header should be {header_len:,} bytes, the file has {size:,}")
        try:
            header = json.loads(self._bytes[8 : self._data_start].tobytes())
            header.pop("__metadata__", None)
            self._tensors = {
                name: (str(entry["dtype"]), tuple(entry["shape"]), *entry["data_offsets"])
                for name, entry in header.items()
            }
            for _, shape, begin, end in self._tensors.values():
                if not all(type(n) is int and n >= 0 for n in (*shape, begin, end)):
                    raise TypeError("a size or an offset is not a whole number")
        # A ValueError: neither UTF-8 nor JSON, or other than two offsets.
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise self._broken(f"its header is not one of safetensors ({error!r})") from None
        self._check_layout(size - self._data_start)

    @property
    def names(self) -> Collection[str]:
        return self._tensors.keys()

    def read(self, name: str) -> np.ndarray:
        """A tensor as float32; read-only, and in the file's own memory if it is stored as float32."""
        dtype, shape, begin, _ = self._tensors[name]
        if dtype not in _BYTES:
            raise ValueError(f"{self.path}: {name} is stored as {dtype}; {', '.join(_BYTES)} can be read.")
        kind = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}[dtype]
        stored = np.frombuffer(self._bytes, kind, math.prod(shape), self._data_start + begin).reshape(shape)
        if dtype == "BF16":  # the upper half of a float32
            return (stored.astype(np.uint32) << 16).view(np.float32)
        return stored if dtype == "F32" else stored.astype(np.float32)

    def _check_layout(self, data_len: int) -> None:
        # Sorted, each tensor begins where the one before ends: none overlaps, none lies outside.
        position = 0
        for name, (dtype, shape, begin, end) in sorted(self._tensors.items(), key=lambda item: item[1][2:]):
            if begin != position or end < begin:
                raise self._broken(f"{name} lies at {begin} to {end}, where {position} should follow")
            if end > data_len:
                raise self._broken(f"it is cut short: {name} ends at byte {end:,} of the data, which has {data_len:,}")
            if dtype in _BYTES and end - begin != math.prod(shape) * _BYTES[dtype]:
                raise self._broken(f"{name}, {dtype} of shape {shape}, does not fit its {end - begin:,} bytes")
            position = end
        if position != data_len:
            raise self._broken(f"{data_len - position:,} bytes of its data belong to no tensor")

    def _broken(self, reason: str) -> ValueError:
        return ValueError(f"{self.path} cannot be used: {reason}. Download or copy the file again.")


def save_file(tensors: Mapping[str, np.ndarray], path: Path) -> None:
    """Write float32 arrays in the safetensors format.

    The file takes its name when it is whole; one of that name before stays as it is for those who map it.
    """
    header, position = {}, 0
    for name, array in tensors.items():
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": (position, position + array.nbytes)}
        position += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % _ALIGNMENT)
    unfinished = path.with_name(f"{path.name}.tmp-{os.getpid()}")
    with unfinished.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in tensors.values():
            np.ascontiguousarray(array, dtype="<f4").tofile(file)
    unfinished.replace(path)
