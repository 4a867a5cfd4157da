"""What passes between the scheduler and the model runner."""

from dataclasses import dataclass, field

from mini_vllm.request import Request
from mini_vllm.sample import Logprob


@dataclass(frozen=True)
class ScheduledRequest:
    """The next tokens of one request."""

    request: Request
    num_new_tokens: int  # from request.num_computed_tokens on
    block_ids: list[int]  # its block table, with room for them

    @property
    def is_sampled(self) -> bool:
        """Whether these are its last known tokens, so that the next one can be sampled."""
        return self.request.num_computed_tokens + self.num_new_tokens == self.request.num_tokens


@dataclass(frozen=True)
class SchedulerOutput:
    """One step: prompts, pieces of prompts and decodes side by side."""

    scheduled: list[ScheduledRequest]

    @property
    def total_num_scheduled_tokens(self) -> int:
        return sum(item.num_new_tokens for item in self.scheduled)


@dataclass(frozen=True)
class ModelRunnerOutput:
    """What came of a step, by request id; only for requests whose next token was sampled."""

    token_ids: dict[str, int] = field(default_factory=dict)
    logprobs: dict[str, dict[int, Logprob]] = field(default_factory=dict)  # if asked for
    # One entry for each prompt token whose logits this step computed, if asked for:
    prompt_logprobs: dict[str, list[dict[int, Logprob]]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)  # instead of a token: why there is none
