"""Random requests with random settings, on random engines, with steps broken off: each gets its own tokens."""

import random

import pytest
from engines import MODEL, check_blocks, random_prompt
from letters import LETTERS, LetterTokenizer
from slow_engine import slow_tokens

from mini_vllm import EngineConfig, LlamaForCausalLM, LLMEngine, ModelConfig, SamplingParams

EOS, MAX_LEN = 11, 48
MODEL_WITH_EOS = LlamaForCausalLM(ModelConfig(**{**vars(MODEL.config), "eos_token_id": EOS}), seed=3)


def random_engine(rng: random.Random) -> LLMEngine:
    block_size = rng.choice([1, 2, 4, 8])
    config = EngineConfig(
        max_model_len=MAX_LEN,
        block_size=block_size,
        num_blocks=-(-MAX_LEN // block_size) + rng.randint(0, 16),
        max_num_seqs=rng.randint(1, 8),
        max_num_batched_tokens=rng.choice([1, 5, 9, 64]),
        enable_prefix_caching=rng.random() < 0.6,
    )
    return LLMEngine(MODEL_WITH_EOS, LetterTokenizer(), config)


def random_params(rng: random.Random) -> SamplingParams:
    max_tokens = rng.randint(1, 14)
    always = {"temperature": 0, "max_tokens": max_tokens}
    if rng.random() < 0.6:
        always |= {"temperature": rng.choice([0.7, 1, 1.5]), "seed": rng.randint(0, 99), "n": rng.choice([1, 1, 2, 3])}
    maybe = {
        "top_k": rng.randint(1, 12),
        "min_tokens": rng.randint(0, max_tokens),
        "stop_token_ids": rng.sample(range(64), rng.randint(1, 12)),
        "logit_bias": {rng.choice([EOS, *range(64)]): rng.uniform(-9, 9) for _ in range(5)},
        "allowed_token_ids": rng.sample(range(64), rng.randint(3, 40)),
        "bad_words": ["".join(rng.choices(LETTERS[:62], k=rng.randint(1, 2))) for _ in range(8)],
        "presence_penalty": rng.uniform(-2, 2),
        "frequency_penalty": rng.uniform(-2, 2),
        "ignore_eos": True,
        "prompt_logprobs": rng.randint(0, 3),
        "logprobs": rng.randint(0, 3),
    }
    return SamplingParams(**always, **{name: value for name, value in maybe.items() if rng.random() < 0.3})


def broken_off(an_engine: LLMEngine, rng: random.Random) -> None:
    """A step that does one of its stages and is interrupted then."""
    stages = [
        (an_engine.scheduler, "schedule"),
        (an_engine.model_runner, "execute_model"),
        (an_engine.scheduler, "update_from_output"),
        (an_engine.output_processor, "process_outputs"),
    ]
    part, name = rng.choice(stages)
    stage = getattr(part, name)

    def interrupted(*arguments):
        stage(*arguments)
        raise KeyboardInterrupt

    setattr(part, name, interrupted)
    if an_engine.has_unfinished_requests():
        with pytest.raises(KeyboardInterrupt):
            an_engine.step()
    delattr(part, name)


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(n, marks=pytest.mark.slow) for n in range(6, 80))])
def test_random_requests_get_the_tokens_of_the_slow_computation(seed):
    rng, requests, outputs = random.Random(seed), {}, {}
    an_engine = random_engine(rng)

    def step():
        if rng.random() < 0.1:
            broken_off(an_engine, rng)
        else:
            outputs.update({output.request_id: output for output in an_engine.step()})
        check_blocks(an_engine)

    for name in map(str, range(rng.randint(2, 9))):
        requests[name] = random_prompt(rng.randint(0, 3), rng.randint(1, 30)), random_params(rng)
        an_engine.add_request(name, *requests[name])
        for _ in range(rng.randint(0, 4)):
            step()
    while an_engine.has_unfinished_requests():
        step()
    for name, (prompt, params) in requests.items():
        bad = [[LETTERS.index(letter) for letter in word] for word in params.bad_words]
        assert outputs[name].finished and outputs[name].error is None
        assert len(outputs[name].prompt_logprobs or prompt) == len(prompt)
        for each in outputs[name].outputs:
            tokens = slow_tokens(prompt, params, each.index, [EOS], bad, MODEL_WITH_EOS)
            assert each.token_ids == tokens[: MAX_LEN - len(prompt)], (name, params)
            assert len(each.logprobs or each.token_ids) == len(each.token_ids)
