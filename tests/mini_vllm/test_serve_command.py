"""`python -m mini_vllm serve`: its options, its end, and what it says."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request

import pytest
from served import NAME, PATIENCE_S, GatedEngine, serving

from mini_vllm import LLM, SamplingParams
from mini_vllm.entrypoints.cli.main import main
from mini_vllm.entrypoints.openai import http_server


@pytest.fixture
def started(monkeypatch):
    """The arguments of the server that the command would run."""
    found = {}

    def run(self, sockets):
        found.update(app=self.config.app, engine=self.engine, address=sockets[0].getsockname())
        found["timeout"] = self.shutdown_timeout_s
        sockets[0].close()

    monkeypatch.setattr(http_server.Server, "run", run)
    monkeypatch.delenv("MINI_VLLM_API_KEY", raising=False)
    return found


def guard_of(started) -> dict:
    api_keys, own_names = started["app"].user_middleware[1].args
    return {"api_keys": api_keys, "own_names": own_names}


def test_the_options_reach_the_engine_and_the_server(started, capsys):
    limits = ["--max-model-len", "100", "--max-num-seqs", "3", "--max-num-batched-tokens", "50", "--block-size", "8"]
    limits += ["--num-blocks", "40", "--no-enable-prefix-caching"]
    limits += ["--speculative-config", '{"method": "ngram", "num_speculative_tokens": 4}']
    options = ["--port", "0", "--api-key", "a", "--api-key", "b", "--max-queue", "7", "--shutdown-timeout", "2"]
    assert main(["serve", "tiny-storyteller", *limits, *options, "--served-model-name", "one", "two"]) == 0
    config = started["engine"].llm_engine.config
    assert (config.max_model_len, config.max_num_seqs, config.max_num_batched_tokens) == (100, 3, 50)
    assert (config.block_size, config.num_blocks, config.enable_prefix_caching) == (8, 40, False)
    assert config.speculative_config.num_speculative_tokens == 4
    assert started["engine"].max_num_sequences == 3 + 7 and started["timeout"] == 2
    assert guard_of(started) == {"api_keys": ["a", "b"], "own_names": None}
    assert "Model one, context of 100 tokens" in capsys.readouterr().out


def test_allowed_origins_reach_the_server_and_are_origins(started, capsys):
    origins = ["http://localhost:3000", "*"]
    assert main(["serve", "--port", "0", "--allowed-origins", *origins]) == 0
    assert started["app"].user_middleware[0].args == (origins,)
    for wrong in ('["*"]', "localhost:3000", "http://localhost:3000/"):
        assert main(["serve", "--port", "0", "--allowed-origins", wrong]) != 0
        assert f"--allowed-origins is {wrong}; it must be like http://localhost:3000" in capsys.readouterr().err


def test_the_key_can_come_from_the_environment(started, monkeypatch):
    monkeypatch.setenv("MINI_VLLM_API_KEY", "secret")
    assert main(["serve", "--port", "0"]) == 0
    assert guard_of(started)["api_keys"] == ["secret"]
    monkeypatch.setenv("MINI_VLLM_API_KEY", "")  # as if it were not set
    assert main(["serve", "--port", "0"]) == 0
    assert guard_of(started)["api_keys"] == []


@pytest.mark.parametrize("keys", [[""], [" "], ["a", ""], ["a\n"]], ids=str)
def test_a_key_that_is_empty_or_has_white_space_around_it_is_refused(started, capsys, monkeypatch, keys):
    assert main(["serve", "--port", "0", *(f"--api-key={key}" for key in keys)]) == 1
    assert capsys.readouterr().err.startswith(
        "python -m mini_vllm: --api-key (or MINI_VLLM_API_KEY) is empty, or begins or"
    )
    assert not started


def test_a_server_for_other_machines_warns_if_it_asks_for_no_key(started, capsys):
    assert main(["serve", "--port", "0"]) == 0
    assert guard_of(started)["own_names"] is not None and capsys.readouterr().err == ""
    assert main(["serve", "--port", "0", "--host", "0.0.0.0"]) == 0
    assert guard_of(started)["own_names"] is None
    assert capsys.readouterr().err.startswith("Warning: everyone who reaches 0.0.0.0 may use this server")
    assert main(["serve", "--port", "0", "--host", "0.0.0.0", "--api-key", "a"]) == 0
    assert capsys.readouterr().err == ""


def test_an_address_that_cannot_be_had_is_one_line_before_a_model_is_loaded(capsys, monkeypatch):
    monkeypatch.setattr("mini_vllm.entrypoints.cli.serve.LLM", None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        cases = [
            (["--port", str(port)], f"port {port}"),
            (["--port", "99999"], "--port is 99999"),
            (["--host", "a.b"], "a.b"),
        ]
        for options, part in cases:
            assert main(["serve", *options]) == 1
            err = capsys.readouterr().err
            assert part in err and "--port" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "least"), [("--max-queue", 0), ("--max-sequences-per-request", 1), ("--max-body-bytes", 1)]
)
def test_a_limit_that_makes_no_sense_is_named_with_its_least_value(started, capsys, option, least):
    assert main(["serve", "--port", "0", option, str(least - 1)]) == 1
    assert f"{option} is {least - 1}; it must be at least {least}." in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["inf", "nan", "-1"])
def test_a_shutdown_timeout_is_a_number_of_seconds(started, capsys, seconds):
    assert main(["serve", "--port", "0", "--shutdown-timeout", seconds]) == 1
    assert "--shutdown-timeout is " in capsys.readouterr().err and not started


def test_at_the_end_requests_may_finish(capsys):
    import openai

    with serving() as served:
        served.engine.gate.clear()
        stream = served.client.completions.create(model=NAME, prompt="a", stream=True)
        served.wait_until(lambda: served.async_llm.num_unfinished_requests == 1)
        served.server.should_exit = True
        served.wait_until(lambda: "Unfinished requests: 1; they have 5 s" in capsys.readouterr().out)
        with pytest.raises(openai.APIConnectionError):  # a new one is not taken
            served.client.completions.create(model=NAME, prompt="a")
        served.engine.gate.set()
        assert "".join(chunk.choices[0].text for chunk in stream if chunk.choices) != ""
    assert capsys.readouterr().out == "Stopped.\n"


@pytest.mark.parametrize("is_stream", [True, False])
@pytest.mark.parametrize("is_told_twice", [True, False])
def test_at_the_end_requests_that_take_too_long_are_aborted(capsys, is_stream, is_told_twice):
    import openai

    with serving(GatedEngine(), shutdown_timeout_s=60 if is_told_twice else 0.2) as served:
        served.engine.gate.clear()
        errors = []

        def ask() -> None:
            try:
                list(served.client.completions.create(model=NAME, prompt="a", stream=is_stream))
            except openai.APIError as error:
                errors.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        served.wait_until(lambda: served.async_llm.num_unfinished_requests == 1)
        served.server.should_exit, served.server.force_exit = True, is_told_twice
        thread.join(PATIENCE_S)
        assert served.logged == [] and not thread.is_alive()
        served.engine.gate.set()
        assert [error.message for error in errors if "The server is stopping." in str(error)], errors
    assert "Stopped. Aborted requests: 1\n" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="sends signals")
@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, -signal.SIGTERM, marks=pytest.mark.slow)],
)
def test_it_serves_until_a_signal_comes(number, status):
    import openai

    command = [sys.executable, "-m", "mini_vllm", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        (url,) = re.findall(r"http://\S+", process.stdout.readline() + process.stdout.readline())
        with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client:
            settings = {"temperature": 0, "max_tokens": 5}
            completion = client.completions.create(model="tiny-storyteller", prompt="Once upon a time", **settings)
        with urllib.request.urlopen(f"{url}/metrics") as metrics:
            assert 'vllm:generation_tokens_total{model_name="tiny-storyteller"} 5.0' in metrics.read().decode()
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err.strip()) == (status, "Stopped.\n", "")
    (expected,) = LLM().generate("Once upon a time", SamplingParams(**settings))
    assert completion.choices[0].text == expected.outputs[0].text
