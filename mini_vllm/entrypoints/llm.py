"""Offline inference: many prompts in, many texts out."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from numbers import Integral
from pathlib import Path
from typing import Any

from mini_vllm.engine.input_processor import Prompt
from mini_vllm.engine.llm_engine import LLMEngine
from mini_vllm.engine_config import EngineConfig
from mini_vllm.entrypoints.progress import ProgressBar
from mini_vllm.model_loader import get_model
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.outputs import RequestOutput
from mini_vllm.sampling_params import SamplingParams
from mini_vllm.tokenizer import Tokenizer

Messages = Sequence[Mapping[str, Any]]  # [{"role": "user", "content": "Hello"}]


class LLM:
    """A model, ready to generate text.

    model:     None: the small model that comes with the package. Otherwise what `get_model` takes: a name, the
               path of a folder in Hugging Face's format or of a GGUF file. Or a LlamaForCausalLM.
    tokenizer: None: the model's own. A LlamaForCausalLM has none, so prompts are then lists of token ids.
    limits:    max_model_len, max_num_seqs, max_num_batched_tokens, block_size, num_blocks or
               kv_cache_memory_bytes, enable_prefix_caching: see `EngineConfig.for_model`.

    Errors: ValueError for a model that there is not or limits that do not fit; RuntimeError if a download fails.
    """

    def __init__(
        self, model: str | Path | LlamaForCausalLM | None = None, *, tokenizer: Tokenizer | None = None, **limits: Any
    ) -> None:
        own_tokenizer = None
        if not isinstance(model, LlamaForCausalLM):
            model, own_tokenizer = get_model(model)
        config = EngineConfig.for_model(model.config, **limits)
        self.llm_engine = LLMEngine(model, own_tokenizer if tokenizer is None else tokenizer, config)
        self._request_counter = count()
        self._pending_outputs: dict[str, RequestOutput] = {}  # the latest of each open stream, until it yields it

    def get_tokenizer(self) -> Tokenizer:
        """The tokenizer. Errors: ValueError if there is none, because prompts are lists of token ids."""
        if self.llm_engine.tokenizer is None:
            raise ValueError("This engine has no tokenizer: use generate with lists of token ids.")
        return self.llm_engine.tokenizer

    def generate(
        self,
        prompts: Prompt | Sequence[Prompt],
        sampling_params: SamplingParams | Sequence[SamplingParams] | None = None,
        use_tqdm: bool = True,
    ) -> list[RequestOutput]:
        """Continue each prompt. All of them are served together; the outputs come in the order of the prompts.

        prompts:         a text, a list of texts, or the same with lists of token ids in place of texts.
        sampling_params: one for all, or one for each prompt.
        use_tqdm:        show a progress bar if it takes more than a moment.

        A request that fails while it runs has finish_reason "error"; this does not affect the others.
        Errors: TypeError or ValueError that names the prompt, before anything is computed.
        """
        requests = _pairs(prompts, sampling_params)
        finished: dict[str, RequestOutput] = {}
        request_ids: list[str] = []
        try:
            for index, (prompt, params) in enumerate(requests):
                request_ids.append(self._add_request(prompt, params, index))
            unfinished = set(request_ids)
            with ProgressBar(len(requests), is_shown=use_tqdm) as bar:
                while unfinished and self.llm_engine.has_unfinished_requests():
                    for output in self.llm_engine.step():
                        if output.request_id not in unfinished:  # an open stream's
                            self._pending_outputs[output.request_id] = output
                            continue
                        bar.update(output)
                        if output.finished:
                            finished[output.request_id] = output
                            unfinished.remove(output.request_id)
        finally:
            for request_id in request_ids:  # whatever happened, none of them is left behind in the engine
                self.llm_engine.abort_request(request_id)
        return [finished[request_id] for request_id in request_ids]

    def stream(self, prompt: Prompt, sampling_params: SamplingParams | None = None) -> Iterator[RequestOutput]:
        """Continue one prompt, and yield its output, all of it so far, whenever there is more.

        Several streams may be open at once. The request ends with the loop over it, also if that is left early.
        """
        request_id = self._add_request(prompt, sampling_params)
        try:
            while True:
                while request_id not in self._pending_outputs:
                    if not self.llm_engine.has_unfinished_requests():
                        return  # the request was aborted by somebody else
                    self._pending_outputs |= {output.request_id: output for output in self.llm_engine.step()}
                output = self._pending_outputs.pop(request_id)
                yield output
                if output.finished:
                    return
        finally:
            self.llm_engine.abort_request(request_id)
            self._pending_outputs.pop(request_id, None)

    def chat(
        self,
        messages: Messages | Sequence[Messages],
        sampling_params: SamplingParams | Sequence[SamplingParams] | None = None,
        use_tqdm: bool = True,
    ) -> list[RequestOutput]:
        """Answer a conversation, or each of a list of them, in the form that the model was trained on.

        Errors: as `generate`; ValueError for a model without a chat template.
        """
        is_one = not messages or isinstance(messages[0], Mapping)
        conversations: Sequence[Any] = [messages] if is_one else messages
        prompts = [self.chat_prompt(conversation) for conversation in conversations]
        return self.generate(prompts, sampling_params, use_tqdm)

    def chat_prompt(self, messages: Messages) -> list[int]:
        """The token ids of a conversation, up to where the answer begins."""
        return self.get_tokenizer().apply_chat_template(messages)

    def _add_request(self, prompt: Prompt, params: SamplingParams | None, index: int = 0) -> str:
        """The id of a new request. Errors: TypeError or ValueError that names the prompt by its index."""
        request_id = str(next(self._request_counter))
        try:
            self.llm_engine.add_request(request_id, prompt, params)
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"prompts[{index}]: {error}") from None
        return request_id


def _pairs(prompts: Any, params: Any) -> list[tuple[Prompt, SamplingParams | None]]:
    """Each prompt and its parameters, from whatever a caller passed."""
    is_one = isinstance(prompts, (str, bytes, Mapping)) or not hasattr(prompts, "__iter__")
    prompts = [prompts] if is_one else list(prompts)
    if not is_one and prompts and isinstance(prompts[0], Integral):  # one prompt, as token ids
        prompts = [prompts]
    if params is None or isinstance(params, SamplingParams):
        params = [params] * len(prompts)
    if not isinstance(params, Sequence):
        raise TypeError(f"sampling_params={params!r} must be a SamplingParams, or a list of one for each prompt.")
    if len(params) != len(prompts):
        raise ValueError(f"{len(params)} sampling_params were given for {len(prompts)} prompts: give one for each.")
    return list(zip(prompts, params))
