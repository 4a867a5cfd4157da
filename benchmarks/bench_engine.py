"""Time the engine against Hugging Face transformers and llama.cpp, and against this machine's memory.

    python benchmarks/bench_engine.py [--repeats 5]

The engines take turns in one run, so that whatever else the machine does meets all of them. A ratio is the
median over the turns; above 1, mini_vllm is faster. It is not a test, and the tests need none of the peers.
"""

import argparse
import statistics
import subprocess
import sys

from engine_peers import Peer
from machine import describe

SETUP = """
Next step: make an environment of their own, so that the course's stays as it is:
  python -m venv .venv-peers && .venv-peers/bin/pip install torch transformers llama-cpp-python -e '.[models]'
  .venv-peers/bin/python -m mini_vllm pull smollm2-135m-instruct
  .venv-peers/bin/python benchmarks/bench_engine.py"""

# what, its arguments, tokens it stands for, the peers, the target ratio
COMPARED = (
    ("decode, 1 request", "decode", (1, 64, 16), 1, {"transformers": 2.5, "llama.cpp": None}),
    ("prefill of 512 tokens", "prefill", (512,), 512, {"transformers": 1.1, "llama.cpp": 1.5}),
    ("16 requests, 64 + 32 tokens", "generate", (16, 64, 32), 16 * 32, {"transformers": 1.2}),
)


def compare(peers: dict[str, Peer], repeats: int) -> None:
    print(f"{'':30}{'tokens/s':>10}{'peer':>16}{'tokens/s':>10}{'ratio':>8}{'target':>11}")
    for label, what, args, tokens, wanted in COMPARED:
        names = ["mini_vllm", *(name for name in wanted if name in peers)]
        turns = [{name: peers[name].measure(what, *args) for name in names} for _ in range(repeats)]
        ours = tokens / statistics.median(turn["mini_vllm"] for turn in turns)
        for name in names[1:]:
            theirs = tokens / statistics.median(turn[name] for turn in turns)
            ratio = statistics.median(turn[name] / turn["mini_vllm"] for turn in turns)
            target = "-" if wanted[name] is None else f"{wanted[name]:.1f}x"
            print(f"{label:30}{ours:10.1f}{name:>16}{theirs:10.1f}{ratio:7.2f}x{target:>11}", flush=True)


def against_the_machine(engine: Peer, repeats: int) -> None:
    turns = []
    for _ in range(repeats):
        turns.append([engine.measure(what, 16) for what in ("gemv_ceiling", "gemv_bandwidth")])
        turns[-1] += [engine.measure(what, 1, 64, 16) for what in ("decode", "decode_overhead")]
        turns[-1] += [engine.measure(what, 16, 64, 16) for what in ("decode", "decode_overhead")]
    weight_bytes = engine.measure("weight_bytes")
    median = statistics.median
    everything = weight_bytes / median(turn[0] for turn in turns) / 1e9
    print(f"\nweights: {weight_bytes / 1e6:.0f} MB; gemv over all of them: {everything:.1f} GB/s")
    print(f"gemv over the largest alone: {1 / median(t[1] for t in turns) / 1e9:.1f} GB/s")
    for label, share, target in (
        ("decode reaches of gemv over all weights", median(t[0] / t[2] for t in turns), "85 %"),
        ("decode reaches of gemv over the largest", median(t[1] * weight_bytes / t[2] for t in turns), "85 %"),
        ("not in the model, 1 request", median(t[3] / t[2] for t in turns), "under 5 %"),
        ("not in the model, 16 requests", median(t[5] / t[4] for t in turns), "under 5 %"),
    ):
        print(f"{label:42}{share:8.1%}{target:>12}")


def start_time(repeats: int) -> None:
    code = "import time; t = time.perf_counter(); from mini_vllm import LLM; LLM('smollm2-135m-instruct')"
    code += "; print(time.perf_counter() - t)"
    runs = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(repeats)]
    print(f"{'start from the cached weights':42}{statistics.median(runs):6.2f} s{'under 1 s':>12}")


def growth(engine: Peer, what: str, rows: list[tuple[int, int]]) -> None:
    print(f"\n{'requests':>8}{'context':>9}{'ms a step':>11}{'tokens/s':>10}")
    for batch_size, context in rows:
        step = engine.measure(what, batch_size, context, 8)
        print(f"{batch_size:8}{context:9,}{step * 1e3:11.1f}{batch_size / step:10.1f}", flush=True)


def main() -> None:
    example = "Example: .venv-peers/bin/python benchmarks/bench_engine.py --repeats 3"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=example)
    parser.add_argument("--repeats", type=int, default=5, help="rounds (default: 5)")
    args = parser.parse_args()
    peers = {}
    for name in ("mini_vllm", "transformers", "llama.cpp"):
        try:
            peers[name] = Peer(name)
        except RuntimeError as error:
            print(f"without {error}")
    if "mini_vllm" not in peers:
        sys.exit(1)
    if len(peers) < 3:
        print(SETUP)
    print(f"{describe()}\nmedians of {args.repeats} turns; the peers have two threads\n")
    compare(peers, args.repeats)
    against_the_machine(peers["mini_vllm"], args.repeats)
    start_time(3)
    growth(peers["mini_vllm"], "decode", [(1, context) for context in (64, 512, 1_024, 2_048, 4_096)])
    growth(peers["mini_vllm"], "decode", [(batch_size, 64) for batch_size in (1, 2, 3, 4, 8, 16, 32, 64)])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
