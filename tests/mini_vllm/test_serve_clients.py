"""Clients that go away, send rubbish or take their time: what they asked for ends, and nobody else notices."""

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from engines import expected_tokens, greedy, random_prompt
from letters import LetterTokenizer
from served import NAME, GatedEngine, serving

from mini_vllm.entrypoints.openai import http_server, read_body
from mini_vllm.entrypoints.openai.api_server import ServerLimits

BODY = {"model": NAME, "prompt": "Hello", "temperature": 0, "max_tokens": 50}


@pytest.fixture(scope="module")
def served():
    with serving(limits=ServerLimits(max_body_bytes=4_000)) as server:
        yield server


def request_of(body: object, path: str = "/v1/completions") -> bytes:
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def answer_of(connection) -> bytes:
    """All that comes until the server closes the connection."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def require_healthy(served) -> None:
    """Nothing is left of earlier requests, and one more is answered rightly."""
    served.wait_until_idle()
    pool = served.engine.scheduler.kv_cache_manager.block_pool
    assert pool.num_free_blocks == pool.num_blocks
    status, content, _ = served.post("/v1/completions", {**BODY, "return_token_ids": True})
    prompt = LetterTokenizer().encode("Hello")
    assert served.logged == []
    assert status == 200 and content["choices"][0]["token_ids"] == expected_tokens(prompt, greedy(50))


@pytest.mark.parametrize("wanted", [{}, {"stream": True}, {"prompt": ["a", "b", "c"]}, {"n": 3, "temperature": 1}])
def test_a_client_that_goes_away_ends_its_request_before_its_first_token(served, wanted):
    aborted = served.async_llm.stat_logger.finished["abort"]
    served.engine.gate.clear()
    with served.connect() as connection:
        connection.sendall(request_of(BODY | wanted))
        served.wait_until(lambda: served.async_llm.num_unfinished_requests > 0)
    served.wait_until(lambda: served.async_llm.num_unfinished_requests == 0)  # while the engine waits at its gate
    served.engine.gate.set()
    require_healthy(served)
    num_requests = len(wanted.get("prompt", "a"))
    assert served.async_llm.stat_logger.finished["abort"] == aborted + num_requests


@pytest.mark.parametrize("how", ["socket", "client"])
def test_a_client_that_goes_away_ends_its_stream_after_some_tokens(served, how):
    steps = served.engine.stats.num_steps
    served.engine.gate.clear()
    if how == "socket":
        connection = served.connect()
        connection.sendall(request_of(BODY | {"max_tokens": 120, "stream": True}))
        served.engine.gate.set()
        assert b"200 OK" in connection.recv(65_536)
        connection.close()
    else:
        stream = served.client.completions.create(**BODY | {"max_tokens": 120, "stream": True})
        served.engine.gate.set()
        next(stream)
        stream.close()
    served.wait_until_idle()
    assert served.engine.stats.num_steps - steps <= 121
    require_healthy(served)


def test_a_client_that_goes_away_leaves_the_queue():
    with serving(GatedEngine(max_num_seqs=1)) as served:
        served.engine.gate.clear()
        first, second = served.connect(), served.connect()
        first.sendall(request_of(BODY))
        served.wait_until(lambda: served.async_llm.num_unfinished_requests == 1)
        second.sendall(request_of(BODY | {"stream": True}))
        served.wait_until(lambda: served.async_llm.num_unfinished_requests == 2)
        second.close()
        served.wait_until(lambda: served.async_llm.num_unfinished_requests == 1)
        served.engine.gate.set()
        assert b"200 OK" in first.recv(65_536)
        first.close()
        require_healthy(served)


@pytest.mark.parametrize("num_bytes", [0, 5, 60, 130, -1], ids="after {} bytes".format)
def test_a_client_that_goes_away_while_it_sends_leaves_nothing(served, num_bytes):
    with served.connect() as connection:
        connection.sendall(request_of(BODY)[:num_bytes])
    require_healthy(served)


def test_half_of_the_clients_go_away_and_the_others_get_their_tokens(served):
    prompts = [random_prompt(seed, 9) for seed in range(24)]

    def ask(index: int):
        settings = {"model": NAME, "prompt": prompts[index], "temperature": 0, "max_tokens": 40}
        with served.client.completions.create(**settings, stream=True, extra_body={"return_token_ids": True}) as chunks:
            if index % 2:
                next(chunks)
                return None
            return [token for chunk in chunks for choice in chunk.choices for token in choice.token_ids]

    with ThreadPoolExecutor(24) as pool:
        answers = [*pool.map(ask, range(24))]
    assert answers[::2] == [expected_tokens(prompt, greedy(40)) for prompt in prompts[::2]]
    require_healthy(served)


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100) + b"\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked"
        b"\r\n\r\n2\r\n{}\r\nZZ\r\n",
        b"POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_is_no_http_gets_a_400_and_the_connection_closes(served, rubbish):
    with served.connect() as connection:
        connection.sendall(rubbish)
        head, _, body = answer_of(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ") and json.loads(body)["error"]["type"] == "invalid_request_error"
    require_healthy(served)


def test_a_head_without_end_is_not_read_to_its_end(served):
    with served.connect() as connection:
        with contextlib.suppress(ConnectionError):  # closed while this is sent
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 2**24)
        with contextlib.suppress(ConnectionError):
            assert b"HTTP/1.1 400 " in answer_of(connection)
    require_healthy(served)


@pytest.mark.parametrize("declared", [True, False], ids=["with its length", "in chunks"])
def test_a_body_without_end_is_not_read_to_its_end(served, declared):
    head = b"POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    with served.connect() as connection:
        connection.sendall(head + (b"Content-Length: 99999999999\r\n\r\n" if declared else b""))
        if not declared:
            connection.sendall(b"Transfer-Encoding: chunked\r\n\r\n" + (b"3e8\r\n" + b" " * 1_000 + b"\r\n") * 70)
        assert b"HTTP/1.1 413 " in connection.recv(65_536)
    require_healthy(served)


def test_a_body_that_does_not_come_is_not_waited_for(served, monkeypatch):
    monkeypatch.setattr(read_body, "BODY_TIMEOUT_S", 0.1)
    with served.connect() as connection:
        connection.sendall(request_of(BODY)[:-5])
        assert b"HTTP/1.1 408 " in answer_of(connection)
    require_healthy(served)


def test_a_head_that_does_not_come_is_not_waited_for(served, monkeypatch):
    monkeypatch.setattr(http_server, "HEAD_TIMEOUT_S", 0.2)
    for before in (b"", b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"):  # the first on its connection, or a later one
        with served.connect() as connection:
            if before:
                connection.sendall(before)
                assert b"200 OK" in connection.recv(65_536)
            connection.sendall(b"GET /health HT")
            assert answer_of(connection) == b""
    served.engine.gate.clear()
    with served.connect() as connection:  # an answer may take longer
        connection.sendall(request_of(BODY))
        served.wait_until(lambda: served.async_llm.num_unfinished_requests == 1)
        with served.connect() as idle:
            assert answer_of(idle) == b""
        served.engine.gate.set()
        assert b"200 OK" in connection.recv(65_536)
    require_healthy(served)


def test_requests_one_behind_the_other_on_a_connection_are_answered_in_turn(served):
    with served.connect() as connection:
        short = request_of(BODY | {"max_tokens": 1})
        connection.sendall(short + short.replace(b" HTTP/1.1\r\n", b" HTTP/1.1\r\nConnection: close\r\n", 1))
        assert answer_of(connection).count(b"200 OK") == 2
    require_healthy(served)
