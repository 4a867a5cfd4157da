"""/v1/chat/completions: answers conversations."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mini_vllm.engine.output_stream import OutputStream
from mini_vllm.entrypoints.openai.answer import Answer, Echo
from mini_vllm.entrypoints.openai.logprobs import chat_logprobs, listed_prompt_logprobs
from mini_vllm.entrypoints.openai.protocol import ChatCompletionRequest, read_chat
from mini_vllm.entrypoints.openai.serving import OpenAIServing, has_news
from mini_vllm.outputs import CompletionOutput
from mini_vllm.sampling_params import SamplingParams


class OpenAIServingChat(OpenAIServing[ChatCompletionRequest]):
    """Writes the conversation by the model's chat template, and continues it."""

    id_prefix, object_name, chunk_name = "chatcmpl", "chat.completion", "chat.completion.chunk"
    prompt_field = "messages"

    def read(self, body: Mapping[str, Any]) -> ChatCompletionRequest:
        return read_chat(body)

    def default_sampling_params(self) -> SamplingParams:
        """As many tokens as fit, unless the model's generation_config.json says how many."""
        params = super().default_sampling_params()
        return replace(params, max_tokens=None) if params.max_tokens == SamplingParams.max_tokens else params

    async def tokenize(self, request: ChatCompletionRequest) -> tuple[list[list[int]], list[Echo]]:
        return [await self.engine.tokenize(self._token_ids, request)], [Echo()]

    def _token_ids(self, request: ChatCompletionRequest) -> list[int]:
        engine = self.engine.llm_engine
        if engine.tokenizer is None:
            raise ValueError("This engine has no tokenizer: use /v1/completions with token ids.")
        return engine.input_processor.preprocess(request.token_ids(engine.tokenizer))[1]  # for its checks

    async def _whole(self, answer: Answer[ChatCompletionRequest], stream: OutputStream) -> dict[str, Any]:
        content = await super()._whole(answer, stream)
        if answer.request.return_prompt_logprobs:
            content["prompt_logprobs"] = listed_prompt_logprobs(answer.latest[0].prompt_logprobs)
        return content

    def choice(
        self, answer: Answer[ChatCompletionRequest], prompt: int, completion: CompletionOutput
    ) -> dict[str, Any]:
        message = {"role": "assistant", "content": completion.text, "refusal": None}
        return {**self._choice(answer, None, completion), "message": message}

    def delta(
        self,
        answer: Answer[ChatCompletionRequest],
        prompt: int,
        old: CompletionOutput | None,
        new: CompletionOutput,
    ) -> list[dict[str, Any]]:
        choices: list[dict[str, Any]] = []
        if old is None:
            delta = {"role": "assistant", "content": ""}
            choices.append({"index": new.index, "delta": delta, "logprobs": None, "finish_reason": None})
        if has_news(old, new):
            text = new.text[len(old.text) if old else 0 :]
            choices.append({**self._choice(answer, old, new), "delta": {"content": text} if text else {}})
        return choices

    def _choice(
        self, answer: Answer[ChatCompletionRequest], old: CompletionOutput | None, new: CompletionOutput
    ) -> dict[str, Any]:
        """What `new` has and `old` has not, without the text."""
        num_tokens = len(old.token_ids) if old else 0
        token_ids, logprobs = new.token_ids[num_tokens:], None
        if new.logprobs is not None:
            logprobs = chat_logprobs(token_ids, new.logprobs[num_tokens:], answer.params.logprobs or 0)
        choice = {
            "index": new.index,
            "logprobs": logprobs,
            "finish_reason": new.finish_reason,
            "stop_reason": new.stop_reason,
        }
        return {**choice, "token_ids": token_ids} if answer.request.return_token_ids else choice
