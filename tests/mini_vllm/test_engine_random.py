"""Random streams of requests: whatever comes and goes, no block is lost and no request gets wrong tokens."""

import numpy as np
from engines import MODEL, check_blocks, engine, greedy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mini_vllm import LLMEngine, OneSequence

# Few distinct prompts, as prefixes of few distinct texts: requests then share blocks all the time.
TEXTS = [np.random.default_rng(seed).integers(0, 64, 40).tolist() for seed in range(3)]
CLOSE = 1e-3  # two ways to the same logits round differently, so what is as good as a tie may end either way

arrivals = st.tuples(
    st.just("arrive"), st.sampled_from(range(len(TEXTS))), st.integers(1, 31), st.integers(1, 12), st.booleans()
)
events = st.lists(
    st.one_of(arrivals, arrivals, st.tuples(st.just("step")), st.tuples(st.just("abort"), st.integers(0, 30))),
    min_size=4,
    max_size=30,
)
limits = st.fixed_dictionaries(
    {
        "block_size": st.sampled_from([1, 2, 4, 8]),
        "extra_blocks": st.integers(0, 12),
        "max_num_seqs": st.integers(1, 6),
        "max_num_batched_tokens": st.sampled_from([1, 3, 8, 64]),
        "enable_prefix_caching": st.booleans(),
    }
)


def make(block_size: int, extra_blocks: int, **others) -> LLMEngine:
    return engine(block_size=block_size, num_blocks=-(-44 // block_size) + extra_blocks, max_model_len=44, **others)


def check_is_greedy(prompt: list[int], tokens: list[int]) -> None:
    """Each token is the most likely one after those before it, or as good as that."""
    logits = OneSequence(MODEL).forward(prompt + tokens[:-1])[len(prompt) - 1 :]
    lost = logits.max(axis=1) - logits[np.arange(len(tokens)), tokens]
    assert lost.max() < CLOSE, f"{lost.max()} below the most likely token's logit"


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(limits=limits, events=events)
def test_random_requests(limits, events):
    an_engine, prompts, done = make(**limits), {}, {}
    aborted = set()

    def step():
        for output in an_engine.step():
            assert output.request_id not in done, "an output after the last one"
            if output.finished:
                done[output.request_id] = output
        check_blocks(an_engine)

    for event, *values in events:
        if event == "step":
            step()
        elif event == "abort":
            request_id = str(values[0])
            if request_id in prompts and request_id not in done:
                aborted.add(request_id)
            an_engine.abort_request(request_id)
            check_blocks(an_engine)
        else:
            text, length, max_tokens, has_stop = values
            request_id = str(len(prompts))
            prompts[request_id] = TEXTS[text][:length]
            stop = {"stop_token_ids": list(range(0, 64, 5))} if has_stop else {}
            an_engine.add_request(request_id, prompts[request_id], greedy(max_tokens, **stop))
    for _ in range(3000):
        if not an_engine.has_unfinished_requests():
            break
        step()
    assert not an_engine.has_unfinished_requests(), "the engine got stuck"
    assert done.keys() | aborted == prompts.keys() and not done.keys() & aborted
    for request_id, output in done.items():
        check_is_greedy(prompts[request_id], output.outputs[0].token_ids)
