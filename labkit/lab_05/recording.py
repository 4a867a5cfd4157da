"""A scheduler that records what it plans: the counters of every request, step by step."""

from dataclasses import dataclass

from mini_vllm.core.output import SchedulerOutput
from mini_vllm.core.scheduler import Scheduler
from mini_vllm.engine_config import EngineConfig


@dataclass(frozen=True)
class Step:
    """One step, by request id; a request that waits has 0 new tokens.

    known, computed: num_tokens and num_computed_tokens before the step. new: the tokens that it computes.
    """

    known: dict[str, int]
    computed: dict[str, int]
    new: dict[str, int]

    def closes(self, request_id: str) -> bool:
        """Whether the step computes the request's last known token."""
        new = self.new[request_id]
        return new > 0 and self.computed[request_id] + new == self.known[request_id]


class RecordingScheduler(Scheduler):
    """The engine's own scheduler. steps: what it has planned so far."""

    def __init__(self, config: EngineConfig) -> None:
        super().__init__(config)
        self.steps: list[Step] = []

    def schedule(self) -> SchedulerOutput:
        plan = super().schedule()
        if plan.scheduled:
            new = {item.request.request_id: item.num_new_tokens for item in plan.scheduled}
            self.steps.append(
                Step(
                    known={name: request.num_tokens for name, request in self.requests.items()},
                    computed={name: request.num_computed_tokens for name, request in self.requests.items()},
                    new={name: new.get(name, 0) for name in self.requests},
                )
            )
        return plan
