"""The sampler on a batch: each row by its own parameters, whatever the others are."""

import numpy as np
import pytest
from sampler_batch import batch_metadata

from mini_vllm.sample import Sampler, SamplingMetadata
from mini_vllm.sample.ops.topk_topp_sampler import probs_after_filters
from mini_vllm.sampling_params import SamplingParams

pytestmark = pytest.mark.filterwarnings("error")

VOCAB = 4_099  # odd, so that the rows of a batch start at addresses of every alignment
MIXED = [
    {"temperature": 0},
    {},
    {"top_k": 5},
    {"top_p": 0.8},
    {"min_p": 0.1, "temperature": 2},
    {"temperature": 0.7, "top_k": 50, "top_p": 0.9, "logprobs": 3},
    {"temperature": 0, "repetition_penalty": 1.5},
    {"presence_penalty": 2, "frequency_penalty": 0.5, "logprobs": 0},
    {"temperature": 0, "logprobs": 5},
    {"logprobs": 20},
]


def metadata(settings: list[dict], prompts=None, outputs=None) -> SamplingMetadata:
    """Requests that have tokens already, so that penalties have something to count."""
    rows = range(len(settings))
    prompts = prompts or [[row, row + 1] for row in rows]
    return batch_metadata(settings, prompts, outputs or [[row + 1, row + 2, row + 2] for row in rows])


def picked(whole: SamplingMetadata, rows: list[int]) -> SamplingMetadata:
    return SamplingMetadata(*([getattr(whole, name)[row] for row in rows] for name in vars(whole)))


def some_logits(rows: int, vocab: int = VOCAB, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((rows, vocab)) * 3).astype(np.float32)


def test_temperature_0_takes_the_first_of_the_most_likely_and_no_randomness():
    batch = metadata([{"temperature": 0, "top_k": 2, "top_p": 0.1}] * 2)
    output = Sampler()(np.float32([[1, 3, 3, 0], [-9, -8, -9, -8]]), batch)
    assert output.sampled_token_ids == [1, 1]
    for row in range(2):
        assert batch.generators[row].bit_generator.state == np.random.default_rng(100 + row).bit_generator.state


@pytest.mark.parametrize("setting", [s for s in MIXED if s.get("temperature") != 0 and "presence_penalty" not in s])
def test_a_token_is_rng_choice_of_the_filtered_distribution_and_takes_one_uniform_number(setting):
    batch, logits = metadata([setting] * 8), some_logits(8)
    tokens = Sampler()(logits, batch).sampled_token_ids
    for row in range(8):
        choice, one = np.random.default_rng(100 + row), np.random.default_rng(100 + row)
        assert tokens[row] == choice.choice(VOCAB, p=probs_after_filters(logits[row], batch.params[row]))
        one.random()
        assert batch.generators[row].bit_generator.state == one.bit_generator.state


@pytest.mark.parametrize("seed", range(5))
def test_the_result_of_a_row_is_the_same_to_the_last_bit_in_any_company(seed):
    rng, count = np.random.default_rng(seed), len(MIXED)
    logits = some_logits(count, seed=seed)

    def sample(rows: list[int]) -> dict[int, tuple]:
        batch = picked(metadata(MIXED), rows)
        output = Sampler()(logits[rows], batch)
        states = [generator.random() for generator in batch.generators]
        return dict(zip(rows, zip(output.sampled_token_ids, output.logprobs, states)))

    together = sample(list(range(count)))
    alone = {row: sample([row])[row] for row in range(count)}
    assert together == alone
    for _ in range(5):
        for row, result in sample(rng.permutation(count)[: rng.integers(1, count + 1)].tolist()).items():
            assert result == alone[row]


def test_the_distribution_of_a_row_does_not_depend_on_where_it_lies():
    batch = some_logits(9)
    for row in range(9):
        for setting in MIXED[1:6]:
            params = SamplingParams(**setting)
            here, moved = probs_after_filters(batch[row], params), probs_after_filters(batch[row].copy(), params)
            assert np.array_equal(here, moved)


def test_logits_in_another_memory_layout_give_the_same_result():
    logits = some_logits(len(MIXED))
    expected = Sampler()(logits, metadata(MIXED))
    assert Sampler()(np.asfortranarray(logits), metadata(MIXED)) == expected


def test_the_logits_are_left_unchanged():
    logits = some_logits(len(MIXED))
    before = logits.copy()
    Sampler()(logits, metadata(MIXED))
    assert np.array_equal(logits, before)


def test_penalties_act_before_the_choice_and_logprobs_are_those_of_the_raw_logits():
    logits = np.float32([[4, 3, 0]])
    batch = metadata([{"temperature": 0, "repetition_penalty": 2, "logprobs": 1}], prompts=[[0]], outputs=[[2]])
    output = Sampler()(logits, batch)
    assert output.sampled_token_ids == [1]
    exact = logits[0] - np.log(np.exp(logits[0].astype(float)).sum())
    assert list(output.logprobs[0]) == [1, 0]
    np.testing.assert_allclose([entry.logprob for entry in output.logprobs[0].values()], exact[[1, 0]], rtol=1e-6)
    assert [entry.rank for entry in output.logprobs[0].values()] == [2, 1]


def test_each_penalty_sees_the_tokens_of_its_own_row_and_kind():
    batch = metadata(
        [{"temperature": 0, "presence_penalty": 2}] * 2 + [{"temperature": 0, "repetition_penalty": 2}] * 2,
        prompts=[[1], [2], [2], [0]],
        outputs=[[2], [1], [0], [1]],
    )
    output = Sampler()(np.float32([[0, 2, 3]] * 4), batch)
    assert output.sampled_token_ids == [1, 2, 1, 2]


def test_logprobs_are_there_for_the_requests_that_asked():
    output = Sampler()(some_logits(len(MIXED)), metadata(MIXED))
    assert [row for row, entry in enumerate(output.logprobs) if entry is not None] == [5, 7, 8, 9]
    for row in (5, 7, 8, 9):
        assert next(iter(output.logprobs[row])) == output.sampled_token_ids[row]
