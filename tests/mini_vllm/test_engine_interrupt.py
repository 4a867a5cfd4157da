"""A step that is broken off anywhere leaves nothing taken and changes no token; one that cannot go on says so."""

import sys
from pathlib import Path

import pytest
from engines import MODEL, check_blocks, engine, greedy, random_prompt, run, token_ids
from letters import LetterTokenizer

import mini_vllm
from mini_vllm import LLM, EngineConfig, LLMEngine, SamplingParams
from mini_vllm.core.output import SchedulerOutput
from mini_vllm.core.scheduler import Scheduler
from mini_vllm.engine import llm_engine

PACKAGE = Path(mini_vllm.__file__).parent
INTERRUPTIBLE = [
    *(PACKAGE / "engine").glob("*.py"),
    *(PACKAGE / "core").glob("*.py"),
    *(PACKAGE / "sample").rglob("*.py"),
    *(PACKAGE / "worker").glob("*.py"),
    PACKAGE / "request.py",
    PACKAGE / "tokenizer.py",
]
REQUESTS = {
    "a": (random_prompt(1, 9), greedy(9, logprobs=2)),
    "b": (random_prompt(1, 11), SamplingParams(n=3, seed=1, max_tokens=10, prompt_logprobs=1, logprobs=0)),
    "c": (random_prompt(2, 7), SamplingParams(seed=2, max_tokens=12, stop="e", min_tokens=4)),
    "d": (random_prompt(3, 5), SamplingParams(seed=3, max_tokens=3)),
}


class Interrupt:
    """Raises KeyboardInterrupt at the n-th line that the engine executes within `step`; None: notes all of them."""

    def __init__(self, n: int | None = None) -> None:
        self.left, self.files = n or sys.maxsize, {str(path) for path in INTERRUPTIBLE}
        self.lines: list[tuple[str, int]] = []

    def __enter__(self):
        sys.settrace(self.call)
        return self

    def __exit__(self, *exception):
        sys.settrace(None)

    def call(self, frame, event, argument):
        if frame.f_code.co_filename not in self.files:
            return None
        # The rollback has its own test; _exclusive holds a lock, and Python handles no signal just before its release.
        return None if frame.f_code.co_name in ("_roll_back", "_exclusive") else self.line

    def line(self, frame, event, argument):
        if event == "line":
            self.lines.append((frame.f_code.co_filename, frame.f_lineno))
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self.line


def make() -> LLMEngine:
    limits = {"block_size": 4, "num_blocks": 13, "max_model_len": 24, "max_num_batched_tokens": 12}
    an_engine = LLMEngine(MODEL, LetterTokenizer(), EngineConfig.for_model(MODEL.config, **limits))
    for name, (prompt, params) in REQUESTS.items():
        an_engine.add_request(name, prompt, params)
    return an_engine


def content(outputs) -> dict:
    """All of the outputs but times and the last digits of logprobs, which depend on the shape of a batch."""
    found = {}
    for name, output in outputs.items():
        prompt = [entries and [*entries] for entries in output.prompt_logprobs or ()]
        found[name] = [output.error, prompt]
        for each in output.outputs:
            entries = [[*entries] for entries in each.logprobs or ()]
            found[name].append((each.text, each.token_ids, entries, each.finish_reason, each.stop_reason))
            if entries:
                total = sum(entries[token].logprob for entries, token in zip(each.logprobs, each.token_ids))
                assert each.cumulative_logprob == pytest.approx(total)
    return found


EXPECTED = content(run(make()))
NUM_STEPS = 22  # that they take


def after(num_steps: int) -> tuple[LLMEngine, dict]:
    """An engine after so many steps, and the last output of each request."""
    an_engine, outputs = make(), {}
    for _ in range(num_steps):
        outputs |= {output.request_id: output for output in an_engine.step()}
    return an_engine, outputs


def lines_of_step(num_steps: int) -> list[tuple[str, int]]:
    """The lines, as file and number, that the step behind those executes, in their order, without the last one.

    That is `return outputs`: Python handles no signal between the store before it and the caller's next one.
    """
    an_engine, _ = after(num_steps)
    with Interrupt() as interrupt:
        an_engine.step()
    return interrupt.lines[:-1]


def break_off(num_steps: int, n: int) -> None:
    """Break the step behind those off at its n-th line, from 1; what comes of the requests is checked."""
    an_engine, outputs = after(num_steps)
    unfinished = set(an_engine.output_processor.request_states)
    with Interrupt(n), pytest.raises(KeyboardInterrupt):
        an_engine.step()
    check_blocks(an_engine)
    assert set(an_engine.output_processor.request_states) <= unfinished
    assert content(outputs | run(an_engine)) == EXPECTED
    assert an_engine.output_processor.request_states == {} and an_engine.scheduler.requests == {}


