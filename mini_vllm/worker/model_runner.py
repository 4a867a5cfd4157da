"""Computes a step that the scheduler planned: one pass through the model, one token for each request."""

import numpy as np

from mini_vllm.core.output import ModelRunnerOutput, ScheduledRequest, SchedulerOutput
from mini_vllm.engine_config import EngineConfig
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.sample import Sampler, SamplingMetadata
from mini_vllm.worker.paged_kv_cache import BlockTable, PagedAttention, PagedKVCache
from mini_vllm.worker.prompt_logprobs import add_prompt_logprobs


class ModelRunner:
    """The model, its KV cache and the sampler."""

    def __init__(self, model: LlamaForCausalLM, config: EngineConfig) -> None:
        self.model = model
        self.kv_cache = PagedKVCache(model.config, config.num_blocks, config.block_size)
        self.sampler = Sampler()

    def execute_model(self, output: SchedulerOutput) -> ModelRunnerOutput:
        """Pass the scheduled tokens of all requests through the model together, and sample where it is time to."""
        items = output.scheduled
        # A NaN is reported by the sampler, for its own request; numpy need not warn as well.
        with np.errstate(all="ignore"):
            hidden = self.forward(items)
            last_rows = np.cumsum([item.num_new_tokens for item in items]) - 1
            is_sampled = np.array([item.is_sampled for item in items])
            # Logits are as wide as the vocabulary: only those that a token is sampled from are computed.
            logits = self.model.compute_logits(hidden[last_rows[is_sampled]])
            sampled = self.sample_tokens(logits, [item for item in items if item.is_sampled])
            add_prompt_logprobs(sampled, self.model, hidden, items)
        return sampled

    def forward(self, items: list[ScheduledRequest]) -> np.ndarray:
        """Pass the scheduled tokens through the model, and write their K and V to the cache.

        Returns the final hidden states, (total_num_scheduled_tokens, hidden_size), one request after the other.
        """
        token_ids: list[int] = []
        positions: list[int] = []
        tables: list[BlockTable] = []
        for item in items:
            start = item.request.num_computed_tokens
            end = start + item.num_new_tokens
            token_ids += item.request.all_token_ids[start:end]
            positions += range(start, end)
            tables.append(BlockTable(item.block_ids, self.kv_cache.block_size, num_tokens=end))
        attention = PagedAttention(self.kv_cache, tables, [item.num_new_tokens for item in items])
        return self.model.forward(np.array(token_ids), np.array(positions), attention)

    def sample_tokens(self, logits: np.ndarray, items: list[ScheduledRequest]) -> ModelRunnerOutput:
        """The next token of each request. logits: (len(items), vocab_size)."""
        if not items:
            return ModelRunnerOutput()
        requests = [item.request for item in items]
        metadata = SamplingMetadata(
            request_ids=[request.request_id for request in requests],
            params=[request.sampling_params for request in requests],
            generators=[request.generator for request in requests],
            prompt_token_ids=[request.prompt_token_ids for request in requests],
            output_token_ids=[request.output_token_ids for request in requests],
        )
        sampled = self.sampler(logits, metadata)
        errors = {requests[row].request_id: str(error) for row, error in sampled.errors.items()}
        rows = [(request.request_id, row) for row, request in enumerate(requests) if row not in sampled.errors]
        return ModelRunnerOutput(
            token_ids={request_id: sampled.sampled_token_ids[row] for request_id, row in rows},
            logprobs={request_id: found for request_id, row in rows if (found := sampled.logprobs[row])},
            errors=errors,
        )
