"""A caller's own scheduler and block hasher take the place of the engine's."""

from collections import deque

import pytest
from engines import engine, expected_tokens, greedy, random_prompt, run, token_ids

from mini_vllm import LLM
from mini_vllm.core.output import SchedulerOutput
from mini_vllm.core.scheduler import Scheduler


class OneAtATime(Scheduler):
    """Lets one request run at a time, whatever max_num_seqs says."""

    def schedule(self) -> SchedulerOutput:
        waiting, self.waiting = self.waiting, deque()
        if not self.running and waiting:
            self.waiting.append(waiting.popleft())
        plan = super().schedule()
        self.waiting.extend(waiting)
        assert len(plan.scheduled) == 1
        return plan


def test_a_scheduler_class_of_the_caller_plans_the_steps():
    an_engine = engine(scheduler_cls=OneAtATime)
    prompts = {name: random_prompt(seed, 9) for seed, name in enumerate("abc")}
    for name, prompt in prompts.items():
        an_engine.add_request(name, prompt, greedy())
    outputs = token_ids(run(an_engine))
    assert outputs == {name: expected_tokens(prompt, greedy()) for name, prompt in prompts.items()}
    assert an_engine.stats.num_steps == 3 * 12


@pytest.mark.parametrize(
    ("block_hasher", "num_hits"),
    [
        (None, 16),
        # chained, as it must be: everything up to the block's end
        (lambda r: [tuple(r.all_token_ids[:n]) for n in range(4, r.num_tokens + 1, 4)][len(r.block_hashes) :], 16),
        (lambda r: [object() for _ in range(r.num_tokens // 4)][len(r.block_hashes) :], 0),
    ],
)
def test_a_block_hasher_of_the_caller_decides_which_blocks_are_equal(block_hasher, num_hits):
    an_engine, prompt = engine(block_size=4, block_hasher=block_hasher), random_prompt(1, 18)
    for name in "ab":
        an_engine.add_request(name, prompt, greedy(4))
        assert token_ids(run(an_engine))[name] == expected_tokens(prompt, greedy(4))
    assert an_engine.stats.prefix_cache_hits == num_hits


@pytest.mark.parametrize("wrong", [{"scheduler_cls": "Scheduler"}, {"block_hasher": 16}])
def test_a_seam_that_cannot_be_used_is_named(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"{name}={value!r} must be"):
        LLM(**wrong)
