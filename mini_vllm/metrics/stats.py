"""What the scheduler counts, under vLLM's names."""

from dataclasses import dataclass


@dataclass
class SchedulerStats:
    """What a scheduler is doing, and has done since it started; `Scheduler.make_stats` returns a copy."""

    num_running_reqs: int = 0
    num_waiting_reqs: int = 0
    kv_cache_usage: float = 0.0  # share of the blocks that requests use, 0 to 1
    num_steps: int = 0  # computed, also those that an exception undid
    num_tokens_processed: int = 0  # token positions passed through the model
    num_preemptions: int = 0
    prefix_cache_queries: int = 0  # prompt tokens looked for in the cache
    prefix_cache_hits: int = 0  # and found there
    num_draft_tokens: int = 0  # guessed by speculation
    num_accepted_tokens: int = 0  # of them, those that were what was sampled
