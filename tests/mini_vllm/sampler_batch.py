"""The metadata of a batch of made-up requests, for the sampler's tests."""

import numpy as np

from mini_vllm.sample import SamplingMetadata
from mini_vllm.sampling_params import SamplingParams


def batch_metadata(settings: list[dict], prompts=None, outputs=None) -> SamplingMetadata:
    """One request for each of `settings`; without prompts and outputs, their tokens are none."""
    rows = range(len(settings))
    return SamplingMetadata(
        params=[SamplingParams(**setting) for setting in settings],
        generators=[np.random.default_rng(100 + row) for row in rows],
        prompt_token_ids=prompts or [[]] * len(rows),
        output_token_ids=outputs or [[]] * len(rows),
    )
