"""From sampled tokens to what `LLMEngine.step` returns."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mini_vllm.engine.completion_state import CompletionState
from mini_vllm.outputs import RequestMetrics, RequestOutput
from mini_vllm.request import Request, RequestStatus
from mini_vllm.sample import Logprob
from mini_vllm.tokenizer import Tokenizer


class OutputProcessor:
    """Turns the tokens of all unfinished requests into outputs.

    tokenizer: None: outputs have no text.
    """

    def __init__(self, tokenizer: Tokenizer | None) -> None:
        self.tokenizer = tokenizer
        self.request_states: dict[str, RequestState] = {}  # by the caller's request id
        self._decoded_token = lru_cache(maxsize=2**18)(self._decode_token)

    def add_request(self, requests: Sequence[Request], prompt: str | None, arrival_time: float) -> None:
        """Register a caller's request, which may have several completions.

        requests: one for each completion.  prompt: its text; None if it was given as token ids.
        """
        completions = [CompletionState(request, self.tokenizer) for request in requests]
        self.request_states[requests[0].external_req_id] = RequestState(completions, prompt, arrival_time)

    def abort_request(self, request_id: str) -> list[str]:
        """Forget a request. Returns the ids of its completions' requests, none for unknown or finished ids."""
        state = self.request_states.pop(request_id, None)
        return [request.request_id for request in state.requests] if state else []

    def process_outputs(
        self, requests: Iterable[Request], logprobs: Mapping[str, list[dict[int, Logprob]]]
    ) -> list[RequestOutput]:
        """The outputs of requests that have just got tokens, or failed. logprobs: of each token, by request id.

        A stop string, or a tokenizer that raises, finishes a request here.
        """
        now, updated = time.monotonic(), {}
        for request in requests:
            state = updated[request.external_req_id] = self.request_states[request.external_req_id]
            if request.error is not None:
                continue
            request.first_token_time, request.last_token_time = request.first_token_time or now, now
            try:
                new_logprobs = [self._with_texts(request, entries) for entries in logprobs.get(request.request_id, ())]
                state.completions[request.index].update(new_logprobs)
            except Exception as error:  # a caller's tokenizer may raise anything
                request.status = RequestStatus.FINISHED_ERROR
                request.error = f"Request {request.request_id!r}: its tokens cannot be decoded: {error!r}"
        return [self._output(request_id, state, now) for request_id, state in updated.items()]

    def unfinished(self, outputs: Iterable[RequestOutput]) -> "dict[str, RequestState]":
        """`request_states` without the requests that these outputs finish."""
        finished = {output.request_id for output in outputs if output.finished}
        if not finished:  # as in most steps: thousands may wait
            return self.request_states
        return {name: state for name, state in self.request_states.items() if name not in finished}

    def restart(self, num_tokens_before: Mapping[Request, int]) -> list[Request]:
        """Undo the changes of a step that was broken off to tokens, statuses and texts.

        num_tokens_before: the number of output tokens before that step, for each of its requests.

        Returns the requests that were unfinished before it, in the order of their arrival.
        """
        completions = [completion for state in self.request_states.values() for completion in state.completions]
        unfinished = []
        for completion in completions:
            request = completion.request
            # Another completion of the same prompt may have finished in an earlier step.
            if request in num_tokens_before or not request.status.is_finished:
                request.restart(num_tokens_before.get(request, request.num_output_tokens))
                completion.restart()
                unfinished.append(request)
        return unfinished

    def _output(self, request_id: str, state: "RequestState", now: float) -> RequestOutput:
        first, completions = state.completions[0].request, [completion.output() for completion in state.completions]
        finished = all(completion.finish_reason is not None for completion in completions)
        starts = [each.first_scheduled_time for each in state.requests if each.first_scheduled_time is not None]
        tokens = [time for each in completions for time in (each.first_token_time, each.last_token_time) if time]
        is_wanted = first.sampling_params.prompt_logprobs is not None and not first.needs_prompt_logprobs
        if is_wanted and state.prompt_logprobs is None:
            state.prompt_logprobs = [entries and self._with_texts(first, entries) for entries in first.prompt_logprobs]
        return RequestOutput(
            request_id=request_id,
            prompt=state.prompt,
            prompt_token_ids=first.prompt_token_ids,
            outputs=completions,
            finished=finished,
            num_cached_tokens=first.num_cached_tokens,
            error=next((each.request.error for each in state.completions if each.request.error is not None), None),
            prompt_logprobs=state.prompt_logprobs,
            metrics=RequestMetrics(
                arrival_time=state.arrival_time,
                first_scheduled_time=min(starts, default=None),
                first_token_time=min(tokens, default=None),
                last_token_time=max(tokens, default=None),
                finished_time=now if finished else None,
            ),
        )

    def _with_texts(self, request: Request, entries: dict[int, Logprob]) -> dict[int, Logprob]:
        if self.tokenizer is None or not request.sampling_params.detokenize:
            return entries
        return {token: entry._replace(decoded_token=self._decoded_token(token)) for token, entry in entries.items()}

    def _decode_token(self, token_id: int) -> str | None:
        assert self.tokenizer is not None
        try:
            return self.tokenizer.decode([token_id], skip_special_tokens=False)
        except Exception:  # a model's vocabulary may be padded beyond its tokenizer's
            return None


@dataclass
class RequestState:
    """The output side of a caller's request, with all its completions."""

    completions: list[CompletionState]
    prompt: str | None
    arrival_time: float
    prompt_logprobs: list[dict[int, Logprob] | None] | None = None

    @property
    def requests(self) -> list[Request]:
        return [completion.request for completion in self.completions]
