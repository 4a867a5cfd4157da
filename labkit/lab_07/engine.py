"""The student's schedule beside the engine's own, step for step, on a stream of random requests."""

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from labkit.check import Check
from labkit.failure import CheckFailed, shortened
from labkit.lab_07.plan import Plan, shown
from labkit.lab_07.plan_mistakes import Request as View
from labkit.lab_07.plan_mistakes import Step
from labkit.lab_07.schedulers import PlannedScheduler
from labkit.lab_07.stream import Arrival, Served, serve

# Tight on purpose: prompts are cut, requests wait for seats and for blocks, and some are preempted.
LIMITS: dict[str, Any] = {
    "max_model_len": 96,
    "max_num_batched_tokens": 24,
    "max_num_seqs": 4,
    "num_blocks": 40,
    "block_size": 4,
}
NUM_REQUESTS = 40


def random_stream(seed: int, num_requests: int = NUM_REQUESTS) -> list[Arrival]:
    """Requests at random times, with prompts of 1 to 60 tokens and 1 to 30 tokens to generate."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.exponential(0.06, num_requests))
    return [
        Arrival(f"r{i}", float(time), int(rng.integers(1, 61)), int(rng.integers(1, 31)))
        for i, time in enumerate(times)
    ]


@functools.cache
def engines_run() -> Served:
    """The stream, served by the engine's own scheduler, once per process."""
    return serve(random_stream(7), **LIMITS)


def prepare_tests(names: Mapping[str, Any]) -> None:
    """Serve what the tests compare with, once for many submissions. names: those of the notebook's locked cells."""
    engines_run()


def compare_with_engine(check: Check) -> None:
    """Serve the stream with the student's plans, and print both counters if all steps agree.

    Raises:
        CheckFailed: at the first step that is planned differently.
    """
    own = engines_run()
    planned = preempted = 0

    class Compared(PlannedScheduler):
        def plan_of(self, running: list[View], waiting: list[View], *limits: int) -> Plan:
            call = check(running, waiting, *limits)
            call.text = f"{check.name} in step {planned + 1} of the engine"
            plan: Plan = call.value()
            return plan

        def approve(self, plan: Plan, step: Step, is_blocked: bool) -> None:
            nonlocal planned, preempted
            if is_blocked and preempted < own.preemptions[planned]:
                preempted += 1  # so did the engine
                return
            if plan != own.plans[planned]:
                raise _different(check, planned, step, plan, own.plans[planned])
            planned, preempted = planned + 1, 0

    yours = serve(random_stream(7), Compared, **LIMITS)
    if yours.token_ids != own.token_ids or yours.stats != own.stats:
        raise CheckFailed(
            f"The plans of all {planned} steps agree, but tokens or counters do not.",
            "the engine's objects were changed on a way around the plan",
            "let schedule read its arguments and return a plan, and do nothing else",
        )
    _print_counters(yours, own)


def _different(check: Check, place: int, step: Step, plan: Plan, expected: Plan) -> CheckFailed:
    call = check(step.running, step.waiting, *step.limits)
    cause, advice = check.exercise.explain(call, plan, expected)
    return CheckFailed(
        f"Step {place + 1} of the engine: {call} planned {shown(plan)}; the engine's own plan is {shown(expected)}.",
        cause,
        f"run the test of {check.name} above; it isolates each rule. If it passes: {advice}. "
        f"The lists of this step: {shortened(step.running, 200)}, {shortened(step.waiting, 120)}",
    )


def _print_counters(yours: Served, own: Served) -> None:
    print(f"{len(own.token_ids)} requests, {sum(map(len, own.token_ids.values()))} tokens: all the same.")
    print(f"{'':<24}{'your schedule':>14}{'the engine':>12}")
    for name in ("num_steps", "num_tokens_processed", "num_preemptions"):
        print(f"{name:<24}{getattr(yours.stats, name):>14,}{getattr(own.stats, name):>12,}")
