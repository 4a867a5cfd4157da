"""The server against the engine offline: the same tokens, texts and log-probabilities, through OpenAI's client."""

import asyncio
import importlib.metadata
from concurrent.futures import ThreadPoolExecutor

import pytest
from engines import MODEL, expected_tokens, greedy, random_prompt
from letters import LETTERS, LetterTokenizer
from served import NAME, serving

from mini_vllm import LLM, SamplingParams

GREEDY = {"model": NAME, "temperature": 0, "max_tokens": 12}
TOKENIZER = LetterTokenizer()


@pytest.fixture(scope="module")
def served():
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def client(served):
    return served.client


def offline(prompts, params):
    return LLM(MODEL, tokenizer=TOKENIZER, block_size=4).generate(prompts, params, use_tqdm=False)


def texts(outputs) -> list[str]:
    return [completion.text for output in outputs for completion in output.outputs]


@pytest.mark.parametrize(
    "prompt",
    ["Hello", ["Hello", "a fox", "x"], TOKENIZER.encode("Hello"), [TOKENIZER.encode("Hello"), TOKENIZER.encode("fox")]],
    ids=["text", "texts", "token ids", "lists of token ids"],
)
def test_a_prompt_may_have_any_of_the_four_forms(client, prompt):
    is_one = isinstance(prompt, str) or isinstance(prompt[0], int)
    expected = offline([prompt] if is_one else prompt, greedy(12))
    completion = client.completions.create(prompt=prompt, **GREEDY)
    assert [choice.text for choice in completion.choices] == texts(expected)
    assert [choice.index for choice in completion.choices] == [*range(len(expected))]
    num_prompt, num_generated = sum(len(o.prompt_token_ids) for o in expected), 12 * len(expected)
    usage = completion.usage
    assert (usage.prompt_tokens, usage.completion_tokens) == (num_prompt, num_generated)
    assert usage.total_tokens == num_prompt + num_generated
    assert (completion.object, completion.model) == ("text_completion", NAME)


def test_without_parameters_those_of_the_model_count():
    with serving(defaults=SamplingParams(temperature=0, max_tokens=5)) as served:
        body = served.client.completions.create(model=NAME, prompt="Hello").choices[0].text
        chat = served.client.chat.completions.create(model=NAME, messages=[{"role": "user", "content": "Hello"}])
    assert body == texts(offline(["Hello"], greedy(5)))[0]
    assert chat.usage.completion_tokens == 5


def test_a_default_that_does_not_fit_is_lowered():
    with serving(defaults=SamplingParams(temperature=0, max_tokens=2_000)) as served:
        completion = served.client.completions.create(model=NAME, prompt="Hello")
        chat = served.client.chat.completions.create(model=NAME, messages=[{"role": "user", "content": "Hello"}])
        assert served.post("/v1/completions", {"prompt": "Hello", "max_tokens": 2_000})[0] == 400
    longest = MODEL.config.max_position_embeddings
    assert [completion.usage.total_tokens, chat.usage.total_tokens] == [longest, longest]


def test_several_completions_of_several_prompts_are_numbered_through(client):
    params = SamplingParams(n=3, seed=7, max_tokens=6)
    completion = client.completions.create(model=NAME, prompt=["one", "two"], n=3, seed=7, max_tokens=6)
    assert [choice.index for choice in completion.choices] == [*range(6)]
    assert [choice.text for choice in completion.choices] == texts(offline(["one", "two"], params))
    assert completion.usage.prompt_tokens == 6 and completion.usage.completion_tokens == 36


