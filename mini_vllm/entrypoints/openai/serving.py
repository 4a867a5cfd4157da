"""What /v1/completions and /v1/chat/completions have in common: from a body to a response, whole or streamed."""

import time
import traceback
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, ClassVar, Generic

from starlette.responses import Response

from mini_vllm.engine.async_llm import AsyncLLM
from mini_vllm.engine.output_stream import OutputStream
from mini_vllm.entrypoints.openai.answer import Answer, Echo, R, usage_of
from mini_vllm.entrypoints.openai.errors import ApiError, as_api_error, invalid
from mini_vllm.entrypoints.openai.event_stream import DONE, EventStream, dumps, event
from mini_vllm.entrypoints.openai.models import ServedModel
from mini_vllm.outputs import CompletionOutput, RequestOutput
from mini_vllm.sampling_params import SamplingParams


class OpenAIServing(ABC, Generic[R]):
    """Answers one kind of request; subclasses read the body and write the choices.

    max_sequences: prompts times n of one request.
    """

    id_prefix: ClassVar[str]
    object_name: ClassVar[str]
    chunk_name: ClassVar[str]
    prompt_field: ClassVar[str]  # of the body

    def __init__(self, engine: AsyncLLM, model: ServedModel, max_sequences: int) -> None:
        self.engine, self.model = engine, model
        self.max_sequences = min(max_sequences, engine.max_num_sequences)

    @abstractmethod
    def read(self, body: Mapping[str, Any]) -> R:
        """The request. Errors: ApiError 400."""

    @abstractmethod
    async def tokenize(self, request: R) -> tuple[list[list[int]], list[Echo]]:
        """Its prompts, and what to put before their completions. Errors: TypeError, ValueError."""

    @abstractmethod
    def choice(self, answer: Answer[R], prompt: int, completion: CompletionOutput) -> dict[str, Any]:
        """A whole completion."""

    @abstractmethod
    def delta(
        self, answer: Answer[R], prompt: int, old: CompletionOutput | None, new: CompletionOutput
    ) -> list[dict[str, Any]]:
        """What a stream gets of a completion that was `old` when it was sent last; None: nothing was sent."""

    def default_sampling_params(self) -> SamplingParams:
        """What holds where a field is missing."""
        return self.model.default_sampling_params

    async def create(self, body: Mapping[str, Any]) -> Response:
        """The response. Errors: ApiError, and those of AsyncLLM.generate."""
        self.model.check(body.get("model"))
        request = self.read(body)
        try:
            params = replace(self.default_sampling_params(), **request.sampling)
        except (TypeError, ValueError) as error:
            raise invalid(error) from None
        try:
            prompts, echoed = await self.tokenize(request)
        except (TypeError, ValueError) as error:
            raise invalid(error, self.prompt_field) from None
        self._check_limits(request, prompts, params)
        request_id = f"{self.id_prefix}-{uuid.uuid4().hex}"
        name = self.chunk_name if request.is_stream else self.object_name
        head = {"id": request_id, "object": name, "created": int(time.time()), "model": self.model.names[0]}
        answer = Answer(request, params, prompts, echoed, head)
        try:
            stream = await self.engine.generate(prompts, params, request_id)
        except (TypeError, ValueError) as error:
            raise invalid(error) from None
        if request.is_stream:
            return EventStream(self._events(answer, stream), stream.close)
        with closing(stream):
            return Response(dumps(await self._whole(answer, stream)), media_type="application/json")

    def _check_limits(self, request: R, prompts: Sequence[Sequence[int]], params: SamplingParams) -> None:
        num_sequences, longest = len(prompts) * params.n, max(map(len, prompts))
        if num_sequences > self.max_sequences:
            message = f"{len(prompts)} prompts with n={params.n} are {num_sequences} completions, and one request may"
            raise ApiError(400, f"{message} have {self.max_sequences}: send several requests.", "n")
        max_model_len = self.engine.llm_engine.config.max_model_len
        # A default may be too large: the engine ends the text where the context does.
        max_tokens, field = request.sampling.get("max_tokens"), request.max_tokens_field
        if max_tokens is not None and longest + max_tokens > max_model_len:
            message = f"{field}={max_tokens}: with the prompt's {longest} tokens these are more than the"
            rest = f"{max_model_len} of this model's context. Lower it to {max_model_len - longest}"
            raise ApiError(400, f"{message} {rest}, or shorten the prompt.", field, "context_length_exceeded")

    async def _whole(self, answer: Answer[R], stream: OutputStream) -> dict[str, Any]:
        async for prompt, output in stream:
            _require_success(output)
            answer.latest[prompt] = output
        outputs = sorted(answer.latest.items())
        choices = [self.choice(answer, prompt, c) for prompt, output in outputs for c in output.outputs]
        return {**answer.head, "choices": choices, "usage": answer.usage()}

    async def _events(self, answer: Answer[R], stream: OutputStream) -> AsyncIterator[bytes]:
        sent: dict[tuple[int, int], CompletionOutput] = {}
        try:
            async for prompt, output in stream:
                _require_success(output)
                answer.latest[prompt] = output
                for new in output.outputs:
                    for choice in self.delta(answer, prompt, sent.get((prompt, new.index)), new):
                        sent[prompt, new.index] = new
                        chunk = {**answer.head, "choices": [choice]}
                        if answer.request.continuous_usage:
                            chunk["usage"] = usage_of(len(answer.prompts[prompt]), len(new.token_ids))
                        yield event(chunk)
            if answer.request.include_usage:
                yield event({**answer.head, "choices": [], "usage": answer.usage()})
        except Exception as error:  # the response has begun, so this is the only place to tell of it
            told = as_api_error(error)
            if told.status == 500 and told is not error:
                traceback.print_exception(error)
            yield event(told.content())
        yield DONE


def _require_success(output: RequestOutput) -> None:
    if output.error is not None:
        raise ApiError(500, f"The request failed: {output.error}")


def has_news(old: CompletionOutput | None, new: CompletionOutput) -> bool:
    """Whether a stream has something to tell of a completion."""
    if old is None:
        return bool(new.token_ids) or new.finish_reason is not None
    return len(new.token_ids) > len(old.token_ids) or new.finish_reason != old.finish_reason
