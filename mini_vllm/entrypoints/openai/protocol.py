"""Reads the fields of a request."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mini_vllm.entrypoints.openai.fields import flag, listed_logprobs, refuse, shown
from mini_vllm.entrypoints.openai.known_fields import CHAT, COMPLETION, REFUSED, SAMPLING, WITHOUT_EFFECT

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class GenerateRequest:
    """What both kinds of requests have."""

    sampling: dict[str, Any]  # fields of SamplingParams, as the client gave them
    is_stream: bool
    include_usage: bool
    return_token_ids: bool


@dataclass(frozen=True, kw_only=True)
class CompletionRequest(GenerateRequest):
    """What /v1/completions was asked. prompts: texts, or lists of token ids."""

    prompts: list[str | list[int]]
    echo: bool


@dataclass(frozen=True, kw_only=True)
class ChatCompletionRequest(GenerateRequest):
    """What /v1/chat/completions was asked."""

    messages: list[dict[str, Any]]
    add_generation_prompt: bool
    continue_final_message: bool


def read_completion(body: Mapping[str, Any]) -> CompletionRequest:
    """Errors: ApiError 400 that names the field and its value."""
    shared = _read_shared(body, COMPLETION)
    shared["sampling"] |= listed_logprobs("logprobs", body.get("logprobs"))
    request = CompletionRequest(prompts=_prompts(body.get("prompt")), echo=flag(body, "echo"), **shared)
    if request.echo and "logprobs" in request.sampling:
        raise refuse("echo", body["echo"], "it is not served together with logprobs: leave one of them out")
    return request


def read_chat(body: Mapping[str, Any]) -> ChatCompletionRequest:
    """Errors: ApiError 400 that names the field and its value."""
    shared = _read_shared(body, CHAT)
    top = body.get("top_logprobs")
    if flag(body, "logprobs"):
        shared["sampling"] |= listed_logprobs("top_logprobs", 0 if top is None else top)
    elif top:
        raise refuse("top_logprobs", top, "it needs logprobs=true")
    # The newer name of the same limit; unlike that of completions, it has no default.
    limit = body.get("max_completion_tokens")
    shared["sampling"] |= {"max_tokens": body.get("max_tokens") if limit is None else limit}
    return ChatCompletionRequest(
        messages=_messages(body.get("messages")),
        add_generation_prompt=flag(body, "add_generation_prompt", default=True),
        continue_final_message=flag(body, "continue_final_message"),
        **shared,
    )


def _read_shared(body: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    for name, nothing in REFUSED.items():
        value = body.get(name)
        if value is not None and value not in nothing:
            raise refuse(name, value, "it is not served: leave it out")
    for name in (COMPLETION | CHAT) - known:
        if body.get(name) is not None:
            raise refuse(name, body[name], "it belongs to the other kind of completions: leave it out")
    # As vLLM does, because clients send fields of other servers along with every request.
    unknown = sorted(name for name in body if name not in known | REFUSED.keys() | WITHOUT_EFFECT)
    if unknown:
        logger.warning("Ignored unknown fields of a request: %s", shown(unknown))
    options = body.get("stream_options")
    if options is not None and not (flag(body, "stream") and isinstance(options, dict)):
        raise refuse("stream_options", options, "it must be an object, and needs stream=true")
    if (bias := body.get("logit_bias")) is not None:
        body = {**body, "logit_bias": _logit_bias(bias)}
    return {
        "sampling": {name: body[name] for name in SAMPLING if body.get(name) is not None},
        "is_stream": flag(body, "stream"),
        "include_usage": flag(options or {}, "include_usage"),
        "return_token_ids": flag(body, "return_token_ids"),
    }


def _logit_bias(bias: object) -> dict[int, Any]:
    """With numbers as keys, which JSON does not have."""
    if not isinstance(bias, dict) or not all(key.removeprefix("-").isdecimal() for key in bias):
        raise refuse("logit_bias", bias, 'it must be an object like {"50256": -100}, from token ids to numbers')
    return {int(key): value for key, value in bias.items()}


def _prompts(prompt: object) -> list[str | list[int]]:
    """A text, a list of texts, a list of token ids or a list of such lists, as a list of prompts."""
    if isinstance(prompt, str):
        return [prompt]
    if isinstance(prompt, list) and prompt:
        if all(isinstance(item, int) for item in prompt):
            return [prompt]
        if all(isinstance(item, str) for item in prompt) or all(isinstance(item, list) for item in prompt):
            return prompt
    raise refuse("prompt", prompt, "it must be a text, a list of texts, a list of token ids, or a list of such lists")


def _messages(messages: object) -> list[dict[str, Any]]:
    if not isinstance(messages, list) or not messages:
        raise refuse("messages", messages, 'it must be a list like [{"role": "user", "content": "Hello"}]')
    for index, message in enumerate(messages):
        name = f"messages[{index}]"
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise refuse(name, message, 'it must be like {"role": "user", "content": "Hello"}')
        if not isinstance(message.get("content"), (str, list)):
            raise refuse(f"{name}.content", message.get("content"), "it must be a text or a list of text parts")
        for field in ("tool_calls", "function_call"):
            if message.get(field):
                raise refuse(f"{name}.{field}", message[field], "tools are not served: leave it out")
    return messages