@pytest.mark.parametrize("prompt", ["Hello", ["one", "two"]])
@pytest.mark.parametrize("n", [1, 3])
def test_a_stream_adds_up_to_the_whole(client, prompt, n):
    settings = {"model": NAME, "prompt": prompt, "n": n, "seed": 3, "max_tokens": 9, "logprobs": 1}
    whole = client.completions.create(**settings)
    streamed: dict[int, str] = {}
    ended: dict[int, str] = {}
    tokens: dict[int, list[str]] = {}
    usages = []
    for chunk in client.completions.create(stream=True, stream_options={"include_usage": True}, **settings):
        usages.append(chunk.usage)
        for choice in chunk.choices:
            assert choice.index not in ended, "nothing comes after the finish reason"
            streamed[choice.index] = streamed.get(choice.index, "") + choice.text
            tokens.setdefault(choice.index, []).extend(choice.logprobs.tokens)
            if choice.finish_reason:
                ended[choice.index] = choice.finish_reason
    assert streamed == {choice.index: choice.text for choice in whole.choices}
    assert ended == {choice.index: choice.finish_reason for choice in whole.choices}
    assert tokens == {choice.index: choice.logprobs.tokens for choice in whole.choices}
    assert usages[:-1] == [None] * (len(usages) - 1)
    assert (usages[-1].prompt_tokens, usages[-1].completion_tokens) == (
        whole.usage.prompt_tokens,
        whole.usage.completion_tokens,
    )


def test_continuous_usage_counts_each_completion_in_each_chunk(client):
    settings = {"model": NAME, "prompt": ["one", "Hello"], "n": 2, "seed": 3, "max_tokens": 5, "stream": True}
    counts: dict[int, list[int]] = {}
    options = {"include_usage": True, "continuous_usage_stats": True}
    *chunks, last = client.completions.create(stream_options=options, **settings)
    for chunk in chunks:
        (choice,) = chunk.choices
        assert chunk.usage.prompt_tokens == (3 if choice.index < 2 else 5)
        counts.setdefault(choice.index, []).append(chunk.usage.completion_tokens)
    assert {index: (ends[-1], sorted(set(ends)) == ends) for index, ends in counts.items()} == {
        index: (5, True) for index in range(4)
    }
    assert (last.usage.prompt_tokens, last.usage.completion_tokens) == (8, 20)
    (chunk, *_) = client.completions.create(stream_options={"continuous_usage_stats": True}, **settings)
    assert chunk.usage is None


def test_fields_reach_the_sampler_under_their_names(client):
    """One that were dropped would change the tokens of this request."""
    settings = {"seed": 5, "temperature": 0.9, "top_p": 0.95, "presence_penalty": 0.5, "frequency_penalty": -0.5}
    extra = {"top_k": 30, "min_p": 0.01, "repetition_penalty": 1.2, "min_tokens": 9, "ignore_eos": True}
    banned = LETTERS.index("a")
    for more, bias in (({}, None), ({"allowed_token_ids": [1, 2, 3, banned]}, {banned: -100.0})):
        params = SamplingParams(**settings, **extra, **more, logit_bias=bias, max_tokens=20)
        sent = {**settings, "logit_bias": bias and {str(token): value for token, value in bias.items()}}
        completion = client.completions.create(
            model=NAME, prompt="Hello", max_tokens=20, extra_body=extra | more, **sent
        )
        assert [choice.text for choice in completion.choices] == texts(offline(["Hello"], params))
    assert set(completion.choices[0].text) <= {LETTERS[1], LETTERS[2], LETTERS[3]}


def test_a_completion_ends_at_its_stop_string_or_token(client):
    full = texts(offline(["Hello"], greedy(12)))[0]
    stop = full[4:6]
    cut = full[: full.index(stop)]
    (choice,) = client.completions.create(prompt="Hello", stop=stop, **GREEDY).choices
    assert (choice.text, choice.finish_reason, choice.stop_reason) == (cut, "stop", stop)
    extra = {"include_stop_str_in_output": True}
    (choice,) = client.completions.create(prompt="Hello", stop=[stop], extra_body=extra, **GREEDY).choices
    assert choice.text == cut + stop
    token_id = LETTERS.index(full[4])
    extra = {"stop_token_ids": [token_id], "return_token_ids": True}
    (choice,) = client.completions.create(prompt="Hello", extra_body=extra, **GREEDY).choices
    assert (choice.text, choice.stop_reason) == (full[: full.index(full[4])], token_id)
    assert choice.token_ids == TOKENIZER.encode(choice.text + full[4])
    assert choice.prompt_token_ids == TOKENIZER.encode("Hello")


@pytest.mark.parametrize("prompt", ["Hello", TOKENIZER.encode("Hello")], ids=["text", "token ids"])
def test_echo_puts_the_prompt_before_the_text(client, prompt):
    expected = "Hello" + texts(offline(["Hello"], greedy(12)))[0]
    assert client.completions.create(prompt=prompt, echo=True, **GREEDY).choices[0].text == expected
    chunks = client.completions.create(prompt=prompt, echo=True, stream=True, **GREEDY)
    assert "".join(choice.text for chunk in chunks for choice in chunk.choices) == expected


