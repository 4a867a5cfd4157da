"""Log-probabilities of the prompt over HTTP: `echo` with `logprobs`, and vLLM's `prompt_logprobs`."""

import pytest
from engines import greedy
from letters import LETTERS, LetterTokenizer
from served import NAME, GatedEngine, serving

from mini_vllm import LLM

TOKENIZER = LetterTokenizer()
PROMPT = "Hello"
SETTINGS = {"model": NAME, "temperature": 0, "max_tokens": 4}
MESSAGES = [{"role": "user", "content": PROMPT}]


@pytest.fixture(scope="module")
def client():
    with serving(GatedEngine()) as server:
        yield server.client


@pytest.fixture(scope="module")
def output():
    """What the engine gives offline for the same prompt."""
    engine = GatedEngine()
    llm = LLM(engine.model, tokenizer=TOKENIZER, block_size=4)
    return llm.generate(PROMPT, greedy(4, logprobs=2, prompt_logprobs=2), use_tqdm=False)[0]


def expected_lists(output, num_generated: int) -> tuple[list, list]:
    """token_logprobs and top_logprobs of the prompt and the first generated tokens."""
    completion = output.outputs[0]
    pairs = list(zip(output.prompt_token_ids[1:], output.prompt_logprobs[1:]))
    pairs += list(zip(completion.token_ids, completion.logprobs))[:num_generated]
    own = [None, *(pytest.approx(entries[token].logprob) for token, entries in pairs)]
    top = [{LETTERS[t]: pytest.approx(e.logprob) for t, e in entries.items()} for _, entries in pairs]
    return own, [None, *top]


@pytest.mark.parametrize("prompt", [PROMPT, TOKENIZER.encode(PROMPT)], ids=["text", "token ids"])
def test_echo_with_logprobs_lists_the_prompt_first_and_its_first_token_without_one(client, output, prompt):
    choice = client.completions.create(prompt=prompt, echo=True, logprobs=2, **SETTINGS).choices[0]
    assert choice.text == PROMPT + output.outputs[0].text
    logprobs = choice.logprobs
    assert logprobs.tokens == [*choice.text] and logprobs.text_offset == [*range(9)]
    assert (logprobs.token_logprobs, logprobs.top_logprobs) == expected_lists(output, 4)


# The second holds each letter back until the next one shows that it begins no stop string.
@pytest.mark.parametrize("stop", [None, [f"{letter}#" for letter in LETTERS]], ids=["no stop", "text held back"])
def test_a_stream_of_them_adds_up_to_the_whole(client, stop):
    settings = {**SETTINGS, "prompt": [PROMPT, "one"], "echo": True, "logprobs": 1, "temperature": 1, "seed": 3, "n": 2}
    settings["stop"] = stop
    whole = client.completions.create(**settings)
    for one in whole.choices:
        chunks = client.completions.create(stream=True, **settings)
        parts = [choice.logprobs for chunk in chunks for choice in chunk.choices if choice.index == one.index]
        for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset"):
            streamed = [item for part in parts for item in getattr(part, name)]
            assert streamed == getattr(one.logprobs, name), name


@pytest.mark.parametrize("is_stream", [False, True])
def test_without_tokens_to_generate_echo_scores_the_prompt(client, output, is_stream):
    settings = {**SETTINGS, "max_tokens": 0, "prompt": PROMPT, "echo": True, "logprobs": 2, "stream": is_stream}
    answer = client.completions.create(**settings)
    (choice,) = [choice for chunk in answer for choice in chunk.choices] if is_stream else answer.choices
    assert (choice.text, choice.finish_reason, choice.logprobs.tokens) == (PROMPT, "length", [*PROMPT])
    assert (choice.logprobs.token_logprobs, choice.logprobs.top_logprobs) == expected_lists(output, 0)


def test_prompt_logprobs_have_vllms_form_in_each_choice_of_a_completion(client, output):
    settings = {**SETTINGS, "prompt": PROMPT, "extra_body": {"prompt_logprobs": 2}}
    (choice,) = client.completions.create(**settings).choices
    assert choice.logprobs is None and choice.text == output.outputs[0].text
    assert choice.prompt_logprobs == [
        entries
        and {
            str(token): {"logprob": pytest.approx(one.logprob), "rank": one.rank, "decoded_token": LETTERS[token]}
            for token, one in entries.items()
        }
        for entries in output.prompt_logprobs
    ]


def test_prompt_logprobs_of_a_chat_stand_beside_its_choices(client):
    answer = client.chat.completions.create(messages=MESSAGES, extra_body={"prompt_logprobs": 0}, **SETTINGS)
    first, *rest = answer.prompt_logprobs
    letters = [entry["decoded_token"] for entries in rest for entry in entries.values()]
    assert first is None and "".join(letters) == f"{PROMPT}."[1:]
    assert not hasattr(client.chat.completions.create(messages=MESSAGES, **SETTINGS), "prompt_logprobs")
