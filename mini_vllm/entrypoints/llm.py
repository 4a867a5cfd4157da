"""Offline inference: many prompts in, many texts out."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from mini_vllm.engine.input_processor import Prompt
from mini_vllm.engine.llm_engine import LLMEngine
from mini_vllm.engine.shared_engine import Mailbox, SharedEngine
from mini_vllm.engine_config import EngineConfig
from mini_vllm.entrypoints.llm_arguments import default_sampling_params, engine_limits, named_tokenizer, with_params
from mini_vllm.entrypoints.progress import ProgressBar
from mini_vllm.model_loader import get_model
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.outputs import RequestOutput
from mini_vllm.sampling_params import SamplingParams
from mini_vllm.tokenizer import Tokenizer

Messages = Sequence[Mapping[str, Any]]  # [{"role": "user", "content": "Hello"}]


class LLM:
    """A model, ready to generate text. Several threads may use it: their requests are served together.

    model:     None: the small model that comes with the package. Otherwise what `get_model` takes: a name, the
               path of a folder in Hugging Face's format or of a GGUF file. Or a LlamaForCausalLM.
    tokenizer: None: the model's own. Otherwise a Tokenizer, or the path or name of a model whose tokenizer to use. A
               LlamaForCausalLM has none, so prompts are then lists of token ids.
    skip_tokenizer_init: use no tokenizer; prompts are lists of token ids, and outputs have no text.
    arguments: max_model_len, max_num_seqs, max_num_batched_tokens, block_size, num_blocks or
               kv_cache_memory_bytes, enable_prefix_caching, speculative_config, scheduler_cls, block_hasher,
               seed: see `EngineConfig.for_model`. Some of
               vLLM's other arguments are accepted where they change nothing: see llm_arguments.py.

    Errors: TypeError for an unknown argument; ValueError for a model or tokenizer that does not exist or limits
    that do not fit; MemoryError for a KV cache that does not fit into memory; RuntimeError if a download fails.
    """

    def __init__(
        self,
        model: str | Path | LlamaForCausalLM | None = None,
        *,
        tokenizer: Tokenizer | str | Path | None = None,
        skip_tokenizer_init: bool = False,
        **arguments: Any,
    ) -> None:
        limits = engine_limits(arguments)
        if skip_tokenizer_init and tokenizer is not None:
            raise ValueError(f"tokenizer={tokenizer!r} and skip_tokenizer_init=True: give one of them.")
        has_folder = isinstance(model, (str, Path)) and Path(model).is_dir()
        self._default_params = default_sampling_params(Path(str(model))) if has_folder else SamplingParams()
        given = named_tokenizer(tokenizer) if isinstance(tokenizer, (str, Path)) else tokenizer
        if not isinstance(model, LlamaForCausalLM):
            model, own = get_model(model, skip_tokenizer_init=skip_tokenizer_init or given is not None)
            given = own if given is None else given
        self.llm_engine = LLMEngine(model, given, EngineConfig.for_model(model.config, **limits))
        self._shared_engine = SharedEngine(self.llm_engine)
        self._request_counter = count()

    def get_tokenizer(self) -> Tokenizer:
        """The tokenizer. Errors: ValueError if there is none, because prompts are lists of token ids."""
        if self.llm_engine.tokenizer is None:
            raise ValueError("This engine has no tokenizer: use generate with lists of token ids.")
        return self.llm_engine.tokenizer

    def get_default_sampling_params(self) -> SamplingParams:
        """The parameters of a request without its own: from the folder's generation_config.json, or vLLM's defaults."""
        return self._default_params

    def generate(
        self,
        prompts: Prompt | Sequence[Prompt],
        sampling_params: SamplingParams | Sequence[SamplingParams] | None = None,
        use_tqdm: bool = True,
    ) -> list[RequestOutput]:
        """Continue each prompt. All of them are served together; the outputs come in the order of the prompts.

        prompts:         a text, a list of texts, or the same with lists of token ids in place of texts.
        sampling_params: one for all, or one for each prompt. None: `get_default_sampling_params`.
        use_tqdm:        show a progress bar if it takes more than a moment.

        A request that fails while it runs has finish_reason "error"; this does not affect the others.
        Errors: TypeError or ValueError that names the prompt, before anything is computed.
        """
        requests = with_params(prompts, sampling_params)
        request_ids = [str(next(self._request_counter)) for _ in requests]
        finished: dict[str, RequestOutput] = {}
        mailbox: Mailbox = {}
        try:
            for index, (request_id, (prompt, params)) in enumerate(zip(request_ids, requests)):
                self._add_request(request_id, prompt, params, mailbox, index)
            with ProgressBar(len(requests), is_shown=use_tqdm) as bar:
                while len(finished) < len(requests) and (outputs := self._shared_engine.wait(mailbox)):
                    for output in outputs:
                        bar.update(output)
                        if output.finished:
                            finished[output.request_id] = output
        finally:
            self._shared_engine.abort(request_ids)  # whatever happened, none of them is left behind in the engine
        if len(finished) < len(requests):
            raise RuntimeError("Another caller aborted a request of this call.")
        return [finished[request_id] for request_id in request_ids]

    def stream(self, prompt: Prompt, sampling_params: SamplingParams | None = None) -> Iterator[RequestOutput]:
        """Continue one prompt, and yield its output, all of it so far, whenever there is more.

        Several streams may be open at once. The request ends with the loop over it, also if that is left early.
        """
        request_id, mailbox = str(next(self._request_counter)), Mailbox()
        try:
            self._add_request(request_id, prompt, sampling_params, mailbox)
            while outputs := self._shared_engine.wait(mailbox):  # empty: another caller aborted the request
                yield outputs[0]
                if outputs[0].finished:
                    return
        finally:
            self._shared_engine.abort([request_id])

    def chat(
        self,
        messages: Messages | Sequence[Messages],
        sampling_params: SamplingParams | Sequence[SamplingParams] | None = None,
        use_tqdm: bool = True,
        **options: Any,
    ) -> list[RequestOutput]:
        """Answer a conversation, or each of a list of them, in the form that the model was trained on.

        options: as `chat_prompt`.

        Errors: as `generate`; ValueError for a model without a chat template.
        """
        is_one = not messages or isinstance(messages[0], Mapping)
        conversations: Sequence[Any] = [messages] if is_one else messages
        prompts = [self.chat_prompt(conversation, **options) for conversation in conversations]
        return self.generate(prompts, sampling_params, use_tqdm)

    def chat_prompt(self, messages: Messages, **options: Any) -> list[int]:
        """The token ids of a conversation, up to where the answer begins.

        options: chat_template, add_generation_prompt, continue_final_message, tools, chat_template_kwargs: see
                 `render_chat_template`.
        """
        return self.get_tokenizer().apply_chat_template(messages, **options)

    def _add_request(
        self, request_id: str, prompt: Prompt, params: SamplingParams | None, mailbox: Mailbox, index: int = 0
    ) -> None:
        """Errors: TypeError or ValueError that names the prompt by its index."""
        try:
            params = self._default_params if params is None else params
            self._shared_engine.add_request(request_id, prompt, params, mailbox)
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"prompts[{index}]: {error}") from None
