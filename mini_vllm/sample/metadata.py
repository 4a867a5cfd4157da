"""What the sampler has to know of a batch besides its logits."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from mini_vllm.sampling_params import SamplingParams


@dataclass(frozen=True)
class SamplingMetadata:
    """One entry for each row of the batch, in each field.

    A generator belongs to one request for its whole life: np.random.default_rng(params.seed). The token
    ids are read by penalties only; as int64 arrays they need no conversion at every step.

    Errors: ValueError if the fields differ in length.
    """

    request_ids: Sequence[str]
    params: Sequence[SamplingParams]
    generators: Sequence[np.random.Generator]
    prompt_token_ids: Sequence[Sequence[int]]
    output_token_ids: Sequence[Sequence[int]]

    def __post_init__(self) -> None:
        lengths = {field.name: len(getattr(self, field.name)) for field in fields(self)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"Each field needs one entry for each row, but the lengths are {lengths}.")
