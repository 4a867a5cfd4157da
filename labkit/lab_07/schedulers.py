"""Schedulers for the engine: static batches, and plans that a function makes."""

from collections import deque
from collections.abc import Callable
from typing import Any

from labkit.check import quantity
from labkit.failure import CheckFailed
from labkit.lab_07.plan import Plan, plan
from labkit.lab_07.plan_mistakes import Request as View
from labkit.lab_07.plan_mistakes import Step
from mini_vllm.core.output import ScheduledRequest, SchedulerOutput
from mini_vllm.core.scheduler import Scheduler
from mini_vllm.request import Request as EngineRequest

Schedule = Callable[..., Any]


class StaticBatches(Scheduler):
    """Takes as many requests as there are seats, and the next ones when all of these are finished."""

    batch: frozenset[str] = frozenset()

    def schedule(self) -> SchedulerOutput:
        if not self.batch & self.requests.keys():
            self.batch = frozenset(request.request_id for request in list(self.waiting)[: self.config.max_num_seqs])
        outside = [request for request in self.waiting if request.request_id not in self.batch]
        self.waiting = deque(request for request in self.waiting if request.request_id in self.batch)
        try:
            return super().schedule()
        finally:
            self.waiting.extend(outside)


class PlannedScheduler(Scheduler):
    """Lets a function decide who runs; reserves the blocks, and preempts, as the engine's own scheduler does.

    Without a prefix cache: a waiting request holds no blocks.
    """

    def plan_of(self, running: list[View], waiting: list[View], *limits: int) -> Plan:
        """The function's plan for these lists."""
        raise NotImplementedError

    def victim_of(self, running: list[View]) -> str:
        """Who is preempted."""
        return self.running[-1].request_id

    def approve(self, plan: Plan, step: Step, is_blocked: bool) -> None:
        """Called with each plan and what it was made from. is_blocked: a preemption and another plan follow."""

    def schedule(self) -> SchedulerOutput:
        items = []
        for request_id, num_new_tokens in self._plan():
            request = self._reserve(request_id, num_new_tokens)
            if request not in self.running:
                self.waiting.remove(request)
                self.waiting.appendleft(request)  # _start takes the first one
                self._start(request, 0)
            items.append(ScheduledRequest(request, num_new_tokens, self.kv_cache_manager.get_block_ids(request_id)))
        return SchedulerOutput(items)

    def _reserve(self, request_id: str, num_new_tokens: int) -> EngineRequest:
        request, free = self.requests.get(request_id), self.kv_cache_manager.block_pool.num_free_blocks
        if request is None or num_new_tokens < 1:
            why = "no such request is there" if request is None else "each request of a plan gets at least 1 token"
        elif not self.kv_cache_manager.allocate_slots(request, num_new_tokens):
            why = f"they need more blocks than the {free} that are free"
        else:
            return request
        raise CheckFailed(
            f"The engine cannot execute a plan with {quantity(num_new_tokens, 'tokens')} of {request_id}.",
            why,
            "run the test of schedule, which names the rule that is broken",
        )

    def _plan(self) -> Plan:
        waiting = [self._view(request) for request in self.waiting]
        while True:
            running = [self._view(request) for request in self.running]
            free, config = self.kv_cache_manager.block_pool.num_free_blocks, self.config
            step = Step(running, waiting, config.max_num_batched_tokens, config.max_num_seqs, free, config.block_size)
            plan = self.plan_of(list(running), list(waiting), *step.limits)
            is_left_out = {request_id for request_id, *_ in running} - dict(plan).keys()
            is_blocked = bool(is_left_out) and sum(tokens for _, tokens in plan) < config.max_num_batched_tokens
            self.approve(plan, step, is_blocked)
            if not is_blocked:
                if not plan:
                    raise CheckFailed(
                        f"The plan is empty, though {len(running)} requests run and {len(waiting)} wait.",
                        "no request is planned, so the engine would stand still",
                        "run the test of schedule",
                    )
                return plan
            self._preempt(self.victim_of(running))
            waiting = []  # after a preemption nothing starts: the blocks would be taken right back

    def _preempt(self, request_id: str) -> None:
        request = next((request for request in self.running if request.request_id == request_id), None)
        if request is None:
            raise CheckFailed(
                f"The engine cannot preempt {request_id!r}: it is not running.",
                step="run the test of victim",
            )
        self.running.remove(request)
        self.running.append(request)  # _preempt_last takes the last one
        self._preempt_last()

    def _view(self, request: EngineRequest) -> View:
        held = len(self.kv_cache_manager.get_block_ids(request.request_id)) if request in self.running else 0
        return request.request_id, request.num_tokens, request.num_computed_tokens, held


def planned_by(schedule: Schedule, victim: Callable[..., Any] | None = None) -> type[PlannedScheduler]:
    """The class of schedulers that ask these two functions; without `victim`, the last one is preempted."""

    class PlannedBy(PlannedScheduler):
        def plan_of(self, running: list[View], waiting: list[View], *limits: int) -> Plan:
            return plan("schedule", schedule(running, waiting, *limits))

        def victim_of(self, running: list[View]) -> str:
            return super().victim_of(running) if victim is None else str(victim(running))

    return PlannedBy
