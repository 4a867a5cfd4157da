"""What the server refuses: in OpenAI's form, with the field, its value and what to do."""

import gzip
import json
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from served import NAME, GatedEngine, serving

from mini_vllm.entrypoints.openai.api_server import ServerLimits
from mini_vllm.entrypoints.openai.event_stream import dumps

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture(scope="module")
def served():
    with serving(limits=ServerLimits(max_body_bytes=4_000, max_sequences=8)) as server:
        yield server


def error_of(answer, status: int) -> dict:
    """The error, after a look at its form."""
    found, content, _ = answer
    assert found == status, content
    assert content.keys() == {"error"} and content["error"].keys() == {"message", "type", "param", "code"}
    return content["error"]


WRONG_IN_BOTH = [
    # fields, param, a part of the message
    ({"temperature": -1}, "temperature", "temperature=-1 must be"),
    ({"temperature": "hot"}, "temperature", "'hot'"),
    ({"top_p": 2}, "top_p", "top_p=2 must be"),
    ({"n": 0}, "n", "n=0"),
    ({"n": True, "seed": 1}, "n", "n=True"),
    ({"n": 9, "seed": 1}, "n", "9 completions, and one request may have 8"),
    ({"max_tokens": 0}, "max_tokens", "max_tokens=0"),
    ({"max_tokens": 2.5}, "max_tokens", "max_tokens=2.5"),
    ({"max_tokens": 1000}, "max_tokens", "Lower it to "),
    ({"seed": "x"}, "seed", "seed='x'"),
    ({"stop": [1]}, "stop", "stop=[1]"),
    ({"stop_token_ids": ["a"]}, "stop_token_ids", "stop_token_ids=['a']"),
    ({"stream": "yes"}, "stream", "stream='yes': it must be true or false"),
    ({"stream_options": {"include_usage": True}}, "stream_options", "needs stream=true"),
    ({"logit_bias": {"a": 1}}, "logit_bias", "from token ids to numbers"),
    ({"logit_bias": {"99999": 1}}, "logit_bias", "99999"),
    ({"allowed_token_ids": [99999]}, "allowed_token_ids", "99999"),
    ({"ignore_eos": 1}, "ignore_eos", "ignore_eos=1"),
    ({"response_format": {"type": "json_object"}}, "response_format", "is not served: leave it out"),
    ({"structured_outputs": {"choice": ["a"]}}, "structured_outputs", "is not served"),
    ({"use_beam_search": True}, "use_beam_search", "is not served"),
]
WRONG = [
    *((COMPLETIONS, {"prompt": "Hello", **fields}, *rest) for fields, *rest in WRONG_IN_BOTH),
    *((CHAT, {"messages": HELLO, **fields}, *rest) for fields, *rest in WRONG_IN_BOTH),
    (COMPLETIONS, {}, "prompt", "prompt=None"),
    (COMPLETIONS, {"prompt": ""}, "prompt", "is empty"),
    (COMPLETIONS, {"prompt": []}, "prompt", "prompt=[]"),
    (COMPLETIONS, {"prompt": [[]]}, "prompt", "is empty"),
    (COMPLETIONS, {"prompt": ["a", [1]]}, "prompt", "a list of such lists"),
    (COMPLETIONS, {"prompt": {"text": "a"}}, "prompt", "a list of such lists"),
    (COMPLETIONS, {"prompt": [1, True]}, "prompt", "True"),
    (COMPLETIONS, {"prompt": [64]}, "prompt", "token id 64 is outside the vocabulary, 0 to 63"),
    (COMPLETIONS, {"prompt": "a" * 128}, "prompt", "max_model_len=128"),
    (COMPLETIONS, {"prompt": "\ud800"}, "prompt", "surrogate"),
    (COMPLETIONS, {"prompt": ["a", "a" * 128]}, "prompt", "prompt[1]: The prompt has 128 tokens"),
    (COMPLETIONS, {"prompt": [[1], [64]]}, "prompt", "prompt[1]: token id 64"),
    (COMPLETIONS, {"prompt": ["a"] * 9}, "n", "9 prompts"),
    (COMPLETIONS, {"prompt": "a", "logprobs": 21}, "logprobs", "logprobs=21: it must be a whole number, 0 to 20"),
    (COMPLETIONS, {"prompt": "a", "logprobs": True}, "logprobs", "logprobs=True"),
    (COMPLETIONS, {"prompt": "a", "prompt_logprobs": -1}, "prompt_logprobs", "a whole number, 0 to 20"),
    (CHAT, {"messages": HELLO, "prompt_logprobs": 1, "stream": True}, "prompt_logprobs", "not served with stream=true"),
    (COMPLETIONS, {"prompt": "a", "max_completion_tokens": 5}, "max_completion_tokens", "belongs to the other kind"),
    (CHAT, {"messages": HELLO, "echo": True}, "echo", "belongs to the other kind"),
    (COMPLETIONS, {"prompt": "a", "suffix": "b"}, "suffix", "is not served"),
    (COMPLETIONS, {"prompt": "a", "best_of": 2}, "best_of", "is not served"),
    (CHAT, {}, "messages", "messages=None"),
    (CHAT, {"messages": [{"role": "user", "content": "a" * 128}]}, "messages", "max_model_len=128"),
    (CHAT, {"messages": HELLO, "max_completion_tokens": 0}, "max_completion_tokens", "max_completion_tokens=0: it"),
    (CHAT, {"messages": HELLO, "max_completion_tokens": "9"}, "max_completion_tokens", "max_completion_tokens='9'"),
    (CHAT, {"messages": HELLO, "max_completion_tokens": 1000}, "max_completion_tokens", "Lower it to "),
    (CHAT, {"messages": []}, "messages", "messages=[]"),
    (CHAT, {"messages": "Hello"}, "messages", "messages='Hello'"),
    (CHAT, {"messages": [{"content": "a"}]}, "messages[0]", '"role"'),
    (CHAT, {"messages": [{"role": "user"}]}, "messages[0].content", "must be a text"),
    (CHAT, {"messages": [{"role": "assistant", "tool_calls": [1]}]}, "messages[0].tool_calls", "tools are not served"),
    (
        CHAT,
        {"messages": [*HELLO, {"role": "tool", "content": "a", "tool_calls": [1]}]},
        "messages[1].tool_calls",
        "not",
    ),
    (CHAT, {"messages": HELLO, "logprobs": 2}, "logprobs", "logprobs=2: it must be true or false"),
    (CHAT, {"messages": HELLO, "top_logprobs": 2}, "top_logprobs", "it needs logprobs=true"),
    (CHAT, {"messages": HELLO, "logprobs": True, "top_logprobs": 21}, "top_logprobs", "0 to 20"),
    (CHAT, {"messages": HELLO, "tools": [{"type": "function"}]}, "tools", "is not served"),
    (CHAT, {"messages": HELLO, "tool_choice": "required"}, "tool_choice", "is not served"),
    (CHAT, {"messages": HELLO, "modalities": ["audio"]}, "modalities", "is not served"),
    (CHAT, {"messages": HELLO, "reasoning_effort": "high"}, "reasoning_effort", "is not served"),
    (CHAT, {"messages": HELLO, "chat_template": "{{ x }}"}, "chat_template", "is not served"),
    (CHAT, {"messages": HELLO, "chat_template_kwargs": [1]}, "chat_template_kwargs", "must be an object"),
]


