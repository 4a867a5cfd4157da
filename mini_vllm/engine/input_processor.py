"""From what a user passes as a prompt to token ids that the model can take."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

from mini_vllm.tokenizer import Tokenizer

Prompt = str | Sequence[int] | Mapping[str, Any]  # a text, its token ids, or vLLM's {"prompt": ...} of either


class InputProcessor:
    """Reads prompts.

    tokenizer: None if prompts are given as token ids only.
    """

    def __init__(self, tokenizer: Tokenizer | None, vocab_size: int, max_model_len: int) -> None:
        self.tokenizer, self.vocab_size, self.max_model_len = tokenizer, vocab_size, max_model_len

    def process(self, prompt: Prompt) -> tuple[str | None, list[int]]:
        """The text of a prompt, None if there is none, and its token ids.

        Errors: TypeError or ValueError that names what is wrong: a prompt of another type, an empty one, a
        token id outside the vocabulary, or a prompt that leaves no room for a token behind it.
        """
        content = self._content(prompt) if isinstance(prompt, Mapping) else prompt
        text = content if isinstance(content, str) else None
        token_ids = self._checked_ids(content) if text is None else self._encode(text)
        if not token_ids:
            raise ValueError(f"prompt={content!r} is empty: it needs at least one token to continue from.")
        if len(token_ids) >= self.max_model_len:
            raise ValueError(
                f"The prompt has {len(token_ids)} tokens, and max_model_len={self.max_model_len} tokens must hold it "
                f"and at least one more: shorten it to {self.max_model_len - 1}, or raise max_model_len."
            )
        return text, token_ids

    def _encode(self, text: str) -> list[int]:
        if self.tokenizer is None:
            raise ValueError("This engine has no tokenizer: give the prompt as a list of token ids.")
        try:
            return self._checked_ids(self.tokenizer.encode(text))
        except UnicodeEncodeError as error:
            raise ValueError(f"The prompt is no valid Unicode text ({error}): remove the lone surrogate.") from None

    def _checked_ids(self, prompt: object) -> list[int]:
        wanted = "a prompt is a text or a list of token ids"
        if isinstance(prompt, bytes) or not hasattr(prompt, "__iter__"):
            raise TypeError(f"prompt={prompt!r} is of type {type(prompt).__name__}, but {wanted}.")
        token_ids = list(prompt)
        for token_id in token_ids:
            if isinstance(token_id, bool) or not isinstance(token_id, Integral):
                raise TypeError(f"The prompt holds {token_id!r}, of type {type(token_id).__name__}, but {wanted}.")
            if not 0 <= int(token_id) < self.vocab_size:
                raise ValueError(f"token id {token_id} is outside the vocabulary, 0 to {self.vocab_size - 1}.")
        return [int(token_id) for token_id in token_ids]

    @staticmethod
    def _content(prompt: Mapping[str, Any]) -> object:
        for key in ("prompt_token_ids", "prompt"):
            if prompt.get(key) is not None:
                return prompt[key]
        raise ValueError(f"prompt={dict(prompt)!r} has neither the key 'prompt' nor 'prompt_token_ids'.")
