"""From a table of named arrays, as checkpoints store them, to the arrays that a model multiplies with."""

from collections.abc import Mapping

import numpy as np

from mini_vllm.layers.linear import is_read_by_rows, tile, tile_width, untile
from mini_vllm.models.arena import Arena


class PreparedWeights(dict[str, np.ndarray]):
    """Weights in the order and in the memory that are fastest on this machine: used as they lie.

    `NAME` is (out, in), as checkpoints store a linear layer, `NAME.T` is (in, out), `NAME.tiles` are its tiles.
    """


class WeightReader:
    """Reads arrays by Hugging Face's names, checks their shapes, and turns them to float32.

    A linear layer is kept in the order that is fastest on this machine (see linear.py), and handed out as (in, out), or
    in tiles. `prepared` gathers every array. A table may have been prepared on another machine: it is converted.

    Errors: KeyError for a name that is missing, ValueError for another shape than expected.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        self._weights = weights
        self._read: set[str] = set()
        self.prepared = PreparedWeights()
        self._arena = Arena()

    def matrix(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """The array as it is stored."""
        self.prepared[name] = self._stored(name, shape)
        return self.prepared[name]

    def vector(self, name: str, size: int) -> np.ndarray:
        """An array of shape (size,)."""
        return self.matrix(name, (size,))

    def optional_vector(self, name: str, size: int) -> np.ndarray | None:
        """An array of shape (size,); None if there is none of this name."""
        return self.vector(name, size) if name in self._weights else None

    def linear(
        self, name: str, size_in: int, size_out: int, has_bias: bool = False
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """A linear layer: its weight, (in, out) or tiles, and its bias, (out,); None if it has none."""
        return self.fused_linear(name, size_in, {name: size_out}, has_bias)

    def fused_linear(
        self, name: str, size_in: int, parts: Mapping[str, int], has_bias: bool = False
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Linear layers over the same input as one layer called `name`. parts: name -> out."""
        weight = self._fused_weight(f"{name}.weight", size_in, {f"{part}.weight": n for part, n in parts.items()})
        if not has_bias:
            return weight, None
        biases = {f"{part}.bias": size_out for part, size_out in parts.items()}
        if f"{name}.bias" in self._weights:
            return weight, self.vector(f"{name}.bias", sum(parts.values()))
        self.prepared[f"{name}.bias"] = np.concatenate([self._stored(part, (n,)) for part, n in biases.items()])
        return weight, self.prepared[f"{name}.bias"]

    def _fused_weight(self, name: str, size_in: int, parts: Mapping[str, int]) -> np.ndarray:
        size_out = sum(parts.values())
        width = tile_width(size_in, size_out)
        weight = self._in_any_order(name, size_in, parts, width)
        if width:
            return self._keep(f"{name}.tiles", weight if weight.ndim == 3 else tile(weight, width))
        if is_read_by_rows(size_in, size_out):
            return self._keep(name, weight.T).T
        return self._keep(f"{name}.T", weight)

    def _keep(self, name: str, array: np.ndarray) -> np.ndarray:
        is_prepared = isinstance(self._weights, PreparedWeights) and name in self._weights
        self.prepared[name] = self._weights[name] if is_prepared else self._arena.copy(array)
        return self.prepared[name]

    def _in_any_order(self, name: str, size_in: int, parts: Mapping[str, int], width: int | None) -> np.ndarray:
        """(in, out), in whatever order it is stored; or its tiles, if they have this width."""
        size_out = sum(parts.values())
        if f"{name}.tiles" in self._weights:
            *_, stored_width = np.shape(self._weights[f"{name}.tiles"])
            tiles = self._stored(f"{name}.tiles", (size_out // max(stored_width, 1), size_in, stored_width))
            return tiles if stored_width == width else untile(tiles)
        if f"{name}.T" in self._weights:
            return self._stored(f"{name}.T", (size_in, size_out))
        if name in self._weights:
            return self._stored(name, (size_out, size_in)).T
        stored = [self._stored(part, (part_out, size_in)) for part, part_out in parts.items()]
        return (stored[0] if len(stored) == 1 else np.concatenate(stored)).T  # an LM head can have gigabytes

    def tied_embedding(self, name: str, vocab: int, hidden: int) -> tuple[np.ndarray, np.ndarray]:
        """The same memory twice: as `embedding` wants it, and as `linear` does."""
        weight, _ = self.linear(name, hidden, vocab)
        return weight if weight.ndim == 3 else weight.T, weight

    def require_equal(self, name: str, to: np.ndarray) -> None:
        """`name` is the embedding `to`; some checkpoints store it a second time."""
        if name not in self._weights:
            return
        rows = to if to.ndim == 2 else untile(to).T
        if not np.array_equal(self._stored(name, rows.shape), rows):
            raise ValueError(f"{name} differs from the array that it is tied to: tie_word_embeddings should be false.")

    def require_all_read(self) -> None:
        """ValueError for arrays that nobody asked for: a model that leaves a bias out is another model."""
        unread = [name for name in self._weights if name not in self._read]
        unread = [name for name in unread if not name.endswith("rotary_emb.inv_freq")]  # follows from the config
        if unread:
            raise ValueError(f"{len(unread)} weights have no place in a model of this config, {unread[0]} for example.")

    def _stored(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        if name not in self._weights:
            raise KeyError(f"the weights hold no {name!r}: is this a checkpoint of the model that the config is of?")
        array = np.asarray(self._weights[name])
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}, the config says {shape}.")
        self._read.add(name)
        return np.require(array, np.float32, ["C_CONTIGUOUS", "ALIGNED"])
