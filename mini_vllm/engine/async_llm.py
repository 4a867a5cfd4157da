"""The engine for asyncio: it steps in a thread of its own, while requests come, are read and end on the event loop."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from mini_vllm.engine.llm_engine import LLMEngine
from mini_vllm.engine.output_stream import OutputStream
from mini_vllm.metrics.stat_logger import StatLogger
from mini_vllm.outputs import RequestOutput
from mini_vllm.request import Request
from mini_vllm.sampling_params import SamplingParams

T = TypeVar("T")


class EngineDeadError(RuntimeError):
    """The engine's thread has ended, so no request can be served."""


class QueueFullError(RuntimeError):
    """As many requests wait as may wait."""


class AsyncLLM:
    """An LLMEngine whose requests are added, streamed and aborted from an event loop.

    Only the engine's thread changes the engine: it carries out what the loop asks for between two steps, and
    hands the outputs of a step to the loop. A thread for the tokenizer checks what comes before the engine gets it.
    All else here runs on the loop; `/metrics` reads the engine's counters there.

    max_num_waiting: sequences that may wait besides the `max_num_seqs` that run; more are refused.
    """

    def __init__(self, llm_engine: LLMEngine, stat_logger: StatLogger, max_num_waiting: int = 256) -> None:
        self.llm_engine, self.stat_logger = llm_engine, stat_logger
        self.max_num_sequences = llm_engine.config.max_num_seqs + max_num_waiting
        self.error: BaseException | None = None  # what ended the engine's thread
        self._streams: dict[str, OutputStream] = {}  # by request id, until the request ends
        self._commands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()  # None: stop
        self._thread = threading.Thread(target=self._run, name="mini_vllm-engine", daemon=True)
        # One thread, because a tokenizer need not be safe for several; and not the engine's, which has steps to do.
        self._tokenizing = ThreadPoolExecutor(1, thread_name_prefix="mini_vllm-tokenizer")

    def start(self) -> None:
        """Start the engine's thread. Call it on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    @property
    def is_healthy(self) -> bool:
        return self.error is None and self._thread.is_alive()

    @property
    def num_unfinished_requests(self) -> int:
        return len(self._streams)

    async def tokenize(self, function: Callable[..., T], *arguments: object) -> T:
        """The result of a function that uses the tokenizer. Errors: the function's."""
        return await asyncio.get_running_loop().run_in_executor(self._tokenizing, function, *arguments)

    async def generate(self, prompts: Sequence[list[int]], params: SamplingParams, request_id: str) -> OutputStream:
        """Add a request for each prompt, all or none. Close the stream in any case: it aborts what still runs.

        Errors: QueueFullError; EngineDeadError; TypeError or ValueError for what the engine cannot serve.
        """
        arrival, process = time.monotonic(), self.llm_engine.input_processor.process_inputs
        ids = [f"{request_id}-{index}" for index in range(len(prompts))]
        added = [await self.tokenize(process, *request, params, arrival) for request in zip(ids, prompts)]
        if not self.is_healthy:
            raise EngineDeadError("The engine has stopped.")
        streams = {*self._streams.values()}
        names = {*ids, *(request.request_id for requests in added for request in requests)}
        if any(names & stream.names for stream in streams):
            raise ValueError(f"request_id={request_id!r} names an unfinished request or completion: choose another.")
        num_sequences = sum(stream.num_unfinished for stream in streams)
        if num_sequences + len(prompts) * params.n > self.max_num_sequences:
            raise QueueFullError(f"{num_sequences} sequences run or wait, and {self.max_num_sequences} may.")
        stream = OutputStream(ids, params.n, names, self._abort)
        self._streams |= dict.fromkeys(ids, stream)
        for requests in added:
            self._commands.put(partial(self._add, requests))
        return stream

    def abort_all(self, error: Exception) -> int:
        """End all requests: their streams raise `error`. Returns how many there were."""
        request_ids = [*self._streams]
        for request_id in request_ids:
            self._fail(request_id, error)
        return len(request_ids)

    def shutdown(self) -> None:
        """End the engine's thread after the step that it is in, or leave it to end by itself if that takes long."""
        self._commands.put(None)
        self._tokenizing.shutdown(wait=False, cancel_futures=True)
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _abort(self, request_id: str) -> None:
        if self._streams.pop(request_id, None) is not None:
            self.stat_logger.record_abort(request_id)
            self._commands.put(partial(self.llm_engine.abort_request, request_id))

    def _run(self) -> None:
        """What the engine's thread does."""
        try:
            while self._carry_out_commands():
                outputs = self.llm_engine.step()
                if outputs:
                    self._tell(self._deliver, outputs)
        except BaseException as error:
            self._tell(self._die, error)
            raise  # Python prints the traceback

    def _add(self, requests: list[Request]) -> None:
        try:
            self.llm_engine.add_processed(requests)
        except Exception as error:  # a caller's tokenizer may raise anything
            self._tell(self._fail, requests[0].external_req_id, error)

    def _carry_out_commands(self) -> bool:
        """Do what the event loop asked for, and wait for more if there is nothing to compute. False: stop."""
        while True:
            try:
                command = self._commands.get(block=not self.llm_engine.has_unfinished_requests())
            except queue.Empty:
                return True
            if command is None:
                return False
            command()

    def _tell(self, function: Callable[..., None], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:  # the loop is closed
            self._commands.put(None)

    def _fail(self, request_id: str, error: Exception) -> None:
        if (stream := self._streams.get(request_id)) is not None:
            stream.fail(error)
            stream.close()

    def _deliver(self, outputs: list[RequestOutput]) -> None:
        for output in outputs:
            stream = self._streams.get(output.request_id)
            if stream is None:  # aborted meanwhile
                continue
            self.stat_logger.record(output)
            stream.put(output)
            if output.finished:
                del self._streams[output.request_id]

    def _die(self, error: BaseException) -> None:
        self.error = error
        self.abort_all(EngineDeadError("The engine has stopped."))
