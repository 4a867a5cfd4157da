"""Exercises 1 and 2: what wrong numbers of steps say about how they were made."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.call import AnswerRaised
from labkit.check import Call, Check, Exercise, Why
from labkit.failure import CheckFailed
from labkit.kinds import whole_number
from labkit.lab_07.lists import PROVIDED, ListCall

# Output lengths and seats: one seat, a seat each, a last batch that is not full, no request, spare seats.
PROBES: tuple[tuple[Any, ...], ...] = (
    ([2, 9, 3, 8, 1, 7], 2),
    ([2, 9, 3, 8, 1, 7], 1),
    ([2, 9, 3, 8, 1, 7], 6),
    ([5, 1, 1, 1, 1], 2),
    ([1, 4, 6], 2),
    ([], 3),
    ([3, 5], 8),
)


@dataclass(frozen=True, kw_only=True)
class StepsExercise(Exercise):
    """A function that counts steps. A probe for which it raises says nothing; the others still do."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> ListCall:
        return ListCall(check, args, named)

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        found = [self._of(call.check, probe) for probe in PROBES]
        for wrong, why in self.mistakes.items():
            if all(one is None or one == other for one, other in zip(found, wrong)):
                return why
        return self.otherwise

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        if call.args[0] == []:
            return CheckFailed(
                failure.what,
                "without requests, max() or min() gets an empty list, or the list has no first element",
                "ask how many steps it takes to serve no request",
                failure.where,
            )
        return failure

    def _of(self, check: Check, probe: tuple[Any, ...]) -> Any:
        with contextlib.suppress(CheckFailed):
            return check(*probe).value()
        return None


DRAW = "draw a row of boxes for each seat, one box a step, and write the request into each"
WAIT = "ask which request of a batch the others wait for"
ORDER = ("the requests are sorted first", "keep the order of `output_lens`: first come, first served")
SWAPPED = "write down which requests are in the first batch of the example"
END = "ask when all requests are served, not only the last one"
FREE = "draw the step in which a request ends, and the step after it: which request has its seat?"
UNITS = "return the number of steps, not of places"
ALL_STEPS = ("the tokens of all requests are added up, as if one request ran at a time", WAIT)

