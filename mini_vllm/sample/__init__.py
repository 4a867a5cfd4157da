"""From logits to tokens: the parts of vLLM's v1/sample, under its names."""

from mini_vllm.sample.metadata import SamplingMetadata
from mini_vllm.sample.ops.logprobs import Logprob
from mini_vllm.sample.sampler import Sampler, SamplerOutput

__all__ = ["Logprob", "Sampler", "SamplerOutput", "SamplingMetadata"]
