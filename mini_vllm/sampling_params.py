"""What a request asks of the sampler, under the names and with the defaults of vLLM's SamplingParams."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

import numpy as np


@dataclass(frozen=True, kw_only=True)
class SamplingParams:
    """How the tokens of one request are chosen, and when it ends.

    The fields hold Python numbers and fresh lists, whatever they were made from: numpy's scalars
    are accepted, one stop string becomes a list of one, and None in a list's place an empty list.

    Errors: ValueError, naming the field, its value and the range.
    """

    temperature: float = 1.0  # at least 0; 0 is greedy: the most likely token, without randomness
    top_p: float = 1.0  # (0, 1]; 1 is off
    top_k: int = 0  # 0 and -1 are off
    min_p: float = 0.0  # [0, 1], relative to the most likely token's probability; 0 is off
    seed: int | None = None  # None: other tokens at every run
    max_tokens: int | None = 16  # None: as many as the model's context holds
    stop: str | list[str] | None = None  # the output ends before the first of these strings
    stop_token_ids: list[int] = field(default_factory=list)
    ignore_eos: bool = False
    repetition_penalty: float = 1.0  # above 0; divides the logits of tokens in prompt and output; 1 is off
    presence_penalty: float = 0.0  # [-2, 2]; taken once from each token in the output; 0 is off
    frequency_penalty: float = 0.0  # [-2, 2]; taken as often as the token is in the output; 0 is off
    logprobs: int | None = None  # how many of the most likely tokens to report; -1: all; None: no report

    def __post_init__(self) -> None:
        self._number("temperature", lambda v: v >= 0, "at least 0")
        self._number("top_p", lambda v: 0 < v <= 1, "in (0, 1]")
        self._number("min_p", lambda v: 0 <= v <= 1, "in [0, 1]")
        self._number("repetition_penalty", lambda v: v > 0, "above 0")
        self._number("presence_penalty", lambda v: -2 <= v <= 2, "in [-2, 2]")
        self._number("frequency_penalty", lambda v: -2 <= v <= 2, "in [-2, 2]")
        self._whole("top_k", -1, "at least 1, or 0 or -1 to switch it off")
        for name, least, limits in (
            ("seed", 0, "at least 0, or None"),
            ("max_tokens", 1, "at least 1, or None"),
            ("logprobs", -1, "at least 0, -1 for the whole vocabulary, or None"),
        ):
            if getattr(self, name) is not None:
                self._whole(name, least, limits)
        if not isinstance(self.ignore_eos, (bool, np.bool_)):
            raise ValueError(f"ignore_eos={self.ignore_eos!r} must be True or False.")
        self._set("ignore_eos", bool(self.ignore_eos))
        self._set("stop", self._stop_strings())
        self._set("stop_token_ids", self._stop_ids())

    @property
    def stop_strings(self) -> list[str]:
        """`stop`, which is a list once it has been checked."""
        return self.stop if isinstance(self.stop, list) else []

    @property
    def is_greedy(self) -> bool:
        """Whether the most likely token is taken and no randomness used."""
        return self.temperature == 0

    @property
    def has_penalties(self) -> bool:
        """Whether the logits depend on the tokens so far."""
        return self.repetition_penalty != 1 or self.presence_penalty != 0 or self.frequency_penalty != 0

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _number(self, name: str, in_range: Callable[[float], bool], limits: str) -> None:
        value = getattr(self, name)
        if _is_number(value, Real):
            try:
                number = float(value)
            except OverflowError:  # a Python integer past float's range
                number = math.inf
            if math.isfinite(number) and in_range(number):
                return self._set(name, number)
        raise ValueError(f"{name}={value!r} must be a finite number {limits}.")

    def _whole(self, name: str, least: int, limits: str) -> None:
        value = getattr(self, name)
        if not _is_number(value, Integral) or value < least:
            raise ValueError(f"{name}={value!r} must be a whole number, {limits}.")
        self._set(name, int(value))

    def _stop_strings(self) -> list[str]:
        stop = [self.stop] if isinstance(self.stop, str) else self.stop
        stop = _listed("stop", stop, "one string or a list of strings")
        for string in stop:
            if not isinstance(string, str) or not string:
                raise ValueError(f"stop={self.stop!r} must hold strings of at least one character.")
        return stop

    def _stop_ids(self) -> list[int]:
        ids = _listed("stop_token_ids", self.stop_token_ids, "a list of token ids")
        for token_id in ids:
            if not _is_number(token_id, Integral) or token_id < 0:
                raise ValueError(f"stop_token_ids={self.stop_token_ids!r} must hold whole numbers, at least 0.")
        return list(dict.fromkeys(int(token_id) for token_id in ids))


def _is_number(value: object, kind: type) -> bool:
    # True == 1 in Python, but a flag where a number belongs is a mistake.
    return isinstance(value, kind) and not isinstance(value, bool)


def _listed(name: str, value: object, wanted: str) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, (str, bytes, dict)) or not isinstance(value, Iterable):
        raise ValueError(f"{name}={value!r} must be {wanted}, or None.")
    return list(value)
