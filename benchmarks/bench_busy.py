"""Time decode while other programs use the processors: BLAS's threads alone against the faster of them and one thread.

    python benchmarks/bench_busy.py [--loops 2] [--repeats 5]

The model has SmolLM2-135M's shape and random weights. Both ways take turns, 16 steps each, beside endless loops
in other processes. It is not a test.
"""

import argparse
import statistics
import subprocess
import sys
import time

from engine_peers import SHAPE
from machine import describe

from mini_vllm import LLM, ModelConfig, SamplingParams
from mini_vllm.layers import gemv
from mini_vllm.models.llama import LlamaForCausalLM

NEVER = 2**62  # bytes; no weight has as many, so all products are left to BLAS's threads
WAYS = {"BLAS's threads": NEVER, "the faster way": gemv.MIN_BYTES}


def milliseconds(llm: LLM, num_steps: int) -> float:
    """The mean time of a step of one request, without the first step (its prompt)."""
    params = SamplingParams(max_tokens=num_steps + 1, temperature=0, ignore_eos=True)
    llm.llm_engine.add_request("0", {"prompt_token_ids": list(range(64))}, params)
    llm.llm_engine.step()
    start = time.perf_counter()
    while llm.llm_engine.has_unfinished_requests():
        llm.llm_engine.step()
    return (time.perf_counter() - start) / num_steps * 1e3


def main() -> None:
    example = "Example: .venv/bin/python benchmarks/bench_busy.py --loops 2 --repeats 3"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=example)
    parser.add_argument("--loops", type=int, default=2, help="programs that use a processor each (default: 2)")
    parser.add_argument("--repeats", type=int, default=5, help="turns (default: 5)")
    args = parser.parse_args()
    llm = LLM(LlamaForCausalLM(ModelConfig(**SHAPE)))
    milliseconds(llm, 16)
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(args.loops)]
    turns: dict[str, list[float]] = {way: [] for way in WAYS}
    try:
        for _ in range(args.repeats):
            for way, gemv.MIN_BYTES in WAYS.items():
                turns[way].append(milliseconds(llm, 16))
    finally:
        for loop in loops:
            loop.kill()
    print(f"{describe()}\nbeside {args.loops} endless loops; median, fastest and slowest of {args.repeats} turns\n")
    for way, times in turns.items():
        print(f"{way:16}{statistics.median(times):7.1f} ms a step ({min(times):.1f} to {max(times):.1f})")


if __name__ == "__main__":
    main()
