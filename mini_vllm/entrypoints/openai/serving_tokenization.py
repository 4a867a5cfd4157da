"""/tokenize and /detokenize, as in vLLM: texts and conversations as token ids, and back."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from starlette.responses import JSONResponse, Response

from mini_vllm.engine.async_llm import AsyncLLM
from mini_vllm.entrypoints.openai.errors import invalid
from mini_vllm.entrypoints.openai.fields import flag, refuse
from mini_vllm.entrypoints.openai.models import ServedModel
from mini_vllm.entrypoints.openai.protocol import read_chat
from mini_vllm.tokenizer import Tokenizer

T = TypeVar("T")


class ServingTokenization:
    """Uses the engine's tokenizer, without limits on the length."""

    def __init__(self, engine: AsyncLLM, model: ServedModel) -> None:
        self.engine, self.model = engine, model

    async def tokenize(self, body: Mapping[str, Any]) -> Response:
        """The token ids of `prompt`, or of `messages` in the form of the chat template. Errors: ApiError."""
        if flag(body, "return_token_strs"):
            raise refuse("return_token_strs", True, "it is not served: leave it out")
        field, work = ("prompt", _encode_prompt) if body.get("messages") is None else ("messages", _encode_messages)
        token_ids = await self._run(body, field, work)
        return JSONResponse({"count": len(token_ids), "max_model_len": self.model.max_model_len, "tokens": token_ids})

    async def detokenize(self, body: Mapping[str, Any]) -> Response:
        """The text of `tokens`, with the special ones. Errors: ApiError."""
        vocab_size = self.engine.llm_engine.input_processor.vocab_size

        def decode(tokenizer: Tokenizer, body: Mapping[str, Any]) -> str:
            token_ids = body.get("tokens")
            if not isinstance(token_ids, list) or not all(
                type(token_id) is int and 0 <= token_id < vocab_size for token_id in token_ids
            ):
                raise refuse("tokens", token_ids, f"it must be a list of token ids, 0 to {vocab_size - 1}")
            return tokenizer.decode(token_ids, skip_special_tokens=False)

        return JSONResponse({"prompt": await self._run(body, "tokens", decode)})

    async def _run(self, body: Mapping[str, Any], field: str, work: Callable[[Tokenizer, Mapping[str, Any]], T]) -> T:
        self.model.check(body.get("model"))
        tokenizer = self.engine.llm_engine.tokenizer
        try:
            if tokenizer is None:
                raise ValueError("This engine has no tokenizer.")
            return await self.engine.tokenize(work, tokenizer, body)
        except (TypeError, ValueError) as error:
            raise invalid(error, field) from None


def _encode_prompt(tokenizer: Tokenizer, body: Mapping[str, Any]) -> list[int]:
    prompt = body.get("prompt")
    if not isinstance(prompt, str):
        raise refuse("prompt", prompt, "it must be a text; conversations are given as messages")
    return tokenizer.encode(prompt, flag(body, "add_special_tokens", default=True))


def _encode_messages(tokenizer: Tokenizer, body: Mapping[str, Any]) -> list[int]:
    return read_chat(body).token_ids(tokenizer)
