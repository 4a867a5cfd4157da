"""What no token can be sampled from fails alone, and what fits no batch is refused."""

import numpy as np
import pytest
from sampler_batch import batch_metadata

from mini_vllm.sample import Sampler

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    "setting", [{}, {"temperature": 0}, {"top_k": 3, "logprobs": 2}, {"top_p": 0.5}, {"presence_penalty": 1}]
)
@pytest.mark.parametrize(
    ("fault", "says"),
    [([0, np.nan, 5, 1], "hold NaN"), ([-np.inf] * 4, "are all -inf"), ([0, np.inf, np.inf, 0], "hold +inf")],
)
def test_a_row_without_a_distribution_fails_alone(setting, fault, says):
    good = np.float32([1, 2, -np.inf, 2])
    expected = Sampler()(np.stack([good] * 3), batch_metadata([setting] * 3, outputs=[[1]] * 3))
    batch = batch_metadata([setting] * 3, outputs=[[1]] * 3)
    output = Sampler()(np.stack([good, np.float32(fault), good]), batch)
    assert list(output.errors) == [1]
    assert says in output.errors[1]
    assert (output.sampled_token_ids[1], output.logprobs[1]) == (-1, None)
    for row in (0, 2):
        assert output.sampled_token_ids[row] == expected.sampled_token_ids[row]
        assert output.logprobs[row] == expected.logprobs[row]
    assert batch.generators[1].random() == np.random.default_rng(101).random(), "a failed row drew a number"


def test_penalties_that_leave_no_finite_logit_fail_the_row():
    batch = batch_metadata([{"repetition_penalty": 100.0}], prompts=[[0, 1]], outputs=[[]])
    assert "are all -inf" in Sampler()(np.float32([[-3e38, -3e38]]), batch).errors[0]


@pytest.mark.parametrize("shape", [(4,), (1, 4), (3, 4), (2, 0), (2, 4, 1)])
def test_logits_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"must be \(2, vocab_size\)"):
        Sampler()(np.zeros(shape, dtype=np.float32), batch_metadata([{}] * 2))


def test_an_empty_batch_is_no_error():
    assert Sampler()(np.zeros((0, 4), dtype=np.float32), batch_metadata([])).sampled_token_ids == []
