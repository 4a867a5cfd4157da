"""Exercise 4: why a step is wrong, by the stage at which it shows."""

import operator
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from labkit.check import Why

PLAN_TWICE: Why = (
    "the plan is made anew, or the function loops over several steps",
    "call engine.schedule() once, and keep the plan in a variable",
)
EXECUTE_TWICE: Why = (
    "the same tokens pass through the model again: twice the work",
    "call engine.execute(plan) once, before the loop over the requests",
)
SAMPLE_FIRST: Why = ("there are no logits yet", "call engine.execute(plan) first; its rows are the logits")
UPDATE_FIRST: Why = (
    "update comes before sample: the counters have moved, and the token is not appended",
    "sample first, then pass the token to update",
)
EVERY_CHUNK: Why = (
    "a token is sampled at every chunk, whether or not the step closes the gap",
    "before you sample, ask whether these are the request's last known tokens",
)
SAMPLE_TWICE: Why = (
    "a second token is drawn, which also takes a second random number from the request's generator",
    "call engine.sample once, and keep the token in a variable",
)
UPDATE_UNCOMPUTED: Why = (
    "the counter moves before K and V are computed",
    "call engine.execute(plan) before the loop over the requests",
)
UPDATE_TWICE: Why = (
    "the counter moves twice, and a token is appended twice",
    "call engine.update once for each request of the plan",
)
TOKEN_DROPPED: Why = ("the sampled token is not appended", "pass the token to engine.update as its third argument")
UNFINISHED: Why = (
    "requests are finished without a finish reason",
    "call engine.finish only if engine.update returned a reason",
)
NO_SUCH_REQUEST: Why = (
    "something other than the id of a planned request",
    "unpack the plan's entries: `for request_id, num_new_tokens in plan`",
)
NOT_SCHEDULED: Why = ("the step does not ask what to compute", "begin with `plan = engine.schedule()`")
NOT_EXECUTED: Why = ("the model is left out", "call engine.execute(plan), and sample from its rows")
ONE_CHUNK_LATE: Why = (
    "the condition is one chunk late, or never true: it must hold in the step that computes the last known token",
    "print num_tokens, num_computed_tokens and num_new_tokens before you sample",
)
ASKED_TOO_LATE: Why = (
    "update comes before sample: the condition is read from counters that have moved already",
    "decide and sample first, then update",
)
LOOP_ENDS: Why = (
    "the loop ends early: a `return` or `break` is in it, or requests without a token are skipped",
    "call engine.update for every request of the plan, and return behind the loop",
)
STAYS: Why = (
    "a finished request stays in the batch and keeps its blocks",
    "if engine.update returns a reason, call engine.finish",
)


def whole(value: Any) -> int | None:
    """`value` as a plain int; None if it is no whole number."""
    try:
        return None if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except TypeError:
        return None


def pairs(value: Any) -> list[tuple[str, int | None]] | None:
    """`value` as a plain list of ids with their numbers; None if it is nothing like it."""
    if isinstance(value, dict):
        value = list(value.items())
    try:
        return [(str(name), whole(number)) for name, number in value]
    except (TypeError, ValueError):
        return None


def other_plan(given: list[tuple[str, int | None]] | None) -> Why:
    """Why execute got something else than the plan."""
    if given is not None and len(given) == 1:
        cause = "the requests pass through the model one by one, or only one of them does"
        return cause, "call engine.execute(plan) once, before the loop: a step is one pass for the whole batch"
    return "the plan was changed, or something else was passed", "pass engine.execute what engine.schedule returned"


def same_row(logits: Any, row: np.ndarray) -> bool:
    try:
        return np.array_equal(np.asarray(logits, dtype=row.dtype).ravel(), row)
    except (TypeError, ValueError):
        return False


def other_row(logits: Any, rows: np.ndarray) -> Why:
    """Why sample got other logits than the request's."""
    if np.shape(logits) == rows.shape and len(rows) > 1:
        return "the logits of all requests were passed", "pass one row: the one at the request's place in the plan"
    for place, row in enumerate(rows):
        if same_row(logits, row):
            return f"row {place} belongs to another request", "take the row at the request's place in the plan"
    return "the logits were changed, or are something else", "pass a row of what engine.execute returned, unchanged"


def wrong_advance(given: Any, num_tokens: int) -> Why:
    """Why the counter of computed tokens moves by another number than was computed."""
    number = whole(given)
    step = "pass num_new_tokens of the plan, for a chunk as for a decode"
    if number == 1:
        return "the counter advances by 1 instead of by what was computed", step
    if number == 0:
        return "the counter does not advance by what was computed", step
    if number == num_tokens:
        return "the counter advances by the whole sequence", step
    return "the counter does not advance by what was computed", step


def wrong_token(token: Any, name: str, sampled: Mapping[str, int], closing: Collection[str]) -> Why:
    """Why update got another token than the one that was sampled for the request."""
    if name in sampled:
        return "another token than the sampled one is appended", "pass what engine.sample returned, a single int"
    if name in closing:
        cause = "the token was not drawn by engine.sample, which knows the request's parameters and its generator"
        return cause, "call engine.sample(request_id, row)"
    if whole(token) in sampled.values():
        cause = "a variable still holds the token of another request: this one's chunk closes no gap"
        return cause, "set the token to None at the beginning of each round"
    return "a token for a chunk that closes no gap", "pass None: the request has more known tokens to compute"


def not_updated(still: Collection[str], closing: Collection[str]) -> Why:
    """Why the counters of some requests have not moved."""
    if not set(still) & set(closing):
        return "only requests that got a token are updated", "update every request of the plan; a chunk's token is None"
    return "update is left out for some requests", "call engine.update for every request of the plan"
