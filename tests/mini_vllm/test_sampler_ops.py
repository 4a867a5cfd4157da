"""The draw, penalties and log-probabilities of one row."""

import numpy as np
import pytest

from mini_vllm.sample.ops.logprobs import Logprob, compute_logprobs, gather_logprobs
from mini_vllm.sample.ops.penalties import apply_all_penalties
from mini_vllm.sample.ops.topk_topp_sampler import BELOW_ONE, draw
from mini_vllm.sampling_params import SamplingParams

pytestmark = pytest.mark.filterwarnings("error")


class Fixed:
    """Stands in for a generator whose uniform number is known."""

    def __init__(self, number: float) -> None:
        self.number = number

    def random(self) -> float:
        return self.number


@pytest.mark.parametrize("size", [1, 2, 4, 500, 513, 1_000, 49_152])
def test_a_draw_is_rng_choice_and_takes_one_uniform_number(size):
    source = np.random.default_rng(size)
    for seed in range(300 if size < 2_000 else 30):
        probs = source.random(size) ** 8 * (source.random(size) < 0.5)
        probs[source.integers(size)] += 1e-3
        probs /= probs.sum()
        ours, choice, one = (np.random.default_rng(seed) for _ in range(3))
        token = draw(probs, ours)
        assert token == choice.choice(size, p=probs)
        assert token == np.searchsorted(probs.cumsum(), one.random(), side="right")
        assert ours.bit_generator.state == one.bit_generator.state


def test_the_cdf_runs_in_vocabulary_order_and_a_step_belongs_to_the_next_token():
    probs = np.full(4, 0.25)
    assert [draw(probs, Fixed(u)) for u in (0.0, 0.2499, 0.25, 0.5, 0.75, BELOW_ONE)] == [0, 0, 1, 2, 3, 3]


@pytest.mark.parametrize("size", [10, 3_000, 49_152])
@pytest.mark.parametrize("number", [0.0, 5e-324, 1e-16, 1 / 3, 0.5, 1 - 1e-15, BELOW_ONE])
def test_a_token_of_probability_0_is_never_drawn(size, number):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        probs = np.zeros(size)
        some = rng.integers(size, size=3)
        probs[some] = rng.random(3) ** 30 + 1e-30
        probs /= probs.sum()
        assert probs[draw(probs, Fixed(number))] > 0


def test_rounding_does_not_carry_a_draw_past_the_end():
    # Of the way from the first block's end to the last one's, BELOW_ONE is all, to the last bit.
    probs = np.zeros(700)
    probs[0], probs[600] = 1.5 * 2.0**-53, 1 - 2.0**-52
    assert draw(probs, Fixed(BELOW_ONE)) == 600


def test_every_block_of_a_long_distribution_can_be_drawn_from():
    probs = np.full(5_120, 1 / 5_120)
    assert [draw(probs, Fixed((i + 0.5) / 5_120)) for i in range(5_120)] == list(range(5_120))


def penalised(logits: list[float], prompt: list[int], output: list[int], **settings) -> list[float]:
    row = np.float32(logits)
    apply_all_penalties(row, SamplingParams(**settings), prompt, output)
    return row.tolist()


def test_the_repetition_penalty_lowers_each_token_of_prompt_and_output_once():
    assert penalised([4, -4, 0, 4, -4], [0, 1, 0, 2], [1, 3, 3], repetition_penalty=2) == [2, -8, 0, 2, -4]


def test_presence_and_frequency_count_the_output_only():
    assert penalised([1, 1, 1, 1], [0, 0], [1, 2, 2], presence_penalty=0.5) == [1, 0.5, 0.5, 1]
    assert penalised([1, 1, 1, 1], [0, 0], [1, 2, 2], frequency_penalty=0.5) == [1, 0.5, 0, 1]


def test_negative_penalties_favour_what_is_there():
    assert penalised([1, 1], [], [1, 1], presence_penalty=-1, frequency_penalty=-0.5) == [1, 3]
    assert penalised([1, -1], [0, 1], [], repetition_penalty=0.5) == [2, -0.5]


def test_the_repetition_penalty_comes_before_the_others():
    assert penalised([4], [], [0], repetition_penalty=2, presence_penalty=1, frequency_penalty=0.5) == [0.5]


def test_an_impossible_token_stays_impossible_under_penalties():
    lowered = penalised([-np.inf, 0], [], [0], repetition_penalty=2, presence_penalty=-2, frequency_penalty=-2)
    assert lowered == [-np.inf, 0]


@pytest.mark.parametrize("penalty", [1e-300, 1e300])
def test_a_repetition_penalty_past_the_range_of_float32_makes_no_nan(penalty):
    lowered = penalised([0, 1, -1], [0, 1, 2], [], repetition_penalty=penalty)
    assert lowered == ([0, 0, -np.inf] if penalty > 1 else [0, np.inf, 0])


def test_penalties_without_tokens_change_nothing():
    assert penalised([1, -1], [], [], repetition_penalty=2, presence_penalty=1, frequency_penalty=1) == [1, -1]


@pytest.mark.parametrize("scale", [1, 100, 1e4, 1e38])
def test_logprobs_are_the_log_of_the_softmax(scale):
    logits = (np.random.default_rng(0).uniform(-3, 3, 1_000) * scale).astype(np.float32)
    exact = logits.astype(np.float64) - logits.max()
    exact -= np.log(np.exp(exact).sum())
    logprobs = compute_logprobs(logits)
    assert logprobs.dtype == np.float32
    finite = np.abs(exact) < 3e38
    np.testing.assert_allclose(logprobs[finite], exact[finite], rtol=1e-6, atol=1e-6)


def test_the_sampled_token_comes_first_and_then_the_most_likely():
    logprobs = np.float32([-4, -1, -3, -2])
    entries = gather_logprobs(logprobs, 2, token_id=0)
    assert list(entries.items()) == [(0, Logprob(-4.0, 4)), (1, Logprob(-1.0, 1)), (3, Logprob(-2.0, 2))]


def test_a_sampled_token_among_the_most_likely_is_there_once():
    assert list(gather_logprobs(np.float32([-2, -1, -3]), 2, token_id=0)) == [0, 1]
    assert gather_logprobs(np.float32([-2, -1, -3]), 2, token_id=0)[0] == Logprob(-2.0, 2)


@pytest.mark.parametrize(
    ("number", "expected"), [(0, [2]), (1, [2, 0]), (2, [2, 0, 1]), (9, [2, 0, 1, 3]), (-1, [2, 0, 1, 3])]
)
def test_as_many_logprobs_as_asked_for_and_the_lower_of_equal_tokens_first(number, expected):
    assert list(gather_logprobs(np.float32([-1, -1, -1, -2]), number, token_id=2)) == expected


def test_equal_logprobs_come_in_vocabulary_order():
    logprobs = np.float32(np.arange(200) % 3 - 5)
    expected = sorted(range(200), key=lambda token_id: (-logprobs[token_id], token_id))
    assert list(gather_logprobs(logprobs, 120, token_id=2)) == expected[:120]
