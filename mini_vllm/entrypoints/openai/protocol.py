"""Reads the fields of a request."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mini_vllm.entrypoints.openai.fields import flag, num_logprobs, refuse, shown
from mini_vllm.entrypoints.openai.known_fields import CHAT, COMPLETION, REFUSED, SAMPLING, WITHOUT_EFFECT
from mini_vllm.tokenizer import Tokenizer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class GenerateRequest:
    """What both kinds of requests have."""

    sampling: dict[str, Any]  # fields of SamplingParams, as the client gave them
    is_stream: bool
    include_usage: bool
    continuous_usage: bool  # in each chunk too, of its completion
    return_token_ids: bool
    return_prompt_logprobs: bool
    max_tokens_field: str = "max_tokens"  # the name by which the client gave it


@dataclass(frozen=True, kw_only=True)
class CompletionRequest(GenerateRequest):
    """What /v1/completions was asked. prompts: texts, or lists of token ids."""

    prompts: list[str | list[int]]
    echo: bool
    echo_only: bool  # with max_tokens=0; one token is generated and left out, as in vLLM


@dataclass(frozen=True, kw_only=True)
class ChatCompletionRequest(GenerateRequest):
    """What /v1/chat/completions was asked."""

    messages: list[dict[str, Any]]
    add_generation_prompt: bool
    continue_final_message: bool
    chat_template_kwargs: dict[str, Any]

    def token_ids(self, tokenizer: Tokenizer) -> list[int]:
        """Of the conversation, by the model's chat template. Errors: ValueError."""
        return tokenizer.apply_chat_template(
            self.messages,
            add_generation_prompt=self.add_generation_prompt,
            continue_final_message=self.continue_final_message,
            chat_template_kwargs=self.chat_template_kwargs,
        )


def read_completion(body: Mapping[str, Any]) -> CompletionRequest:
    """Errors: ApiError 400 that names the field and its value."""
    shared = _read_shared(body, COMPLETION, adds_special_tokens=True)
    sampling, echo, number = shared["sampling"], flag(body, "echo"), body.get("logprobs")
    if number is not None:
        sampling["logprobs"] = num_logprobs("logprobs", number)
        if echo:
            sampling.setdefault("prompt_logprobs", number)
    echo_only = echo and body.get("max_tokens") == 0
    if echo_only:
        sampling["max_tokens"] = 1
    return CompletionRequest(prompts=_prompts(body.get("prompt")), echo=echo, echo_only=echo_only, **shared)


def read_chat(body: Mapping[str, Any]) -> ChatCompletionRequest:
    """Errors: ApiError 400 that names the field and its value."""
    shared = _read_shared(body, CHAT, adds_special_tokens=False)
    top = body.get("top_logprobs")
    if flag(body, "logprobs"):
        shared["sampling"]["logprobs"] = 0 if top is None else num_logprobs("top_logprobs", top)
    elif top:
        raise refuse("top_logprobs", top, "it needs logprobs=true")
    template_kwargs = body.get("chat_template_kwargs") or {}
    if not isinstance(template_kwargs, dict):
        raise refuse("chat_template_kwargs", template_kwargs, 'it must be an object like {"enable_thinking": false}')
    limit = body.get("max_completion_tokens")
    if limit is not None:  # the newer name of max_tokens
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise refuse("max_completion_tokens", limit, "it must be a whole number, at least 1")
        shared["max_tokens_field"] = "max_completion_tokens"
        shared["sampling"]["max_tokens"] = limit
    return ChatCompletionRequest(
        messages=_messages(body.get("messages")),
        add_generation_prompt=flag(body, "add_generation_prompt", default=True),
        continue_final_message=flag(body, "continue_final_message"),
        chat_template_kwargs=template_kwargs,
        **shared,
    )


def _read_shared(body: Mapping[str, Any], known: set[str], adds_special_tokens: bool) -> dict[str, Any]:
    """adds_special_tokens: what is done for this kind of request, and the one value that may be asked for."""
    if body.get("add_special_tokens") is adds_special_tokens:
        body = {**body, "add_special_tokens": None}
    for name, nothing in REFUSED.items():
        value = body.get(name)
        if value is not None and value not in nothing:
            raise refuse(name, value, "it is not served: leave it out")
    for name in (COMPLETION | CHAT) - known:
        if body.get(name):  # false, 0 or empty: clients that send every field ask for nothing
            raise refuse(name, body[name], "it belongs to the other kind of completions: leave it out")
    # As vLLM does, because clients send fields of other servers along with every request.
    unknown = sorted(name for name in body if name not in known | REFUSED.keys() | WITHOUT_EFFECT)
    if unknown:
        logger.warning("Ignored unknown fields of a request: %s", shown(unknown))
    options = body.get("stream_options")
    if options is not None and not (flag(body, "stream") and isinstance(options, dict)):
        raise refuse("stream_options", options, "it must be an object, and needs stream=true")
    include_usage = flag(options or {}, "include_usage")
    if (bias := body.get("logit_bias")) is not None:
        body = {**body, "logit_bias": _logit_bias(bias)}
    sampling = {name: body[name] for name in SAMPLING if body.get(name) is not None}
    if (number := body.get("prompt_logprobs")) is not None:
        if flag(body, "stream"):
            raise refuse("prompt_logprobs", number, "it is not served with stream=true: leave one of them out")
        sampling["prompt_logprobs"] = num_logprobs("prompt_logprobs", number)
    return {
        "sampling": sampling,
        "is_stream": flag(body, "stream"),
        "include_usage": include_usage,
        "continuous_usage": flag(options or {}, "continuous_usage_stats") and include_usage,
        "return_token_ids": flag(body, "return_token_ids"),
        "return_prompt_logprobs": number is not None,
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
        for field in ("tool_calls", "function_call"):
            if message.get(field):
                raise refuse(f"{name}.{field}", message[field], "tools are not served: leave it out")
        content = message.get("content")
        if not isinstance(content, (str, list)) and not (content is None and message["role"] == "assistant"):
            raise refuse(f"{name}.content", content, "it must be a text or a list of text parts")
    # OpenAI's form of an answer without text, which clients send back as part of the conversation.
    return [{**message, "content": ""} if message.get("content") is None else message for message in messages]
