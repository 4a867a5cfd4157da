"""The engine: requests come and go while it takes one step after the other."""

from dataclasses import dataclass

from mini_vllm.core.scheduler import Scheduler
from mini_vllm.engine.input_processor import InputProcessor, Prompt
from mini_vllm.engine.output_processor import RequestState
from mini_vllm.engine_config import EngineConfig
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.outputs import RequestOutput
from mini_vllm.request import Request, RequestStatus
from mini_vllm.sample import Logprob
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
        self.scheduler = Scheduler(self.config)
        self.model_runner = ModelRunner(model, self.config)
        self._states: dict[str, RequestState] = {}  # of unfinished requests
        self._num_steps = self._num_tokens_processed = 0
        self._eos_token_ids = frozenset(tokenizer.eos_token_ids if tokenizer else ()) | {*model.config.eos_token_ids}

    def add_request(self, request_id: str, prompt: Prompt, params: SamplingParams | None = None) -> None:
        """Let a request wait for its turn. prompt: a text, or token ids.

        Errors: TypeError or ValueError, naming the value, for a prompt or parameters that this engine cannot
        serve; it then goes on as if nothing had been asked.
        """
        if not isinstance(request_id, str):
            raise TypeError(f"request_id={request_id!r} must be a string.")
        if request_id in self._states:
            raise ValueError(f"request_id={request_id!r} belongs to a request that is not finished: choose another.")
        params = SamplingParams() if params is None else params
        if not isinstance(params, SamplingParams):
            raise TypeError(f"params={params!r} must be a SamplingParams.")
        if params.stop and self.tokenizer is None:
            raise ValueError(f"stop={params.stop!r} needs a tokenizer, and this engine has none: use stop_token_ids.")
        text, token_ids = self.input_processor.process(prompt)
        request = Request(request_id, token_ids, params, self._eos_token_ids)
        self._states[request_id] = RequestState(request, text, self.tokenizer)
        self.scheduler.add_request(request)

    def abort_request(self, request_id: str) -> None:
        """End a request, whether it waits or runs. One that is unknown or has ended already is passed over."""
        self.scheduler.finish_request(request_id, RequestStatus.FINISHED_ABORTED)
        self._states.pop(request_id, None)

    def has_unfinished_requests(self) -> bool:
        return self.scheduler.has_unfinished_requests()

    def step(self) -> list[RequestOutput]:
        """Compute the next tokens, and return an output for each request that got one, or that failed.

        Whatever breaks a step off (Ctrl-C, for example) leaves the engine fit to go on: its requests are
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
        self.scheduler.update_from_output(planned, sampled)
        self._num_steps += 1
        self._num_tokens_processed += planned.total_num_scheduled_tokens
        requests = [item.request for item in planned.scheduled]
        return [
            self._output(request, sampled.logprobs.get(request.request_id))
            for request in requests
            if request.request_id in sampled.token_ids or request.request_id in sampled.errors
        ]

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

    def _output(self, request: Request, logprobs: dict[int, Logprob] | None) -> RequestOutput:
        state = self._states[request.request_id]
        stop_string = None if request.error is not None else state.update(logprobs)
        if stop_string is not None:
            # Found in the text, which the scheduler does not see. It counts even if the token was the last anyway.
            self.scheduler.finish_request(request.request_id, RequestStatus.FINISHED_STOPPED)
            request.status = RequestStatus.FINISHED_STOPPED
        if request.status.is_finished:
            del self._states[request.request_id]
        return state.output(stop_string)
