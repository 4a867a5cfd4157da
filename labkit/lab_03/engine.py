"""The student's sampler beside the engine's, token for token."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from labkit.check import Check
from labkit.failure import CheckFailed
from labkit.lab_03.draw import GlobalGenerators, one_token
from labkit.lab_03.story import Story, small_llm, small_model
from mini_vllm import SamplingParams

if TYPE_CHECKING:
    from labkit.lab_03.sample import SampleCall

LENGTH = 10  # tokens per request
KNOBS: list[dict[str, Any]] = [
    {"temperature": 0},
    {"temperature": 0, "top_k": 5, "top_p": 0.5},
    {},
    {"temperature": 0.7},
    {"temperature": 1.5},
    {"top_k": 1},
    {"top_k": 5},
    {"top_k": 50},
    {"top_p": 0.9},
    {"top_p": 0.5},
    {"temperature": 0.7, "top_p": 0.9},
    {"temperature": 1.5, "top_k": 20},
    {"temperature": 2, "top_k": 10, "top_p": 0.65},
    {"temperature": 0.5, "top_k": 40, "top_p": 0.95},
    {"top_k": 5000, "top_p": 0.8},
]
# No draw lies so near to the edge of a piece that rounding decides.
SEEDS = [100, 110, 121, 130, 161, 150, 160, 172, 180, 190, 200, 210, 220, 230, 240]
CAUSES = {
    "": "the draw; the defaults fail too, so it is not one of the filters",
    "temperature": "the temperature",
    "top_k": "top-k",
    "top_p": "top-p",
}


@dataclass(frozen=True)
class EngineRun:
    """One request as the engine has served it.

    rows: (LENGTH, V), the logits from which the engine has chosen each token.
    """

    knobs: dict[str, Any]
    params: SamplingParams
    tokens: list[int]
    text: str
    rows: np.ndarray

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.knobs.items()) or "the defaults"

    def first_difference(self, check: Check) -> tuple[int, int] | None:
        """(place, the student's token there) of the first token that is not the engine's; None if all are.

        Both samplers see the same logits: as long as their tokens agree, so do the texts that the model reads.
        """
        rng, global_rngs, greedy = np.random.default_rng(self.params.seed), GlobalGenerators(), self.params.is_greedy
        for place, (row, engines) in enumerate(zip(self.rows, self.tokens)):
            call = f"{check.name}, for token {place + 1} of the request with {self},"
            token = one_token(call, check.function, row.copy(), self.params, rng, global_rngs, greedy)
            if not 0 <= token < len(row):
                raise CheckFailed(
                    f"{call} returned {token}, but the vocabulary ends at {len(row) - 1}.",
                    "the probabilities do not sum to 1 when you draw",
                    "run softmax after the last filter",
                )
            if token != engines:
                return place, token
        global_rngs.check(f"{check.name}, for the request with {self},")
        return None


@functools.cache
def engine_runs(text: str) -> list[EngineRun]:
    """The requests of KNOBS and SEEDS on one prompt, served by the engine in one batch, once per process."""
    llm = small_llm()
    model, prompt_ids = small_model(), llm.get_tokenizer().encode(text)
    requests = [
        SamplingParams(**knobs, seed=seed, max_tokens=LENGTH, ignore_eos=True) for knobs, seed in zip(KNOBS, SEEDS)
    ]
    outputs = llm.generate([prompt_ids] * len(requests), requests, use_tqdm=False)
    runs = []
    for knobs, params, output in zip(KNOBS, requests, outputs):
        tokens, cache = list(output.outputs[0].token_ids), model.new_cache()
        rows = [model.forward(ids, cache)[-1] for ids in (prompt_ids, *([token] for token in tokens[:-1]))]
        runs.append(EngineRun(knobs, params, tokens, output.outputs[0].text, np.array(rows)))
    return runs


def prepare_tests(names: Mapping[str, Any]) -> None:
    """Generate what the tests compare with, once for many submissions. names: those of the notebook's locked cells."""
    engine_runs(names["story"].text)


def compare_with_engine(check: Check, story: Story) -> None:
    """Run the student's sampler along each of the engine's generations, and print the texts if all agree.

    Raises:
        CheckFailed: a token differs; the message is about the request with the fewest parameters.
    """
    runs = engine_runs(story.text)
    differing = {i: found for i, run in enumerate(runs) if (found := run.first_difference(check)) is not None}
    if differing:
        raise _different(check, runs, differing, story)
    print(f"{len(runs)} of {len(runs)} requests, {len(runs) * LENGTH} tokens, all the same as the engine's:")
    print(f"{'':<40}{story.text} ...")
    for run in runs:
        print(f"  {str(run):<38}{run.text!r}")


def _different(check: Check, runs: list[EngineRun], differing: dict[int, tuple[int, int]], story: Story) -> CheckFailed:
    first = min(differing, key=lambda i: len(runs[i].knobs))  # the fewest parameters tell most
    run, (place, token) = runs[first], differing[first]
    cause = CAUSES.get("".join(run.knobs), "the order of the steps")
    if run.params.is_greedy:
        cause = "temperature 0 does not take the first of the largest logits"
    elif _passes_its_own_test(check):
        cause = "a name that sample does not define, such as `temperature` instead of `params.temperature`"
    return CheckFailed(
        f"{len(runs) - len(differing)} of {len(runs)} requests give the engine's tokens, expected all. With {run}, "
        f"your token {place + 1} is {token} ({story.label(token)}), "
        f"the engine's {run.tokens[place]} ({story.label(run.tokens[place])}).",
        cause,
        "run the test of `sample` above; it isolates each step",
    )


def _passes_its_own_test(check: Check) -> bool:
    """Whether the visible examples of `sample` say nothing."""
    sample = cast("Callable[..., SampleCall]", check)
    try:
        sample([0.3, 0.1, 0.4, 0.2]).should_give({0.29: 0, 0.35: 1, 0.42: 2, 0.75: 2, 0.95: 3})
        sample([0.1, 0.2, 0.3, 0.4], temperature=2, top_p=0.65).should_give({0.02: 1, 0.4: 2, 0.45: 2, 0.65: 3})
        sample([0.1, 0.2, 0.3, 0.4], top_k=2).should_give({0.02: 2, 0.2: 2, 0.5: 3, 0.65: 3})
        sample([0.1, 0.2, 0.3, 0.4], top_k=2, top_p=0.5).should_give({0.02: 3, 0.2: 3, 0.5: 3, 0.65: 3})
    except CheckFailed:
        return False
    return True
