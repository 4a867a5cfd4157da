"""The output side of one completion: its text, token by token, and its stop strings."""

from mini_vllm.detokenizer import IncrementalDetokenizer
from mini_vllm.outputs import CompletionOutput
from mini_vllm.request import Request, RequestStatus
from mini_vllm.sample import Logprob
from mini_vllm.tokenizer import Tokenizer


class CompletionState:
    """The text and logprobs of a completion; its tokens are in its request.

    tokenizer: None: the text stays empty.
    """

    def __init__(self, request: Request, tokenizer: Tokenizer | None) -> None:
        self.request = request
        self._tokenizer = tokenizer if request.sampling_params.detokenize else None
        self._logprobs: list[dict[int, Logprob]] = []
        self.restart()

    def restart(self) -> None:
        """Rebuild the text from the tokens that the request still has, after a step was broken off."""
        tokenizer, skip = self._tokenizer, self.request.sampling_params.skip_special_tokens
        prompt = self.request.prompt_token_ids
        self._detokenizer = None if tokenizer is None else IncrementalDetokenizer(tokenizer, skip, prompt)
        self._text, self._num_decoded = "", 0
        self._num_searched = 0  # characters of the text; a stop string that ends among them does not count
        self._cumulative_logprob = 0.0
        kept, self._logprobs = self._logprobs[: self.request.num_output_tokens], []
        self.update(kept)

    def update(self, new_logprobs: list[dict[int, Logprob]]) -> None:
        """Add the request's newest tokens, and finish the request if its text has reached a stop string.

        new_logprobs: one for each of the tokens, if asked for.

        Errors: whatever the tokenizer raises.
        """
        try:
            self._decode_new_tokens()
        finally:
            # Fewer than were given, if the request has ended before the last accepted draft.
            for entries in new_logprobs[: self.request.num_output_tokens - len(self._logprobs)]:
                self._logprobs.append(entries)
                self._cumulative_logprob += next(iter(entries.values())).logprob  # the token's own entry is the first

    def output(self) -> CompletionOutput:
        """Everything up to now."""
        request, params, text = self.request, self.request.sampling_params, self._text
        if params.stop_strings and not request.status.is_finished and not params.include_stop_str_in_output:
            # Hold back what may turn out to be the beginning of a stop string.
            text = text[: len(text) - _held_back(text, params.stop_strings)]
        has_logprobs = params.logprobs is not None
        return CompletionOutput(
            index=request.index,
            text=text,
            token_ids=list(request.output_token_ids),
            cumulative_logprob=self._cumulative_logprob if has_logprobs else None,
            logprobs=list(self._logprobs) if has_logprobs else None,
            finish_reason=request.status.finish_reason,
            stop_reason=request.stop_reason,
            first_token_time=request.first_token_time,
            last_token_time=request.last_token_time,
        )

    def _decode_new_tokens(self) -> None:
        request, params, detokenizer = self.request, self.request.sampling_params, self._detokenizer
        if detokenizer is None:
            return
        # A stop token ends the text and is no part of it.
        is_left_out = request.status.finish_reason == "stop" and not params.include_stop_str_in_output
        for token_id in request.output_token_ids[self._num_decoded :]:
            if self._cut_at_stop_string():  # before this token, which speculation has added in the same step
                request.drop_output_tokens(self._num_decoded)
                return
            if is_left_out and self._num_decoded == request.num_output_tokens - 1:
                break
            self._text += detokenizer.update([token_id])
            self._num_decoded += 1
            if self._num_decoded <= params.min_tokens:
                self._num_searched = len(self._text)
        if request.status.is_finished:
            self._text += detokenizer.finish()
        self._cut_at_stop_string()

    def _cut_at_stop_string(self) -> bool:
        """End the text at the stop string that begins first, even if the last token has ended the request."""
        params, found = self.request.sampling_params, []
        for stop in params.stop_strings:
            index = self._text.find(stop, max(self._num_searched - len(stop) + 1, 0))
            if index >= 0:
                found.append((index, stop))
        self._num_searched = len(self._text)
        if found:
            index, stop = min(found, key=lambda item: item[0])
            self._text = self._text[: index + len(stop) * params.include_stop_str_in_output]
            self.request.status, self.request.stop_reason = RequestStatus.FINISHED_STOPPED, stop
        return bool(found)


def _held_back(text: str, stop: list[str]) -> int:
    """The length of the longest end of `text` that a stop string begins with."""
    longest = min(max(map(len, stop)) - 1, len(text))
    ends = (text[-length:] for length in range(longest, 0, -1))
    return next((len(end) for end in ends if any(string.startswith(end) for string in stop)), 0)
