"""Chat templates get what Hugging Face gives them, and messages in the forms that clients send."""

import pytest
from engines import MODEL, greedy
from letters import LetterTokenizer

from mini_vllm import LLM
from mini_vllm.chat_template import render_chat_template
from mini_vllm.tokenizer import ChatTokenizer

HELLO = [{"role": "user", "content": "Hello"}]
ANSWER = [*HELLO, {"role": "assistant", "content": " Well, "}]
PLAIN = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}{% if add_generation_prompt %}<a>{% endif %}"
)
TRIMMED = PLAIN.replace("m.content", "m.content | trim")


def parts(*texts: str) -> list[dict]:
    return [{"role": "user", "content": [{"type": "text", "text": text} for text in texts]}]


def test_tools_and_documents_are_none_unless_given():
    template = "{% if tools is not none %}tools {% endif %}{{ documents is none }}"  # as Llama 3.1's asks
    assert render_chat_template(template, HELLO) == "True"
    tools = [{"type": "function", "function": {"name": "sum"}}]
    assert render_chat_template("{{ tools[0].function.name }}", HELLO, tools=tools) == "sum"


def test_a_generation_tag_leaves_its_content_in_place():
    lines = "{% set role = m.role %}{{ role }}: {{ m.content }}\n"
    template = f"{{% for m in messages %}}\n{{% generation %}}\n{lines}{{% endgeneration %}}\n{{% endfor %}}"
    assert render_chat_template(template, ANSWER) == "user: Hello\nassistant:  Well, \n"


def test_a_content_of_text_parts_is_their_text():
    assert render_chat_template(PLAIN, parts("Hello")) == render_chat_template(PLAIN, HELLO)
    assert render_chat_template("{{ messages[0].content }}", parts("a", "b")) == "a\nb"
    assert render_chat_template("{{ messages[0].content is none }}", [{"role": "assistant", "content": None}]) == "True"
    assert parts("a") == [{"role": "user", "content": [{"type": "text", "text": "a"}]}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([{"type": "image_url", "image_url": {"url": "x"}}], r"messages\[1\]: content holds .*image_url"),
        ([{"type": "text", "text": "a"}, {"type": "text"}], r"messages\[1\]: content holds {'type': 'text'}"),
        (["a"], r"messages\[1\]: content holds 'a'"),
        (7, r"messages\[1\]: content=7 must be a text or a list of text parts"),
        ({"text": "a"}, r"messages\[1\]: content=.* must be a text or a list of text parts"),
    ],
)
def test_another_part_is_named(content, message):
    with pytest.raises(ValueError, match=message):
        render_chat_template(PLAIN, [*HELLO, {"role": "user", "content": content}])


@pytest.mark.parametrize(("template", "end"), [(PLAIN, " Well, "), (TRIMMED, "Well,")])
def test_a_final_message_is_continued_where_the_template_writes_its_end(template, end):
    text = render_chat_template(template, ANSWER, add_generation_prompt=False, continue_final_message=True)
    assert text == "<user>Hello</><assistant>" + end
    text = render_chat_template(PLAIN, parts("a", "b"), add_generation_prompt=False, continue_final_message=True)
    assert text == "<user>a\nb"
    repeated = [*HELLO, {"role": "assistant", "content": "Hello"}]
    text = render_chat_template(PLAIN, repeated, add_generation_prompt=False, continue_final_message=True)
    assert text == "<user>Hello</><assistant>Hello"


def test_a_final_message_that_cannot_be_continued_is_named():
    with pytest.raises(ValueError, match="continue_final_message=True needs add_generation_prompt=False"):
        render_chat_template(PLAIN, ANSWER, continue_final_message=True)
    with pytest.raises(ValueError, match="does not write the last message"):
        render_chat_template("x", ANSWER, add_generation_prompt=False, continue_final_message=True)


def test_a_template_that_cannot_be_read_is_not_blamed_on_the_messages():
    with pytest.raises(ValueError, match=r"the chat template cannot be read: line 2: .*'nonsense'"):
        render_chat_template("a\n{% nonsense %}", HELLO)


def test_a_template_may_say_how_json_is_written():
    assert render_chat_template("{{ 'ö' | tojson(ensure_ascii=True) }}{{ [1] | tojson(indent=1) }}", HELLO) == (
        '"\\u00f6"[\n 1\n]'
    )


class Templated(LetterTokenizer, ChatTokenizer):
    """The letter tokenizer with a template."""

    def __init__(self) -> None:
        ChatTokenizer.__init__(self, "{{ messages[-1].content }}", None)

    apply_chat_template = ChatTokenizer.apply_chat_template


def test_llm_chat_takes_the_arguments_of_the_template():
    llm = LLM(MODEL, tokenizer=Templated())

    def prompt(**options) -> str:
        (output,) = llm.chat(HELLO, greedy(1), **options)
        return LetterTokenizer().decode(output.prompt_token_ids)

    assert prompt() == "Hello"
    own = "{{ messages[0].role }}{{ tools[0].name if tools }}{{ ' A' if add_generation_prompt }}"
    assert prompt(chat_template=own) == "user A"
    assert prompt(chat_template=own, add_generation_prompt=False) == "user"
    assert prompt(chat_template=own, tools=[{"name": "Sum"}]) == "userSum A"
    thinks = "{{ messages[0].content }}{{ ' think' if enable_thinking | default(true) }}"
    assert prompt(chat_template=thinks) == "Hello think"
    assert prompt(chat_template=thinks, chat_template_kwargs={"enable_thinking": False}) == "Hello"
    assert prompt(chat_template_kwargs={"messages": [{"content": "Bye"}]}) == "Hello"  # what was said stays
    final = {"add_generation_prompt": False, "continue_final_message": True}
    assert prompt(chat_template="{{ messages[0].content }} end.", **final) == "Hello"
    with pytest.raises(TypeError, match="documents"):
        prompt(documents=[])
