"""The engine: requests come and go while it takes one step after the other."""

from dataclasses import dataclass

from mini_vllm.core.scheduler import Scheduler
from mini_vllm.engine.input_processor import InputProcessor, Prompt
from mini_vllm.engine.output_processor import OutputProcessor
from mini_vllm.engine_config import EngineConfig
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.outputs import RequestOutput
from mini_vllm.request import Request, RequestStatus
from mini_vllm.sampling_params import SamplingParams
from mini_vllm.tokenizer import Tokenizer
from mini_vllm.worker.model_runner import ModelRunner


@dataclass(frozen=True)
class EngineStats:
    """What an engine is doing, and has done since it started."""

    num_running_reqs: int
    num_waiting_reqs: int
    kv_cache_usage: float  # share of the blocks that requests use, 0 to 1
    num_steps: int
    num_tokens_processed: int  # token positions passed through the model
    num_preemptions: int
    prefix_cache_queries: int  # prompt tokens looked for in the cache
    prefix_cache_hits: int  # and found there


class LLMEngine:
    """Serves many requests with one model.

    model:     what computes the logits.
    tokenizer: None: prompts are token ids, and outputs have no text.
    config:    None: the limits that `EngineConfig.for_model` works out.
    """

    def __init__(
        self, model: LlamaForCausalLM, tokenizer: Tokenizer | None = None, config: EngineConfig | None = None
    ) -> None:
        self.model, self.tokenizer = model, tokenizer
        self.config = EngineConfig.for_model(model.config) if config is None else config
        self.input_processor = InputProcessor(tokenizer, model.config.vocab_size, self.config.max_model_len)
        self.output_processor = OutputProcessor(tokenizer)
        self.scheduler = (self.config.scheduler_cls or Scheduler)(self.config)
        self.model_runner = ModelRunner(model, self.config)
        self._num_steps = self._num_tokens_processed = 0
        self._eos_token_ids = frozenset(tokenizer.eos_token_ids if tokenizer else ()) | {*model.config.eos_token_ids}

    def add_request(self, request_id: str, prompt: Prompt, params: SamplingParams | None = None) -> None:
        """Let a request wait for its turn. prompt: a text, or token ids.

        Errors: TypeError or ValueError, naming the value, for a prompt or parameters that this engine cannot
        serve; the engine is then unchanged.
        """
        if not isinstance(request_id, str):
            raise TypeError(f"request_id={request_id!r} must be a string.")
        if request_id in self.output_processor.request_states:
            raise ValueError(f"request_id={request_id!r} belongs to a request that is not finished: choose another.")
        params = SamplingParams() if params is None else params
        if not isinstance(params, SamplingParams):
            raise TypeError(f"params={params!r} must be a SamplingParams.")
        if params.stop and self.tokenizer is None:
            raise ValueError(f"stop={params.stop!r} needs a tokenizer, and this engine has none: use stop_token_ids.")
        text, token_ids = self.input_processor.process(prompt)
        request = Request(request_id, token_ids, params, self._eos_token_ids)
        self.output_processor.add_request(request, text)
        self.scheduler.add_request(request)

    def abort_request(self, request_id: str) -> None:
        """End a request, whether it waits or runs. Unknown or finished ids are ignored."""
        self.scheduler.finish_request(request_id, RequestStatus.FINISHED_ABORTED)
        self.output_processor.abort_request(request_id)

    def has_unfinished_requests(self) -> bool:
        return self.scheduler.has_unfinished_requests()

    def step(self) -> list[RequestOutput]:
        """Compute the next tokens, and return an output for each request that got one, or that failed.

        Whatever interrupts a step (Ctrl-C, for example) leaves the engine usable: its requests are
        computed anew.
        """
        try:
            planned = self.scheduler.schedule()
            if not planned.scheduled:
                return []
            sampled = self.model_runner.execute_model(planned)
        except BaseException:
            self.scheduler.preempt_all()
            raise
        updated = self.scheduler.update_from_output(planned, sampled)
        outputs = self.output_processor.process_outputs(updated, sampled.logprobs)
        for output in outputs:
            if output.finished:  # by a stop string, if the scheduler, which sees no text, does not know of it yet
                self.scheduler.finish_request(output.request_id, RequestStatus.FINISHED_STOPPED)
        self._num_steps += 1
        self._num_tokens_processed += planned.total_num_scheduled_tokens
        return outputs

    @property
    def stats(self) -> EngineStats:
        """The numbers of this moment."""
        scheduler = self.scheduler
        return EngineStats(
            num_running_reqs=len(scheduler.running),
            num_waiting_reqs=len(scheduler.waiting),
            kv_cache_usage=scheduler.kv_cache_manager.block_pool.usage,
            num_steps=self._num_steps,
            num_tokens_processed=self._num_tokens_processed,
            num_preemptions=scheduler.num_preemptions,
            prefix_cache_queries=scheduler.prefix_cache_queries,
            prefix_cache_hits=scheduler.prefix_cache_hits,
        )
