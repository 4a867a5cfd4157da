"""The output side of one completion: its text, token by token, and its stop strings."""

from mini_vllm.detokenizer import IncrementalDetokenizer
from mini_vllm.outputs import CompletionOutput
from mini_vllm.request import Request, RequestStatus
from mini_vllm.tokenizer import Tokenizer


class CompletionState:
    """The text of a completion; its tokens and logprobs are in its request.

    request:   it may have output tokens already; the text begins with theirs.
    tokenizer: None: the text stays empty.
    """

    def __init__(self, request: Request, tokenizer: Tokenizer | None) -> None:
        self.request, params = request, request.sampling_params
        self._detokenizer = None
        if tokenizer is not None and params.detokenize:
            self._detokenizer = IncrementalDetokenizer(tokenizer, params.skip_special_tokens, request.prompt_token_ids)
        self._text = ""
        self.num_decoded = 0  # tokens of the output
        self._num_searched = 0  # characters of the text; a stop string that ends among them does not count
        self.update()

    def update(self) -> None:
        """Decode the request's newest tokens, and finish it if its text has reached a stop string.

        Errors: whatever the tokenizer raises.
        """
        request, params, detokenizer = self.request, self.request.sampling_params, self._detokenizer
        if detokenizer is None:
            return
        # A stop token ends the text and is not part of it.
        is_left_out = request.status.finish_reason == "stop" and not params.include_stop_str_in_output
        new_token_ids = request.all_token_ids[len(request.prompt_token_ids) + self.num_decoded :]
        for token_id in new_token_ids[:-1] if is_left_out else new_token_ids:
            self._text += detokenizer.update(token_id)
            self.num_decoded += 1
            if self.num_decoded <= params.min_tokens:
                self._num_searched = len(self._text)
            if self._cut_at_stop_string():
                request.drop_output_tokens(self.num_decoded)  # speculation may have added more in the same step
                return
        if request.status.is_finished:
            self._text += detokenizer.finish()
            self._cut_at_stop_string()

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
            token_ids=request.output_token_ids,
            cumulative_logprob=request.cumulative_logprob if has_logprobs else None,
            logprobs=list(request.logprobs) if has_logprobs else None,
            finish_reason=request.status.finish_reason,
            stop_reason=request.stop_reason,
            first_token_time=request.first_token_time,
            last_token_time=request.last_token_time,
        )

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
