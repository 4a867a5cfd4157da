"""The server's metrics: the engine's own counters, and how long requests take."""

from collections import Counter
from collections.abc import Iterator

from mini_vllm.metrics.prometheus import Histogram, header, sample
from mini_vllm.metrics.stats import SchedulerStats
from mini_vllm.outputs import CompletionOutput, RequestOutput

_TTFT_S = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160)
_TOKEN_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 10)
_REQUEST_S = (0.1, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960)

_NUMBERS = (
    # metric, its kind, the field of SchedulerStats or StatLogger, description
    ("vllm:num_requests_running", "gauge", "num_running_reqs", "Requests in the running batch."),
    ("vllm:num_requests_waiting", "gauge", "num_waiting_reqs", "Requests waiting for their turn."),
    ("vllm:kv_cache_usage_perc", "gauge", "kv_cache_usage", "Share of KV cache blocks in use, 0 to 1."),
    ("vllm:num_preemptions_total", "counter", "num_preemptions", "Preemptions since the start."),
    ("vllm:prefix_cache_queries_total", "counter", "prefix_cache_queries", "Prompt tokens looked for in the cache."),
    ("vllm:prefix_cache_hits_total", "counter", "prefix_cache_hits", "Prompt tokens found in the cache."),
    ("vllm:spec_decode_num_draft_tokens_total", "counter", "num_draft_tokens", "Tokens drafted by speculation."),
    ("vllm:spec_decode_num_accepted_tokens_total", "counter", "num_accepted_tokens", "Drafted tokens accepted."),
    ("vllm:prompt_tokens_total", "counter", "prompt_tokens", "Prompt tokens of the requests that got a token."),
    ("vllm:generation_tokens_total", "counter", "generation_tokens", "Tokens generated."),
)
_HISTOGRAMS = (
    # metric, its name here, its buckets, description
    ("vllm:time_to_first_token_seconds", "ttft", _TTFT_S, "From arrival to the first token."),
    ("vllm:inter_token_latency_seconds", "itl", _TOKEN_S, "Between a request's tokens."),
    ("vllm:request_time_per_output_token_seconds", "tpot", _TOKEN_S, "Mean time per token after a request's first."),
    ("vllm:e2e_request_latency_seconds", "e2e", _REQUEST_S, "From arrival to the last token."),
)


class StatLogger:
    """Records each output of the engine, and writes the metrics, for one model.

    All methods are called on one thread.
    """

    def __init__(self, model_name: str) -> None:
        self.labels = {"model_name": model_name}
        self._latest: dict[str, RequestOutput] = {}  # of unfinished requests, by their ids
        self.prompt_tokens = self.generation_tokens = 0
        self.finished: Counter[str] = Counter({"stop": 0, "length": 0, "abort": 0, "error": 0})
        self.histograms = {name: Histogram(buckets) for _, name, buckets, _ in _HISTOGRAMS}

    def record(self, output: RequestOutput) -> None:
        """Count what is new in an output since the last one of the same request."""
        metrics, previous = output.metrics, self._latest.pop(output.request_id, None)
        assert metrics is not None
        if not output.finished:
            self._latest[output.request_id] = output
        if previous is None:
            self.prompt_tokens += len(output.prompt_token_ids)
            self._observe("ttft", metrics.arrival_time, metrics.first_token_time)
        for index, new in enumerate(output.outputs):
            old = previous.outputs[index] if previous else CompletionOutput(index, "", [])
            num_tokens, num_new = len(new.token_ids), len(new.token_ids) - len(old.token_ids)
            self.generation_tokens += num_new
            if num_new:
                self._observe("itl", old.last_token_time, new.last_token_time)
            if new.finish_reason is not None and old.finish_reason is None:
                self.finished[new.finish_reason] += 1
                if num_tokens > 1:
                    self._observe("tpot", new.first_token_time, new.last_token_time, num_tokens - 1)
        self._observe("e2e", metrics.arrival_time, metrics.finished_time)

    def record_abort(self, request_id: str) -> None:
        """Count a request that ended because its client went away, or the server stopped."""
        self._latest.pop(request_id, None)
        self.finished["abort"] += 1

    def lines(self, stats: SchedulerStats) -> Iterator[str]:
        """All metrics, line by line. stats: the engine's, at this moment."""
        numbers = vars(stats) | vars(self)
        for metric, kind, field, description in _NUMBERS:
            yield from header(metric, kind, description)
            yield sample(metric, self.labels, numbers[field])
        yield from header("vllm:request_success_total", "counter", "Requests that ended, by reason.")
        for reason, count in self.finished.items():
            yield sample("vllm:request_success_total", {**self.labels, "finished_reason": reason}, count)
        for metric, name, _, description in _HISTOGRAMS:
            yield from header(metric, "histogram", description)
            yield from self.histograms[name].samples(metric, self.labels)

    def _observe(self, name: str, start: float | None, end: float | None, num_parts: int = 1) -> None:
        """The time from start to end, or a part of it, once both have happened."""
        if start is not None and end is not None:
            self.histograms[name].observe((end - start) / num_parts)
