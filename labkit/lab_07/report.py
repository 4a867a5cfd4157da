"""The numbers of a serving benchmark, under the names of `vllm bench serve`."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from labkit.lab_07.clock import step_seconds
from labkit.lab_07.engine import random_stream
from labkit.lab_07.schedulers import StaticBatches, planned_by
from labkit.lab_07.stream import Arrival, Served, serve
from mini_vllm.core.scheduler import Scheduler

# A server whose memory is a little short for the requests below on 8 seats.
LIMITS: dict[str, Any] = {
    "max_model_len": 960,
    "max_num_batched_tokens": 256,
    "max_num_seqs": 8,
    "num_blocks": 128,
    "block_size": 16,
}


def busy_stream() -> list[Arrival]:
    """32 requests in quick succession: prompts of 15 to 369 tokens, and one of 900; 3 to 90 tokens to generate."""
    return [
        replace(one, prompt_len=900 if place == 3 else 6 * one.prompt_len + 9, output_len=3 * one.output_len)
        for place, one in enumerate(random_stream(seed=3, num_requests=32))
    ]


def run(schedule: Callable[..., Any], victim: Callable[..., Any] | None = None) -> Served:
    """Serve `busy_stream` with plans of `schedule`; without `victim`, the last one is preempted."""
    return serve(busy_stream(), planned_by(schedule, victim), **LIMITS)


def metrics(served: Served) -> dict[str, float]:
    """The numbers by name. Times are those of the lab's clock."""
    arrival = {request.request_id: request.arrival_s for request in served.arrivals}
    times = served.token_times_s
    ttft = [1000 * (own[0] - arrival[request_id]) for request_id, own in times.items()]
    tpot = [1000 * (own[-1] - own[0]) / (len(own) - 1) for own in times.values() if len(own) > 1]
    itl = 1000 * np.concatenate([np.diff(own) for own in times.values()])
    duration = served.ends_s[-1]
    return {
        "Benchmark duration (s)": duration,
        "Request throughput (req/s)": len(times) / duration,
        "Output token throughput (tok/s)": sum(map(len, times.values())) / duration,
        "Mean TTFT (ms)": float(np.mean(ttft)),
        "P99 TTFT (ms)": float(np.percentile(ttft, 99)),
        "Mean TPOT (ms)": float(np.mean(tpot)),
        "P99 ITL (ms)": float(np.percentile(itl, 99)),
        "longest ITL (ms)": float(itl.max()),
    }


def report(runs: Mapping[str, Served]) -> None:
    """Print the numbers of several runs side by side, with the engine's counters below."""
    columns = {name: metrics(served) for name, served in runs.items()}
    width = max(14, *(len(name) + 2 for name in runs))
    print(" " * 33 + "".join(f"{name:>{width}}" for name in runs))
    for row in next(iter(columns.values())):
        print(f"{row:<33}" + "".join(f"{column[row]:>{width},.1f}" for column in columns.values()))
    for counter in ("num_steps", "num_tokens_processed", "num_preemptions"):
        print(f"{counter:<33}" + "".join(f"{getattr(served.stats, counter):>{width},}" for served in runs.values()))


def meet_the_engine(schedule: Callable[..., Any], victim: Callable[..., Any]) -> None:
    """Serve one stream with static batches, with the student's functions, and with the engine's own scheduler."""
    runs = {
        "static": serve(busy_stream(), StaticBatches, step_seconds, **LIMITS),
        "yours": run(schedule, victim),
        "the engine": serve(busy_stream(), Scheduler, step_seconds, **LIMITS),
    }
    report(runs)
    own = runs["the engine"]
    plans = "are" if runs["yours"].plans == own.plans else "are not"
    tokens = "the same" if all(served.token_ids == own.token_ids for served in runs.values()) else "different"
    print(f"Your plans {plans} the engine's own. All three ways give {tokens} tokens.")
