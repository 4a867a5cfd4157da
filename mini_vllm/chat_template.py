"""Chat templates: how a model wants a conversation written as one text."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

from mini_vllm.optional import import_optional

if TYPE_CHECKING:
    import jinja2

_END = "<end of the last message> "  # its trailing space shows whether the template strips contents


def render_chat_template(
    template: str,
    messages: Sequence[Mapping[str, Any]],
    *,
    add_generation_prompt: bool = True,
    continue_final_message: bool = False,
    tools: Sequence[Mapping[str, Any]] | None = None,
    special_tokens: Mapping[str, str] | None = None,
    chat_template_kwargs: Mapping[str, Any] | None = None,
) -> str:
    """`messages` as one text, by a Jinja template that Hugging Face's apply_chat_template would take.

    messages:       for example [{"role": "user", "content": "Hello"}]. A content may be a list of text parts,
                    [{"type": "text", "text": "Hello"}], which are joined by newlines.
    add_generation_prompt:  end where the model's answer begins.
    continue_final_message: end where the last message does, so that the model continues it.
    tools:          functions that the model may call, as the JSON objects that its template expects.
    special_tokens: what the template may call `bos_token`, `eos_token` and so on.
    chat_template_kwargs: what else the template reads, for example {"enable_thinking": False} with Qwen3.

    Errors: ValueError for messages of another form, for those that the template refuses, and for a template
    with a syntax error.
    """
    if isinstance(messages, (str, Mapping)) or not messages or not all(isinstance(m, Mapping) for m in messages):
        raise ValueError(f"messages={messages!r} must be a list like [{{'role': 'user', 'content': 'Hello'}}].")
    messages = [_with_text(message, index) for index, message in enumerate(messages)]
    if continue_final_message:
        if add_generation_prompt:
            raise ValueError("continue_final_message=True needs add_generation_prompt=False: the answer has begun.")
        messages[-1] = {**messages[-1], "content": (messages[-1].get("content") or "") + _END}
    jinja2 = import_optional("jinja2")  # takes longer to load than the rest of the engine, and only chats need it
    try:
        own = {"messages": messages, "add_generation_prompt": add_generation_prompt, "tools": tools, "documents": None}
        text: str = _compiled(template).render({**(chat_template_kwargs or {}), **(special_tokens or {}), **own})
    except jinja2.TemplateSyntaxError as error:
        raise ValueError(f"the chat template cannot be read: line {error.lineno}: {error}") from None
    except (jinja2.TemplateError, TypeError) as error:
        raise ValueError(f"the chat template does not take these messages: {error}") from None
    return _up_to_end(text) if continue_final_message else text


def _with_text(message: Mapping[str, Any], index: int) -> Mapping[str, Any]:
    """The message with its content as one string."""
    content = message.get("content")
    if content is None or isinstance(content, str):
        return message
    if not isinstance(content, Sequence):
        raise ValueError(f"messages[{index}]: content={content!r} must be a text or a list of text parts.")
    for part in content:
        kind = part.get("type") if isinstance(part, Mapping) else None
        if kind != "text" or not isinstance(part.get("text"), str):
            raise ValueError(
                f"messages[{index}]: content holds {part!r}, but mini_vllm reads parts like "
                "{'type': 'text', 'text': 'Hello'} only."
            )
    return {**message, "content": "\n".join(part["text"] for part in content)}


def _up_to_end(text: str) -> str:
    end = text.rfind(_END.rstrip())
    if end < 0:
        raise ValueError("continue_final_message: the chat template does not write the last message.")
    return text[:end] if text.startswith(_END, end) else text[:end].rstrip()


@lru_cache
def _compiled(template: str) -> "jinja2.Template":
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from mini_vllm.generation_tag import GenerationTag

    # A template comes from whoever made the model: the sandbox keeps it from running code of its own.
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, GenerationTag]
    )
    environment.filters["tojson"] = lambda value, **options: json.dumps(value, **{"ensure_ascii": False} | options)
    environment.globals["raise_exception"] = _raise
    environment.globals["strftime_now"] = lambda format: datetime.now().strftime(format)
    return environment.from_string(template)


def _raise(message: str) -> NoReturn:
    import jinja2

    raise jinja2.TemplateError(message)