@pytest.mark.parametrize(
    ("path", "body", "param", "part"), WRONG, ids=[f"{path[4:8]} {ascii(body)[:70]}" for path, body, *_ in WRONG]
)
def test_a_wrong_field_is_named_with_its_value(served, path, body, param, part):
    error = error_of(served.post(path, body), 400)
    assert part in error["message"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    if not param or not param.startswith("stream"):
        error_of(served.post(path, body | {"stream": True}), 400)  # before a stream has begun
    assert served.async_llm.num_unfinished_requests == 0


def test_openais_client_raises_its_error_for_a_bad_request(served):
    import openai

    with pytest.raises(openai.BadRequestError) as caught:
        served.client.chat.completions.create(model=NAME, messages=HELLO, top_p=7)
    assert caught.value.param == "top_p" and "top_p=7 must be" in caught.value.message


def test_fields_that_ask_for_nothing_are_taken(served):
    nothing = {"response_format": {"type": "text"}, "tools": None, "tool_choice": "auto", "stop": None, "n": 1}
    body = {"messages": HELLO, "max_tokens": 2, "user": "me", "store": False, "stream_options": None} | nothing
    assert served.post(CHAT, body | {"echo": False})[0] == 200
    assert served.post(COMPLETIONS, {"prompt": "a", "max_tokens": 1, "top_logprobs": 0})[0] == 200


def test_unknown_fields_are_ignored_and_logged_as_in_vllm(served, caplog):
    with caplog.at_level(logging.WARNING):
        assert served.post(COMPLETIONS, {"prompt": "a", "temperatur\n": 0, "max_tokens": 2})[0] == 200
    (record,) = caplog.records
    assert "['temperatur\\n']" in record.getMessage() and "\n" not in record.getMessage()


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b'{"prompt": "a"} x', "not valid JSON"),
        (b'{"prompt": "\xff"}', "not UTF-8 (invalid start byte at byte 12)"),
        ('{"prompt": "a"}'.encode("utf-16"), "not UTF-8"),
        (b'{"prompt": "a", "temperature": NaN}', "NaN"),
        (b'{"prompt": "a", "temperature": 1e999}', "temperature"),
        (b'{"prompt": "a", "seed": ' + b"9" * 3000 + b"}", None),
        (b"[]", "must be a JSON object"),
        (b'"a"', "must be a JSON object"),
        (b"[" * 1_900 + b"]" * 1_900, "nested more than 20 levels deep"),
        (b'{"prompt": ' + b"[" * 20 + b"]" * 20 + b"}", "nested more than 20 levels deep"),
        (b'{"prompt": ' + b"[" * 19 + b"]" * 19 + b"}", "[[[[[["),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_body_that_is_no_request_is_a_400(served, body, part):
    status, content, _ = served.post(COMPLETIONS, body)
    if part is not None:
        assert part in error_of((status, content, None), 400)["message"]
    assert status in (200, 400)


