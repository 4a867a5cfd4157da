"""Exercise 6: several turns of a chat, each continued from the cache of the turns before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.check import Call, Check, quantity
from labkit.failure import CheckFailed
from labkit.lab_01.generation import PROVIDED, GenerationExercise, token_list
from labkit.lab_01.greedy import check_greedy
from labkit.lab_01.model import RecordingLlama

PRINT_CACHE = "print cache.num_tokens before and after each turn, and count the tokens of the chat by hand"


@dataclass(frozen=True, kw_only=True)
class ChatExercise(GenerationExercise):
    """chat_turn(model, cache, message_ids, new_tokens)."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> Call:
        return Call(check, args, named)


class Chat:
    """A chat with a model, held by `chat_turn`.

    turn: `check(chat_turn, CHAT)`. model: a RecordingLlama.
    """

    def __init__(self, turn: Check, model: RecordingLlama) -> None:
        self.check, self.model, self.cache = turn, model, model.new_cache()
        self.text: list[int] = []
        self.number_of_turns = 0

    def turn(self, message_ids: Sequence[int], new_tokens: int) -> None:
        """One turn. Raises: CheckFailed unless the answer is the greedy continuation of the whole chat."""
        self.number_of_turns += 1
        turn = f"turn {self.number_of_turns} ({quantity(len(message_ids), 'message tokens')}, {new_tokens} new)"
        held, done = self.cache.num_tokens, len(self.model.calls)
        call = self.check(self.model, self.cache, list(message_ids), new_tokens)
        call.text = f"{self.check.name}, {turn}"
        tokens = call.value()
        caches = [cache for _, cache in self.model.calls[done:]]
        if any(cache is not self.cache for cache in caches):
            kind = "without a cache" if any(cache is None for cache in caches) else "with another cache"
            raise CheckFailed(
                f"{call}: a call of forward was made {kind}.",
                "the turn does not continue from the cache that it is given",
                "pass `cache` to every call of model.forward",
            )
        try:
            check_greedy(str(call), tokens, self.model, [*self.text, *message_ids], new_tokens)
        except CheckFailed as failure:
            if held == len(self.text) or "prefers another" not in failure.what:
                raise
            raise CheckFailed(
                failure.what,
                f"before this turn the chat had {quantity(len(self.text), 'tokens')}, "
                f"but the cache held {held}: the model read another text",
                PRINT_CACHE,
            ) from None
        self.text += [*message_ids, *tokens]

    def should_hold(self, num_tokens: int) -> None:
        """Raises: CheckFailed unless the cache holds `num_tokens`, the whole chat."""
        if self.cache.num_tokens != num_tokens:
            raise CheckFailed(
                f"After {self.number_of_turns} turns the cache holds {quantity(self.cache.num_tokens, 'tokens')}, "
                f"expected {num_tokens}.",
                "a token of the chat was never fed, or was fed twice",
                PRINT_CACHE,
            )


CHAT = ChatExercise(
    read=token_list,
    provided=PROVIDED,
    otherwise=("", ""),
    hidden=("an example value is hard-coded, or a turn without new tokens is special", "try other messages"),
)
