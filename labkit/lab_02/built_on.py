"""Exercises whose answers may call the student's kv_bytes_per_token."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from labkit.call import AnswerRaised
from labkit.check import Call, Check, Why
from labkit.failure import CheckFailed
from labkit.lab_02.exercise import CountExercise
from labkit.lab_02.token_bytes import MISTAKES, TOKEN, VISIBLE


@dataclass(frozen=True, kw_only=True)
class BuiltOnTokenBytes(CountExercise):
    """An exercise whose answer may call the student's kv_bytes_per_token.

    earlier: returns that function. It is asked for only when a test fails, so an answer that does not call the
        function passes even where the function is wrong or not defined.
    """

    earlier: Callable[[], Callable] | None = None

    def using(self, earlier: Callable[[], Callable]) -> "BuiltOnTokenBytes":
        return replace(self, earlier=earlier)

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        if mistake := self._earlier_mistake():
            return (
                f"your kv_bytes_per_token does not pass its own test yet ({mistake}), and this one may call it",
                "make the test of kv_bytes_per_token pass, then run this one again",
            )
        return super().explain(call, value, expected)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        message = super().raised(call, failure)
        if not self._earlier_mistake():
            return message
        step = "make the test of kv_bytes_per_token pass first, if this function calls it"
        return CheckFailed(message.what, message.cause, step, message.where)

    def _earlier_mistake(self) -> str:
        """What is wrong with the student's kv_bytes_per_token, or ""."""
        if self.earlier is None:
            return ""
        try:
            found = TOKEN.fingerprint(Check(self.earlier(), TOKEN))
        except (NameError, CheckFailed):
            found = None
        if found is None:
            return "it fails, or is not written"
        return "" if found == VISIBLE else MISTAKES.get(found, ("its result is wrong", ""))[0]