def test_logprobs_of_completions_are_the_engines(client):
    (output,) = offline(["Hello"], greedy(12, logprobs=3))
    (completion,) = output.outputs
    logprobs = client.completions.create(prompt="Hello", logprobs=3, **GREEDY).choices[0].logprobs
    assert logprobs.tokens == [*completion.text]
    pairs = zip(completion.token_ids, completion.logprobs)
    assert logprobs.token_logprobs == [pytest.approx(entries[token].logprob) for token, entries in pairs]
    assert logprobs.top_logprobs == [
        {LETTERS[token]: pytest.approx(entry.logprob) for token, entry in entries.items()}
        for entries in completion.logprobs
    ]
    assert logprobs.text_offset == [*range(12)]


def test_logprobs_of_a_chat_list_the_most_likely_tokens_best_first(client):
    messages = [{"role": "user", "content": "Hello"}]
    settings = {"model": NAME, "messages": messages, "seed": 1, "temperature": 2, "max_tokens": 8}
    choice = client.chat.completions.create(logprobs=True, top_logprobs=2, **settings).choices[0]
    (output,) = offline(["Hello."], SamplingParams(seed=1, temperature=2, max_tokens=8, logprobs=2))
    (completion,) = output.outputs
    assert [entry.token for entry in choice.logprobs.content] == [*choice.message.content] == [*completion.text]
    for entry, token_id, known in zip(choice.logprobs.content, completion.token_ids, completion.logprobs):
        best = sorted((other.rank, LETTERS[token]) for token, other in known.items())[:2]
        assert [top.token for top in entry.top_logprobs] == [letter for _, letter in best]
        assert entry.logprob == pytest.approx(known[token_id].logprob)
        assert entry.bytes == [*entry.token.encode()]
    choice = client.chat.completions.create(logprobs=True, **settings).choices[0]
    assert {len(entry.top_logprobs) for entry in choice.logprobs.content} == {0}
    assert client.chat.completions.create(**settings).choices[0].logprobs is None


def test_a_chat_is_answered_as_offline_and_fills_the_context_without_a_limit(client):
    messages = [{"role": "system", "content": "be kind"}, {"role": "user", "content": "Hello"}]
    settings = {"model": NAME, "messages": messages, "temperature": 0}
    params = SamplingParams(temperature=0, max_tokens=None)
    (output,) = LLM(MODEL, tokenizer=TOKENIZER, block_size=4).chat(messages, params, use_tqdm=False)
    completion = client.chat.completions.create(**settings)
    (choice,) = completion.choices
    assert (choice.message.role, choice.message.content) == ("assistant", output.outputs[0].text)
    assert choice.finish_reason == "length" and completion.usage.total_tokens == MODEL.config.max_position_embeddings
    for name in ("max_tokens", "max_completion_tokens"):
        short = client.chat.completions.create(**settings, **{name: 5})
        assert short.choices[0].message.content == output.outputs[0].text[:5]


def test_a_chat_may_go_on_with_its_last_message(client):
    messages = [{"role": "assistant", "content": "Once"}]
    extra = {"add_generation_prompt": False, "continue_final_message": True}
    answer = client.chat.completions.create(messages=messages, extra_body=extra, **GREEDY).choices[0].message.content
    assert answer == texts(offline(["Once"], greedy(12)))[0]


def test_a_template_gets_its_own_arguments(client):
    messages, extra = [{"role": "user", "content": "Hi"}], {"chat_template_kwargs": {"mood": "sad"}}
    answer = client.chat.completions.create(messages=messages, extra_body=extra, **GREEDY).choices[0].message.content
    assert answer == texts(offline(["Hi sad."], greedy(12)))[0]


def test_special_tokens_may_be_asked_for_as_they_are_added_anyway(client):
    import openai

    messages = [{"role": "user", "content": "Hi"}]
    for create, prompt, usual in (
        (client.completions.create, {"prompt": "Hi"}, True),
        (client.chat.completions.create, {"messages": messages}, False),
    ):
        asked = prompt | GREEDY
        assert create(**asked, extra_body={"add_special_tokens": usual}).usage == create(**asked).usage
        with pytest.raises(openai.BadRequestError, match="add_special_tokens"):
            create(**asked, extra_body={"add_special_tokens": not usual})


