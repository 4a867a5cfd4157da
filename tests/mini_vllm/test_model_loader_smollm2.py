"""SmolLM2-135M-Instruct, once it has been pulled: transformers' tokens from the same file."""

import json
from pathlib import Path

import pytest

from mini_vllm import LLMEngine, OneSequence, SamplingParams
from mini_vllm.model_loader import get_model, is_pulled

SMOLLM2 = "smollm2-135m-instruct"
COMMAND = f"python -m mini_vllm pull {SMOLLM2}"


@pytest.mark.slow  # fast: test_gguf_models.py, on small weights
@pytest.mark.skipif(not is_pulled(SMOLLM2), reason=f"{SMOLLM2} is not in the cache. Bring it there (93 MB): {COMMAND}")
def test_smollm2_answers_as_transformers_does_from_the_same_file(pulled_models):
    model, tokenizer = get_model(SMOLLM2)
    cases = json.loads((Path(__file__).parent / "golden" / "smollm2.json").read_text(encoding="utf-8"))["cases"]
    assert sum(len(case["tokens"]) for case in cases) >= 200
    for case in cases:
        messages = [{"role": "user", "content": case["content"]}]
        ids = tokenizer.apply_chat_template(messages) if case["is_chat"] else tokenizer.encode(case["content"])
        assert ids == case["prompt"]
        logits = OneSequence(model).forward(ids + case["tokens"])[len(ids) - 1 : -1]
        assert logits.argmax(axis=-1).tolist() == case["tokens"]
    engine, outputs = LLMEngine(model, tokenizer), {}
    for index, case in enumerate(cases):
        engine.add_request(str(index), case["prompt"], SamplingParams(temperature=0, max_tokens=len(case["tokens"])))
    while engine.has_unfinished_requests():
        outputs |= {int(output.request_id): output.outputs[0].token_ids for output in engine.step()}
    assert [outputs[index] for index in range(len(cases))] == [case["tokens"] for case in cases]
    assert cases[0]["tokens"] == [504, 3575, 282, 4649, 314, 7042, 30, 2]
    assert tokenizer.decode(cases[0]["tokens"]) == "The capital of France is Paris."
    # A digit is a word of its own, whatever stands before it.
    assert tokenizer.encode("a\n    12") == [
        *tokenizer.encode("a\n    "),
        *tokenizer.encode("1"),
        *tokenizer.encode("2"),
    ]
