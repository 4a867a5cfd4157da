"""What an engine returns, under the names of vLLM's outputs."""

from dataclasses import dataclass, field
from typing import NamedTuple

from mini_vllm.sample import Logprob


@dataclass
class CompletionOutput:
    """What was generated for a prompt."""

    index: int  # of the n completions of the prompt
    text: str
    token_ids: list[int]
    cumulative_logprob: float | None = None  # the sum over token_ids; None unless logprobs were asked for
    logprobs: list[dict[int, Logprob]] | None = None  # one for each of token_ids
    finish_reason: str | None = None  # "stop", "length" or "error"; None while it goes on
    stop_reason: int | str | None = None  # the stop token id or stop string; None at the model's own eos token
    first_token_time: float | None = None  # in seconds of time.monotonic(); None before it
    last_token_time: float | None = None


class RequestMetrics(NamedTuple):
    """Times of a request, over all its completions, in seconds of time.monotonic(); None if it has not happened yet.

    first_token_time - arrival_time is the time to first token (TTFT).
    """

    arrival_time: float
    first_scheduled_time: float | None = None
    first_token_time: float | None = None
    last_token_time: float | None = None
    finished_time: float | None = None


@dataclass
class RequestOutput:
    """A prompt and what has been generated for it so far: each output of a request holds all of it."""

    request_id: str
    prompt: str | None  # None if it was given as token ids
    prompt_token_ids: list[int]
    outputs: list[CompletionOutput] = field(default_factory=list)  # as many as SamplingParams.n
    finished: bool = False  # all of them
    num_cached_tokens: int = 0  # of the prompt, found in the prefix cache
    error: str | None = None  # why the request failed, if a finish_reason is "error"
    prompt_logprobs: list[dict[int, Logprob] | None] | None = None  # by token, None for the first; if asked for
    metrics: RequestMetrics | None = None
