"""From a user's prompt and parameters to requests."""

import time
from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

from numpy.random import SeedSequence

from mini_vllm.config import ModelConfig
from mini_vllm.engine_config import EngineConfig
from mini_vllm.request import Request
from mini_vllm.sampling_params import SamplingParams
from mini_vllm.tokenizer import Tokenizer

Prompt = str | Sequence[int] | Mapping[str, Any]  # a text, its token ids, or vLLM's {"prompt": ...} of either


class InputProcessor:
    """Checks prompts and parameters, and makes requests of them.

    tokenizer: None if prompts are given as token ids only.
    """

    def __init__(self, tokenizer: Tokenizer | None, model: ModelConfig, config: EngineConfig) -> None:
        self.tokenizer, self.vocab_size, self.max_model_len = tokenizer, model.vocab_size, config.max_model_len
        self.eos_token_ids = frozenset(tokenizer.eos_token_ids if tokenizer else ()) | {*model.eos_token_ids}
        self._seeds = SeedSequence(config.seed)

    def process_inputs(
        self, request_id: str, prompt: Prompt, params: SamplingParams, arrival_time: float | None = None
    ) -> list[Request]:
        """A caller's request as requests for the scheduler: one for each of the `n` completions, with vLLM's names.

        arrival_time: on time.monotonic's clock; None: now.

        Errors: TypeError or ValueError, naming the value, for a prompt or parameters that cannot be served.
        """
        arrival_time = time.monotonic() if arrival_time is None else arrival_time
        if not isinstance(request_id, str):
            raise TypeError(f"request_id={request_id!r} must be a string.")
        all_params = self._params_of_completions(params)
        text, token_ids = self.preprocess(prompt)
        return [
            Request(
                request_id if len(all_params) == 1 else f"{index}_{request_id}",
                token_ids,
                child,
                self.eos_token_ids,
                seed=seed,
                external_req_id=request_id,
                index=index,
                prompt=text,
                arrival_time=arrival_time,
            )
            for index, (child, seed) in enumerate(zip(all_params, self._seeds.spawn(len(all_params))))
        ]

    def preprocess(self, prompt: Prompt) -> tuple[str | None, list[int]]:
        """The text of a prompt, None if there is none, and its token ids.

        Errors: TypeError or ValueError that names what is wrong: a prompt of another type, an empty one, a
        token id outside the vocabulary, or a prompt that leaves no room for a token behind it.
        """
        content = self._content(prompt) if isinstance(prompt, Mapping) else prompt
        text = content if isinstance(content, str) else None
        token_ids = self._checked_ids(content) if text is None else self._encode(text)
        if not token_ids:
            raise ValueError(f"prompt={content!r} is empty: it needs at least one token to continue from.")
        if len(token_ids) >= self.max_model_len:
            raise ValueError(
                f"The prompt has {len(token_ids)} tokens, and max_model_len={self.max_model_len} tokens must hold it "
                f"and at least one more: shorten it to {self.max_model_len - 1}, or raise max_model_len."
            )
        return text, token_ids

    def _params_of_completions(self, params: SamplingParams) -> list[SamplingParams]:
        """The parameters of each completion, with eos tokens and bad words as token ids."""
        if not isinstance(params, SamplingParams):
            raise TypeError(f"params={params!r} must be a SamplingParams.")
        if params.stop and self.tokenizer is None:
            raise ValueError(f"stop={params.stop!r} needs a tokenizer, and this engine has none: use stop_token_ids.")
        for name, token_ids in (("allowed_token_ids", params.allowed_token_ids), ("logit_bias", params.logit_bias)):
            outside = [token_id for token_id in token_ids or () if token_id >= self.vocab_size]
            if outside:
                last = self.vocab_size - 1
                raise ValueError(f"{name}={outside} lies outside the vocabulary, token ids 0 to {last}.")
        bad_words = [word for text in params.bad_words or () for word in self._bad_word(text)]
        return [params.child(index, self.eos_token_ids, bad_words) for index in range(params.n)]

    def _bad_word(self, text: str) -> list[list[int]]:
        """A bad word as token ids, and those of the word behind a space if only the first differs, as in vLLM."""
        if self.tokenizer is None:
            raise ValueError(f"bad_words=[{text!r}] needs a tokenizer, and this engine has none.")
        first, behind = (self._encode(space + text.lstrip(), add_special_tokens=False) for space in ("", " "))
        if not first:
            raise ValueError(f"bad_words=[{text!r}] has no tokens.")
        is_other = len(behind) == len(first) and behind[0] != first[0]
        return [first, behind] if is_other else [first]

    def _encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        if self.tokenizer is None:
            raise ValueError("This engine has no tokenizer: give the prompt as a list of token ids.")
        try:
            return self._checked_ids(self.tokenizer.encode(text, add_special_tokens))
        except UnicodeEncodeError as error:
            raise ValueError(f"The text is not valid Unicode ({error}): remove the lone surrogate.") from None

    def _checked_ids(self, prompt: object) -> list[int]:
        wanted = "a prompt is a text or a list of token ids"
        if isinstance(prompt, bytes) or not hasattr(prompt, "__iter__"):
            raise TypeError(f"prompt={prompt!r} is of type {type(prompt).__name__}, but {wanted}.")
        token_ids = list(prompt)
        for token_id in token_ids:
            if isinstance(token_id, bool) or not isinstance(token_id, Integral):
                raise TypeError(f"The prompt holds {token_id!r}, of type {type(token_id).__name__}, but {wanted}.")
            if not 0 <= int(token_id) < self.vocab_size:
                raise ValueError(f"token id {token_id} is outside the vocabulary, 0 to {self.vocab_size - 1}.")
        return [int(token_id) for token_id in token_ids]

    @staticmethod
    def _content(prompt: Mapping[str, Any]) -> object:
        for key in ("prompt_token_ids", "prompt"):
            if prompt.get(key) is not None:
                return prompt[key]
        raise ValueError(f"prompt={dict(prompt)!r} has neither the key 'prompt' nor 'prompt_token_ids'.")
