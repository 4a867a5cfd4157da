"""What the sampler has to know of a batch besides its logits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mini_vllm.sampling_params import SamplingParams


@dataclass(frozen=True)
class SamplingMetadata:
    """One entry for each row of the batch, in each field.

    A generator belongs to one request for its whole life: np.random.default_rng(params.seed). The token
    ids lie in the vocabulary.
    """

    params: Sequence[SamplingParams]
    generators: Sequence[np.random.Generator]
    prompt_token_ids: Sequence[Sequence[int]]
    output_token_ids: Sequence[Sequence[int]]
