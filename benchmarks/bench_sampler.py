"""Time the sampler against Hugging Face transformers' logits processors on the CPU, in one process.

    python benchmarks/bench_sampler.py [--batch 16] [--vocab 49152] [--repeats 30] [--threads 2]

The two take turns, so that what else the machine does meets both alike. A ratio is the median of the turns'
ratios: how many times longer transformers took. It isn't a test, and the tests need none of the peers.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from machine import describe

from mini_vllm.sample import Sampler, SamplingMetadata
from mini_vllm.sampling_params import SamplingParams

try:
    import torch
    from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper
except ImportError as error:
    sys.exit(
        f"{error}. This benchmark compares with torch and transformers, which the course doesn't install.\n"
        "Next step: make an environment of their own, so that the course's stays as it is:\n"
        "  python -m venv .venv-peers && .venv-peers/bin/pip install torch transformers -e .\n"
        "  .venv-peers/bin/python benchmarks/bench_sampler.py"
    )

CASES = {
    "greedy": {"temperature": 0},
    "top-k 50, top-p 0.9": {"temperature": 0.8, "top_k": 50, "top_p": 0.9},
    "top-k 50": {"temperature": 0.8, "top_k": 50},
    "top-p 0.9": {"temperature": 0.8, "top_p": 0.9},
    "no filter": {"temperature": 0.8},
}


def make_logits(shape: str, batch: int, vocab: int) -> np.ndarray:
    """(batch, vocab) float32. `peaked`: a token's share falls with its rank (Zipf), with noise. `flat`: noise only."""
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((batch, vocab))
    if shape == "flat":
        return noise.astype(np.float32)
    ranks = np.stack([rng.permutation(vocab) + 1 for _ in range(batch)])
    return (noise - np.log(ranks)).astype(np.float32)


def ours(logits: np.ndarray, settings: dict) -> Callable[[], object]:
    batch = len(logits)
    metadata = SamplingMetadata(
        params=[SamplingParams(**settings)] * batch,
        generators=[np.random.default_rng(row) for row in range(batch)],
        prompt_token_ids=[[]] * batch,
        output_token_ids=[[]] * batch,
    )
    sampler = Sampler()
    return lambda: sampler(logits, metadata)


def theirs(logits: np.ndarray, settings: dict) -> Callable[[], object]:
    scores = torch.from_numpy(logits)
    if settings["temperature"] == 0:
        return lambda: scores.argmax(dim=-1).tolist()
    processors = [TemperatureLogitsWarper(settings["temperature"])]
    if "top_k" in settings:
        processors.append(TopKLogitsWarper(settings["top_k"]))
    if "top_p" in settings:
        processors.append(TopPLogitsWarper(settings["top_p"]))

    def sample() -> list:
        processed = scores
        for processor in processors:
            processed = processor(None, processed)
        return torch.multinomial(processed.softmax(dim=-1), num_samples=1).squeeze(1).tolist()

    return sample


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("batch", 16), ("vocab", 49_152), ("repeats", 30), ("threads", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(describe())
    print(f"{args.batch} rows of {args.vocab:,} logits; torch {torch.__version__} on {args.threads} threads;")
    print(f"numpy {np.__version__} on 1 thread; medians of {args.repeats} turns, in ms\n")
    print(f"{'logits':8}{'case':22}{'mini_vllm':>10}{'transformers':>14}{'ratio':>8}")
    for shape in ("peaked", "flat"):
        logits = make_logits(shape, args.batch, args.vocab)
        for case, settings in CASES.items():
            pair = ours(logits, settings), theirs(logits, settings)
            turns = [[seconds(run) for run in pair] for _ in range(args.repeats + 3)][3:]  # 3 to warm up
            mine, peer = (statistics.median(column) * 1e3 for column in zip(*turns))
            ratio = statistics.median(peer_s / mine_s for mine_s, peer_s in turns)
            print(f"{shape:8}{case:22}{mine:10.3f}{peer:14.3f}{ratio:7.1f}x")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