def test_a_body_over_the_limit_is_a_413_and_the_connection_closes(served):
    answer = served.post(COMPLETIONS, {"prompt": "a" * 5_000})
    assert "more than 4000 bytes" in error_of(answer, 413)["message"]
    assert answer[2]["Connection"] == "close"


def test_only_json_is_taken_so_that_a_web_page_has_to_ask_first(served):
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        error_of(served.post(COMPLETIONS, {"prompt": "a"}, **{"Content-Type": kind}), 415)
    assert served.post(COMPLETIONS, {"prompt": "a"}, **{"Content-Type": "application/JSON; charset=utf-8"})[0] == 200


def test_a_compressed_body_is_refused_by_its_encoding(served):
    body = gzip.compress(b'{"prompt": "a"}')
    error = error_of(served.post(COMPLETIONS, body, Content_Encoding="gzip"), 415)
    assert error["message"] == "Content-Encoding='gzip' is not read: send the body uncompressed."
    assert served.post(COMPLETIONS, {"prompt": "a", "max_tokens": 1}, Content_Encoding="identity")[0] == 200


def test_an_unknown_path_and_a_wrong_method_are_said(served):
    for path in ("/", "/v1", "/v1/engines", "/docs", "/../../etc/passwd", "/v1/%2e%2e/%2e%2e/etc/passwd"):
        assert ascii(path.replace("%2e", "."))[1:-1] in error_of(served.ask("GET", path), 404)["message"]
    paths = "/v1/completions, /v1/chat/completions, /tokenize, /detokenize, /v1/models, /health, /metrics, /version"
    error = error_of(served.post("/completions", {"prompt": "a"}), 404)  # a base_url without /v1
    assert error["message"] == f"There is no '/completions'; this server has {paths}."
    answer = served.ask("GET", COMPLETIONS)
    assert "POST" in error_of(answer, 405)["message"] and answer[2]["Allow"] == "POST"


def test_a_key_is_asked_for_where_there_is_one():
    import openai

    with serving(api_keys=["secret", "sécret"]) as served:
        for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "secret"}, {"Authorization": "Bearer"}):
            for path in (COMPLETIONS, "/v1/nothing", "/tokenize"):
                answer = served.post(path, {"prompt": "a", "max_tokens": 1}, **header)
                error = error_of(answer, 401)
                assert error["code"] == "invalid_api_key" and answer[2]["WWW-Authenticate"] == "Bearer"
            error_of(served.ask("GET", "/v1/models", **header), 401)
        assert served.ask("GET", "/v1/models", Authorization="Bearer secret")[0] == 200
        body = {"prompt": "a", "max_tokens": 1}
        assert served.post(COMPLETIONS, body, Authorization="Bearer secret")[0] == 200
        with pytest.raises(openai.AuthenticationError):
            served.client.models.list()
        assert [*served.client.with_options(api_key="secret").models.list()]
        assert served.ask("GET", "/health")[0] == 200


def test_without_a_key_a_page_elsewhere_cannot_reach_the_loopback_by_another_name():
    with serving(own_names=("127.0.0.1", "localhost", "[::1]")) as served:
        for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""):
            assert ascii(host) in error_of(served.ask("GET", "/v1/models", Host=host), 421)["message"]
        for host in ("localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"):
            assert served.ask("GET", "/v1/models", Host=host)[0] == 200


def test_nothing_is_made_of_the_host_header(served):
    for host in ("[", "a b", "x" * 5_000, "evil.example/v1/chat"):
        body = {"prompt": "a", "max_tokens": 1}
        assert served.post(COMPLETIONS, body, Host=host)[0] == 200
        error_of(served.ask("GET", "/nothing", Host=host), 404)


