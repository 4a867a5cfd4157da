"""SamplingParams: vLLM's names, defaults and ranges."""

from dataclasses import FrozenInstanceError, asdict

import numpy as np
import pytest

from mini_vllm.sampling_params import SamplingParams

NAN, INF = float("nan"), float("inf")


def test_the_defaults_are_those_of_vllm():
    assert asdict(SamplingParams()) == {
        "n": 1,
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
        "prompt_logprobs": None,
        "min_tokens": 0,
        "logit_bias": {},
        "allowed_token_ids": None,
        "bad_words": [],
        "include_stop_str_in_output": False,
        "skip_special_tokens": True,
        "detokenize": True,
    }


def test_the_fields_of_a_completions_parameters_make_them_again():
    child = SamplingParams(stop_token_ids=[3], bad_words=["a"]).child(0, [1], [[2]])
    assert SamplingParams(**asdict(child)) == child


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
        ("include_stop_str_in_output", [True, False]),
        ("skip_special_tokens", [True, False]),
        ("detokenize", [True, False]),
        ("n", [1, 100]),
        ("prompt_logprobs", [None, -1, 0, 5]),
        ("min_tokens", [0, 16]),
        ("logit_bias", [{}, {0: -100.0, 7: 100.0}]),
        ("allowed_token_ids", [None, [0], [5, 3]]),
        ("bad_words", [[], ["a b"]]),
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
        ("seed", "at least 0", [-2, 1.0, NAN, True, "7"]),
        ("max_tokens", "at least 1", [0, -1, 16.0, INF, True, "16"]),
        ("logprobs", "at least 0", [-2, 1.0, True, "1"]),
        ("ignore_eos", "True or False", [0, 1, None, "no"]),
        ("stop", "one string or a list", [5, b"end", {"a": 1}]),
        ("stop", "at least one character", ["", ["end", ""], ["end", 3], [None]]),
        ("stop_token_ids", "a list of token ids", [3, "3", {3: 4}]),
        ("stop_token_ids", "at least 0", [[-1], [1.0], [True], ["3"], [None]]),
        ("include_stop_str_in_output", "True or False", [0, 1, None, "no"]),
        ("skip_special_tokens", "True or False", [0, None]),
        ("detokenize", "True or False", [1, None]),
        ("n", "at least 1", [0, -1, 2.0, None, True, "2"]),
        ("prompt_logprobs", "at least 0", [-2, 1.0, True, "1"]),
        ("min_tokens", "at least 0", [-1, 1.0, None, True, "1"]),
        ("min_tokens", "at most max_tokens=16", [17]),
        ("logit_bias", r"in \[-100, 100\]", [{0: 101}, {0: -100.5}, {0: NAN}, {0: "1"}, {0: None}, {0: True}]),
        ("logit_bias", "a dict from token ids", [[1], 3, "a", {-1: 0}, {"1": 0}, {1.0: 0}, {True: 0}]),
        ("allowed_token_ids", "at least one token id", [[]]),
        ("allowed_token_ids", "a list of token ids", [3, "3", {3: 4}]),
        ("allowed_token_ids", "at least 0", [[-1], [1.0], [True], ["3"]]),
        ("bad_words", "one string or a list", [5, b"end", {"a": 1}]),
        ("bad_words", "at least one character", ["", ["end", ""], ["end", 3]]),
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
        ("seed", -1, None),
        ("logprobs", np.int8(2), 2),
        ("stop_token_ids", np.array([4, 5]), [4, 5]),
        ("ignore_eos", np.True_, True),
        ("n", np.int64(2), 2),
        ("logit_bias", {np.int64(3): np.float32(0.5)}, {3: 0.5}),
        ("allowed_token_ids", np.array([4, 5]), [4, 5]),
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


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n": 2, "temperature": 0}, "n=2 must be 1 with temperature=0"),
        ({"min_tokens": 5, "max_tokens": 4}, "min_tokens=5 must be at most max_tokens=4"),
        ({"stop": "a", "detokenize": False}, r"stop=\['a'\] needs detokenize=True"),
    ],
)
def test_fields_that_do_not_go_together_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        SamplingParams(**settings)


def test_the_completions_of_a_request_differ_in_their_seed_and_share_one_report_on_the_prompt():
    params = SamplingParams(n=3, seed=7, prompt_logprobs=2, top_k=5, stop_token_ids=[9])
    children = [params.child(index, [1, 2], [[3]]) for index in range(3)]
    assert [child.seed for child in children] == [7, 8, 9] and {child.n for child in children} == {1}
    assert [child.prompt_logprobs for child in children] == [2, None, None]
    assert all(child.all_stop_token_ids == {1, 2, 9} and child.bad_words_token_ids == [[3]] for child in children)
    assert [SamplingParams(n=2).child(index, [], []).seed for index in range(2)] == [None, None]
    assert SamplingParams(ignore_eos=True, stop_token_ids=[9]).child(0, [1], []).all_stop_token_ids == {9}
