"""One request on its way through the engine."""

import enum
from collections.abc import Collection, Hashable, Sequence

import numpy as np

from mini_vllm.sampling_params import SamplingParams


class RequestStatus(enum.Enum):
    """Where a request is; the value of a finished one is its finish reason."""

    WAITING = enum.auto()
    RUNNING = enum.auto()
    PREEMPTED = enum.auto()  # waiting again: its blocks went to another request
    FINISHED_STOPPED = "stop"
    FINISHED_LENGTH_CAPPED = "length"
    FINISHED_ABORTED = "abort"
    FINISHED_ERROR = "error"

    @property
    def is_finished(self) -> bool:
        return isinstance(self.value, str)

    @property
    def finish_reason(self) -> str | None:
        """ "stop", "length", "abort" or "error"; None while the request goes on."""
        return self.value if self.is_finished else None


class Request:
    """A prompt, what was generated for it so far, and how much of both is computed.

    There is no prefill and no decode here: the tokens from `num_computed_tokens` to `num_tokens` are still
    to be passed through the model, be they a prompt, the last sampled token, or everything after a preemption.
    """

    def __init__(
        self,
        request_id: str,
        prompt_token_ids: Sequence[int],
        sampling_params: SamplingParams,
        eos_token_ids: Collection[int] = (),
    ) -> None:
        self.request_id = request_id
        self.prompt_token_ids = list(prompt_token_ids)
        self.output_token_ids: list[int] = []
        self.all_token_ids = list(prompt_token_ids)
        self.sampling_params = sampling_params
        # The request's own, so that its draws depend on no other request and on no schedule.
        self.generator = np.random.default_rng(sampling_params.seed)
        self.eos_token_ids = () if sampling_params.ignore_eos else eos_token_ids

        self.status = RequestStatus.WAITING
        self.num_computed_tokens = 0  # K and V of so many are in the cache
        self.num_cached_tokens = 0  # so many were there already when it was first scheduled
        self.num_preemptions = 0
        self.block_hashes: list[Hashable] = []  # of its full blocks
        self.stop_reason: int | None = None  # the stop token that ended it
        self.error: str | None = None  # why it failed

    @property
    def num_tokens(self) -> int:
        return len(self.all_token_ids)

    @property
    def num_output_tokens(self) -> int:
        return len(self.output_token_ids)

    def append_output_token_id(self, token_id: int) -> None:
        self.output_token_ids.append(token_id)
        self.all_token_ids.append(token_id)

    def check_stop(self, max_model_len: int) -> None:
        """Finish the request if its last token ends it."""
        params, last = self.sampling_params, self.output_token_ids[-1]
        if last in self.eos_token_ids:
            self.status = RequestStatus.FINISHED_STOPPED
        elif last in params.stop_token_ids:
            self.status, self.stop_reason = RequestStatus.FINISHED_STOPPED, last
        elif self.num_tokens >= max_model_len or self.num_output_tokens == params.max_tokens:
            self.status = RequestStatus.FINISHED_LENGTH_CAPPED
