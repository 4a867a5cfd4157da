"""One engine for several callers, in one thread or in several."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from mini_vllm.engine.input_processor import Prompt
from mini_vllm.engine.llm_engine import LLMEngine
from mini_vllm.outputs import RequestOutput
from mini_vllm.sampling_params import SamplingParams

Mailbox = dict[str, RequestOutput]  # by request id, the latest output that its caller has not taken yet


class SharedEngine:
    """Serves callers that wait for their outputs at the same time. Whichever waits steps the engine, for all of them.

    So requests of several threads are batched like those of one.
    """

    def __init__(self, engine: LLMEngine) -> None:
        self.engine = engine
        self._lock = Lock()
        self._mailboxes: dict[str, Mailbox] = {}  # by request id
        self._undelivered: list[RequestOutput] = []  # also those that an interrupted caller left
        self._to_abort: deque[str] = deque()

    def add_request(self, request_id: str, prompt: Prompt, params: SamplingParams, mailbox: Mailbox) -> None:
        """Add a request whose outputs go to `mailbox`. Errors: as `LLMEngine.add_request`."""
        with self._exclusive():
            self.engine.add_request(request_id, prompt, params)
            self._mailboxes[request_id] = mailbox

    def wait(self, mailbox: Mailbox) -> list[RequestOutput]:
        """Step until the mailbox holds outputs, and take them. The list is empty if its requests were aborted."""
        while True:
            with self._exclusive():
                if not (mailbox or self._undelivered) and self.engine.has_unfinished_requests():
                    self._undelivered += self.engine.step()
                for output in self._undelivered:
                    if output.request_id in self._mailboxes:
                        self._mailboxes[output.request_id][output.request_id] = output
                self._undelivered = []
                if mailbox or not self.engine.has_unfinished_requests():
                    outputs = list(mailbox.values())
                    mailbox.clear()
                    return outputs

    def abort(self, request_ids: Iterable[str]) -> None:
        """End requests, finished or not, and forget their mailboxes.

        It never blocks: the garbage collector may close a stream in the middle of a step, even in the thread of that
        step. The caller that holds the engine then aborts them.
        """
        self._to_abort.extend(request_ids)
        if self._lock.acquire(blocking=False):
            try:
                self._abort_all()
            finally:
                self._lock.release()

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with self._lock:
            self._abort_all()
            try:
                yield
            finally:
                self._abort_all()

    def _abort_all(self) -> None:
        while self._to_abort:
            request_id = self._to_abort[0]
            self._mailboxes.pop(request_id, None)
            self.engine.abort_request(request_id)
            self._to_abort.popleft()
