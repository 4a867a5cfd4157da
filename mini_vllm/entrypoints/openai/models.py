"""The model that is served: /v1/models."""

import time
from dataclasses import dataclass, field
from typing import Any

from mini_vllm.entrypoints.openai.errors import ApiError
from mini_vllm.entrypoints.openai.fields import shown
from mini_vllm.sampling_params import SamplingParams


@dataclass(frozen=True)
class ServedModel:
    """names: what requests may call it; the first is what responses call it."""

    names: list[str]
    max_model_len: int
    default_sampling_params: SamplingParams
    created: int = field(default_factory=lambda: int(time.time()))

    def check(self, name: object) -> None:
        """Errors: ApiError 404 for another model's name. None and "" mean this one, as in vLLM."""
        if name not in (None, "", *self.names):
            message = f"model={shown(name)} is not served here; {self.names[0]!r} is."
            raise ApiError(404, message, "model", "model_not_found")

    def cards(self) -> list[dict[str, Any]]:
        """One for each name."""
        return [
            {
                "id": name,
                "object": "model",
                "created": self.created,
                "owned_by": "mini_vllm",
                "max_model_len": self.max_model_len,
            }
            for name in self.names
        ]
