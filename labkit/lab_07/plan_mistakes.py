"""What a wrong plan says about how it was made: which rule it breaks, beside the plan that was expected."""

from collections.abc import Sequence
from dataclasses import dataclass

from labkit.check import Why, quantity

Request = tuple[str, int, int, int]  # id, num_tokens, num_computed_tokens, num_blocks_held
Pairs = Sequence[tuple[str, int]]
FIRST_BLOCKED = "stop at the first request that does not fit, whatever would fit behind it"


@dataclass(frozen=True)
class Step:
    """What `schedule` is given for one step."""

    running: Sequence[Request]
    waiting: Sequence[Request]
    max_num_batched_tokens: int
    max_num_seqs: int
    num_free_blocks: int
    block_size: int

    @property
    def limits(self) -> tuple[int, int, int, int]:
        """As `schedule` takes them, behind the two lists."""
        return self.max_num_batched_tokens, self.max_num_seqs, self.num_free_blocks, self.block_size

    @property
    def queue(self) -> list[Request]:
        """Everybody, in the order in which they are served."""
        return [*self.running, *self.waiting]

    def is_running(self, request_id: str) -> bool:
        return request_id in [request[0] for request in self.running]


def why_wrong(step: Step, plan: Pairs, expected: Pairs) -> Why | None:
    """Likely cause and next step; None if no rule is broken that can be named."""
    return (
        _malformed(step, plan) or _disordered(step, plan) or _over_a_limit(step, plan) or _differs(step, plan, expected)
    )


def _malformed(step: Step, plan: Pairs) -> Why | None:
    requests = {request[0]: request for request in step.queue}
    ids = [request_id for request_id, _ in plan]
    for request_id, tokens in plan:
        if request_id not in requests:
            return f"{request_id} is in neither list", "return the ids as they come in"
        _, num_tokens, num_computed, _ = requests[request_id]
        if tokens == 0:
            return (
                f"a chunk of 0 tokens is planned for {request_id}: the budget was spent before",
                "stop as soon as the budget is 0",
            )
        if tokens < 0:
            return f"{request_id} gets a negative number of tokens", "print the budget before each request"
        if tokens + num_computed > num_tokens:
            whole = tokens == num_tokens
            return (
                f"{request_id} has {num_computed} of {num_tokens} tokens computed, and "
                + ("all of them are planned again" if whole else f"{tokens} more are planned"),
                "compute what is missing: the tokens that are known but not computed",
            )
    twice = next((request_id for request_id in ids if ids.count(request_id) > 1), None)
    return (f"{twice} is planned twice", "give each request one pair") if twice is not None else None


def _disordered(step: Step, plan: Pairs) -> Why | None:
    places = [[request[0] for request in step.queue].index(request_id) for request_id, _ in plan]
    if places == sorted(places):
        return None
    if places and places[0] >= len(step.running) and min(places) < len(step.running):
        return (
            "waiting requests are planned before running ones",
            "plan the running ones first: someone is reading their tokens",
        )
    return "the requests are planned in another order than they came", "go through the lists from front to back"


def _over_a_limit(step: Step, plan: Pairs) -> Why | None:
    total = sum(tokens for _, tokens in plan)
    if total > step.max_num_batched_tokens:
        return (
            f"the plan has {total} tokens and max_num_batched_tokens is {step.max_num_batched_tokens}: the budget "
            "is ignored, or applied to each request by itself",
            "subtract what you plan from what is left of the budget",
        )
    started = sum(not step.is_running(request_id) for request_id, _ in plan)
    if started and len(step.running) + started > step.max_num_seqs:
        return (
            f"{len(step.running)} are running and {started} start, and max_num_seqs is {step.max_num_seqs}: the limit "
            "is ignored, or only those that start are counted",
            "count the seats that are taken, then those that you give away",
        )
    return None


