"""The requests that README and docs/server.md show are answered by a server."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from served import GatedEngine, serving

from mini_vllm import LLM, LLMEngine
from mini_vllm.entrypoints.openai import known_fields

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"


class Storyteller(GatedEngine):
    """With the embedded model in place of the letters."""

    def __init__(self) -> None:
        super().__init__()
        engine = LLM().llm_engine
        LLMEngine.__init__(self, engine.model, engine.tokenizer, engine.config)


@pytest.fixture(scope="module")
def served():
    with serving(Storyteller()) as server:
        yield server


@pytest.mark.parametrize("page", ["README.md", "docs/server.md"])
def test_the_pages_curl_gets_a_completion(served, page):
    (command,) = re.findall(rf"^curl {ADDRESS}.*$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    words = shlex.split(command.replace(ADDRESS, served.url))
    run = subprocess.run([*words, "--silent", "--noproxy", "*"], capture_output=True, text=True, timeout=60)
    assert json.loads(run.stdout)["choices"][0]["text"].strip(), run


def test_the_pages_python_prints_a_story(served, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(code.replace(ADDRESS, served.url), {})
    assert capsys.readouterr().out.strip()
    (readme,) = re.findall(r"`(OpenAI\(base_url=.*?\))`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert readme in code


def test_the_page_names_each_field_that_is_served():
    named = set(re.findall(r"`([a-z_]+)`", PAGE)) | {"model", "messages", "prompt", "stream_options"}
    assert (known_fields.COMPLETION | known_fields.CHAT) - named == set()
