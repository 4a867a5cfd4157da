"""How an engine speculates."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from mini_vllm.field_checks import whole


@dataclass(frozen=True, kw_only=True)
class SpeculativeConfig:
    """Speculation by prompt lookup, under vLLM's names.

    num_speculative_tokens: drafts for one request in one step, at most.
    prompt_lookup_min, prompt_lookup_max: how many of the last tokens must occur earlier, and how many are compared.

    Errors: ValueError, naming the field and its value.
    """

    method: str
    num_speculative_tokens: int
    prompt_lookup_min: int
    prompt_lookup_max: int

    def __post_init__(self) -> None:
        if self.method != "ngram":
            raise ValueError(f"speculative_config: method={self.method!r} must be 'ngram'.")
        for name in ("num_speculative_tokens", "prompt_lookup_min", "prompt_lookup_max"):
            whole(f"speculative_config: {name}", getattr(self, name), 1, "at least 1")
        if self.prompt_lookup_min > self.prompt_lookup_max:
            raise ValueError(
                f"speculative_config: prompt_lookup_min={self.prompt_lookup_min} is more than "
                f"prompt_lookup_max={self.prompt_lookup_max}."
            )

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "SpeculativeConfig":
        """From vLLM's dict. Of the two lengths, one that is not given equals the other; without either, both are 5.

        Errors: ValueError for what is not a dict, and for a key that is missing or unknown.
        """
        names = [field.name for field in fields(cls)]
        exist = f"The keys are {', '.join(names)}."
        if not isinstance(settings, Mapping):
            raise ValueError(f"speculative_config={settings!r} must be a dict or None. {exist}")
        wrong = [f"{name!r} is not a key" for name in settings if name not in names]
        wrong += [f"it needs {name!r}" for name in ("method", "num_speculative_tokens") if name not in settings]
        if wrong:
            raise ValueError(f"speculative_config={dict(settings)!r}: {wrong[0]}. {exist}")
        given = {name: value for name, value in settings.items() if value is not None}
        shortest = given.get("prompt_lookup_min", given.get("prompt_lookup_max", 5))
        longest = given.get("prompt_lookup_max", shortest)
        return cls(**{**settings, "prompt_lookup_min": shortest, "prompt_lookup_max": longest})
