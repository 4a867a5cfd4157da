"""Measures a machine's own roofline, and mini_vllm's steps below it, in about two seconds."""

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from labkit.check import quantity
from mini_vllm import LlamaForCausalLM, ModelConfig, SamplingParams

if TYPE_CHECKING:
    from mini_vllm import LLMEngine

# One layer is enough: 100 MB of float32 weights, too large for a processor's caches.
LLAMA = ModelConfig(
    vocab_size=512,
    hidden_size=1536,
    intermediate_size=4096,
    num_hidden_layers=1,
    num_attention_heads=16,
    num_key_value_heads=4,
    max_position_embeddings=512,
    tie_word_embeddings=True,
)
# Users, prompt length, new tokens: decode steps of 1, 4, 16 and 64 tokens, and a prefill of 128. A prompt of one token
# makes the first step as large as the decode steps after it.
WORKLOADS = [(1, 128, 5), (4, 1, 3), (16, 1, 3), (64, 1, 2)]
STEPS = (1, 4, 16, 64, 128)  # tokens in the steps that the plot shows


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a machine did, each time that it was measured.

    peaks: FLOP/s. bandwidths: bytes per second. steps: tokens in a step of mini_vllm -> seconds of such a step.
    """

    where: str
    n_params: int
    peaks: tuple[float, ...]
    bandwidths: tuple[float, ...]
    steps: Mapping[int, tuple[float, ...]]

    # The best counts: other programs make a run slower, never faster.
    @property
    def peak_flops(self) -> float:
        return max(self.peaks)

    @property
    def bandwidth(self) -> float:
        return max(self.bandwidths)

    def flops(self, tokens: int) -> float:
        """FLOP/s of the best step of `tokens` tokens."""
        return 2 * self.n_params * tokens / min(self.steps[tokens])

    def doubts(self, roof: Callable[[int], float]) -> list[str]:
        """Signs that something else slowed this measurement down. roof: tokens in a step -> FLOP/s at most."""
        found = []
        if any(len(times) < 2 for times in self.steps.values()):
            found.append("there was time to measure some steps only once")
        for name, rounds in (("the peak", self.peaks), ("the bandwidth", self.bandwidths)):
            if max(rounds) > 1.3 * median(rounds):
                found.append(f"{name} reached {max(rounds) / median(rounds):.1f}x its usual value once")
        for tokens in STEPS:
            share = self.flops(tokens) / roof(tokens)
            if share > 1.1:
                found.append(f"the step of {quantity(tokens, 'tokens')} is at {share:.0%} of the roof, which cannot be")
        return found


def measure(seconds: float = 1.7, where: str = "this machine, now") -> Measured:
    """Measure for about `seconds`. Roof and steps take turns, so that what disturbs one disturbs the other, too."""
    from mini_vllm import LLMEngine

    square = np.ones((1024, 1024), np.float32)
    long = np.ones((8192, 4096), np.float32)  # 134 MB
    vector = np.ones(len(long), np.float32)
    engine = LLMEngine(LlamaForCausalLM(LLAMA, seed=0))
    peaks, bandwidths = [], []
    steps: dict[int, list[float]] = {}
    step_seconds(engine, 1, 8, 2)  # the first run of anything is slower
    until = time.perf_counter() + seconds
    for workload in itertools.cycle(WORKLOADS):
        peaks.append(2 * len(square) ** 3 / _best_seconds(lambda: square @ square))
        bandwidths.append(long.nbytes / _best_seconds(lambda: vector @ long))
        for tokens, took in step_seconds(engine, *workload).items():
            steps.setdefault(tokens, []).append(took)
        if time.perf_counter() > until and len(peaks) >= len(WORKLOADS):
            break
    return Measured(
        where=where,
        n_params=sum(weight.size for weight in engine.model.weights.values()),
        peaks=tuple(peaks),
        bandwidths=tuple(bandwidths),
        steps={tokens: tuple(times) for tokens, times in steps.items()},
    )


def _best_seconds(function: Callable[[], object], repeats: int = 2) -> float:
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


def step_seconds(engine: "LLMEngine", users: int, prompt_len: int, new_tokens: int) -> dict[int, float]:
    """Serve `users` random prompts together: tokens in a step, as the engine counts them -> best seconds."""
    rng = np.random.default_rng()
    best: dict[int, float] = {}
    params = SamplingParams(temperature=0, max_tokens=new_tokens, ignore_eos=True)
    for user in range(users):
        engine.add_request(f"user-{user}", rng.integers(0, engine.model.config.vocab_size, prompt_len).tolist(), params)
    while engine.has_unfinished_requests():
        before, start = engine.stats.num_tokens_processed, time.perf_counter()
        engine.step()
        took, tokens = time.perf_counter() - start, engine.stats.num_tokens_processed - before
        best[tokens] = min(took, best.get(tokens, took))
    return best
