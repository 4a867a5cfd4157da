"""One request on its way through the engine."""

import enum
from collections.abc import Collection, Hashable, Sequence

import numpy as np
from numpy.random import SeedSequence

from mini_vllm.sample.ops.logprobs import Logprob
from mini_vllm.sampling_params import SamplingParams
from mini_vllm.spec_decode.draft_pause import DraftPause


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

    seed:            used if the parameters have none.
    external_req_id: the caller's id; None: the same as request_id.
    index:           of the completion, if the caller asked for several (n).
    prompt:          its text; None if it was given as token ids.
    arrival_time:    on time.monotonic's clock.
    """

    def __init__(
        self,
        request_id: str,
        prompt_token_ids: Sequence[int],
        sampling_params: SamplingParams,
        eos_token_ids: Collection[int] = (),
        *,
        seed: SeedSequence | None = None,
        external_req_id: str | None = None,
        index: int = 0,
        prompt: str | None = None,
        arrival_time: float = 0.0,
    ) -> None:
        self.request_id = request_id
        self.external_req_id = request_id if external_req_id is None else external_req_id
        self.index = index
        self.prompt, self.arrival_time = prompt, arrival_time
        self.prompt_token_ids = list(prompt_token_ids)
        self.all_token_ids = list(prompt_token_ids)  # the prompt, then the output
        self.prompt_logprobs: list[dict[int, Logprob]] = []  # from the second token on, if asked for
        self.logprobs: list[dict[int, Logprob]] = []  # one for each output token, if asked for; its own entry first
        self.cumulative_logprob = 0.0
        self.sampling_params = sampling_params
        # The request's own, so that its draws depend on no other request and on no schedule.
        own_seed = sampling_params.seed
        self._seed = (seed or SeedSequence()) if own_seed is None else SeedSequence(own_seed)
        self.generator = np.random.default_rng(self._seed)
        self.eos_token_ids = () if sampling_params.ignore_eos else eos_token_ids

        self.status = RequestStatus.WAITING
        self.num_computed_tokens = 0  # tokens whose K and V are in the cache
        self.num_cached_tokens = 0  # those that were there when it was first scheduled
        self.draft_pause = DraftPause()  # of speculation
        self.first_scheduled_time: float | None = None  # on time.monotonic's clock, as the next two
        self.first_token_time: float | None = None
        self.last_token_time: float | None = None
        self.block_hashes: list[Hashable] = []  # of its full blocks
        self.stop_reason: int | str | None = None  # the stop token or stop string that ended it
        self.error: str | None = None  # why it failed

    @property
    def num_tokens(self) -> int:
        return len(self.all_token_ids)

    @property
    def num_output_tokens(self) -> int:
        return len(self.all_token_ids) - len(self.prompt_token_ids)

    @property
    def output_token_ids(self) -> list[int]:
        """A copy of what was generated."""
        return self.all_token_ids[len(self.prompt_token_ids) :]

    @property
    def needs_prompt_logprobs(self) -> bool:
        """Whether logits of the prompt are still to be computed; the prefix cache holds none."""
        wanted = self.sampling_params.prompt_logprobs is not None
        return wanted and len(self.prompt_logprobs) < len(self.prompt_token_ids) - 1

    def append_output_token_id(self, token_id: int, logprobs: dict[int, Logprob] | None = None) -> None:
        self.all_token_ids.append(token_id)
        if logprobs is not None:
            self.logprobs.append(logprobs)
            self.cumulative_logprob += _own_logprob(logprobs)

    def drop_output_tokens(self, num_output_tokens: int) -> None:
        """Keep the first output tokens only, and their logprobs."""
        del self.all_token_ids[len(self.prompt_token_ids) + num_output_tokens :]
        del self.logprobs[num_output_tokens:]
        self.cumulative_logprob = sum(map(_own_logprob, self.logprobs), 0.0)

    def preempt(self) -> None:
        """Note that its blocks are gone: all of its tokens are to be computed anew."""
        self.status, self.num_computed_tokens = RequestStatus.PREEMPTED, 0

    def restart(self, num_output_tokens: int) -> None:
        """Keep the first output tokens, and compute everything anew, after a step was broken off.

        The generator is rewound, so the next draws repeat those of that step.
        """
        self.drop_output_tokens(num_output_tokens)
        self.block_hashes = []
        self.stop_reason = self.error = None
        if self.status is not RequestStatus.WAITING:
            self.preempt()
        bits = np.random.PCG64(self._seed)
        if not self.sampling_params.is_greedy:
            bits.advance(num_output_tokens)  # each token took one uniform number
        self.generator = np.random.Generator(bits)

    def check_stop(self, max_model_len: int) -> None:
        """Finish the request if its last token ends it."""
        params, last = self.sampling_params, self.all_token_ids[-1]
        if last in self.eos_token_ids:
            self.status = RequestStatus.FINISHED_STOPPED
        elif last in params.stop_token_ids:
            self.status, self.stop_reason = RequestStatus.FINISHED_STOPPED, last
        elif self.num_tokens >= max_model_len or self.num_output_tokens == params.max_tokens:
            self.status = RequestStatus.FINISHED_LENGTH_CAPPED


def _own_logprob(entries: dict[int, Logprob]) -> float:
    """That of the sampled token."""
    return next(iter(entries.values())).logprob
