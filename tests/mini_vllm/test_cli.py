"""`python -m mini_vllm`: what it prints, and the exit status that scripts rely on."""

import os
import subprocess
import sys

import pytest

from mini_vllm import LLM, CompletionOutput, RequestOutput, SamplingParams
from mini_vllm.entrypoints.cli.main import main


@pytest.fixture(scope="module")
def llm():
    return LLM()


def test_complete_prints_the_prompt_and_what_follows(capsys, llm):
    assert main(["complete", "Once upon a time", "--temperature", "0", "--max-tokens", "30"]) == 0
    (output,) = llm.generate("Once upon a time", SamplingParams(temperature=0, max_tokens=30))
    assert capsys.readouterr().out == f"Once upon a time{output.outputs[0].text}\n"


def test_the_options_reach_the_sampler(capsys):
    options = ["--max-tokens", "12", "--seed", "3", "--top-k", "20", "--top-p", "0.9", "--min-p", "0.01"]
    texts = []
    for extra in ([], [], ["--temperature", "2"]):
        assert main(["complete", "Once", *options, *extra]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]
    assert main(["complete", "Once upon a time", "--temperature", "0", "--stop", " "]) == 0
    stopped = capsys.readouterr().out
    assert stopped.startswith("Once upon a time") and " " not in stopped.removeprefix("Once upon a time")


def test_the_prompt_can_come_from_standard_input(capsys, monkeypatch, tmp_path):
    (tmp_path / "prompt").write_text("Once upon a time")
    with open(tmp_path / "prompt") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert main(["complete", "-", "--temperature", "0", "--max-tokens", "5"]) == 0
    assert capsys.readouterr().out.startswith("Once upon a time")


def test_chat_answers_one_message(capsys, llm):
    assert main(["chat", "Tell me a story about a fox.", "--temperature", "0"]) == 0
    messages = [{"role": "user", "content": "Tell me a story about a fox."}]
    (output,) = llm.chat(messages, SamplingParams(temperature=0, max_tokens=None))
    assert capsys.readouterr().out == output.outputs[0].text + "\n"


def test_chat_goes_on_line_by_line_and_tells_what_no_longer_fits(capsys, monkeypatch, tmp_path):
    (tmp_path / "lines").write_text("Hello!\n\n" + "very " * 400 + "\n/reset\nWho are you?\n/exit\nnever read\n")
    with open(tmp_path / "lines") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert main(["chat", "--temperature", "0", "--max-model-len", "200"]) == 0
    said = capsys.readouterr()
    assert len(said.out.strip().splitlines()) == 2
    assert "max_model_len=200" in said.err and "/reset" in said.err


class Recorder:
    """In place of an LLM: keeps the conversations that it is asked to go on with, and answers with their number."""

    def __init__(self):
        self.conversations = []

    def chat_prompt(self, messages):
        if messages[-1]["content"] == "too long":
            raise ValueError("does not fit")
        self.conversations.append([message["content"] for message in messages])
        return messages

    def stream(self, prompt, params):
        text = f"answer {len(self.conversations)}"
        error = "no logits" if prompt[-1]["content"] == "fail" else None
        completion = CompletionOutput(index=0, text=text, token_ids=[1], finish_reason="error" if error else "stop")
        yield RequestOutput("0", None, [1], [completion], finished=True, error=error)


def talk(monkeypatch, tmp_path, lines: list[str], *options: str) -> tuple[int, list[list[str]]]:
    """The exit status, and what each answer was an answer to."""
    recorder = Recorder()
    monkeypatch.setattr("mini_vllm.entrypoints.cli.chat.make_llm", lambda args: recorder)
    (tmp_path / "lines").write_text("\n".join(lines))
    with open(tmp_path / "lines") as file:
        monkeypatch.setattr("sys.stdin", file)
        return main(["chat", *options]), recorder.conversations


def test_chat_remembers_what_was_said_until_it_is_told_to_begin_anew(monkeypatch, tmp_path):
    lines = ["one", "too long", "two", "/reset", "three"]
    assert talk(monkeypatch, tmp_path, lines, "--system", "be kind") == (
        0,
        [["be kind", "one"], ["be kind", "one", "answer 1", "two"], ["be kind", "three"]],
    )


def test_chat_tells_of_a_request_that_failed(monkeypatch, tmp_path, capsys):
    assert talk(monkeypatch, tmp_path, ["fail", "never asked"]) == (1, [["fail"]])
    assert "no logits" in capsys.readouterr().err


def test_bench_prints_a_row_for_each_batch_size(capsys):
    assert main(["bench", "--prompt-len", "8", "--output-len", "3", "--batch-sizes", "1", "2"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[-2:]]
    assert [row[0] for row in rows] == ["1", "2"] and all(float(cell) > 0 for row in rows for cell in row)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["complete", ""], "empty"),
        (["complete", "a", "--temperature", "-1"], "temperature=-1.0"),
        (["complete", "a", "--max-model-len", "99999"], "max_model_len=99999"),
        (["complete", "a", "--model", "nope"], "no model 'nope'"),
        (["pull", "nope"], "no model 'nope'"),
        (["bench", "--batch-sizes", "0"], "batch size is 0"),
        (["bench", "--batch-sizes", "1000"], "max_num_seqs=128"),
    ],
    ids=" ".join,
)
def test_an_error_is_one_line_on_stderr_and_status_1(arguments, message, capsys):
    assert main(arguments) == 1
    err = capsys.readouterr().err
    assert message in err and err.startswith("python -m mini_vllm: ") and err.count("\n") == 1


@pytest.mark.parametrize("command", ["complete", "chat", "serve", "bench", "pull"])
def test_help_ends_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"Example: python -m mini_vllm {command}" in capsys.readouterr().out


def test_ctrl_c_ends_with_status_130(monkeypatch, capsys):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(LLM, "stream", interrupted)
    assert main(["complete", "a"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_it_runs_offline_as_a_command_of_its_own():
    environment = {**os.environ, "MINI_VLLM_CACHE": os.devnull}  # nothing is pulled, and nothing can be
    command = [sys.executable, "-m", "mini_vllm", "complete", "Once upon a time", "--max-tokens", "5"]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert ended.returncode == 0 and ended.stdout.startswith("Once upon a time") and not ended.stderr
