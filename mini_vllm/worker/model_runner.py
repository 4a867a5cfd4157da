"""Computes a step that the scheduler planned: one pass through the model, the next tokens of each request."""

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
            ends = np.cumsum([item.num_new_tokens for item in items])
            rows = [
                row
                for item, end in zip(items, ends.tolist())
                if item.is_sampled
                for row in range(end - 1 - len(item.spec_token_ids), end)
            ]
            # Logits are as wide as the vocabulary: only those that a token is sampled from are computed.
            logits = self.model.compute_logits(hidden[rows])
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
            token_ids += [*item.request.all_token_ids[start:end], *item.spec_token_ids]
            positions += range(start, end)
            tables.append(BlockTable(item.block_ids, self.kv_cache.block_size, num_tokens=end))
        attention = PagedAttention(self.kv_cache, tables, [item.num_new_tokens for item in items])
        return self.model.forward(np.array(token_ids), np.array(positions), attention)

    def sample_tokens(self, logits: np.ndarray, items: list[ScheduledRequest]) -> ModelRunnerOutput:
        """The next token of each request, and those after it as long as they equal its drafts.

        logits: (len(items) + the number of their drafts, vocab_size): of an item's last known token, then of its
        drafts; then of the next item.

        This changes no token, whether greedy or drawn: the logits behind a draft count only if the draft is what
        was sampled, and each token takes the same one uniform number as without drafts. vLLM's rejection sampler
        gives the same distribution, but other tokens.
        """
        output = ModelRunnerOutput()
        lengths = [1 + len(item.spec_token_ids) for item in items]
        pending = list(zip(items, np.cumsum([0, *lengths]).tolist()))  # items, with their next row of logits
        while pending:
            is_all = len(pending) == len(logits)  # as without drafts: no copy is needed
            sampled = self.sampler(
                logits if is_all else logits[[row for _, row in pending]], self._metadata(pending, output)
            )
            accepted = []
            for index, (item, row) in enumerate(pending):
                name = item.request.request_id
                if index in sampled.errors:
                    if name not in output.token_ids:  # behind an accepted draft, the next step meets it again
                        output.errors[name] = sampled.errors[index]
                    continue
                token_ids = output.token_ids.setdefault(name, [])
                token_ids.append(sampled.sampled_token_ids[index])
                if found := sampled.logprobs[index]:
                    output.logprobs.setdefault(name, []).append(found)
                if token_ids == item.spec_token_ids[: len(token_ids)]:
                    accepted.append((item, row + 1))
            pending = accepted
        return output

    @staticmethod
    def _metadata(pending: list[tuple[ScheduledRequest, int]], output: ModelRunnerOutput) -> SamplingMetadata:
        """What the sampler needs for the next token of each item, behind those that are in `output`."""
        requests = [item.request for item, _ in pending]
        return SamplingMetadata(
            params=[request.sampling_params for request in requests],
            generators=[request.generator for request in requests],
            prompt_token_ids=[request.prompt_token_ids for request in requests],
            output_token_ids=[r.output_token_ids + output.token_ids.get(r.request_id, []) for r in requests],
        )
