"""Continuous batching: which tokens of which requests are computed in the next step."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import repeat

from mini_vllm.core.kv_cache_manager import KVCacheManager
from mini_vllm.core.output import ModelRunnerOutput, ScheduledRequest, SchedulerOutput
from mini_vllm.engine_config import EngineConfig
from mini_vllm.metrics.stats import SchedulerStats
from mini_vllm.request import Request, RequestStatus
from mini_vllm.spec_decode.ngram_proposer import NgramProposer


class Scheduler:
    """First come, first served, under a budget of tokens for each step and of blocks for all.

    Running requests come first, then waiting ones while there is room. A prompt longer than what is left of
    the budget is computed in pieces, over several steps (chunked prefill). When a running request finds no
    free block, the one that came last gives up its own and waits again; it computes everything anew later
    (preemption by recomputation), except what it still finds in the cache.

    With speculation, drafts get what is left of budget and blocks then, so they delay and preempt no request.
    """

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        self.kv_cache_manager = KVCacheManager(
            config.num_blocks, config.block_size, config.enable_prefix_caching, config.block_hasher
        )
        speculation = config.speculative_config
        self.proposer = None if speculation is None else NgramProposer(speculation, config.max_model_len)
        self.waiting: deque[Request] = deque()
        self.running: list[Request] = []
        self.requests: dict[str, Request] = {}  # all unfinished ones
        self.stats = SchedulerStats()

    def add_request(self, request: Request) -> None:
        self.requests[request.request_id] = request
        self.waiting.append(request)

    def schedule(self) -> SchedulerOutput:
        """Plan the next step, and reserve the blocks that it needs."""
        budget = self.config.max_num_batched_tokens
        planned: list[tuple[Request, int]] = []
        num_preemptions = self.stats.num_preemptions
        for request in self.running:  # a preemption takes requests off its end: later ones, or this one as the last
            num_new_tokens = min(request.num_tokens - request.num_computed_tokens, budget)
            if budget == 0 or not self._make_room(request, num_new_tokens):
                break
            planned.append((request, num_new_tokens))
            budget -= num_new_tokens
        # After a preemption nothing starts: the preempted request is next, and would take the blocks right back.
        may_start = self.stats.num_preemptions == num_preemptions
        while may_start and self.waiting and budget and len(self.running) < self.config.max_num_seqs:
            request = self.waiting[0]
            computed = self.kv_cache_manager.get_computed_blocks(request)
            num_computed = len(computed) * self.config.block_size
            num_new_tokens = min(request.num_tokens - num_computed, budget)
            if not self.kv_cache_manager.allocate_slots(request, num_new_tokens, computed):
                break
            self._start(request, num_computed)
            planned.append((request, num_new_tokens))
            budget -= num_new_tokens
        scheduled = []
        for request, num_new_tokens in planned:
            drafts = self._draft(request, num_new_tokens, budget)  # none behind a piece of a prompt: budget is 0
            budget -= len(drafts)
            block_ids = self.kv_cache_manager.get_block_ids(request.request_id)
            scheduled.append(ScheduledRequest(request, num_new_tokens + len(drafts), block_ids, drafts))
        return SchedulerOutput(scheduled)

    def update_from_output(self, output: SchedulerOutput, sampled: ModelRunnerOutput) -> list[Request]:
        """Take in what a step computed, and give the requests that it ended their final status.

        Returns the requests that got a token, or failed; `finish_request` takes the ended ones out of the batch.
        """
        updated = []
        self.stats.num_steps += 1
        for item in output.scheduled:
            self.stats.num_tokens_processed += item.num_new_tokens
            request, request_id = item.request, item.request.request_id
            request.prompt_logprobs += sampled.prompt_logprobs.get(request_id, [])
            token_ids = sampled.token_ids.get(request_id, [])
            if request_id in sampled.errors:
                request.error, token_ids = sampled.errors[request_id], []
                request.status = RequestStatus.FINISHED_ERROR
            for token_id, logprobs in zip(token_ids, sampled.logprobs.get(request_id, repeat(None))):
                request.append_output_token_id(token_id, logprobs)
                request.check_stop(self.config.max_model_len)
                if request.status.is_finished:
                    break  # what was accepted behind it is not wanted
            # The newest token is not computed yet, and K and V of rejected drafts do not count.
            num_computed_tokens = request.num_computed_tokens + item.num_new_tokens
            request.num_computed_tokens = min(num_computed_tokens, request.num_tokens - 1)
            if item.spec_token_ids:
                num_drafts, num_accepted = len(item.spec_token_ids), max(len(token_ids) - 1, 0)
                self.stats.num_draft_tokens += num_drafts
                self.stats.num_accepted_tokens += num_accepted
                request.draft_pause.update(request.num_tokens, num_drafts, num_accepted)
                self.kv_cache_manager.free_draft_blocks(request)
            if token_ids or request.status.is_finished:  # otherwise a piece of a prompt: there is more to compute
                updated.append(request)
        return updated

    def finish_request(self, request_id: str, status: RequestStatus) -> None:
        """Take a request out, wherever it is, and free its blocks. Unknown or finished ids are ignored."""
        request = self.requests.pop(request_id, None)
        if request is not None:
            request.status = status
            (self.running if request in self.running else self.waiting).remove(request)
            self.kv_cache_manager.free(request)

    def reset(self, requests: Iterable[Request]) -> None:
        """Put all `requests` back into the queue without blocks, after a step was broken off.

        A failed step leaves its KV undefined, so the prefix cache is dropped as well.

        requests: the unfinished ones, in the order of their arrival.
        """
        self.kv_cache_manager.reset()
        self.requests = {request.request_id: request for request in requests}
        self.running.clear()
        self.waiting.clear()
        self.waiting.extend(self.requests.values())

    def has_unfinished_requests(self) -> bool:
        return bool(self.requests)

    def make_stats(self) -> SchedulerStats:
        """The numbers of this moment."""
        return replace(
            self.stats,
            num_running_reqs=len(self.running),
            num_waiting_reqs=len(self.waiting),
            kv_cache_usage=self.kv_cache_manager.block_pool.usage,
        )

    def _draft(self, request: Request, num_new_tokens: int, budget: int) -> list[int]:
        """Drafts for a request whose next token is sampled, as far as the budget and the free blocks go."""
        drafts = self.proposer.propose(request, budget) if self.proposer else []
        while drafts and not self.kv_cache_manager.allocate_slots(request, num_new_tokens + len(drafts)):
            drafts.pop()
        return drafts

    def _start(self, request: Request, num_computed_tokens: int) -> None:
        self.waiting.popleft()
        self.running.append(request)
        if request.first_scheduled_time is None:
            request.first_scheduled_time = time.monotonic()
            request.num_cached_tokens = num_computed_tokens
            self.stats.prefix_cache_queries += request.num_tokens
            self.stats.prefix_cache_hits += num_computed_tokens
        request.status, request.num_computed_tokens = RequestStatus.RUNNING, num_computed_tokens

    def _make_room(self, request: Request, num_new_tokens: int) -> bool:
        """Reserve blocks for a running request, at the cost of those that came after it.

        False if there are not enough even so; the request is then preempted, too.
        """
        while not self.kv_cache_manager.allocate_slots(request, num_new_tokens):
            if self._preempt_last() is request:
                return False
        return True

    def _preempt_last(self) -> Request:
        request = self.running.pop()
        self.kv_cache_manager.free(request)
        request.preempt()
        self.stats.num_preemptions += 1
        self.waiting.appendleft(request)  # it came before all who wait
        return request
