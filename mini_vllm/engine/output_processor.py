"""From sampled tokens to text: detokenisation and stop strings, for each request."""

from collections.abc import Iterable, Mapping

from mini_vllm.outputs import CompletionOutput, RequestOutput
from mini_vllm.request import Request
from mini_vllm.sample import Logprob
from mini_vllm.tokenizer import IncrementalDetokenizer, Tokenizer


class OutputProcessor:
    """Turns the tokens of all unfinished requests into what `LLMEngine.step` returns.

    tokenizer: None: outputs have no text.
    """

    def __init__(self, tokenizer: Tokenizer | None) -> None:
        self.tokenizer = tokenizer
        self.request_states: dict[str, RequestState] = {}

    def add_request(self, request: Request, prompt: str | None) -> None:
        """prompt: its text; None if it was given as token ids."""
        self.request_states[request.request_id] = RequestState(request, prompt, self.tokenizer)

    def abort_request(self, request_id: str) -> None:
        """Forget a request. Unknown or finished ids are ignored."""
        self.request_states.pop(request_id, None)

    def process_outputs(
        self, requests: Iterable[Request], logprobs: Mapping[str, dict[int, Logprob]]
    ) -> list[RequestOutput]:
        """The outputs of requests that have just got a token, or failed. logprobs: by request id."""
        outputs = []
        for request in requests:
            state = self.request_states[request.request_id]
            if request.error is None:
                state.update(logprobs.get(request.request_id))
            outputs.append(state.output())
            if outputs[-1].finished:
                del self.request_states[request.request_id]
        return outputs


class RequestState:
    """The output side of one request."""

    def __init__(self, request: Request, prompt: str | None, tokenizer: Tokenizer | None) -> None:
        self.request = request
        self.prompt = prompt
        self._detokenizer = None if tokenizer is None else IncrementalDetokenizer(tokenizer)
        self._text = ""
        self._stop_string: str | None = None  # the one that the text has reached
        self._logprobs: list[dict[int, Logprob]] = []
        self._cumulative_logprob = 0.0

    def update(self, logprobs: dict[int, Logprob] | None) -> None:
        """Take in the request's newest token."""
        if logprobs is not None:
            self._logprobs.append(logprobs)
            self._cumulative_logprob += logprobs[self.request.output_token_ids[-1]].logprob
        if self._detokenizer is None:
            return
        request, known = self.request, len(self._text)
        # A stop token ends the text and is no part of it; an eos token that is ignored has no text anyway.
        is_stop_token = request.status.finish_reason == "stop"
        self._text += self._detokenizer.update([] if is_stop_token else request.output_token_ids[-1:])
        if request.status.is_finished:
            self._text += self._detokenizer.finish()
        self._cut_at_stop_string(known)

    def output(self) -> RequestOutput:
        """Everything up to now."""
        request, params = self.request, self.request.sampling_params
        # A stop string counts even if the token that completed it was the last one anyway.
        reason = request.status.finish_reason if self._stop_string is None else "stop"
        text = self._text
        if reason is None and params.stop_strings:
            # Whatever may turn out to be the beginning of a stop string is held back.
            text = text[: len(text) - _held_back(text, params.stop_strings)]
        has_logprobs = params.logprobs is not None
        completion = CompletionOutput(
            index=0,
            text=text,
            token_ids=list(request.output_token_ids),
            cumulative_logprob=self._cumulative_logprob if has_logprobs else None,
            logprobs=list(self._logprobs) if has_logprobs else None,
            finish_reason=reason,
            stop_reason=request.stop_reason if self._stop_string is None else self._stop_string,
        )
        return RequestOutput(
            request_id=request.request_id,
            prompt=self.prompt,
            prompt_token_ids=request.prompt_token_ids,
            outputs=[completion],
            finished=reason is not None,
            num_cached_tokens=request.num_cached_tokens,
            error=request.error,
        )

    def _cut_at_stop_string(self, known: int) -> None:
        """Cut the text before the stop string that comes first. known: characters that were searched before."""
        found = []
        for stop in self.request.sampling_params.stop_strings:
            index = self._text.find(stop, max(known - len(stop) + 1, 0))
            if index >= 0:
                found.append((index, stop))
        if found:
            index, self._stop_string = min(found, key=lambda item: item[0])
            self._text = self._text[:index]


def _held_back(text: str, stop: list[str]) -> int:
    """The length of the longest end of `text` that a stop string begins with."""
    longest = min(max(map(len, stop)) - 1, len(text))
    ends = (text[-length:] for length in range(longest, 0, -1))
    return next((len(end) for end in ends if any(string.startswith(end) for string in stop)), 0)
