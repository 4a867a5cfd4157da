"""The tokenizer encodes what transformers encodes, and writes a conversation as it does."""

import json
import shutil
from pathlib import Path

import pytest

from mini_vllm.chat_template import render_chat_template
from mini_vllm.model_loader.default_loader import load_folder_tokenizer
from mini_vllm.optional import import_optional
from mini_vllm.tokenizer import FastTokenizer

CHECKPOINT = Path(__file__).parent / "golden" / "checkpoints" / "gqa-bf16"
GOLDEN = json.loads((CHECKPOINT / "golden.json").read_text(encoding="utf-8"))
HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def tokenizer():
    pytest.importorskip("tokenizers", reason='needs pip install "mini-vllm[models]"')
    return FastTokenizer.from_folder(CHECKPOINT, eos_token_ids=[0])


def test_texts_are_encoded_as_transformers_encodes_them(tokenizer):
    for text, token_ids in GOLDEN["encoded"]:
        assert tokenizer.encode(text) == token_ids


def test_a_conversation_is_written_as_transformers_writes_it(tokenizer):
    chat = GOLDEN["chat"]
    assert tokenizer.apply_chat_template(chat["messages"]) == chat["token_ids"]
    assert tokenizer.decode(chat["token_ids"], skip_special_tokens=False) == chat["text"]
    without = tokenizer.apply_chat_template(chat["messages"], add_generation_prompt=False)
    assert chat["token_ids"][: len(without)] == without and without[-2:] == [201, 201]


@pytest.mark.parametrize("text", ["the cats", " two  spaces ", "Grüße 🙂 漢字", "a\r\n\tb", "\x00\ufffd", "12345", ""])
def test_what_is_encoded_is_decoded_to_itself(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text
    assert tokenizer.decode(tokenizer.encode(text)) == text  # the special token in front is skipped


def test_the_tokens_that_end_a_text_are_those_of_the_config_and_of_the_tokenizer(tokenizer):
    assert tokenizer.eos_token_ids == (0, 2)


def test_a_saved_tokenizer_is_the_same_when_it_is_read(tokenizer, tmp_path):
    tokenizer.save(tmp_path)
    again = FastTokenizer.from_folder(tmp_path)
    assert again.apply_chat_template(GOLDEN["chat"]["messages"]) == GOLDEN["chat"]["token_ids"]
    assert (again.eos_token_ids, again.special_tokens) == ((2,), tokenizer.special_tokens)


def test_truncation_and_padding_of_the_file_do_not_change_a_prompt(tokenizer, tmp_path):
    settings = json.loads((CHECKPOINT / "tokenizer.json").read_text(encoding="utf-8")) | {
        "truncation": {"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 99}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0}
        | {"pad_type_id": 0, "pad_token": "<|endoftext|>"},
    }
    (tmp_path / "tokenizer.json").write_text(json.dumps(settings), encoding="utf-8")
    for text, token_ids in GOLDEN["encoded"]:
        assert FastTokenizer.from_folder(tmp_path).encode(text) == token_ids


def test_a_tokenizer_that_is_missing_or_broken_is_named(tokenizer, tmp_path):
    with pytest.raises(ValueError, match="tokenizer.json does not exist"):
        FastTokenizer.from_folder(tmp_path)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copytree(CHECKPOINT, tmp_path, dirs_exist_ok=True)
        (tmp_path / file).write_text((CHECKPOINT / file).read_text(encoding="utf-8")[:-9], encoding="utf-8")
        with pytest.raises(ValueError, match=f"{file} .*download or copy the file again"):
            FastTokenizer.from_folder(tmp_path)


def test_a_template_may_be_in_the_config_alone_or_one_of_several_by_name(tokenizer, tmp_path):
    shutil.copytree(CHECKPOINT, tmp_path, dirs_exist_ok=True)
    (tmp_path / "chat_template.jinja").unlink()
    for template in (
        "{{ eos_token }}",
        [{"name": "tools", "template": ""}, {"name": "default", "template": "{{ eos_token }}"}],
    ):
        config = {"chat_template": template, "eos_token": {"content": "<|im_end|>", "lstrip": False}}
        (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
        assert FastTokenizer.from_folder(tmp_path).apply_chat_template(HELLO) == [2]
    shutil.copy(CHECKPOINT / "chat_template.jinja", tmp_path)  # where both are, the file of its own counts
    assert FastTokenizer.from_folder(tmp_path).apply_chat_template(HELLO) != [2]
    for name in ("tokenizer_config.json", "chat_template.jinja"):
        (tmp_path / name).unlink()
    with pytest.raises(ValueError, match="no chat template"):
        FastTokenizer.from_folder(tmp_path).apply_chat_template(HELLO)


def test_a_template_may_use_each_of_the_special_tokens(tokenizer, tmp_path):
    shutil.copy(CHECKPOINT / "tokenizer.json", tmp_path)
    named = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "unk_token": "<|endoftext|>", "pad_token": "!"}
    template = "{{ bos_token + eos_token + unk_token + pad_token }}"
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({**named, "chat_template": template}))
    assert FastTokenizer.from_folder(tmp_path).apply_chat_template(HELLO) == [1, 2, 0, 3]


END = {"content": "<|end|>", "lstrip": False, "rstrip": False, "normalized": False, "single_word": False}


@pytest.mark.parametrize(
    "files",
    [
        {"tokenizer_config": {"added_tokens_decoder": {"288": END | {"special": True}}, "eos_token": "<|end|>"}},
        {"tokenizer_config": {"eos_token": {"__type": "AddedToken"} | END, "extra_special_tokens": ["<|x|>"]}},
        {"tokenizer_config": {"eos_token": "cats"}, "special_tokens_map": {"eos_token": END}},
    ],
    ids=str,
)
def test_tokens_that_only_the_files_beside_it_name_are_added_as_transformers_adds_them(tokenizer, tmp_path, files):
    shutil.copy(CHECKPOINT / "tokenizer.json", tmp_path)
    for name, content in files.items():
        content = content | {"bos_token": "the", "additional_special_tokens": ["<|x|>"]}
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    added = load_folder_tokenizer(tmp_path)
    ids = added.encode("<|end|> the cats<|x|>", add_special_tokens=False)
    assert ids == [288, 223, 277, 274, 289] and added.eos_token_ids == (288,)  # transformers' ids
    assert added.decode(ids) == "  cats" and tokenizer.decode([277]) == "the"


@pytest.mark.parametrize("wrong", [{"added_tokens_decoder": {"x": {}}}, {"additional_special_tokens": [{}]}], ids=str)
def test_a_token_without_content_is_blamed_on_its_file(tokenizer, tmp_path, wrong):
    shutil.copy(CHECKPOINT / "tokenizer.json", tmp_path)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(wrong))
    with pytest.raises(ValueError, match="tokenizer_config.json"):
        load_folder_tokenizer(tmp_path)


