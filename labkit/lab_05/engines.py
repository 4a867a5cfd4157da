"""Engines for this lab: mini_vllm's, with the small model that comes with it."""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from labkit.lab_05.recording import RecordingScheduler, Step
from labkit.lab_05.watched import WatchedStages
from mini_vllm import SamplingParams

if TYPE_CHECKING:
    from mini_vllm import LlamaForCausalLM
    from mini_vllm.engine.llm_engine import LLMEngine
    from mini_vllm.tokenizer import Tokenizer

TEXT = (
    "Once upon a time there was a little fox who lived near the river. One day she went out to look for something "
    "to eat, and she met an old bear who was looking for honey. The bear was hungry, too, and so they went together."
)


@functools.cache
def small_model() -> "tuple[LlamaForCausalLM, Tokenizer]":
    """The model that comes with mini_vllm, and its tokenizer; loaded once per process."""
    from mini_vllm.model_loader import get_model

    model, tokenizer = get_model(None)
    assert tokenizer is not None
    return model, tokenizer


def new_engine(*, max_model_len: int = 128, **limits: Any) -> "LLMEngine":
    """An LLMEngine of the small model, without prefix caching, whose scheduler records its plans."""
    from mini_vllm.engine.llm_engine import LLMEngine
    from mini_vllm.engine_config import EngineConfig

    model, tokenizer = small_model()
    config = EngineConfig.for_model(
        model.config,
        max_model_len=max_model_len,
        enable_prefix_caching=False,
        scheduler_cls=RecordingScheduler,
        **limits,
    )
    return LLMEngine(model, tokenizer, config)


def recorded(engine: "LLMEngine") -> list[Step]:
    """The steps that an engine of `new_engine` has planned."""
    scheduler = engine.scheduler
    assert isinstance(scheduler, RecordingScheduler)
    return scheduler.steps


def prompt_of(length: int, first: int = 0) -> list[int]:
    """`length` token ids of a story."""
    _, tokenizer = small_model()
    ids = tokenizer.encode(TEXT) * (1 + (first + length) // 50)
    return list(ids[first : first + length])


def add_requests(engine: "LLMEngine", requests: dict[str, tuple[int, int]]) -> None:
    """Add greedy requests, each with (prompt tokens, new tokens)."""
    for place, (name, (prompt_len, new_tokens)) in enumerate(requests.items()):
        params = SamplingParams(temperature=0, max_tokens=new_tokens, ignore_eos=True)
        engine.add_request(name, prompt_of(prompt_len, 3 * place), params)


def waiting_requests(budget: int, num_blocks: int, requests: dict[str, tuple[int, int]]) -> "LLMEngine":
    """An engine in which greedy requests wait; its arguments are those of `small_engine`."""
    engine = new_engine(
        max_num_batched_tokens=budget, num_blocks=num_blocks, block_size=4, max_model_len=min(128, 4 * num_blocks)
    )
    add_requests(engine, requests)
    return engine


def small_engine(budget: int, num_blocks: int = 64, **requests: tuple[int, int]) -> WatchedStages:
    """An engine in stages, in which greedy requests wait.

    budget: tokens in one step. num_blocks: of 4 tokens each, of the KV cache. requests: by id, (prompt tokens, new
    tokens).
    """
    return WatchedStages(waiting_requests(budget, num_blocks, requests))


@functools.cache
def sampled_by_the_engine(budget: int, num_blocks: int = 64, **requests: tuple[int, int]) -> Sequence[list[str]]:
    """The ids that LLMEngine's own step samples for, step by step, on the same requests."""
    engine, steps = waiting_requests(budget, num_blocks, requests), []
    while engine.has_unfinished_requests():
        steps.append([output.request_id for output in engine.step()])
    return steps
