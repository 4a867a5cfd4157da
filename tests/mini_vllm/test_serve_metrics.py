"""/metrics: Prometheus' text form, vLLM's names, true numbers."""

import math

import pytest
from prometheus_client.parser import text_string_to_metric_families
from served import NAME, GatedEngine, serving

from mini_vllm.metrics.prometheus import Histogram, sample
from mini_vllm.metrics.stat_logger import StatLogger
from mini_vllm.outputs import CompletionOutput, RequestMetrics, RequestOutput

GAUGES = ("num_requests_running", "num_requests_waiting", "kv_cache_usage_perc")
COUNTERS = (
    "prompt_tokens",
    "generation_tokens",
    "num_preemptions",
    "prefix_cache_queries",
    "prefix_cache_hits",
    "spec_decode_num_draft_tokens",
    "spec_decode_num_accepted_tokens",
)
HISTOGRAMS = (
    "time_to_first_token_seconds",
    "inter_token_latency_seconds",
    "request_time_per_output_token_seconds",
    "e2e_request_latency_seconds",
)


def families(text: str) -> dict:
    """By name without vllm:, as Prometheus' own parser reads them."""
    return {family.name.removeprefix("vllm:"): family for family in text_string_to_metric_families(text)}


def values(text: str) -> dict[str, float]:
    """By the sample's name and its own labels."""
    found = {}
    for family in families(text).values():
        for one in family.samples:
            labels = [text for name, text in one.labels.items() if name != "model_name"]
            found[" ".join([one.name.removeprefix("vllm:"), *labels])] = one.value
    return found


@pytest.fixture(scope="module")
def served():
    with serving(GatedEngine(max_num_seqs=2)) as server:
        yield server


def metrics(served) -> str:
    status, text, headers = served.ask("GET", "/metrics")
    assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return text


def test_each_metric_has_vllms_name_kind_and_label(served):
    found = families(metrics(served))
    kinds = dict.fromkeys(GAUGES, "gauge") | dict.fromkeys((*COUNTERS, "request_success"), "counter")
    assert {name: family.type for name, family in found.items()} == kinds | dict.fromkeys(HISTOGRAMS, "histogram")
    assert {one.labels["model_name"] for family in found.values() for one in family.samples} == {NAME}


def test_the_numbers_are_those_of_the_requests(served):
    before = values(metrics(served))
    served.client.completions.create(model=NAME, prompt=["Hello", "a fox"], max_tokens=6)
    served.client.completions.create(model=NAME, prompt="Hello", max_tokens=1)
    after = values(metrics(served))
    gained = {name: after[name] - before[name] for name in after}
    assert gained["prompt_tokens_total"] == 15 and gained["generation_tokens_total"] == 13
    assert gained["prefix_cache_queries_total"] == 15 and gained["prefix_cache_hits_total"] == 4
    assert gained["request_success_total length"] == 3 and gained["request_success_total stop"] == 0
    counts = {name: gained[f"{name}_count"] for name in HISTOGRAMS}
    assert [*counts.values()] == [3, 10, 2, 3]
    assert all(gained[f"{name}_bucket +Inf"] == counts[name] for name in HISTOGRAMS)


def test_gauges_show_who_runs_and_who_waits(served):
    served.engine.gate.clear()
    served.engine.at_gate.clear()
    stream = served.client.completions.create(model=NAME, prompt=["a", "b", "c"], max_tokens=9, stream=True)
    assert served.engine.at_gate.wait(60)
    found = values(metrics(served))
    assert (found["num_requests_running"], found["num_requests_waiting"]) == (0, 3)
    served.engine.gate.set()
    list(stream)
    served.wait_until_idle()
    found = values(metrics(served))
    assert [found[name] for name in GAUGES] == [0, 0, 0]


def test_a_histogram_counts_a_value_in_each_bucket_that_is_not_below_it():
    histogram = Histogram([1, 2.5])
    for value in (0.5, 1, 2, 7):
        histogram.observe(value)
    assert [*histogram.samples("h", {"a": 'b"\\\n'})] == [
        r'h_bucket{a="b\"\\\n",le="1.0"} 2.0',
        r'h_bucket{a="b\"\\\n",le="2.5"} 3.0',
        r'h_bucket{a="b\"\\\n",le="+Inf"} 4.0',
        r'h_sum{a="b\"\\\n"} 10.5',
        r'h_count{a="b\"\\\n"} 4.0',
    ]
    assert sample("x", {}, math.inf) == "x{} +Inf"


def test_times_are_counted_from_arrival_and_from_token_to_token():
    logger = StatLogger("m")

    def output(*completions: tuple[int, float, str | None], finished: float | None = None) -> RequestOutput:
        """completions: tokens, the time of the last one, why it ended; both began at 103."""
        outputs = [
            CompletionOutput(i, "", [1] * n, finish_reason=reason, first_token_time=103.0, last_token_time=last)
            for i, (n, last, reason) in enumerate(completions)
        ]
        metrics = RequestMetrics(100.0, 101.0, 103.0, max(last for _, last, _ in completions), finished)
        return RequestOutput("r", None, [1, 2, 3], outputs, finished is not None, metrics=metrics)

    for news in (
        output((1, 103.0, None), (1, 103.0, None)),
        output((2, 104.0, None), (2, 104.0, None)),
        output((4, 106.0, "stop"), (2, 104.0, None)),
        output((4, 106.0, "stop"), (3, 107.0, "stop"), finished=107.0),
    ):
        logger.record(news)
    assert (logger.histograms["ttft"].sum, logger.histograms["e2e"].sum) == (3.0, 7.0)
    assert logger.histograms["itl"].sum == (1 + 2) + (1 + 3)
    assert logger.histograms["tpot"].sum == 3 / 3 + 4 / 2
    assert (logger.prompt_tokens, logger.generation_tokens, logger.finished["stop"]) == (3, 7, 2)