@pytest.mark.parametrize(
    ("num_steps", "stride"),
    [
        *((0, 59), (4, 59), (10, 59)),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in ((0, 13), (1, 13), (10, 13))),
    ],
)
def test_an_interrupt_at_any_line_of_a_step_leaves_nothing_taken_and_changes_nothing(num_steps, stride):
    num_lines = len(lines_of_step(num_steps))
    assert num_lines > 200
    for n in range(1, num_lines + 1, stride):
        break_off(num_steps, n)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("num_steps", "turn"),
    [(4, "first"), (4, "last"), (8, "first")],
    ids=["first, with a preemption", "last, with a preemption", "first, with a request that finishes"],
)
def test_an_interrupt_at_each_line_of_a_step_leaves_nothing_taken_and_changes_nothing(num_steps, turn):
    """Each line where it is executed for the first time, and for the last: before and behind the other requests'."""
    lines = lines_of_step(num_steps)
    first, last = ({line: n for n, line in order} for order in (reversed([*enumerate(lines, 1)]), enumerate(lines, 1)))
    chosen = first.values() if turn == "first" else set(last.values()) - set(first.values())
    assert len(chosen) > 200
    for n in chosen:
        break_off(num_steps, n)


@pytest.mark.parametrize("num_left", [1, 2, 3], ids="{} lines before the outputs are returned".format)
def test_an_interrupt_behind_the_commit_loses_no_output_of_a_request_that_it_finished(num_left):
    """Two steps in which requests finish, 8 with others that go on, and the last one."""
    for num_steps in (8, NUM_STEPS - 1):
        break_off(num_steps, len(lines_of_step(num_steps)) + 1 - num_left)


def test_an_output_that_an_interrupt_held_back_is_dropped_with_its_request():
    an_engine, _ = after(NUM_STEPS - 1)
    (name,) = an_engine.output_processor.request_states
    with Interrupt(len(lines_of_step(NUM_STEPS - 1))), pytest.raises(KeyboardInterrupt):
        an_engine.step()
    an_engine.abort_request(name)
    assert not an_engine.has_unfinished_requests() and an_engine.step() == []


def test_an_interrupt_of_one_caller_loses_no_output_of_another_one():
    """The one that steps the engine is interrupted at each line of the last step, and on the way to both of them."""

    def before_the_last_step():
        llm = LLM(MODEL, tokenizer=LetterTokenizer())
        first, second = llm.stream([1], greedy(3)), llm.stream([2], greedy(2))
        next(first)
        next(second)
        next(first)  # its second token came with the second one's first
        return llm.llm_engine, first, second

    _, first, second = before_the_last_step()
    with Interrupt() as interrupt:
        next(first)
    expected = content({"": next(second)})
    lines = [*enumerate(interrupt.lines, 1)]
    returned = max(n for n, (file, _) in lines if file == llm_engine.__file__)
    assert len(lines) - returned > 5
    for n, line in lines:
        if n != returned:  # see lines_of_step
            an_engine, first, second = before_the_last_step()
            with Interrupt(n), pytest.raises(KeyboardInterrupt):
                next(first)
            assert content({"": list(second)[-1]}) == expected, line
            assert not an_engine.has_unfinished_requests()


def test_an_interrupt_that_breaks_off_even_the_rollback_is_mended_by_the_next_call(monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    an_engine = make()
    an_engine.step()
    with monkeypatch.context() as patched:
        patched.setattr(an_engine.scheduler, "schedule", interrupted)
        patched.setattr(an_engine.scheduler, "reset", interrupted)
        with pytest.raises(KeyboardInterrupt):
            an_engine.step()
    an_engine.abort_request("d")
    check_blocks(an_engine)
    outputs = content(run(an_engine))
    assert outputs == {name: EXPECTED[name] for name in "abc"}


def test_an_interrupt_inside_the_allocation_of_blocks_gives_them_back():
    an_engine = engine(num_blocks=16, max_model_len=64)
    pool = an_engine.scheduler.kv_cache_manager.block_pool
    take = pool.get_new_blocks

    def interrupted(n):
        take(n)
        raise KeyboardInterrupt

    pool.get_new_blocks = interrupted
    an_engine.add_request("a", random_prompt(1, 60), greedy(4))
    with pytest.raises(KeyboardInterrupt):
        an_engine.step()
    pool.get_new_blocks = take
    assert pool.num_free_blocks == 16
    (output,) = an_engine.step()
    assert len(output.outputs[0].token_ids) == 1


class Idle(Scheduler):
    """Never plans anything."""

    def schedule(self) -> SchedulerOutput:
        return SchedulerOutput([])


def test_a_step_that_can_compute_nothing_says_why():
    an_engine = engine(scheduler_cls=Idle)
    assert an_engine.step() == []  # nothing is asked for
    an_engine.add_request("a", [1, 2], greedy())
    an_engine.add_request("b", [1, 2], greedy())
    with pytest.raises(RuntimeError, match=r"2 requests are unfinished, but Idle.schedule\(\) planned no token.*0 run"):
        an_engine.step()
    assert an_engine.has_unfinished_requests()


def test_blocks_that_are_lost_are_an_error_once_and_then_there_again():
    an_engine = engine(num_blocks=8, max_model_len=32)
    an_engine.scheduler.kv_cache_manager.block_pool.get_new_blocks(8)  # by a scheduler with a fault, say
    an_engine.add_request("a", random_prompt(1, 9), greedy(4))
    with pytest.raises(RuntimeError, match="0 of 8 blocks are free"):
        an_engine.step()
    assert len(token_ids(run(an_engine))["a"]) == 4