def test_a_message_does_not_send_a_long_value_back(served):
    error = error_of(served.post(COMPLETIONS, {"prompt": "a", "stop": ["x" * 3_000, 1]}), 400)
    assert (error["param"], len(error["message"]) < 1_100) == ("stop", True)
    assert error["message"].endswith("must hold strings of at least one character.")


def test_a_full_queue_is_a_429_that_says_when_to_come_back():
    import openai

    with serving(GatedEngine(max_num_seqs=1), max_queue=1) as served:
        served.engine.gate.clear()
        stream = served.client.completions.create(model=NAME, prompt=["a", "b"], max_tokens=4, stream=True)
        answer = served.post(COMPLETIONS, {"prompt": "c"})
        error = error_of(answer, 429)
        assert "2 sequences run or wait, and 2 may" in error["message"] and error["code"] == "queue_full"
        assert answer[2]["Retry-After"] == "1"
        with pytest.raises(openai.RateLimitError):
            served.client.chat.completions.create(model=NAME, messages=HELLO)
        served.engine.gate.set()
        assert {chunk.choices[0].index for chunk in stream} == {0, 1}
        served.wait_until_idle()
        assert served.post(COMPLETIONS, {"prompt": "c"})[0] == 200
        error_of(served.post(COMPLETIONS, {"prompt": ["c"] * 3}), 400)  # which no waiting would help


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_when_the_engine_dies_all_requests_end_and_health_says_so():
    import openai

    class Broken(GatedEngine):
        def step(self):
            self.at_gate.set()
            self.gate.wait()
            raise ZeroDivisionError("secret internals")

    with serving(Broken()) as served, ThreadPoolExecutor() as pool:
        assert served.ask("GET", "/health")[0] == 200
        served.engine.gate.clear()
        stream = served.client.completions.create(model=NAME, prompt="a", stream=True)
        assert served.engine.at_gate.wait(60)
        late = pool.submit(served.post, COMPLETIONS, {"prompt": "a"})  # the engine's thread has not taken it yet
        served.wait_until(lambda: served.async_llm.num_unfinished_requests == 2)
        served.engine.gate.set()
        with pytest.raises(openai.APIError, match="The engine has stopped"):
            list(stream)
        for answer in (late.result(), served.post(COMPLETIONS, {"prompt": "a"}), served.ask("GET", "/health")):
            assert error_of(answer, 503)["code"] == "engine_unavailable"
        assert served.ask("GET", "/metrics")[0] == 200


@pytest.mark.parametrize("path", [COMPLETIONS, CHAT])
def test_a_request_that_fails_says_why_and_the_others_go_on(path):
    class Failing(GatedEngine):
        def step(self):
            outputs = super().step()
            for output in outputs:
                if len(output.prompt_token_ids) == 2:
                    output.error, output.finished, output.outputs[0].finish_reason = "its logits are NaN", True, "error"
                    self.abort_request(output.request_id)
            return outputs

    with serving(Failing()) as served:
        what = {"prompt": "ab"} if path == COMPLETIONS else {"messages": [{"role": "user", "content": "a"}]}
        body = {**what, "max_tokens": 5}
        error = error_of(served.post(path, body), 500)
        assert error["message"] == "The request failed: its logits are NaN"
        status, events, _ = served.post(path, body | {"stream": True})
        assert status == 200 and events.split("\n\n")[-2:] == ["data: [DONE]", ""]
        assert json.loads(events.split("\n\n")[-3].removeprefix("data: ")) == {"error": error}
        assert served.post(COMPLETIONS, {"prompt": "abc", "max_tokens": 5})[0] == 200
        assert served.async_llm.stat_logger.finished["error"] == 2


def test_an_error_of_the_server_tells_nothing_of_its_inside(served, monkeypatch):
    def fail(*args):
        raise ZeroDivisionError("secret internals")

    monkeypatch.setattr(served.engine.input_processor, "preprocess", fail)
    error = error_of(served.post(COMPLETIONS, {"prompt": "a"}), 500)
    assert "secret" not in json.dumps(error) and error["type"] == "server_error"
    served.wait_until(lambda: served.logged)  # after the answer
    assert served.logged == ["Exception in ASGI application\n"]


def test_half_of_a_surrogate_pair_is_written_as_an_escape():
    assert dumps({"a": "\ud800é"}) == b'{"a":"\\ud800\xc3\xa9"}'
    assert json.loads(dumps({"a": "\ud800é"})) == {"a": "\ud800é"}
