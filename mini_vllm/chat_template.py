"""Chat templates: how a model wants a conversation written as one text."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

from mini_vllm.optional import import_optional

if TYPE_CHECKING:
    import jinja2


def render_chat_template(
    template: str,
    messages: Sequence[Mapping[str, Any]],
    *,
    add_generation_prompt: bool = True,
    special_tokens: Mapping[str, str] | None = None,
) -> str:
    """`messages` as one text, by a Jinja template that Hugging Face's apply_chat_template would take.

    messages:       for example [{"role": "user", "content": "Hello"}].
    special_tokens: what the template may call `bos_token`, `eos_token` and so on.

    Errors: ValueError for messages of another form, and for those that the template refuses.
    """
    if isinstance(messages, (str, Mapping)) or not messages or not all(isinstance(m, Mapping) for m in messages):
        raise ValueError(f"messages={messages!r} must be a list like [{{'role': 'user', 'content': 'Hello'}}].")
    jinja2 = import_optional("jinja2")  # takes longer to load than the rest of the engine, and only chats need it
    try:
        return _compiled(template).render(
            messages=messages, add_generation_prompt=add_generation_prompt, **(special_tokens or {})
        )
    except jinja2.TemplateError as error:
        raise ValueError(f"the chat template does not take these messages: {error}") from None


@lru_cache
def _compiled(template: str) -> "jinja2.Template":
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # A template comes from whoever made the model: the sandbox keeps it from running code of its own.
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    environment.filters["tojson"] = lambda value, **options: json.dumps(value, ensure_ascii=False, **options)
    environment.globals["raise_exception"] = _raise
    environment.globals["strftime_now"] = lambda format: datetime.now().strftime(format)
    return environment.from_string(template)


def _raise(message: str) -> NoReturn:
    import jinja2

    raise jinja2.TemplateError(message)
