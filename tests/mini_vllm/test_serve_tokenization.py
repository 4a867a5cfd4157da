"""/tokenize and /detokenize."""

import pytest
from letters import LetterTokenizer
from served import NAME, GatedEngine, serving

MESSAGES = [{"role": "user", "content": "Hello"}]
ENCODE = LetterTokenizer().encode


@pytest.fixture(scope="module")
def served():
    with serving(GatedEngine()) as server:
        yield server


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"prompt": "Hello"}, "Hello"),
        ({"prompt": ""}, ""),
        ({"prompt": "a" * 1_000, "model": NAME}, "a" * 1_000),  # longer than the context of 128
        ({"messages": MESSAGES}, "Hello."),  # the letters' template ends with a full stop
        ({"messages": MESSAGES, "add_generation_prompt": False}, "Hello"),
    ],
    ids=str,
)
def test_token_ids_are_those_of_a_completion_and_lead_back_to_the_text(served, body, text):
    status, content, _ = served.post("/tokenize", body)
    assert status == 200
    assert content == {"count": len(text), "max_model_len": 128, "tokens": ENCODE(text)}
    assert served.post("/detokenize", {"tokens": content["tokens"]})[1] == {"prompt": text}


def test_special_tokens_are_written_by_default_and_left_out_on_request(served, monkeypatch):
    def encode(self, text, add_special_tokens=True):
        return [7] * add_special_tokens + ENCODE(text)

    def decode(self, token_ids, skip_special_tokens=True):
        return f"{len(token_ids)} {skip_special_tokens}"

    monkeypatch.setattr(LetterTokenizer, "encode", encode)
    monkeypatch.setattr(LetterTokenizer, "decode", decode)
    assert served.post("/tokenize", {"prompt": "a"})[1]["tokens"] == [7, *ENCODE("a")]
    assert served.post("/tokenize", {"prompt": "a", "add_special_tokens": False})[1]["tokens"] == ENCODE("a")
    assert served.post("/detokenize", {"tokens": [7, 0]})[1] == {"prompt": "2 False"}


@pytest.mark.parametrize(
    ("path", "body", "param", "part"),
    [
        ("/tokenize", {}, "prompt", "prompt=None: it must be a text"),
        ("/tokenize", {"prompt": ["a"]}, "prompt", "it must be a text"),
        ("/tokenize", {"prompt": "\ud800"}, "prompt", "surrogates"),
        ("/tokenize", {"prompt": "a", "return_token_strs": True}, "return_token_strs", "is not served"),
        ("/tokenize", {"messages": []}, "messages", "messages=[]"),
        ("/detokenize", {}, "tokens", "tokens=None: it must be a list of token ids, 0 to 63"),
        ("/detokenize", {"tokens": [64]}, "tokens", "0 to 63"),
        ("/detokenize", {"tokens": [-1]}, "tokens", "0 to 63"),
        ("/detokenize", {"tokens": [True]}, "tokens", "0 to 63"),
        ("/detokenize", {"tokens": "abc"}, "tokens", "tokens='abc'"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(served, path, body, param, part):
    status, content, _ = served.post(path, body)
    assert (status, content["error"]["param"]) == (400, param) and part in content["error"]["message"]


def test_another_model_is_not_found(served):
    for path, body in (("/tokenize", {"prompt": "a"}), ("/detokenize", {"tokens": [1]})):
        assert served.post(path, {**body, "model": "gpt-9"})[0] == 404