def _differs(step: Step, plan: Pairs, expected: Pairs) -> Why | None:
    planned, ids = [request_id for request_id, _ in plan], [request[0] for request in step.queue]
    skipped = next((name for name in ids[: len(planned)] if name not in planned), None)
    if skipped is not None and planned:
        if step.is_running(skipped):
            return _skipped_running(step, skipped, planned, expected)
        if skipped in dict(expected):
            return f"{skipped} is passed over, though there is room for it", "go through the lists from front to back"
        behind = planned[-1]
        return f"{behind} overtakes {skipped}, which came first but does not fit", FIRST_BLOCKED
    for (name, tokens), (_, wanted) in zip(plan, expected):
        if tokens != wanted:
            return _other_tokens(step, name, tokens, wanted)
    if len(plan) > len(expected):
        return _is_cut_to_the_blocks(step, plan, len(expected)) or (
            f"{planned[len(expected)]} is planned without enough free blocks: they are ignored, rounded down, or not "
            "subtracted as you hand them out",
            "print the blocks that each request needs beside the blocks that are left",
        )
    return _stops_early(step, dict(expected), expected[len(plan)][0]) if len(plan) < len(expected) else None


def _is_cut_to_the_blocks(step: Step, plan: Pairs, place: int) -> Why | None:
    """A request that does not fit is planned all the same, with fewer tokens than its gap and the budget allow."""
    name, tokens = plan[place]
    _, num_tokens, num_computed, _ = step.queue[place]
    missing = num_tokens - num_computed
    if tokens < missing and sum(planned for _, planned in plan[: place + 1]) < step.max_num_batched_tokens:
        return (
            f"{name} gets {tokens} of the {missing} tokens that it misses, and the budget has more: its chunk is cut "
            "to the free blocks",
            "cut a chunk to the budget only; if it needs more blocks than are free, end the plan before it",
        )
    return None


def _skipped_running(step: Step, skipped: str, planned: Sequence[str], expected: Pairs) -> Why:
    if skipped in dict(expected):
        return f"{skipped} is running and gets nothing", "plan what is missing, for decodes and for prompts alike"
    return (
        f"{skipped} is running and does not fit, and {planned[-1]} behind it is planned all the same",
        "end the plan there: the engine frees blocks for it, and asks you again",
    )


def _other_tokens(step: Step, name: str, tokens: int, wanted: int) -> Why | None:
    if tokens == 1 and step.is_running(name):
        return (
            f"{name} is running and gets 1 token, as if every running request were decoding",
            "ask what a prompt that was computed in part still misses",
        )
    if tokens % step.block_size == 0 and tokens < wanted:
        return f"the chunk of {name} is cut to whole blocks, or to the free ones", "cut a chunk to the budget only"
    return (
        f"{name} gets {quantity(tokens, 'tokens')} instead of {wanted}",
        "print what it misses, and what is left of the budget",
    )


def _stops_early(step: Step, expected: dict[str, int], missing: str) -> Why:
    """`missing` is the first that is left out. Only the limits tell why; the lists are often short."""
    _, num_tokens, num_computed, _ = next(request for request in step.queue if request[0] == missing)
    num_started = sum(not step.is_running(request_id) for request_id in expected)
    if expected[missing] < num_tokens - num_computed:
        return (
            f"nothing of {missing} is planned, though {expected[missing]} of its tokens fit: it may be left out "
            "because not all of it fits",
            "give it what is left of the budget, and count the blocks of that chunk: that is chunked prefill",
        )
    if len(step.running) + num_started == step.max_num_seqs:
        return (
            f"{missing} is left out, though there is a seat for it: a limit is one too low, or counted twice",
            "print what is left of seats, budget and blocks before each request",
        )
    if sum(request[1] for request in step.queue) <= step.num_free_blocks:  # enough, however blocks are counted
        return (
            f"{missing} is left out, though nothing is short: it may wait until others have finished, or until the "
            "next step",
            "let requests start beside those that run, as long as there is room",
        )
    return (
        f"{missing} is left out, though there are enough free blocks: blocks may be counted for all of its tokens, and "
        "not for those that have none yet, or just enough is not accepted",
        "print the blocks that each request needs beside those that it holds",
    )
