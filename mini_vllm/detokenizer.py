"""From token ids to text while the tokens still come."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mini_vllm.tokenizer import Tokenizer

REPLACEMENT = "\ufffd"  # stands for invalid UTF-8
MAX_PENDING_TOKENS = 64  # without text; they are not parts of one character, which has at most 4 bytes
MAX_PROMPT_TOKENS = 8


class IncrementalDetokenizer:
    """Turns tokens into text while they come, as `tokenizers.decoders.DecodeStream` does.

    The pieces add up to the text of all tokens decoded at once. A character may be split over several tokens; its
    piece comes with the last of them. One exception: if invalid UTF-8 follows a character, a byte-fallback decoder
    turns that character into U+FFFD as well, but here it stays, because it has been returned.

    prompt_token_ids: the tokens before. With them, a decoder that strips a leading space keeps it.
    """

    def __init__(
        self, tokenizer: "Tokenizer", skip_special_tokens: bool = True, prompt_token_ids: Sequence[int] = ()
    ) -> None:
        self._tokenizer, self._skip = tokenizer, skip_special_tokens
        # The tokens before a token can change its text, so the window begins with tokens that were returned.
        self._window: list[int] = []
        self._num_returned = 0  # tokens of the window
        self._prefix = ""  # their text
        for start in range(max(len(prompt_token_ids) - MAX_PROMPT_TOKENS, 0), len(prompt_token_ids)):
            last_ids = list(prompt_token_ids[start:])
            if REPLACEMENT not in self._decode(last_ids):  # otherwise it begins or ends within a character
                self._return(last_ids)
                break

    def update(self, token_id: int) -> str:
        """The text that the next token completes."""
        self._window.append(token_id)
        text, pending = self._decode(self._window), self._window[self._num_returned :]
        piece = self._new_text(text)
        if len(pending) < MAX_PENDING_TOKENS:
            if not piece or text.endswith(REPLACEMENT):  # bytes that may become a character
                return ""
        elif not piece:  # skipped special tokens do not come between what they separate
            del self._window[self._num_returned :]
            return ""
        self._return(pending)
        return piece

    def finish(self) -> str:
        """What is left when no more tokens come: U+FFFD for each character that stayed incomplete."""
        piece = self._new_text(self._decode(self._window))
        self._return(self._window[self._num_returned :])
        return piece

    def _new_text(self, text: str) -> str:
        """The part of the window's text that has not been returned."""
        if text.startswith(self._prefix):
            return text[len(self._prefix) :]
        return self._decode(self._window[self._num_returned :])

    def _return(self, token_ids: list[int]) -> None:
        self._window, self._num_returned, self._prefix = token_ids, len(token_ids), self._decode(token_ids)

    def _decode(self, token_ids: list[int]) -> str:
        return self._tokenizer.decode(token_ids, skip_special_tokens=self._skip)
