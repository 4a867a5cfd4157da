"""The stages of an engine's step, one method each, for a step that is written by hand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from labkit.call import unwatched
from mini_vllm.core.output import ScheduledRequest

if TYPE_CHECKING:
    from mini_vllm.engine.llm_engine import LLMEngine
    from mini_vllm.request import Request

Plan = Sequence[tuple[str, int]]  # request ids, each with the number of its new tokens


class Stages:
    """A real LLMEngine, taken apart: what its own `step` does between a plan and its outputs is left to the caller."""

    def __init__(self, engine: "LLMEngine") -> None:
        self._engine = engine
        self._items: dict[str, ScheduledRequest] = {}

    @unwatched()
    def schedule(self) -> list[tuple[str, int]]:
        """Plan a step: the requests of the batch, in order, each with the number of tokens to compute."""
        planned = self._engine.scheduler.schedule().scheduled
        self._items = {item.request.request_id: item for item in planned}
        return [(request_id, item.num_new_tokens) for request_id, item in self._items.items()]

    @unwatched()
    def execute(self, plan: Plan) -> np.ndarray:
        """Pass the planned tokens through the model, which writes their K and V to the cache.

        Returns logits of shape (len(plan), vocabulary): row i follows the last new token of the plan's entry i.
        """
        items, model = [self._items[request_id] for request_id, _ in plan], self._engine.model
        logits = np.zeros((len(items), model.config.vocab_size), dtype=np.float32)
        if items:
            hidden = self._engine.model_runner.forward(items)
            last = hidden[np.cumsum([item.num_new_tokens for item in items]) - 1]
            is_sampled = np.array([item.is_sampled for item in items])
            for rows in (is_sampled, ~is_sampled):  # apart, so that the engine's own logits are these to the last bit
                logits[rows] = model.compute_logits(last[rows])
        return logits

    @unwatched()
    def sample(self, request_id: str, row: np.ndarray) -> int:
        """One token from a row of logits, by the request's own parameters and its own generator."""
        rows = np.array(row, dtype=np.float32).reshape(1, -1)
        return int(self._engine.model_runner.sample_tokens(rows, [self._items[request_id]]).token_ids[request_id][0])

    @unwatched()
    def update(self, request_id: str, num_new_tokens: int, token: int | None) -> str | None:
        """Advance num_computed_tokens by `num_new_tokens`, and append `token` to the request unless it is None.

        Returns the finish reason, or None while the request is unfinished.
        """
        request = self._request(request_id)
        request.num_computed_tokens += num_new_tokens
        if token is not None:
            request.append_output_token_id(token)
            request.check_stop(self._engine.config.max_model_len)
        return request.status.finish_reason

    @unwatched()
    def finish(self, request_id: str) -> None:
        """Take a finished request out of the batch, and free its blocks."""
        self._engine.scheduler.finish_request(request_id, self._request(request_id).status)

    @unwatched()
    def num_tokens(self, request_id: str) -> int:
        """How many tokens of the request are known: its prompt and what was sampled."""
        return self._request(request_id).num_tokens

    @unwatched()
    def num_computed_tokens(self, request_id: str) -> int:
        """For how many of them K and V are in the cache."""
        return self._request(request_id).num_computed_tokens

    def _request(self, request_id: str) -> "Request":
        item = self._items.get(request_id)
        return self._engine.scheduler.requests[request_id] if item is None else item.request
