"""The small model after a few words: its logits, its tokens as text, and the engine that runs it."""

import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mini_vllm import LLM, OneSequence


@functools.cache
def small_llm() -> "LLM":
    """The engine with the model that comes with it, made once per process."""
    from mini_vllm import LLM

    return LLM(max_model_len=128)


def small_model() -> "OneSequence":
    """Its model alone."""
    from mini_vllm import OneSequence

    return OneSequence(small_llm().llm_engine.model)


class Story:
    """What the small model says about the token after `text`.

    llm: the engine. prompt_ids: the tokens of the text. words: each token of the vocabulary as text.
    """

    def __init__(self, text: str) -> None:
        self.text, self.llm = text, small_llm()
        self.prompt_ids, self._logits, self.words = _read(text)
        low, high = self._logits.min(), self._logits.max()
        print(f"{len(self.words):,} {self._logits.dtype} logits for the token after {text!r}, {low:.1f} to {high:.1f}")

    @property
    def logits(self) -> np.ndarray:
        """The logits of the next token, shape (V,); a new array each time."""
        return self._logits.copy()

    def label(self, token: int) -> str:
        """A token as its quoted text."""
        return repr(self.words[token])


@functools.cache
def _read(text: str) -> tuple[list[int], np.ndarray, list[str]]:
    tokenizer = small_llm().get_tokenizer()
    prompt_ids = tokenizer.encode(text)
    logits = small_model().forward(prompt_ids)[-1]
    return prompt_ids, logits, [tokenizer.decode([token]) for token in range(len(logits))]
