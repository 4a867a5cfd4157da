"""From text to token ids and back."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from mini_vllm.chat_template import render_chat_template
from mini_vllm.config import read_json
from mini_vllm.detokenizer import IncrementalDetokenizer as IncrementalDetokenizer
from mini_vllm.optional import import_optional

_SPECIAL_TOKENS = ("bos_token", "eos_token", "unk_token", "pad_token")
_ADDED_TOKEN = ("content", "single_word", "lstrip", "rstrip", "normalized")  # what a file says of an added token


class Tokenizer(Protocol):
    """What the engine asks of a tokenizer. `eos_token_ids` are the tokens that end a text."""

    eos_token_ids: tuple[int, ...]

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        """The token ids of `text`. add_special_tokens: with what the model expects around it, if anything."""

    def decode(self, token_ids: Sequence[int], skip_special_tokens: bool = True) -> str:
        """The text of `token_ids`; bytes that are no UTF-8 become U+FFFD."""

    def apply_chat_template(
        self,
        messages: Sequence[Mapping[str, Any]],
        add_generation_prompt: bool = True,
        *,
        continue_final_message: bool = False,
        chat_template: str | None = None,
        tools: Sequence[Mapping[str, Any]] | None = None,
        chat_template_kwargs: Mapping[str, Any] | None = None,
    ) -> list[int]:
        """The token ids of a conversation: see `ChatTokenizer`."""


class ChatTokenizer(ABC):
    """What tokenizers share that can write a conversation.

    chat_template:  Jinja, or None for a model that was not trained to chat.
    special_tokens: what a template calls `bos_token`, `eos_token` and so on.
    """

    def __init__(self, chat_template: str | None, special_tokens: Mapping[str, str] | None) -> None:
        self.chat_template = chat_template
        self.special_tokens = dict(special_tokens or {})

    def apply_chat_template(
        self,
        messages: Sequence[Mapping[str, Any]],
        add_generation_prompt: bool = True,
        *,
        continue_final_message: bool = False,
        chat_template: str | None = None,
        tools: Sequence[Mapping[str, Any]] | None = None,
        chat_template_kwargs: Mapping[str, Any] | None = None,
    ) -> list[int]:
        """The token ids of a conversation, up to where the model's answer begins: see `render_chat_template`.

        chat_template: None: the model's own.
        """
        template = self.chat_template if chat_template is None else chat_template
        if template is None:
            raise ValueError("this model has no chat template: give it a prompt to continue instead of messages.")
        text = render_chat_template(
            template,
            messages,
            add_generation_prompt=add_generation_prompt,
            continue_final_message=continue_final_message,
            tools=tools,
            special_tokens=self.special_tokens,
            chat_template_kwargs=chat_template_kwargs,
        )
        return self.encode(text, add_special_tokens=False)  # the template has written them already

    @abstractmethod
    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]: ...


class FastTokenizer(ChatTokenizer):
    """A tokenizer of the `tokenizers` library, which Hugging Face calls fast; backend is a `tokenizers.Tokenizer`."""

    def __init__(
        self,
        backend: Any,
        eos_token_ids: Iterable[int] = (),
        chat_template: str | None = None,
        special_tokens: Mapping[str, str] | None = None,
    ) -> None:
        backend.no_truncation()
        backend.no_padding()
        super().__init__(chat_template, special_tokens)
        self._backend = backend
        eos = backend.token_to_id(self.special_tokens.get("eos_token", ""))
        self.eos_token_ids = tuple(dict.fromkeys([*eos_token_ids, *([] if eos is None else [eos])]))

    @classmethod
    def from_folder(cls, folder: Path, eos_token_ids: Iterable[int] = ()) -> "FastTokenizer":
        """Read tokenizer.json, and where there are any, the files beside it: see `read_tokenizer_config`."""
        tokenizers, path = import_optional("tokenizers"), folder / "tokenizer.json"
        if not path.is_file():
            raise ValueError(f"{path} does not exist: download it from where the model's weights are.")
        try:
            backend = tokenizers.Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises no other
            raise ValueError(f"{path} cannot be read ({error}): download or copy the file again.") from None
        known = {token.content for token in backend.get_added_tokens_decoder().values()}
        config = read_tokenizer_config(folder)
        for token in _named_tokens(config):
            if token["content"] not in known:
                backend.add_tokens([tokenizers.AddedToken(**token)])
                known.add(token["content"])
        return cls(backend, eos_token_ids, *read_chat_settings(folder, config))

    def save(self, folder: Path) -> None:
        """Write the files that `from_folder` reads."""
        self._backend.save(str(folder / "tokenizer.json"), pretty=False)
        config = json.dumps({**self.special_tokens, "chat_template": self.chat_template}, indent=1)
        (folder / "tokenizer_config.json").write_text(config, encoding="utf-8")

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        token_ids: list[int] = self._backend.encode(text, add_special_tokens=add_special_tokens).ids
        return token_ids

    def decode(self, token_ids: Sequence[int], skip_special_tokens: bool = True) -> str:
        text: str = self._backend.decode(token_ids, skip_special_tokens=skip_special_tokens)
        return text


def read_tokenizer_config(folder: Path) -> dict[str, Any]:
    """What tokenizer_config.json says; in the older form, without added_tokens_decoder, special_tokens_map.json too."""
    path, older = folder / "tokenizer_config.json", folder / "special_tokens_map.json"
    config = read_json(path) if path.is_file() else {}
    return config | read_json(older) if "added_tokens_decoder" not in config and older.is_file() else config


def read_chat_settings(folder: Path, config: Mapping[str, Any]) -> tuple[str | None, dict[str, str]]:
    """The chat template, from `config` or chat_template.jinja, and the special tokens.

    config: what `read_tokenizer_config` returns.
    """
    template = config.get("chat_template")
    if isinstance(template, list):  # several, each with a name
        template = {entry["name"]: entry["template"] for entry in template}.get("default")
    if (folder / "chat_template.jinja").is_file():
        template = (folder / "chat_template.jinja").read_text(encoding="utf-8")
    special = {name: config[name] for name in _SPECIAL_TOKENS if config.get(name)}
    return template, {name: token["content"] if isinstance(token, dict) else token for name, token in special.items()}


def _named_tokens(config: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The arguments of `tokenizers.AddedToken` for each token that a config names, in the order of their ids.

    tokenizer.json need not have them all; transformers then adds them, so a text that holds one has its id.
    """
    by_id = config.get("added_tokens_decoder", {})
    extra = config.get("extra_special_tokens") or ()
    listed = [config[name] for name in _SPECIAL_TOKENS if config.get(name)]
    listed += config.get("additional_special_tokens") or ()
    listed += extra.values() if isinstance(extra, dict) else extra
    special = [token if isinstance(token, dict) else {"content": token} for token in listed]
    special_contents = [token["content"] for token in special]
    for token in [*(by_id[token_id] for token_id in sorted(by_id, key=int)), *special]:
        is_special = token["content"] in special_contents or bool(token.get("special"))
        yield {name: token[name] for name in _ADDED_TOKEN if name in token} | {"special": is_special}
