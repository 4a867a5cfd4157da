"""The engine: requests come and go while it takes one step after the other."""

from collections.abc import Sequence

from mini_vllm.core.output import SchedulerOutput
from mini_vllm.core.scheduler import Scheduler
from mini_vllm.engine.input_processor import InputProcessor, Prompt
from mini_vllm.engine.output_processor import OutputProcessor
from mini_vllm.engine_config import EngineConfig
from mini_vllm.metrics.stats import SchedulerStats
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.outputs import RequestOutput
from mini_vllm.request import Request, RequestStatus
from mini_vllm.sampling_params import SamplingParams
from mini_vllm.tokenizer import Tokenizer
from mini_vllm.worker.model_runner import ModelRunner


class LLMEngine:
    """Serves many requests with one model.

    model:     what computes the logits.
    tokenizer: None: prompts are token ids, and outputs have no text.
    config:    None: the limits that `EngineConfig.for_model` works out.

    Errors: MemoryError, with the numbers, for a KV cache that does not fit into this machine's memory.
    """

    def __init__(
        self, model: LlamaForCausalLM, tokenizer: Tokenizer | None = None, config: EngineConfig | None = None
    ) -> None:
        self.model, self.tokenizer = model, tokenizer
        self.config = EngineConfig.for_model(model.config) if config is None else config
        self.input_processor = InputProcessor(tokenizer, model.config, self.config)
        self.output_processor = OutputProcessor(tokenizer)
        self.model_runner = ModelRunner(model, self.config)  # first: it refuses a cache that does not fit into memory
        self.scheduler = (self.config.scheduler_cls or Scheduler)(self.config)
        self._pending_outputs: list[RequestOutput] = []  # of committed steps, not yet returned
        # During a step: the number of output tokens before it, for each of its requests.
        self._num_tokens_before: dict[Request, int] | None = None

    def add_request(self, request_id: str, prompt: Prompt, params: SamplingParams | None = None) -> None:
        """Add a request to the queue. With SamplingParams.n above 1 it becomes `n` requests.

        prompt: a text, or token ids.

        Errors: TypeError or ValueError, naming the value, for a prompt or parameters that this engine cannot
        serve, and for an id that an unfinished request has; nothing is added then.
        """
        params = SamplingParams() if params is None else params
        self.add_processed(self.input_processor.process_inputs(request_id, prompt, params))

    def add_processed(self, requests: Sequence[Request]) -> None:
        """Add what `InputProcessor.process_inputs` returned. Errors: ValueError for an id in use."""
        for name in (requests[0].external_req_id, *(request.request_id for request in requests)):
            if name in self.output_processor.request_states or name in self.scheduler.requests:
                raise ValueError(f"request_id={name!r} belongs to a request that is not finished: choose another.")
        self.output_processor.add_request(requests)
        for request in requests:
            self.scheduler.add_request(request)

    def abort_request(self, request_id: str) -> None:
        """End a request, whether it waits or runs. Unknown or finished ids are ignored."""
        self._roll_back()
        for name in self.output_processor.abort_request(request_id):
            self.scheduler.finish_request(name, RequestStatus.FINISHED_ABORTED)
        self._pending_outputs = [output for output in self._pending_outputs if output.request_id != request_id]

    def has_unfinished_requests(self) -> bool:
        """Whether `step` has anything to compute, or to return that an interrupt has held back."""
        return self.scheduler.has_unfinished_requests() or bool(self._pending_outputs)

    def step(self) -> list[RequestOutput]:
        """Compute the next tokens, and return an output for each request that got one, or that failed.

        An exception in a step (Ctrl-C, for example) undoes all of it: no block stays taken, and the next step
        computes the same tokens. If the step was complete, the next one returns its outputs as well.

        Errors: RuntimeError if no token can be computed although requests are unfinished.
        """
        self._roll_back()  # of a step whose own rollback was interrupted, too
        try:
            if self.scheduler.has_unfinished_requests():
                self._step()
        finally:
            self._roll_back()
        outputs, self._pending_outputs = self._pending_outputs, []
        return outputs

    def _step(self) -> None:
        self._num_tokens_before = {}
        plan = self.scheduler.schedule()
        self._require_progress(plan)
        self._num_tokens_before = {item.request: item.request.num_output_tokens for item in plan.scheduled}
        sampled = self.model_runner.execute_model(plan)
        updated = self.scheduler.update_from_output(plan, sampled)
        outputs = self.output_processor.process_outputs(updated)
        for request in updated:
            if request.status.is_finished:  # by a token, or by a stop string, which the scheduler does not see
                self.scheduler.finish_request(request.request_id, request.status)
        unfinished, pending = self.output_processor.unfinished(outputs), self._pending_outputs + outputs
        # Commit: Python handles no signal between these three stores.
        self.output_processor.request_states, self._num_tokens_before, self._pending_outputs = unfinished, None, pending

    def _roll_back(self) -> None:
        """Undo a step that was broken off, if there is one."""
        if self._num_tokens_before is not None:
            self.scheduler.reset(self.output_processor.restart(self._num_tokens_before))
            self._num_tokens_before = None

    def _require_progress(self, plan: SchedulerOutput) -> None:
        if plan.scheduled:
            return
        scheduler, pool = self.scheduler, self.scheduler.kv_cache_manager.block_pool
        raise RuntimeError(
            f"{len(scheduler.requests)} requests are unfinished, but {type(scheduler).__name__}.schedule() planned no "
            f"token for this step: {len(scheduler.running)} run, {len(scheduler.waiting)} wait, and "
            f"{pool.num_free_blocks} of {pool.num_blocks} blocks are free."
        )

    @property
    def stats(self) -> SchedulerStats:
        """The numbers of this moment."""
        return self.scheduler.make_stats()