@pytest.mark.parametrize("messages", ["Hello", [], ["Hello"], HELLO[0], None])
def test_messages_of_another_form_are_shown_with_the_right_one(messages):
    with pytest.raises(ValueError, match="must be a list like .*'role': 'user'"):
        render_chat_template("", messages)


def test_a_template_refuses_in_its_own_words_and_cannot_leave_its_sandbox():
    with pytest.raises(ValueError, match="does not take these messages: only users"):
        render_chat_template("{{ raise_exception('only users') }}", HELLO)
    with pytest.raises(ValueError, match="unsafe"):
        render_chat_template("{{ messages.__class__.__mro__ }}", HELLO)
    with pytest.raises(ValueError, match="unsafe"):
        render_chat_template("{{ messages.append(1) }}", HELLO)  # the conversation is the caller's
    assert len(HELLO) == 1
    with pytest.raises(ValueError, match="does not take these messages"):
        render_chat_template("{{ 'a' + messages[0]['name'] }}", HELLO)


def test_templates_have_the_helpers_that_transformers_gives_them():
    template = "{% for m in messages %}{% if loop.index > 1 %}{% break %}{% endif %}\n  {{ m | tojson }}\n{% endfor %}"
    assert render_chat_template(template, [{"ö": "<>"}, {}]).strip() == '{"ö": "<>"}'
    assert render_chat_template("{{ strftime_now('%Y') }}", HELLO).isdigit()


def test_the_lines_of_a_templates_statements_leave_nothing_in_the_text():
    assert render_chat_template("a\n  {% if true %}\n b\n  {% endif %}\nc", HELLO) == "a\n b\nc"


def test_a_missing_library_is_answered_with_what_to_install():
    with pytest.raises(ImportError, match=r'pip install "mini-vllm\[models\]"'):
        import_optional("no_such_library")
