"""Exercises 4 and 5: generation, with the units that it passes and the tokens that it chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.call import AnswerRaised
from labkit.check import Call, Check, Exercise, quantity, ratio
from labkit.failure import CheckFailed, a_type
from labkit.kinds import whole_number
from labkit.lab_01.causes import why_wrong_cache, why_wrong_lengths
from labkit.lab_01.greedy import check_greedy

PROVIDED = frozenset({"mini_vllm.models.one_sequence", "mini_vllm.config"})


class GenerationCall(Call):
    """One call of a function (model, prompt_ids, new_tokens) -> list of token ids."""

    def __init__(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> None:
        super().__init__(check, args, named)
        self.text = f"{check.name}({quantity(len(self.args[1]), 'prompt tokens')}, {self.args[2]} new)"

    @property
    def model(self) -> Any:
        """A RecordingLlama, or a TiedModel."""
        return self.args[0]

    def tokens(self) -> list[int]:
        """The returned tokens as plain ints, with the prompt's list checked. Raises: CheckFailed."""
        prompt_ids = list(self.args[1])
        returned: list[int] = self.value()
        if list(self.args[1]) != prompt_ids:
            raise CheckFailed(
                f"{self} changed prompt_ids in place: it now has {len(self.args[1])} tokens, before {len(prompt_ids)}.",
                step="work on a copy, for example `ids = list(prompt_ids)`",
            )
        return returned

    def should_choose(self, expected: Sequence[int]) -> None:
        """Raises: CheckFailed unless these are the tokens; for a model whose largest logits are tied."""
        tokens, text = self.tokens(), list(self.args[1])
        if tokens == list(expected):
            return
        for token in tokens:
            if not self.model.is_largest(text, token):
                raise CheckFailed(
                    f"{self.check.name}, on another model, chose a token whose logit is not the largest.",
                    "tokens of the example are hard-coded, or the model did not see the newest token",
                    "print the logits that forward returns, and the token that you choose",
                )
            text.append(token)
        raise CheckFailed(
            f"{self.check.name}, on a model whose two largest logits are equal: the first index was not taken.",
            "a sort, or >= instead of >",
            "np.argmax returns the first of equal maxima",
        )

    def should_pass(self, lengths: Sequence[int]) -> None:
        """Raises: CheckFailed unless the calls of forward passed these lengths, without a cache, and chose greedily."""
        tokens, expected = self.tokens(), list(lengths)
        passed = [length for length, _ in self.model.calls]
        if passed != expected or any(cache is not None for _, cache in self.model.calls):
            cause, step = why_wrong_lengths(self.model.calls, expected, len(self.args[1]))
            got, wanted = sum(passed), sum(expected)
            raise CheckFailed(
                f"{self} passed {quantity(got, 'units')} in {quantity(len(passed), 'calls')}, "
                f"expected {wanted} in {len(expected)}{ratio(got, wanted)}.",
                cause,
                step,
            )
        self._finish(tokens, sum(expected))

    def should_fill_a_cache_with(self, units: int) -> None:
        """Raises: CheckFailed unless `units` positions passed in all, through one cache, and the choice was greedy."""
        tokens, calls = self.tokens(), self.model.calls
        passed, caches = sum(length for length, _ in calls), [cache for _, cache in calls]
        is_one_cache = bool(caches) and caches[0] is not None and all(cache is caches[0] for cache in caches)
        if (passed != units or not is_one_cache) and not self.args[2] == passed == 0:
            cause, step = why_wrong_cache(calls, units, len(self.args[1]))
            got = f"{quantity(passed, 'units')} in {quantity(len(calls), 'calls')}"
            got = f"{got}, expected {units}{ratio(passed, units)}"
            if passed == units:
                got = f"{quantity(passed, 'units')}, as expected, but not all of them through one cache"
            raise CheckFailed(f"{self} passed {got}.", cause, step)
        self._finish(tokens, passed)
        if caches and caches[0].num_tokens != units:
            raise CheckFailed(
                f"{self}: the cache holds {caches[0].num_tokens} tokens at the end, expected {units}.",
                step="let forward fill the cache, and do not change it yourself",
            )

    def _finish(self, tokens: list[int], units: int) -> None:
        check_greedy(str(self), tokens, self.model, list(self.args[1]), self.args[2])
        if self.model.tokens_processed != units:
            raise CheckFailed(
                f"{self}: the model's counter says {self.model.tokens_processed} units, expected {units}.",
                "the counter was changed, or forward was reached on a way around the model",
                "use model.forward only, and leave tokens_processed alone",
            )


@dataclass(frozen=True, kw_only=True)
class GenerationExercise(Exercise):
    """A function that generates with a RecordingLlama."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> Call:
        return GenerationCall(check, args, named)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        refused, last = str(failure.error), call.args[-1]  # forward explains what it refuses
        if "is outside the vocabulary" in refused:
            what = f"{call} passed a token id that is not in the vocabulary: {refused}"
            cause = "argmax over all rows of the logits, which numbers the entries of all rows"
            step = "take the last row, then argmax"
        elif "token_ids has shape ()" in refused:
            what, cause = f"{call} raised: {refused}", "forward got one number, not a list"
            step = "pass `[token]` or `tokens[-1:]`"
        elif "token_ids has shape (0,)" in refused:
            what = f"{call}: an empty list was passed to forward."
            cause = (
                "with new_tokens=0 there is no last token" if last == 0 else "the slice or list that is passed is empty"
            )
            step = "feed only a token that was chosen"
        elif "token_ids holds float" in refused:
            what, cause = f"{call} raised: {refused}", "`max` returns the logit, `argmax` its index"
            step = "choose the token with `argmax`"
        else:
            return failure
        return CheckFailed(what, cause, step, failure.where)


def token_list(call: str, answer: object) -> list[int]:
    """`answer` as a plain list of plain ints."""
    if answer is None:
        raise CheckFailed(f"{call} returned None; a list of token ids was expected.", step="end with `return tokens`")
    if not isinstance(answer, list):
        is_array = hasattr(answer, "tolist") and hasattr(answer, "shape")
        raise CheckFailed(
            f"{call} returned {a_type(answer)}; a list of token ids was expected.",
            step="return `tokens.tolist()`" if is_array else "collect the new tokens in a list and return the list",
        )
    tokens = list.__getitem__(answer, slice(None))  # a plain list, whatever a subclass says of itself
    return [whole_number(call, token, "a token") for token in tokens]


HIDDEN = ("an example value is hard-coded, or one kind of prompt gets another path", "try a prompt of one token")
GENERATION = GenerationExercise(read=token_list, provided=PROVIDED, otherwise=("", ""), hidden=HIDDEN)