STATIC_STEPS = StepsExercise(
    read=whole_number,
    unit="steps",
    provided=PROVIDED,
    mistakes={
        (30, 30, 30, 9, 11, 0, 8): ALL_STEPS,
        (6, 30, 1, 3, 7, 0, 3): ("a batch ends with its shortest request", WAIT),
        (6, 30, 2, 7, 7, 0, 3): ("a batch ends with its first request", WAIT),
        (24, 30, 7, 3, 10, 0, 5): ("a batch ends with its last request", WAIT),
        (24, 30, 9, 6, 4, 0, 0): (
            "the last batch is not full, and is not counted",
            "count the batches of five requests on two seats",
        ),
        (27, 54, 9, 15, 12, 0, 5): ("every batch takes as long as the longest request of all", WAIT),
        (27, 54, 9, 10, 6, 0, 0): (
            "the longest request of all is multiplied by the number of full batches",
            "time each batch by itself",
        ),
        (9, 9, 9, 5, 6, 0, 5): (
            "only the longest request of all is counted, as if every request had a seat at once",
            "ask when the second batch starts",
        ),
        (18, 30, 9, 7, 10, 0, 5): ORDER,
        (18, 30, 9, 7, 7, 0, 5): ORDER,
        (3, 6, 1, 3, 2, 0, 1): ("the batches are counted, not their steps", "ask how many steps one batch takes"),
        (15, 30, 5, 5, 6, 0, 1): ("the tokens are divided by the seats, as if no seat ever stayed empty", WAIT),
        (15, 30, 5, 4, 5, 0, 1): ("the tokens are divided by the seats, as if no seat ever stayed empty", WAIT),
        (16, 30, 5, 5, 8, 0, 4): ("a batch takes the mean of its requests", WAIT),
        (17, 9, 30, 6, 10, 0, 8): ("batch_size is used as the number of batches", SWAPPED),
        (12, 9, 30, 6, 10, 0, 8): ("every batch_size-th request is put into the same batch", SWAPPED),
        (27, 36, 10, 10, 12, 0, 6): ("each batch takes one step too many", "count the steps of one request by hand"),
        (21, 24, 8, 4, 8, 0, 4): ("each batch takes one step too few", "count the steps of one request by hand"),
        (48, 30, 54, 14, 20, 0, 40): ("the places are counted: steps times seats", UNITS),
        (9, 2, 9, 5, 4, 0, 5): (
            "only the first batch is counted: `return` is in the loop, or there is no loop",
            "add up the batches, and return behind the loop",
        ),
        (7, 7, 9, 1, 6, 0, 5): ("only the last batch is counted", "add up the batches"),
        (11, 9, 30, 6, 6, 0, 8): ("the requests of a batch run one after the other, and batches side by side", WAIT),
        (48, 30, 48, 9, 16, 0, 10): (
            "a new batch begins at every request, so requests are served several times",
            "move on by batch_size, not by 1",
        ),
        (17, 30, 9, 5, 7, 0, 5): (
            "this is continuous batching: a freed seat is taken before the batch has ended",
            "static batches start together and end together",
        ),
    },
    otherwise=("the batches are not formed, or not timed, as the rule says", DRAW),
    hidden=("the rule holds for the visible lists only", "try a last batch that is not full, and one request alone"),
)
CONTINUOUS_STEPS = StepsExercise(
    read=whole_number,
    unit="steps",
    provided=PROVIDED,
    mistakes={
        (24, 30, 9, 7, 10, 0, 5): ("these are static batches: a free seat waits until the whole batch has ended", FREE),
        (15, 30, 5, 5, 6, 0, 1): (
            "the tokens are divided by the seats, as if a request could use two seats at once",
            DRAW,
        ),
        (15, 30, 5, 4, 5, 0, 1): (
            "the tokens are divided by the seats, as if a request could use two seats at once",
            DRAW,
        ),
        (15, 30, 9, 5, 6, 0, 5): (
            "the seats are filled as if the longest request came first: this is what the best order would take",
            ORDER[1],
        ),
        (18, 30, 9, 7, 7, 0, 5): ORDER,
        (18, 30, 9, 7, 6, 0, 5): ("the last request comes first", ORDER[1]),
        (24, 30, 9, 7, 7, 0, 5): (
            "the seats are dealt out in turn: a request waits for its seat while another one is free",
            "ask which seat becomes free first",
        ),
        (30, 30, 30, 9, 11, 0, 8): (
            "everything runs on one seat: the next request takes the seat that is busy longest, or all are added up",
            "ask which seat becomes free first",
        ),
        (9, 9, 9, 5, 6, 0, 5): ("only the longest request is counted, as if no request had to wait for a seat", DRAW),
        (17, 30, 7, 4, 7, 0, 5): ("this is when the last request ends, and an earlier one may still run", END),
        (13, 30, 1, 4, 4, 0, 0): ("this is when the first seat has nothing left to do, while others still run", END),
        (19, 35, 9, 7, 8, 0, 5): ("a freed seat stays empty for one step", FREE),
        (18, 30, 12, 5, 8, 0, 6): (
            "only one request may start in a step, even if several seats are free",
            "let requests start as long as there are free seats",
        ),
        (11, 24, 1, 4, 2, 0, 1): ("the count ends when no request waits any more, while some still run", END),
        (20, 36, 10, 8, 9, 0, 6): (
            "each request keeps its seat one step too long",
            "ask in which step a request of 1 token gives up its seat",
        ),
        (11, 17, 9, 5, 6, 0, 5): ("one request too many starts", "compare the number of seats with <, not with <="),
        (30, 30, 9, 9, 11, 0, 5): ("one seat stays empty", "use all `max_num_seqs` seats"),
        (6, 6, 6, 5, 3, 0, 2): (
            "rounds or requests are counted, and a round may take many steps",
            "add the steps that each round takes",
        ),
        (34, 30, 54, 10, 14, 0, 40): ("the places are counted: steps times seats", UNITS),
        (28, 30, 7, 4, 10, 0, 5): (
            "each request starts when the one before it ends",
            "ask which seat becomes free first",
        ),
        (17, 17, 17, 5, 7, 0, 5): ("there are two seats, whatever max_num_seqs is", "use the argument"),
    },
    otherwise=("a seat is not taken by the next request as soon as it is free", DRAW),
    hidden=("the rule holds for the visible lists only", "try more seats than requests, and one seat"),
)
