"""The student's hashes in the running engine."""

import dataclasses
import functools
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.call import described
from labkit.check import Check
from labkit.failure import CheckFailed
from mini_vllm import SamplingParams
from mini_vllm.request import Request

if TYPE_CHECKING:
    from mini_vllm import LLM, SchedulerStats

BLOCK_SIZE = 4
LIMITS: dict[str, Any] = dict(max_model_len=48, block_size=BLOCK_SIZE, num_blocks=20, max_num_seqs=8)
Served = tuple[list[list[int]], "SchedulerStats"]  # the tokens of each request, the counters
CHECK_FIRST = "run the test of block_hashes above; it isolates each rule"


def engine(**limits: Any) -> "LLM":
    """The small model in a new engine."""
    from mini_vllm import LLM

    return LLM(**{**LIMITS, **limits})


def greedy(new_tokens: int) -> SamplingParams:
    """Parameters of a request for exactly so many tokens."""
    return SamplingParams(temperature=0, max_tokens=new_tokens, ignore_eos=True)


def stream() -> list[list[int]]:
    """20 prompts of one to three of five pieces and a few tokens: beginnings come again, and pieces elsewhere."""
    rng = np.random.default_rng(8)
    pieces = rng.integers(5, 1000, (5, 2 * BLOCK_SIZE)).tolist()
    prompts = []
    for _ in range(20):
        chosen = [pieces[i] for i in rng.integers(0, len(pieces), rng.integers(1, 4))]
        prompts.append([*sum(chosen, []), *rng.integers(5, 1000, rng.integers(0, 4)).tolist()])
    return prompts


def serve(llm: "LLM", prompts: Sequence[Sequence[int]], new_tokens: int = 6) -> Served:
    """Serve all prompts at once; the engine has no room for all of them, so some are preempted."""
    outputs = llm.generate([list(prompt) for prompt in prompts], greedy(new_tokens), use_tqdm=False)
    return [output.outputs[0].token_ids for output in outputs], llm.llm_engine.stats


@functools.cache
def engines_own() -> Served:
    """The stream with the engine's own hashes, once per process."""
    return serve(engine(), stream())


def prepare_tests(names: Any) -> None:
    """Serve what the tests compare with, once for many submissions."""
    engines_own()


def hasher_of(block_hashes: Callable[[list[int], int], Any], block_size: int) -> Callable[[Request], list[Hashable]]:
    """The student's function as an engine's block_hasher: the hashes of the full blocks that have none yet."""

    def hasher(request: Request) -> list[Hashable]:
        known = len(request.block_hashes)
        if request.num_tokens - known * block_size < block_size:
            return []
        hashes: list[Hashable] = list(block_hashes(list(request.all_token_ids), block_size))
        return hashes[known:]

    return hasher


def compare_with_engine(check: Check) -> None:
    """Serve the stream with the student's hashes, and print the counters if they are the engine's, like the tokens.

    Raises: CheckFailed.
    """
    expected_tokens, expected = engines_own()
    hasher = hasher_of(lambda ids, size: check(ids, size).value(), BLOCK_SIZE)
    try:
        tokens, stats = serve(engine(block_hasher=hasher), stream())
    except (ValueError, KeyError) as error:
        raise CheckFailed(
            f"With {check.name} as its block hasher, the engine stopped with {described(error)}",
            "the number of hashes is not the number of full blocks",
            CHECK_FIRST,
        ) from error
    different = [i for i, (found, wanted) in enumerate(zip(tokens, expected_tokens)) if found != wanted]
    if different:
        first = different[0]
        raise CheckFailed(
            f"With {check.name} as its block hasher, the engine gave {len(different)} of {len(tokens)} requests other "
            f"tokens. Request {first} got {tokens[first]}, expected {expected_tokens[first]}.",
            "two blocks with different K and V got the same hash, so a request read the context of another one",
            CHECK_FIRST,
        )
    for field in dataclasses.fields(stats):
        found, wanted = getattr(stats, field.name), getattr(expected, field.name)
        if found != wanted:
            fewer = stats.prefix_cache_hits < expected.prefix_cache_hits
            raise CheckFailed(
                f"With {check.name} as its block hasher, the engine's tokens are right, but {field.name} is "
                f"{found:,}, expected {wanted:,}.",
                "equal blocks got different hashes, or a block none" if fewer else "a block got another's hash",
                CHECK_FIRST,
            )
    _print(stats, len(tokens))


def _print(stats: "SchedulerStats", num_requests: int) -> None:
    print(f"{num_requests} requests, every token the same as with the engine's own hashes, and every counter:")
    print(f"  {stats.prefix_cache_queries:,} prompt tokens looked up, {stats.prefix_cache_hits:,} found;", end=" ")
    print(f"{stats.num_preemptions} preemptions, {stats.num_steps} steps, ", end="")
    print(f"{stats.num_tokens_processed:,} tokens computed")
