"""What passes between the scheduler and the model runner."""

from dataclasses import dataclass, field

from mini_vllm.request import Request
from mini_vllm.sample import Logprob


@dataclass(frozen=True)
class ScheduledRequest:
    """The next tokens of one request."""

    request: Request
    num_new_tokens: int  # from request.num_computed_tokens on, drafts included
    block_ids: list[int]  # its block table, with room for them
    spec_token_ids: list[int] = field(default_factory=list)  # drafts, behind its last known token

    @property
    def is_sampled(self) -> bool:
        """Whether its last known token is among these, so that the next one can be sampled."""
        request = self.request
        return request.num_computed_tokens + self.num_new_tokens == request.num_tokens + len(self.spec_token_ids)


@dataclass(frozen=True)
class SchedulerOutput:
    """One step: prompts, pieces of prompts and decodes side by side."""

    scheduled: list[ScheduledRequest]


@dataclass(frozen=True)
class ModelRunnerOutput:
    """The result of a step, by request id; only for requests whose next token was sampled.

    A request has one token, and one more for each draft that was accepted.
    """

    token_ids: dict[str, list[int]] = field(default_factory=dict)
    logprobs: dict[str, list[dict[int, Logprob]]] = field(default_factory=dict)  # one for each token, if asked for
    # One entry for each prompt token whose logits this step computed, if asked for:
    prompt_logprobs: dict[str, list[dict[int, Logprob]]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)  # instead of a token: why there is none
