"""SamplingParams: vLLM's names, defaults and ranges."""

from dataclasses import FrozenInstanceError, asdict

import numpy as np
import pytest

from mini_vllm.sampling_params import SamplingParams

NAN, INF = float("nan"), float("inf")


def test_the_defaults_are_those_of_vllm():
    assert asdict(SamplingParams()) == {
        "temperature": 1.0,
        "top_p": 1.0,
        "top_k": 0,
        "min_p": 0.0,
        "seed": None,
        "max_tokens": 16,
        "stop": [],
        "stop_token_ids": [],
        "ignore_eos": False,
        "repetition_penalty": 1.0,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "logprobs": None,
    }


def test_the_parameters_are_frozen():
    with pytest.raises(FrozenInstanceError):
        SamplingParams().top_p = 0.5


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("temperature", [0, 0.0, 1e-6, 2, 100]),
        ("top_p", [1e-9, 0.5, 1]),
        ("min_p", [0, 0.5, 1]),
        ("repetition_penalty", [1e-3, 1, 5.0]),
        ("presence_penalty", [-2, 2]),
        ("frequency_penalty", [-2, 2]),
        ("top_k", [-1, 0, 1, 10**9]),
        ("seed", [None, 0, 2**70]),
        ("max_tokens", [None, 1]),
        ("logprobs", [None, -1, 0, 5]),
        ("ignore_eos", [True, False]),
    ],
)
def test_the_ends_of_a_range_belong_to_it(field, values):
    for value in values:
        assert getattr(SamplingParams(**{field: value}), field) == value


@pytest.mark.parametrize(
    ("field", "limits", "values"),
    [
        ("temperature", "at least 0", [-0.1, NAN, INF, True, "1", None, 1 + 0j, [1.0], 10**400]),
        ("top_p", r"in \(0, 1\]", [0, 0.0, -0.5, 1.01, NAN, INF, True, "0.9", None]),
        ("min_p", r"in \[0, 1\]", [-0.1, 1.1, NAN, INF, False, "0", None]),
        ("repetition_penalty", "above 0", [0, -1.0, NAN, INF, True, "1", None]),
        ("presence_penalty", r"in \[-2, 2\]", [-2.1, 2.1, NAN, -INF, True, None]),
        ("frequency_penalty", r"in \[-2, 2\]", [-2.1, 2.1, NAN, INF, False, None]),
        ("top_k", "at least 1, or 0 or -1", [-2, 5.0, NAN, True, "5", None]),
        ("seed", "at least 0", [-1, 1.0, NAN, True, "7"]),
        ("max_tokens", "at least 1", [0, -1, 16.0, INF, True, "16"]),
        ("logprobs", "at least 0", [-2, 1.0, True, "1"]),
        ("ignore_eos", "True or False", [0, 1, None, "no"]),
        ("stop", "one string or a list", [5, b"end", {"a": 1}]),
        ("stop", "at least one character", ["", ["end", ""], ["end", 3], [None]]),
        ("stop_token_ids", "a list of token ids", [3, "3", {3: 4}]),
        ("stop_token_ids", "at least 0", [[-1], [1.0], [True], ["3"], [None]]),
    ],
)
def test_an_error_names_the_field_the_value_and_the_range(field, limits, values):
    for value in values:
        with pytest.raises(ValueError, match=limits) as caught:
            SamplingParams(**{field: value})
        assert f"{field}={value!r}" in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("temperature", np.float32(0.5), 0.5),
        ("top_p", np.float64(0.5), 0.5),
        ("temperature", np.int64(1), 1.0),
        ("top_k", np.int32(5), 5),
        ("seed", np.uint64(7), 7),
        ("logprobs", np.int8(2), 2),
        ("stop_token_ids", np.array([4, 5]), [4, 5]),
        ("ignore_eos", np.True_, True),
    ],
)
def test_numpy_scalars_become_python_values(field, value, kept):
    stored = getattr(SamplingParams(**{field: value}), field)
    assert stored == kept
    assert type(stored) is type(kept)


@pytest.mark.parametrize("value", [np.bool_(True), np.float32("nan"), np.float64("inf"), np.array([1.0])])
def test_numpy_scalars_are_held_to_the_same_rules(value):
    with pytest.raises(ValueError, match="temperature="):
        SamplingParams(temperature=value)


def test_one_stop_string_becomes_a_list_of_one():
    assert SamplingParams(stop="END").stop == ["END"]
    assert SamplingParams(stop=["a", "b"]).stop == ["a", "b"]


def test_a_stop_token_counts_once():
    assert SamplingParams(stop_token_ids=[7, 3, 7]).stop_token_ids == [7, 3]


def test_a_list_that_the_caller_changes_later_is_not_shared():
    stop, ids = ["a"], [1]
    params = SamplingParams(stop=stop, stop_token_ids=ids)
    stop.append("b"), ids.append(2)
    assert (params.stop, params.stop_token_ids) == (["a"], [1])


def test_only_temperature_0_is_greedy():
    assert SamplingParams(temperature=0).is_greedy
    assert not SamplingParams(temperature=1e-6).is_greedy


@pytest.mark.parametrize("field", ["repetition_penalty", "presence_penalty", "frequency_penalty"])
def test_any_penalty_makes_the_logits_depend_on_the_tokens(field):
    assert not SamplingParams().has_penalties
    assert SamplingParams(**{field: 0.5}).has_penalties
