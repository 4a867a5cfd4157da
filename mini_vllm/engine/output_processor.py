"""From sampled tokens to what `LLMEngine.step` returns."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        self.request_states: dict[str, list[CompletionState]] = {}  # by the caller's request id
        self._decoded_token = lru_cache(maxsize=2**18)(self._decode_token)

    def add_request(self, requests: Sequence[Request]) -> None:
        """Register a caller's request. requests: one for each completion."""
        states = [CompletionState(request, self.tokenizer) for request in requests]
        self.request_states[requests[0].external_req_id] = states

    def abort_request(self, request_id: str) -> list[str]:
        """Forget a request. Returns the ids of its completions' requests, none for unknown or finished ids."""
        return [completion.request.request_id for completion in self.request_states.pop(request_id, ())]

    def process_outputs(self, requests: Sequence[Request]) -> list[RequestOutput]:
        """The outputs of requests that have just got tokens, or failed.

        A stop string, or a tokenizer that raises, finishes a request here.
        """
        now = time.monotonic()
        for request in requests:
            if request.error is None:
                request.first_token_time, request.last_token_time = request.first_token_time or now, now
                self._add_text(self.request_states[request.external_req_id][request.index])
        updated = dict.fromkeys(request.external_req_id for request in requests)
        return [self._output(request_id, now) for request_id in updated]

    def unfinished(self, outputs: Iterable[RequestOutput]) -> dict[str, list[CompletionState]]:
        """`request_states` without the requests that these outputs finish."""
        finished = {output.request_id for output in outputs if output.finished}
        if not finished:  # as in most steps: thousands may wait
            return self.request_states
        return {name: states for name, states in self.request_states.items() if name not in finished}

    def restart(self, num_tokens_before: Mapping[Request, int]) -> list[Request]:
        """Undo the changes of a step that was broken off to tokens, statuses and texts.

        num_tokens_before: the number of output tokens before that step, for each of its requests.

        Returns the requests that were unfinished before it, in the order of their arrival.
        """
        unfinished = []
        for completions in self.request_states.values():
            for index, completion in enumerate(completions):
                request = completion.request
                # Another completion of the same prompt may have finished in an earlier step.
                if request in num_tokens_before or not request.status.is_finished:
                    request.restart(num_tokens_before.get(request, request.num_output_tokens))
                    completions[index] = CompletionState(request, self.tokenizer)
                    unfinished.append(request)
        return unfinished

    def _add_text(self, completion: CompletionState) -> None:
        """Decode the newest tokens of a completion, and those that its newest logprobs name."""
        request, num_decoded = completion.request, completion.num_decoded
        if self.tokenizer is not None and request.sampling_params.detokenize:
            if num_decoded == 0:  # with the first token, the prompt's logprobs are complete
                request.prompt_logprobs = list(map(self._with_texts, request.prompt_logprobs))
            request.logprobs[num_decoded:] = map(self._with_texts, request.logprobs[num_decoded:])
        try:
            completion.update()
        except Exception as error:  # a caller's tokenizer may raise anything
            request.status = RequestStatus.FINISHED_ERROR
            request.error = f"its tokens cannot be decoded: {error!r}"

    def _output(self, request_id: str, now: float) -> RequestOutput:
        requests = [completion.request for completion in self.request_states[request_id]]
        first, finished = requests[0], all(request.status.is_finished for request in requests)
        has_prompt_logprobs = first.sampling_params.prompt_logprobs is not None and not first.needs_prompt_logprobs
        return RequestOutput(
            request_id=request_id,
            prompt=first.prompt,
            prompt_token_ids=first.prompt_token_ids,
            outputs=[completion.output() for completion in self.request_states[request_id]],
            finished=finished,
            num_cached_tokens=first.num_cached_tokens,
            error=next((f"Request {each.request_id!r}: {each.error}" for each in requests if each.error), None),
            prompt_logprobs=[None, *first.prompt_logprobs] if has_prompt_logprobs else None,
            metrics=RequestMetrics(
                arrival_time=first.arrival_time,
                first_scheduled_time=min(_happened(each.first_scheduled_time for each in requests), default=None),
                first_token_time=min(_happened(each.first_token_time for each in requests), default=None),
                last_token_time=max(_happened(each.last_token_time for each in requests), default=None),
                finished_time=now if finished else None,
            ),
        )

    def _with_texts(self, entries: dict[int, Logprob]) -> dict[int, Logprob]:
        return {token: entry._replace(decoded_token=self._decoded_token(token)) for token, entry in entries.items()}

    def _decode_token(self, token_id: int) -> str | None:
        assert self.tokenizer is not None
        try:
            return self.tokenizer.decode([token_id], skip_special_tokens=False)
        except Exception:  # a model's vocabulary may be padded beyond its tokenizer's
            return None


def _happened(times: Iterable[float | None]) -> Iterator[float]:
    return (time for time in times if time is not None)
