"""The outputs of one client's requests, on their way from the engine to whoever reads them."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from mini_vllm.outputs import RequestOutput


class OutputStream:
    """Yields (index of the prompt, output) until all its requests have ended.

    An output holds all that was generated so far. A slow reader gets the latest one of each prompt and misses
    those before, so what waits for it never grows.

    request_ids: one for each prompt.
    n:           completions of each prompt.
    names:       these, and those of their completions in the scheduler.
    abort:       ends the request with an id; called for those that have not ended when the stream is closed.
    """

    def __init__(
        self, request_ids: Sequence[str], n: int, names: Collection[str], abort: Callable[[str], None]
    ) -> None:
        self.names = frozenset(names)
        self._indices = {request_id: index for index, request_id in enumerate(request_ids)}
        self._num_running = dict.fromkeys(request_ids, n)  # completions, by the id of an unfinished request
        self._abort = abort
        self._latest: dict[str, RequestOutput] = {}  # not yet read
        self._error: Exception | None = None
        self._news = asyncio.Event()

    @property
    def num_unfinished(self) -> int:
        """Completions that have not ended."""
        return sum(self._num_running.values())

    def put(self, output: RequestOutput) -> None:
        self._latest[output.request_id] = output
        if output.finished:
            del self._num_running[output.request_id]
        else:
            self._num_running[output.request_id] = sum(each.finish_reason is None for each in output.outputs)
        self._news.set()

    def fail(self, error: Exception) -> None:
        """Let the reader get this error after the outputs that are there."""
        self._error = error
        self._news.set()

    def close(self) -> None:
        """Abort what still runs. May be called again."""
        for request_id in [*self._num_running]:
            self._abort(request_id)
        self._num_running.clear()
        self._news.set()

    def __aiter__(self) -> "OutputStream":
        return self

    async def __anext__(self) -> tuple[int, RequestOutput]:
        while not self._latest:
            if self._error is not None:
                raise self._error
            if not self._num_running:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        request_id = next(iter(self._latest))
        return self._indices[request_id], self._latest.pop(request_id)