def conversation(content: dict) -> list[dict]:
    return [{"role": "user", "content": "Hi"}, {"role": "assistant", **content}, {"role": "user", "content": "Hello"}]


def test_an_answer_without_text_may_stand_in_a_conversation(client):
    """OpenAI's clients send such an answer back with null as its content, or without one."""
    (expected,) = client.chat.completions.create(messages=conversation({"content": ""}), **GREEDY).choices
    for content in ({"content": None}, {}):
        (choice,) = client.chat.completions.create(messages=conversation(content), **GREEDY).choices
        assert choice.message.content == expected.message.content


@pytest.mark.parametrize("n", [1, 2])
def test_a_streamed_chat_begins_with_its_role_and_adds_up(client, n):
    messages = [{"role": "user", "content": "Hello"}]
    settings = {"model": NAME, "messages": messages, "seed": 1, "max_tokens": 8, "n": n}
    whole = client.chat.completions.create(**settings)
    streamed, first = [""] * n, [None] * n
    for chunk in client.chat.completions.create(stream=True, **settings):
        assert chunk.object == "chat.completion.chunk" and len(chunk.choices) == 1
        (choice,) = chunk.choices
        first[choice.index] = first[choice.index] or choice.delta.role
        assert first[choice.index] == "assistant"
        streamed[choice.index] += choice.delta.content or ""
    assert streamed == [choice.message.content for choice in whole.choices]
    assert choice.finish_reason == "length"


def test_64_requests_at_once_get_the_tokens_that_they_get_offline(served):
    prompts = [random_prompt(seed, 3 + seed % 30) for seed in range(64)]
    limits = [5 + seed % 20 for seed in range(64)]
    steps = served.engine.stats.num_steps
    extra = {"return_token_ids": True}

    def ask(prompt, max_tokens, is_stream):
        settings = {"model": NAME, "prompt": prompt, "temperature": 0, "max_tokens": max_tokens, "extra_body": extra}
        if not is_stream:
            return served.client.completions.create(**settings).choices[0].token_ids
        chunks = served.client.completions.create(stream=True, **settings)
        return [token for chunk in chunks for choice in chunk.choices for token in choice.token_ids]

    with ThreadPoolExecutor(64) as pool:
        answers = [*pool.map(ask, prompts, limits, [seed % 2 == 0 for seed in range(64)])]
    assert answers == [expected_tokens(p, greedy(n)) for p, n in zip(prompts, limits)]
    assert served.engine.stats.num_steps - steps < sum(limits) / 2, "the requests were not batched"
    served.wait_until_idle()


def test_the_asynchronous_client_is_served_too(served):
    import openai

    async def ask_both():
        async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0) as client:
            stream = await client.completions.create(prompt="Hello", stream=True, **GREEDY)
            whole = client.completions.create(prompt="Hello", **GREEDY)
            return "".join([c.choices[0].text async for c in stream]), (await whole).choices[0].text

    expected = texts(offline(["Hello"], greedy(12)))[0]
    assert asyncio.run(ask_both()) == (expected, expected)


def test_the_version_is_that_of_the_installed_package(served):
    assert served.ask("GET", "/version")[:2] == (200, {"version": importlib.metadata.version("mini-vllm")})


def test_the_models_list_has_each_name_and_unknown_ones_are_not_found(client):
    import openai

    assert [card.id for card in client.models.list()] == [NAME, "alias"]
    assert [card["id"] for card in client.get("/models/", cast_to=dict)["data"]] == [NAME, "alias"]
    assert client.models.retrieve("alias").max_model_len == MODEL.config.max_position_embeddings
    for name in ("alias", ""):
        assert client.completions.create(**GREEDY | {"model": name}, prompt="a").model == NAME
    for ask in (
        lambda: client.models.retrieve("gpt-9"),
        lambda: client.completions.create(**GREEDY | {"model": "gpt-9"}, prompt="a"),
    ):
        with pytest.raises(openai.NotFoundError, match="'gpt-9'.*'letters'") as caught:
            ask()
        assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
