"""The instruments of lab 05: an engine in stages, what they refuse, the pictures."""

import inspect

import matplotlib
import matplotlib.pyplot as plt
import pytest

from labkit import CheckFailed, check, lab_05
from labkit.lab_05.engines import add_requests, new_engine, recorded
from labkit.lab_05.serve import LIMITS, serve, served_by_the_engine
from labkit.lab_05.stages import Stages
from labkit.lab_05.watched import WatchedStages

matplotlib.use("agg")


def gap(num_tokens, num_computed_tokens, budget):
    return max(0, min(num_tokens - num_computed_tokens, budget))


def closes(num_tokens, num_computed_tokens, num_new_tokens):
    return num_computed_tokens + num_new_tokens == num_tokens


def engine_step(engine):
    plan, sampled = engine.schedule(), []
    for (name, new), row in zip(plan, engine.execute(plan)):
        is_last = closes(engine.num_tokens(name), engine.num_computed_tokens(name), new)
        token = engine.sample(name, row) if is_last else None
        sampled += [(name, token)] if is_last else []
        if engine.update(name, new, token):
            engine.finish(name)
    return sampled


def test_the_stages_are_the_engines_own_step_to_the_last_bit():
    """Tokens that are sampled from the same logits by the same random numbers, through preemptions."""
    engine, own = new_engine(**LIMITS), served_by_the_engine()
    stages = Stages(engine)
    yours = serve(engine, lambda: engine_step(stages))
    assert (yours.tokens, yours.reasons, yours.steps) == (own.tokens, own.reasons, own.steps)
    assert yours.counters == own.counters and own.num_preemptions > 3


def test_the_stream_has_every_kind_of_request():
    own = served_by_the_engine()
    assert set(own.reasons.values()) == {"stop", "length"}
    assert any(len(own.prompts[name]) + len(tokens) == LIMITS["max_model_len"] for name, tokens in own.tokens.items())
    assert any(0 < sum(step.new.values()) == LIMITS["max_num_batched_tokens"] for step in own.steps)


def test_every_stage_that_the_watch_lets_through_is_a_stage_of_the_engine():
    """And a message can name them all: the watched stages add no other method that an answer could call."""
    public = {name for name, _ in inspect.getmembers(Stages, inspect.isfunction) if not name.startswith("_")}
    assert public == {"schedule", "execute", "sample", "update", "finish", "num_tokens", "num_computed_tokens"}


def test_a_fault_stays_whatever_the_answer_does_with_the_error():
    def swallows(engine):
        plan = engine.schedule()
        try:
            engine.sample("a", None)
        except RuntimeError:
            pass
        try:
            engine.execute(plan)
        except RuntimeError:
            return []

    with pytest.raises(CheckFailed, match="there are no logits yet"):
        check(swallows, lab_05.ENGINE_STEP)(lab_05.small_engine(budget=8, a=(5, 3))).should_sample()


def test_after_a_fault_every_stage_refuses_with_its_words():
    """Also when the step is done, so that no loop can go on behind a fault."""
    engine = lab_05.small_engine(budget=8, a=(5, 3))
    rows = engine.execute(engine.schedule())
    token = engine.sample("a", rows[0])
    engine.update("a", 5, token)
    stages = [
        lambda: engine.update("a", 5, token),
        engine.schedule,
        lambda: engine.execute([]),
        lambda: engine.sample("a", rows[0]),
        lambda: engine.finish("a"),
        lambda: engine.num_tokens("a"),
    ]
    for stage in stages:
        with pytest.raises(RuntimeError, match="engine.update was called twice for 'a'"):
            stage()


def test_a_step_by_hand_in_a_cell_is_refused_with_the_same_words():
    engine = lab_05.small_engine(budget=8, a=(5, 3))
    engine.schedule()
    with pytest.raises(RuntimeError, match="called again before the first plan was done"):
        engine.schedule()
    assert isinstance(engine, WatchedStages) and engine.fault is not None


def test_logits_that_an_answer_overwrites_are_a_copy():
    engine = lab_05.small_engine(budget=8, a=(5, 3))
    rows = engine.execute(engine.schedule())
    original = rows.copy()
    rows[:] = 0
    assert engine.sample("a", original[0]) == original[0].argmax()


def test_a_recorded_step_tells_who_waits_and_whose_gap_it_closes():
    engine = new_engine(max_num_batched_tokens=8)
    add_requests(engine, {"a": (5, 2), "b": (12, 1)})
    while engine.has_unfinished_requests():
        engine.step()
    first, second, *_ = recorded(engine)
    assert (first.known, first.computed, first.new) == ({"a": 5, "b": 12}, {"a": 0, "b": 0}, {"a": 5, "b": 3})
    assert first.closes("a") and not first.closes("b")
    assert second.computed == {"a": 5, "b": 3} and second.new == {"a": 1, "b": 7}


def test_a_race_with_functions_that_never_get_there_ends():
    """A student may draw before the tests pass."""
    assert lab_05.Race(lambda *_: 0, closes).first_token == 0
    assert lab_05.Race(gap, lambda *_: False).num_steps == 400


def test_the_pictures_stand_any_functions_and_any_slider(monkeypatch, capsys):
    drawn = []
    monkeypatch.setattr(plt, "show", lambda: drawn.append(plt.gcf()))
    never = lab_05.Race(gap, lambda *_: False, prompt_len=5, budget=16, new_tokens=2)
    lab_05.plot_races(never, lab_05.Race(gap, closes, preempted_after=5))
    lab_05.plot_races(lab_05.Race(gap, closes, 5, 512, 1), lab_05.Race(gap, closes, 500, 4, 32))
    lab_05.plot_shared_budget(engine_step, budget=64, a=(3, 1), b=(2, 1), c=(1, 1))
    assert len(drawn) == 3
    assert "a gets its first token in step 1 and its last in step 1" in capsys.readouterr().out


def test_a_picture_of_a_wrong_step_is_its_message():
    with pytest.raises(CheckFailed, match="engine.schedule\\(\\) was not called"):
        lab_05.plot_shared_budget(lambda engine: [], budget=8, a=(5, 3), b=(3, 1), c=(2, 1))
